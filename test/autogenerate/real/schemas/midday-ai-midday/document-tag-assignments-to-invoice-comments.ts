import { sql } from 'drizzle-orm'
import {
  type AnyPgColumn,
  bigint,
  date,
  foreignKey,
  index,
  integer,
  json,
  jsonb,
  pgTable,
  primaryKey,
  smallint,
  text,
  timestamp,
  unique,
  uuid,
  varchar,
} from 'drizzle-orm/pg-core'
import { teams, transactionAttachments } from './tags-to-transaction-match-suggestions.ts'
import { transactions, users } from './transaction-tags-to-users-on-team.ts'
import {
  bankProvidersEnum,
  documentProcessingStatusEnum,
  inboxAccountProvidersEnum,
  inboxAccountStatusEnum,
  inboxBlocklistTypeEnum,
  inboxStatusEnum,
  inboxTypeEnum,
  insightPeriodTypeEnum,
  insightStatusEnum,
  institutionStatusEnum,
  money,
  tsvector,
} from './types.ts'

export const documentTagAssignments = pgTable(
  'document_tag_assignments',
  {
    documentId: uuid('document_id').notNull(),
    tagId: uuid('tag_id').notNull(),
    teamId: uuid('team_id').notNull(),
  },
  (t) => [
    primaryKey({ name: 'document_tag_assignments_pkey', columns: [t.documentId, t.tagId] }),
    unique('document_tag_assignments_unique').on(t.documentId, t.tagId),
    index('idx_document_tag_assignments_document_id').on(t.documentId.op('uuid_ops')),
    index('idx_document_tag_assignments_tag_id').on(t.tagId.op('uuid_ops')),
    foreignKey({
      name: 'document_tag_assignments_document_id_fkey',
      columns: [t.documentId],
      foreignColumns: [documents.id],
    }).onDelete('cascade'),
    foreignKey({
      name: 'document_tag_assignments_tag_id_fkey',
      columns: [t.tagId],
      foreignColumns: [documentTags.id],
    }).onDelete('cascade'),
    foreignKey({
      name: 'document_tag_assignments_team_id_fkey',
      columns: [t.teamId],
      foreignColumns: [teams.id],
    }).onDelete('cascade'),
  ],
)

export const documentTagEmbeddings = pgTable('document_tag_embeddings', {
  slug: text().primaryKey(),
  name: text().notNull(),
  model: text().notNull().default('gemini-embedding-001'),
})

export const documentTags = pgTable(
  'document_tags',
  {
    id: uuid().primaryKey().defaultRandom(),
    createdAt: timestamp('created_at', { withTimezone: true, mode: 'string' }).notNull().defaultNow(),
    name: text().notNull(),
    slug: text().notNull(),
    teamId: uuid('team_id').notNull(),
  },
  (t) => [
    unique('unique_slug_per_team').on(t.slug, t.teamId),
    foreignKey({ name: 'document_tags_team_id_fkey', columns: [t.teamId], foreignColumns: [teams.id] }).onDelete(
      'cascade',
    ),
  ],
)

export const documents = pgTable(
  'documents',
  {
    id: uuid().primaryKey().defaultRandom(),
    name: text(),
    createdAt: timestamp('created_at', { withTimezone: true, mode: 'string' }).defaultNow(),
    metadata: jsonb(),
    pathTokens: text('path_tokens').array(),
    teamId: uuid('team_id'),
    parentId: text('parent_id'),
    objectId: uuid('object_id'),
    ownerId: uuid('owner_id'),
    tag: text(),
    title: text(),
    body: text(),
    fts: tsvector('fts')
      .notNull()
      .generatedAlwaysAs(sql`to_tsvector('english'::regconfig, ((title || ' '::text) || body))`),
    summary: text(),
    content: text(),
    date: date(),
    language: text(),
    processingStatus: documentProcessingStatusEnum('processing_status').default('pending'),
    ftsSimple: tsvector('fts_simple'),
    ftsEnglish: tsvector('fts_english'),
    ftsLanguage: tsvector('fts_language'),
  },
  (t) => [
    index('documents_name_idx').on(t.name.op('text_ops')),
    index('documents_team_id_idx').on(t.teamId.op('uuid_ops')),
    index('documents_team_id_parent_id_idx').on(t.teamId.op('uuid_ops'), t.parentId.op('text_ops')),
    index('documents_team_id_created_at_idx').on(t.teamId.op('uuid_ops'), t.createdAt.desc()),
    index('documents_team_id_date_idx').on(t.teamId.op('uuid_ops'), t.date),
    index('documents_team_id_name_idx').on(t.teamId.op('uuid_ops'), t.name.op('text_ops')),
    index('idx_documents_fts_english').using('gin', t.ftsEnglish.op('tsvector_ops')),
    index('idx_documents_fts_language').using('gin', t.ftsLanguage.op('tsvector_ops')),
    index('idx_documents_fts_simple').using('gin', t.ftsSimple.op('tsvector_ops')),
    index('idx_gin_documents_title').using('gin', t.title.op('gin_trgm_ops')),
    index('idx_gin_documents_name').using('gin', t.name.op('gin_trgm_ops')),
    foreignKey({ name: 'documents_created_by_fkey', columns: [t.ownerId], foreignColumns: [users.id] }).onDelete(
      'set null',
    ),
    foreignKey({ name: 'storage_team_id_fkey', columns: [t.teamId], foreignColumns: [teams.id] }).onDelete('cascade'),
  ],
)

export const exchangeRates = pgTable(
  'exchange_rates',
  {
    id: uuid().primaryKey().defaultRandom(),
    base: text(),
    rate: money(),
    target: text(),
    updatedAt: timestamp('updated_at', { withTimezone: true, mode: 'string' }),
  },
  (t) => [
    unique('unique_rate').on(t.base, t.target),
    index('exchange_rates_base_target_idx').on(t.base.op('text_ops'), t.target.op('text_ops')),
  ],
)

export const inbox = pgTable(
  'inbox',
  {
    id: uuid().primaryKey().defaultRandom(),
    createdAt: timestamp('created_at', { withTimezone: true, mode: 'string' }).notNull().defaultNow(),
    teamId: uuid('team_id'),
    filePath: text('file_path').array(),
    fileName: text('file_name'),
    transactionId: uuid('transaction_id'),
    amount: money('amount'),
    currency: text(),
    contentType: text('content_type'),
    size: bigint({ mode: 'number' }),
    attachmentId: uuid('attachment_id'),
    date: date(),
    forwardedTo: text('forwarded_to'),
    referenceId: text('reference_id'),
    meta: json(),
    status: inboxStatusEnum().default('new'),
    website: text(),
    senderEmail: text('sender_email'),
    displayName: text('display_name'),
    fts: tsvector('fts')
      .notNull()
      .generatedAlwaysAs(sql`generate_inbox_fts(display_name, extract_product_names((meta -> 'products'::text)))`),
    type: inboxTypeEnum(),
    description: text(),
    baseAmount: money('base_amount'),
    baseCurrency: text('base_currency'),
    taxAmount: money('tax_amount'),
    taxRate: money('tax_rate'),
    taxType: text('tax_type'),
    inboxAccountId: uuid('inbox_account_id'),
    invoiceNumber: text('invoice_number'),
    groupedInboxId: uuid('grouped_inbox_id'),
  },
  (t) => [
    unique('inbox_reference_id_key').on(t.referenceId),
    index('inbox_attachment_id_idx').on(t.attachmentId.op('uuid_ops')),
    index('inbox_created_at_idx').on(t.createdAt.op('timestamptz_ops')),
    index('inbox_team_id_idx').on(t.teamId.op('uuid_ops')),
    index('inbox_transaction_id_idx').on(t.transactionId.op('uuid_ops')),
    index('inbox_inbox_account_id_idx').on(t.inboxAccountId.op('uuid_ops')),
    index('inbox_invoice_number_idx').on(t.invoiceNumber.op('text_ops')),
    index('inbox_grouped_inbox_id_idx').on(t.groupedInboxId.op('uuid_ops')),
    index('idx_inbox_display_name_trgm').using('gin', t.displayName.op('gin_trgm_ops')),
    index('inbox_team_status_created_at_idx').on(t.teamId, t.status, t.createdAt),
    foreignKey({
      name: 'inbox_attachment_id_fkey',
      columns: [t.attachmentId],
      foreignColumns: [transactionAttachments.id],
    }).onDelete('set null'),
    foreignKey({ name: 'public_inbox_team_id_fkey', columns: [t.teamId], foreignColumns: [teams.id] }).onDelete(
      'cascade',
    ),
    foreignKey({
      name: 'public_inbox_transaction_id_fkey',
      columns: [t.transactionId],
      foreignColumns: [transactions.id],
    }).onDelete('set null'),
    foreignKey({
      name: 'inbox_inbox_account_id_fkey',
      columns: [t.inboxAccountId],
      foreignColumns: [inboxAccounts.id],
    }).onDelete('set null'),
  ],
)

export const inboxAccounts = pgTable(
  'inbox_accounts',
  {
    id: uuid().primaryKey().defaultRandom(),
    createdAt: timestamp('created_at', { withTimezone: true, mode: 'string' }).notNull().defaultNow(),
    email: text().notNull(),
    accessToken: text('access_token').notNull(),
    refreshToken: text('refresh_token').notNull(),
    teamId: uuid('team_id').notNull(),
    lastAccessed: timestamp('last_accessed', { withTimezone: true, mode: 'string' }).notNull(),
    provider: inboxAccountProvidersEnum().notNull(),
    externalId: text('external_id').notNull(),
    expiryDate: timestamp('expiry_date', { withTimezone: true, mode: 'string' }).notNull(),
    scheduleId: text('schedule_id'),
    status: inboxAccountStatusEnum().notNull().default('connected'),
    errorMessage: text('error_message'),
  },
  (t) => [
    unique('inbox_accounts_email_key').on(t.email),
    unique('inbox_accounts_external_id_key').on(t.externalId),
    foreignKey({ name: 'inbox_accounts_team_id_fkey', columns: [t.teamId], foreignColumns: [teams.id] }).onDelete(
      'cascade',
    ),
  ],
)

export const inboxBlocklist = pgTable(
  'inbox_blocklist',
  {
    id: uuid().primaryKey().defaultRandom(),
    createdAt: timestamp('created_at', { withTimezone: true, mode: 'string' }).notNull().defaultNow(),
    teamId: uuid('team_id').notNull(),
    type: inboxBlocklistTypeEnum().notNull(),
    value: text().notNull(),
  },
  (t) => [
    unique('inbox_blocklist_team_id_type_value_key').on(t.teamId, t.type, t.value),
    foreignKey({ name: 'inbox_blocklist_team_id_fkey', columns: [t.teamId], foreignColumns: [teams.id] }).onDelete(
      'cascade',
    ),
  ],
)

export const insightUserStatus = pgTable(
  'insight_user_status',
  {
    insightId: uuid('insight_id')
      .notNull()
      .references((): AnyPgColumn => insights.id, { onDelete: 'cascade', onUpdate: 'no action' }),
    userId: uuid('user_id')
      .notNull()
      .references((): AnyPgColumn => users.id, { onDelete: 'cascade', onUpdate: 'no action' }),
    readAt: timestamp('read_at', { withTimezone: true }),
    dismissedAt: timestamp('dismissed_at', { withTimezone: true }),
    createdAt: timestamp('created_at', { withTimezone: true }).notNull().defaultNow(),
    updatedAt: timestamp('updated_at', { withTimezone: true }).notNull().defaultNow(),
  },
  (t) => [
    primaryKey({ columns: [t.insightId, t.userId] }),
    index('insight_user_status_user_idx').on(t.userId),
    index('insight_user_status_insight_idx').on(t.insightId),
  ],
)

export const insights = pgTable(
  'insights',
  {
    id: uuid().primaryKey().defaultRandom(),
    teamId: uuid('team_id')
      .notNull()
      .references((): AnyPgColumn => teams.id, { onDelete: 'cascade', onUpdate: 'no action' }),
    periodType: insightPeriodTypeEnum('period_type').notNull(),
    periodStart: timestamp('period_start', { withTimezone: true }).notNull(),
    periodEnd: timestamp('period_end', { withTimezone: true }).notNull(),
    periodYear: smallint('period_year').notNull(),
    periodNumber: smallint('period_number').notNull(),
    status: insightStatusEnum().notNull().default('pending'),
    selectedMetrics: jsonb('selected_metrics'),
    allMetrics: jsonb('all_metrics'),
    anomalies: jsonb(),
    expenseAnomalies: jsonb('expense_anomalies'),
    milestones: jsonb(),
    activity: jsonb(),
    currency: varchar({ length: 3 }).notNull(),
    title: text(),
    content: jsonb(),
    predictions: jsonb(),
    audioPath: text('audio_path'),
    generatedAt: timestamp('generated_at', { withTimezone: true }),
    createdAt: timestamp('created_at', { withTimezone: true }).notNull().defaultNow(),
    updatedAt: timestamp('updated_at', { withTimezone: true }).notNull().defaultNow(),
  },
  (t) => [
    unique('insights_team_period_unique').on(t.teamId, t.periodType, t.periodYear, t.periodNumber),
    index('insights_team_id_idx').on(t.teamId),
    index('insights_team_period_type_idx').on(t.teamId, t.periodType, t.generatedAt.desc()),
  ],
)

export const institutions = pgTable(
  'institutions',
  {
    id: text().primaryKey(),
    name: text().notNull(),
    logo: text(),
    provider: bankProvidersEnum().notNull(),
    countries: text().array().notNull(),
    availableHistory: integer('available_history'),
    maximumConsentValidity: integer('maximum_consent_validity'),
    popularity: integer().notNull().default(0),
    type: text(),
    status: institutionStatusEnum().notNull().default('active'),
    createdAt: timestamp('created_at', { withTimezone: true, mode: 'string' }).notNull().defaultNow(),
    updatedAt: timestamp('updated_at', { withTimezone: true, mode: 'string' }).notNull().defaultNow(),
  },
  (t) => [
    index('institutions_country_idx').using('gin', t.countries),
    index('institutions_name_trgm_idx').using('gin', sql`${t.name} gin_trgm_ops`),
    index('institutions_status_idx').on(t.status),
  ],
)

export const invoiceComments = pgTable('invoice_comments', {
  id: uuid().primaryKey().defaultRandom(),
  createdAt: timestamp('created_at', { withTimezone: true, mode: 'string' }).notNull().defaultNow(),
})
