import { sql } from 'drizzle-orm'
import {
  boolean,
  foreignKey,
  index,
  integer,
  jsonb,
  pgTable,
  smallint,
  text,
  timestamp,
  unique,
  uuid,
} from 'drizzle-orm/pg-core'
import { tags, teams } from './tags-to-transaction-match-suggestions.ts'
import { transactions, users } from './transaction-tags-to-users-on-team.ts'
import {
  accountingProviderEnum,
  accountingSyncStatusEnum,
  accountingSyncTypeEnum,
  accountTypeEnum,
  activitySourceEnum,
  activityStatusEnum,
  activityTypeEnum,
  bankProvidersEnum,
  connectionStatusEnum,
  money,
  tsvector,
} from './types.ts'

export const accountingSyncRecords = pgTable(
  'accounting_sync_records',
  {
    id: uuid().primaryKey().defaultRandom(),
    transactionId: uuid('transaction_id').notNull(),
    teamId: uuid('team_id').notNull(),
    provider: accountingProviderEnum().notNull(),
    providerTenantId: text('provider_tenant_id').notNull(),
    providerTransactionId: text('provider_transaction_id'),
    syncedAttachmentMapping: jsonb('synced_attachment_mapping').notNull().default(sql`'{}'::jsonb`),
    syncedAt: timestamp('synced_at', { withTimezone: true, mode: 'string' }).notNull().defaultNow(),
    syncType: accountingSyncTypeEnum('sync_type'),
    status: accountingSyncStatusEnum().notNull().default('synced'),
    errorMessage: text('error_message'),
    errorCode: text('error_code'),
    providerEntityType: text('provider_entity_type'),
    createdAt: timestamp('created_at', { withTimezone: true, mode: 'string' }).notNull().defaultNow(),
  },
  (t) => [
    unique('accounting_sync_records_transaction_provider_key').on(t.transactionId, t.provider),
    index('idx_accounting_sync_transaction').on(t.transactionId),
    index('idx_accounting_sync_team_provider').on(t.teamId, t.provider),
    index('idx_accounting_sync_status').on(t.teamId, t.status),
    foreignKey({
      name: 'accounting_sync_records_transaction_id_fkey',
      columns: [t.transactionId],
      foreignColumns: [transactions.id],
    }).onDelete('cascade'),
    foreignKey({
      name: 'accounting_sync_records_team_id_fkey',
      columns: [t.teamId],
      foreignColumns: [teams.id],
    }).onDelete('cascade'),
  ],
)

export const activities = pgTable(
  'activities',
  {
    id: uuid().primaryKey().defaultRandom(),
    createdAt: timestamp('created_at', { withTimezone: true, mode: 'string' }).notNull().defaultNow(),
    teamId: uuid('team_id').notNull(),
    userId: uuid('user_id'),
    type: activityTypeEnum().notNull(),
    priority: smallint().default(5),
    groupId: uuid('group_id'),
    source: activitySourceEnum().notNull(),
    metadata: jsonb().notNull(),
    status: activityStatusEnum().notNull().default('unread'),
    lastUsedAt: timestamp('last_used_at', { withTimezone: true, mode: 'string' }),
  },
  (t) => [
    index('activities_notifications_idx').on(t.teamId, t.priority, t.status, t.createdAt.desc()),
    index('activities_insights_idx').on(t.teamId, t.type, t.source, t.createdAt.desc()),
    index('activities_metadata_gin_idx').using('gin', t.metadata),
    index('activities_group_id_idx').on(t.groupId),
    index('activities_insights_group_idx').on(t.teamId, t.groupId, t.type, t.createdAt.desc()),
    foreignKey({ name: 'activities_team_id_fkey', columns: [t.teamId], foreignColumns: [teams.id] }).onDelete(
      'cascade',
    ),
    foreignKey({ name: 'activities_user_id_fkey', columns: [t.userId], foreignColumns: [users.id] }).onDelete(
      'set null',
    ),
  ],
)

export const apiKeys = pgTable(
  'api_keys',
  {
    id: uuid('id').primaryKey().defaultRandom(),
    keyEncrypted: text('key_encrypted').notNull(),
    name: text('name').notNull(),
    createdAt: timestamp('created_at', { withTimezone: true, mode: 'string' }).notNull().defaultNow(),
    userId: uuid('user_id').notNull(),
    teamId: uuid('team_id').notNull(),
    keyHash: text('key_hash'),
    scopes: text('scopes').array().notNull().default(sql`'{}'::text[]`),
    lastUsedAt: timestamp('last_used_at', { withTimezone: true, mode: 'string' }),
  },
  (t) => [
    unique('api_keys_key_unique').on(t.keyHash),
    index('api_keys_key_idx').on(t.keyHash.op('text_ops')),
    index('api_keys_user_id_idx').on(t.userId.op('uuid_ops')),
    index('api_keys_team_id_idx').on(t.teamId.op('uuid_ops')),
    foreignKey({ name: 'api_keys_user_id_fkey', columns: [t.userId], foreignColumns: [users.id] }).onDelete('cascade'),
    foreignKey({ name: 'api_keys_team_id_fkey', columns: [t.teamId], foreignColumns: [teams.id] }).onDelete('cascade'),
  ],
)

export const apps = pgTable(
  'apps',
  {
    id: uuid().primaryKey().defaultRandom(),
    teamId: uuid('team_id').defaultRandom(),
    config: jsonb(),
    createdAt: timestamp('created_at', { withTimezone: true, mode: 'string' }).defaultNow(),
    appId: text('app_id').notNull(),
    createdBy: uuid('created_by').defaultRandom(),
    settings: jsonb(),
  },
  (t) => [
    unique('unique_app_id_team_id').on(t.teamId, t.appId),
    foreignKey({ name: 'apps_created_by_fkey', columns: [t.createdBy], foreignColumns: [users.id] }).onDelete(
      'cascade',
    ),
    foreignKey({ name: 'integrations_team_id_fkey', columns: [t.teamId], foreignColumns: [teams.id] }).onDelete(
      'cascade',
    ),
  ],
)

export const bankAccounts = pgTable(
  'bank_accounts',
  {
    id: uuid().primaryKey().defaultRandom(),
    createdAt: timestamp('created_at', { withTimezone: true, mode: 'string' }).notNull().defaultNow(),
    createdBy: uuid('created_by').notNull(),
    teamId: uuid('team_id').notNull(),
    name: text(),
    currency: text(),
    bankConnectionId: uuid('bank_connection_id'),
    enabled: boolean().notNull().default(true),
    accountId: text('account_id').notNull(),
    balance: money().default(0),
    manual: boolean().default(false),
    type: accountTypeEnum(),
    baseCurrency: text('base_currency'),
    baseBalance: money(),
    errorDetails: text('error_details'),
    errorRetries: smallint('error_retries'),
    accountReference: text('account_reference'),
    iban: text(),
    subtype: text(),
    bic: text(),
    routingNumber: text('routing_number'),
    wireRoutingNumber: text('wire_routing_number'),
    accountNumber: text('account_number'),
    sortCode: text('sort_code'),
    availableBalance: money(),
    creditLimit: money(),
  },
  (t) => [
    index('bank_accounts_bank_connection_id_idx').on(t.bankConnectionId.op('uuid_ops')),
    index('bank_accounts_created_by_idx').on(t.createdBy.op('uuid_ops')),
    index('bank_accounts_team_id_idx').on(t.teamId.op('uuid_ops')),
    foreignKey({
      name: 'bank_accounts_bank_connection_id_fkey',
      columns: [t.bankConnectionId],
      foreignColumns: [bankConnections.id],
    }).onDelete('cascade'),
    foreignKey({ name: 'bank_accounts_created_by_fkey', columns: [t.createdBy], foreignColumns: [users.id] }).onDelete(
      'cascade',
    ),
    foreignKey({ name: 'public_bank_accounts_team_id_fkey', columns: [t.teamId], foreignColumns: [teams.id] }).onDelete(
      'cascade',
    ),
  ],
)

export const bankConnections = pgTable(
  'bank_connections',
  {
    id: uuid().primaryKey().defaultRandom(),
    createdAt: timestamp('created_at', { withTimezone: true, mode: 'string' }).notNull().defaultNow(),
    institutionId: text('institution_id').notNull(),
    expiresAt: timestamp('expires_at', { withTimezone: true, mode: 'string' }),
    teamId: uuid('team_id').notNull(),
    name: text().notNull(),
    logoUrl: text('logo_url'),
    accessToken: text('access_token'),
    enrollmentId: text('enrollment_id'),
    provider: bankProvidersEnum().notNull(),
    lastAccessed: timestamp('last_accessed', { withTimezone: true, mode: 'string' }),
    referenceId: text('reference_id'),
    status: connectionStatusEnum().default('connected'),
    errorDetails: text('error_details'),
    errorRetries: smallint('error_retries').default(sql`'0'`),
  },
  (t) => [
    unique('unique_bank_connections').on(t.institutionId, t.teamId),
    index('bank_connections_team_id_idx').on(t.teamId.op('uuid_ops')),
    foreignKey({ name: 'bank_connections_team_id_fkey', columns: [t.teamId], foreignColumns: [teams.id] }).onDelete(
      'cascade',
    ),
  ],
)

export const customerTags = pgTable(
  'customer_tags',
  {
    id: uuid().primaryKey().defaultRandom(),
    createdAt: timestamp('created_at', { withTimezone: true, mode: 'string' }).notNull().defaultNow(),
    customerId: uuid('customer_id').notNull(),
    teamId: uuid('team_id').notNull(),
    tagId: uuid('tag_id').notNull(),
  },
  (t) => [
    unique('unique_customer_tag').on(t.customerId, t.tagId),
    foreignKey({
      name: 'customer_tags_customer_id_fkey',
      columns: [t.customerId],
      foreignColumns: [customers.id],
    }).onDelete('cascade'),
    foreignKey({ name: 'customer_tags_tag_id_fkey', columns: [t.tagId], foreignColumns: [tags.id] }).onDelete(
      'cascade',
    ),
    foreignKey({ name: 'customer_tags_team_id_fkey', columns: [t.teamId], foreignColumns: [teams.id] }).onDelete(
      'cascade',
    ),
  ],
)

export const customers = pgTable(
  'customers',
  {
    id: uuid().primaryKey().defaultRandom(),
    createdAt: timestamp('created_at', { withTimezone: true, mode: 'string' }).notNull().defaultNow(),
    name: text().notNull(),
    email: text().notNull(),
    billingEmail: text(),
    country: text(),
    addressLine1: text('address_line_1'),
    addressLine2: text('address_line_2'),
    city: text(),
    state: text(),
    zip: text(),
    note: text(),
    teamId: uuid('team_id').notNull().defaultRandom(),
    website: text(),
    phone: text(),
    vatNumber: text('vat_number'),
    countryCode: text('country_code'),
    token: text().notNull().default(''),
    contact: text(),
    status: text().default('active'),
    preferredCurrency: text('preferred_currency'),
    defaultPaymentTerms: integer('default_payment_terms'),
    isArchived: boolean('is_archived').default(false),
    source: text().default('manual'),
    externalId: text('external_id'),
    logoUrl: text('logo_url'),
    description: text(),
    industry: text(),
    companyType: text('company_type'),
    employeeCount: text('employee_count'),
    foundedYear: integer('founded_year'),
    estimatedRevenue: text('estimated_revenue'),
    fundingStage: text('funding_stage'),
    totalFunding: text('total_funding'),
    headquartersLocation: text('headquarters_location'),
    timezone: text(),
    linkedinUrl: text('linkedin_url'),
    twitterUrl: text('twitter_url'),
    instagramUrl: text('instagram_url'),
    facebookUrl: text('facebook_url'),
    ceoName: text('ceo_name'),
    financeContact: text('finance_contact'),
    financeContactEmail: text('finance_contact_email'),
    primaryLanguage: text('primary_language'),
    fiscalYearEnd: text('fiscal_year_end'),
    enrichmentStatus: text('enrichment_status'),
    enrichedAt: timestamp('enriched_at', { withTimezone: true, mode: 'string' }),
    portalEnabled: boolean('portal_enabled').default(false),
    portalId: text('portal_id'),
    fts: tsvector('fts')
      .notNull()
      .generatedAlwaysAs(
        sql`to_tsvector( 'english'::regconfig, COALESCE(name, ''::text) || ' ' || COALESCE(contact, ''::text) || ' ' || COALESCE(phone, ''::text) || ' ' || COALESCE(email, ''::text) || ' ' || COALESCE(address_line_1, ''::text) || ' ' || COALESCE(address_line_2, ''::text) || ' ' || COALESCE(city, ''::text) || ' ' || COALESCE(state, ''::text) || ' ' || COALESCE(zip, ''::text) || ' ' || COALESCE(country, ''::text) )`,
      ),
  },
  (t) => [
    index('customers_fts').using('gin', t.fts.op('tsvector_ops')),
    index('idx_customers_status').on(t.status),
    index('idx_customers_is_archived').on(t.isArchived),
    index('idx_customers_enrichment_status').on(t.enrichmentStatus),
    index('idx_customers_website').on(t.website),
    index('idx_customers_industry').on(t.industry),
    index('customers_team_id_idx').on(t.teamId),
    index('customers_team_created_at_idx').on(t.teamId, t.createdAt),
    foreignKey({ name: 'customers_team_id_fkey', columns: [t.teamId], foreignColumns: [teams.id] }).onDelete('cascade'),
  ],
)
