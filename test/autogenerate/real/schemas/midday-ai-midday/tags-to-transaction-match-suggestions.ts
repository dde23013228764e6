import { sql } from 'drizzle-orm'
import {
  bigint,
  boolean,
  date,
  foreignKey,
  index,
  jsonb,
  pgTable,
  primaryKey,
  smallint,
  text,
  timestamp,
  unique,
  uuid,
} from 'drizzle-orm/pg-core'
import { customers } from './accounting-sync-records-to-customers.ts'
import { inbox } from './document-tag-assignments-to-invoice-comments.ts'
import { transactions, users } from './transaction-tags-to-users-on-team.ts'
import { confidence, money, plansEnum, subscriptionStatusEnum, trackerStatusEnum, tsvector } from './types.ts'

export const tags = pgTable(
  'tags',
  {
    id: uuid().primaryKey().defaultRandom(),
    createdAt: timestamp('created_at', { withTimezone: true, mode: 'string' }).notNull().defaultNow(),
    teamId: uuid('team_id').notNull(),
    name: text().notNull(),
  },
  (t) => [
    unique('unique_tag_name').on(t.teamId, t.name),
    index('tags_team_id_idx').on(t.teamId.op('uuid_ops')),
    foreignKey({ name: 'tags_team_id_fkey', columns: [t.teamId], foreignColumns: [teams.id] }).onDelete('cascade'),
  ],
)

export const teams = pgTable(
  'teams',
  {
    id: uuid().primaryKey().defaultRandom(),
    createdAt: timestamp('created_at', { withTimezone: true, mode: 'string' }).notNull().defaultNow(),
    name: text(),
    logoUrl: text('logo_url'),
    inboxId: text('inbox_id').default('generate_inbox(10)'),
    email: text(),
    inboxEmail: text('inbox_email'),
    inboxForwarding: boolean('inbox_forwarding').default(true),
    baseCurrency: text('base_currency'),
    countryCode: text('country_code'),
    fiscalYearStartMonth: smallint('fiscal_year_start_month'),
    documentClassification: boolean('document_classification').default(false),
    flags: text().array(),
    canceledAt: timestamp('canceled_at', { withTimezone: true, mode: 'string' }),
    plan: plansEnum().notNull().default('trial'),
    subscriptionStatus: subscriptionStatusEnum('subscription_status'),
    exportSettings: jsonb('export_settings'),
    stripeAccountId: text('stripe_account_id'),
    stripeConnectStatus: text('stripe_connect_status'),
    companyType: text('company_type'),
    heardAbout: text('heard_about'),
  },
  (t) => [unique('teams_inbox_id_key').on(t.inboxId)],
)

export const trackerEntries = pgTable(
  'tracker_entries',
  {
    id: uuid().primaryKey().defaultRandom(),
    createdAt: timestamp('created_at', { withTimezone: true, mode: 'string' }).notNull().defaultNow(),
    duration: bigint({ mode: 'number' }),
    projectId: uuid('project_id'),
    start: timestamp({ withTimezone: true, mode: 'string' }),
    stop: timestamp({ withTimezone: true, mode: 'string' }),
    assignedId: uuid('assigned_id'),
    teamId: uuid('team_id'),
    description: text(),
    rate: money(),
    currency: text(),
    billed: boolean().default(false),
    date: date().defaultNow(),
  },
  (t) => [
    index('tracker_entries_team_id_idx').on(t.teamId.op('uuid_ops')),
    index('tracker_entries_team_date_idx').on(t.teamId, t.date),
    foreignKey({
      name: 'tracker_entries_assigned_id_fkey',
      columns: [t.assignedId],
      foreignColumns: [users.id],
    }).onDelete('set null'),
    foreignKey({
      name: 'tracker_entries_project_id_fkey',
      columns: [t.projectId],
      foreignColumns: [trackerProjects.id],
    }).onDelete('cascade'),
    foreignKey({ name: 'tracker_entries_team_id_fkey', columns: [t.teamId], foreignColumns: [teams.id] }).onDelete(
      'cascade',
    ),
  ],
)

export const trackerProjectTags = pgTable(
  'tracker_project_tags',
  {
    id: uuid().primaryKey().defaultRandom(),
    createdAt: timestamp('created_at', { withTimezone: true, mode: 'string' }).notNull().defaultNow(),
    trackerProjectId: uuid('tracker_project_id').notNull(),
    tagId: uuid('tag_id').notNull(),
    teamId: uuid('team_id').notNull(),
  },
  (t) => [
    unique('unique_project_tag').on(t.trackerProjectId, t.tagId),
    index('tracker_project_tags_team_id_idx').on(t.teamId.op('uuid_ops')),
    index('tracker_project_tags_tracker_project_id_tag_id_team_id_idx').on(
      t.trackerProjectId.op('uuid_ops'),
      t.tagId.op('uuid_ops'),
      t.teamId.op('uuid_ops'),
    ),
    foreignKey({ name: 'project_tags_tag_id_fkey', columns: [t.tagId], foreignColumns: [tags.id] }).onDelete('cascade'),
    foreignKey({
      name: 'project_tags_tracker_project_id_fkey',
      columns: [t.trackerProjectId],
      foreignColumns: [trackerProjects.id],
    }).onDelete('cascade'),
    foreignKey({ name: 'tracker_project_tags_team_id_fkey', columns: [t.teamId], foreignColumns: [teams.id] }).onDelete(
      'cascade',
    ),
  ],
)

export const trackerProjects = pgTable(
  'tracker_projects',
  {
    id: uuid().primaryKey().defaultRandom(),
    createdAt: timestamp('created_at', { withTimezone: true, mode: 'string' }).notNull().defaultNow(),
    teamId: uuid('team_id'),
    rate: money(),
    currency: text(),
    status: trackerStatusEnum().notNull().default('in_progress'),
    description: text(),
    name: text().notNull(),
    billable: boolean().default(false),
    estimate: bigint({ mode: 'number' }),
    customerId: uuid('customer_id'),
    fts: tsvector('fts')
      .notNull()
      .generatedAlwaysAs(
        sql`to_tsvector( 'english'::regconfig, ( (COALESCE(name, ''::text) || ' '::text) || COALESCE(description, ''::text) ) )`,
      ),
  },
  (t) => [
    index('tracker_projects_fts').using('gin', t.fts.op('tsvector_ops')),
    index('tracker_projects_team_id_idx').on(t.teamId.op('uuid_ops')),
    foreignKey({
      name: 'tracker_projects_customer_id_fkey',
      columns: [t.customerId],
      foreignColumns: [customers.id],
    }).onDelete('cascade'),
    foreignKey({ name: 'tracker_projects_team_id_fkey', columns: [t.teamId], foreignColumns: [teams.id] }).onDelete(
      'cascade',
    ),
  ],
)

export const trackerReports = pgTable(
  'tracker_reports',
  {
    id: uuid().primaryKey().defaultRandom(),
    createdAt: timestamp('created_at', { withTimezone: true, mode: 'string' }).notNull().defaultNow(),
    linkId: text('link_id'),
    shortLink: text('short_link'),
    teamId: uuid('team_id').defaultRandom(),
    projectId: uuid('project_id').defaultRandom(),
    createdBy: uuid('created_by'),
  },
  (t) => [
    index('tracker_reports_team_id_idx').on(t.teamId.op('uuid_ops')),
    foreignKey({
      name: 'public_tracker_reports_created_by_fkey',
      columns: [t.createdBy],
      foreignColumns: [users.id],
    }).onDelete('cascade'),
    foreignKey({
      name: 'public_tracker_reports_project_id_fkey',
      columns: [t.projectId],
      foreignColumns: [trackerProjects.id],
    })
      .onUpdate('cascade')
      .onDelete('cascade'),
    foreignKey({ name: 'tracker_reports_team_id_fkey', columns: [t.teamId], foreignColumns: [teams.id] })
      .onUpdate('cascade')
      .onDelete('cascade'),
  ],
)

export const transactionAttachments = pgTable(
  'transaction_attachments',
  {
    id: uuid().primaryKey().defaultRandom(),
    createdAt: timestamp('created_at', { withTimezone: true, mode: 'string' }).notNull().defaultNow(),
    type: text(),
    transactionId: uuid('transaction_id'),
    teamId: uuid('team_id'),
    size: bigint({ mode: 'number' }),
    name: text(),
    path: text().array(),
  },
  (t) => [
    index('transaction_attachments_team_id_idx').on(t.teamId.op('uuid_ops')),
    index('transaction_attachments_transaction_id_idx').on(t.transactionId.op('uuid_ops')),
    foreignKey({
      name: 'public_transaction_attachments_team_id_fkey',
      columns: [t.teamId],
      foreignColumns: [teams.id],
    }).onDelete('cascade'),
    foreignKey({
      name: 'public_transaction_attachments_transaction_id_fkey',
      columns: [t.transactionId],
      foreignColumns: [transactions.id],
    }).onDelete('set null'),
  ],
)

export const transactionCategories = pgTable(
  'transaction_categories',
  {
    id: uuid().notNull().unique().defaultRandom(),
    name: text().notNull(),
    teamId: uuid('team_id').notNull(),
    color: text(),
    createdAt: timestamp('created_at', { withTimezone: true, mode: 'string' }).defaultNow(),
    system: boolean().default(false),
    slug: text(),
    taxRate: money('tax_rate'),
    taxType: text('tax_type'),
    taxReportingCode: text('tax_reporting_code'),
    excluded: boolean('excluded').default(false),
    description: text(),
    parentId: uuid('parent_id'),
  },
  (t) => [
    primaryKey({ name: 'transaction_categories_pkey', columns: [t.teamId, t.slug] }),
    unique('unique_team_slug').on(t.teamId, t.slug),
    index('transaction_categories_team_id_idx').on(t.teamId.op('uuid_ops')),
    index('transaction_categories_parent_id_idx').on(t.parentId.op('uuid_ops')),
    foreignKey({
      name: 'transaction_categories_team_id_fkey',
      columns: [t.teamId],
      foreignColumns: [teams.id],
    }).onDelete('cascade'),
    foreignKey({
      name: 'transaction_categories_parent_id_fkey',
      columns: [t.parentId],
      foreignColumns: [t.id],
    }).onDelete('set null'),
  ],
)

export const transactionCategoryEmbeddings = pgTable(
  'transaction_category_embeddings',
  {
    name: text().primaryKey(),
    model: text().notNull().default('gemini-embedding-001'),
    system: boolean().notNull().default(false),
    createdAt: timestamp('created_at', { withTimezone: true, mode: 'string' }).notNull().defaultNow(),
    updatedAt: timestamp('updated_at', { withTimezone: true, mode: 'string' }).notNull().defaultNow(),
  },
  (t) => [index('transaction_category_embeddings_system_idx').on(t.system.op('bool_ops'))],
)

export const transactionEnrichments = pgTable(
  'transaction_enrichments',
  {
    id: uuid().primaryKey().defaultRandom(),
    createdAt: timestamp('created_at', { withTimezone: true, mode: 'string' }).notNull().defaultNow(),
    name: text(),
    teamId: uuid('team_id'),
    categorySlug: text('category_slug'),
    system: boolean().default(false),
  },
  (t) => [
    unique('unique_team_name').on(t.name, t.teamId),
    index('transaction_enrichments_category_slug_team_id_idx').on(
      t.categorySlug.op('text_ops'),
      t.teamId.op('uuid_ops'),
    ),
    foreignKey({
      name: 'transaction_enrichments_category_slug_team_id_fkey',
      columns: [t.teamId, t.categorySlug],
      foreignColumns: [transactionCategories.teamId, transactionCategories.slug],
    }).onDelete('cascade'),
    foreignKey({
      name: 'transaction_enrichments_team_id_fkey',
      columns: [t.teamId],
      foreignColumns: [teams.id],
    }).onDelete('cascade'),
  ],
)

export const transactionMatchSuggestions = pgTable(
  'transaction_match_suggestions',
  {
    id: uuid().primaryKey().defaultRandom(),
    createdAt: timestamp('created_at', { withTimezone: true, mode: 'string' }).notNull().defaultNow(),
    updatedAt: timestamp('updated_at', { withTimezone: true, mode: 'string' }).notNull().defaultNow(),
    teamId: uuid('team_id').notNull(),
    inboxId: uuid('inbox_id').notNull(),
    transactionId: uuid('transaction_id').notNull(),
    confidenceScore: confidence('confidence_score').notNull(),
    amountScore: confidence('amount_score'),
    currencyScore: confidence('currency_score'),
    dateScore: confidence('date_score'),
    nameScore: confidence('name_score'),
    matchType: text('match_type').notNull(),
    matchDetails: jsonb('match_details'),
    status: text('status').notNull().default('pending'),
    userActionAt: timestamp('user_action_at', { withTimezone: true, mode: 'string' }),
    userId: uuid('user_id'),
  },
  (t) => [
    unique('transaction_match_suggestions_unique').on(t.inboxId, t.transactionId),
    index('transaction_match_suggestions_inbox_id_idx').on(t.inboxId.op('uuid_ops')),
    index('transaction_match_suggestions_transaction_id_idx').on(t.transactionId.op('uuid_ops')),
    index('transaction_match_suggestions_team_id_idx').on(t.teamId.op('uuid_ops')),
    index('transaction_match_suggestions_status_idx').on(t.status.op('text_ops')),
    index('transaction_match_suggestions_confidence_idx').on(t.confidenceScore.desc()),
    index('transaction_match_suggestions_lookup_idx').on(
      t.transactionId.op('uuid_ops'),
      t.teamId.op('uuid_ops'),
      t.status.op('text_ops'),
    ),
    index('transaction_match_suggestions_team_status_created_idx').on(
      t.teamId.op('uuid_ops'),
      t.status.op('text_ops'),
      t.createdAt.desc(),
    ),
    foreignKey({
      name: 'transaction_match_suggestions_inbox_id_fkey',
      columns: [t.inboxId],
      foreignColumns: [inbox.id],
    }).onDelete('cascade'),
    foreignKey({
      name: 'transaction_match_suggestions_transaction_id_fkey',
      columns: [t.transactionId],
      foreignColumns: [transactions.id],
    }).onDelete('cascade'),
    foreignKey({
      name: 'transaction_match_suggestions_team_id_fkey',
      columns: [t.teamId],
      foreignColumns: [teams.id],
    }).onDelete('cascade'),
    foreignKey({
      name: 'transaction_match_suggestions_user_id_fkey',
      columns: [t.userId],
      foreignColumns: [users.id],
    }).onDelete('set null'),
  ],
)
