import { sql } from 'drizzle-orm'
import {
  boolean,
  date,
  foreignKey,
  index,
  jsonb,
  pgPolicy,
  pgTable,
  primaryKey,
  smallint,
  text,
  timestamp,
  unique,
  uuid,
  varchar,
} from 'drizzle-orm/pg-core'
import { bankAccounts } from './accounting-sync-records-to-customers.ts'
import { tags, teams, transactionCategories } from './tags-to-transaction-match-suggestions.ts'
import {
  amount,
  auth,
  money,
  teamRolesEnum,
  transactionFrequencyEnum,
  transactionMethodsEnum,
  transactionStatusEnum,
  tsvector,
} from './types.ts'

export const transactionTags = pgTable(
  'transaction_tags',
  {
    id: uuid().primaryKey().defaultRandom(),
    createdAt: timestamp('created_at', { withTimezone: true, mode: 'string' }).notNull().defaultNow(),
    teamId: uuid('team_id').notNull(),
    tagId: uuid('tag_id').notNull(),
    transactionId: uuid('transaction_id').notNull(),
  },
  (t) => [
    unique('unique_tag').on(t.tagId, t.transactionId),
    index('transaction_tags_tag_id_idx').on(t.tagId.op('uuid_ops')),
    index('transaction_tags_team_id_idx').on(t.teamId.op('uuid_ops')),
    index('transaction_tags_transaction_id_tag_id_team_id_idx').on(
      t.transactionId.op('uuid_ops'),
      t.tagId.op('uuid_ops'),
      t.teamId.op('uuid_ops'),
    ),
    foreignKey({ name: 'transaction_tags_tag_id_fkey', columns: [t.tagId], foreignColumns: [tags.id] }).onDelete(
      'cascade',
    ),
    foreignKey({ name: 'transaction_tags_team_id_fkey', columns: [t.teamId], foreignColumns: [teams.id] }).onDelete(
      'cascade',
    ),
    foreignKey({
      name: 'transaction_tags_transaction_id_fkey',
      columns: [t.transactionId],
      foreignColumns: [transactions.id],
    }).onDelete('cascade'),
  ],
)

export const transactions = pgTable(
  'transactions',
  {
    id: uuid().primaryKey().defaultRandom(),
    createdAt: timestamp('created_at', { withTimezone: true, mode: 'string' }).notNull().defaultNow(),
    date: date().notNull(),
    name: text().notNull(),
    method: transactionMethodsEnum().notNull(),
    amount: money().notNull(),
    currency: text().notNull(),
    teamId: uuid('team_id').notNull(),
    assignedId: uuid('assigned_id'),
    note: varchar(),
    bankAccountId: uuid('bank_account_id'),
    internalId: text('internal_id').notNull(),
    status: transactionStatusEnum().default('posted'),
    balance: money(),
    manual: boolean().default(false),
    notified: boolean().default(false),
    internal: boolean().default(false),
    description: text(),
    categorySlug: text('category_slug'),
    baseAmount: money(),
    counterpartyName: text('counterparty_name'),
    baseCurrency: text('base_currency'),
    taxAmount: money('tax_amount'),
    taxRate: money('tax_rate'),
    taxType: text('tax_type'),
    recurring: boolean(),
    frequency: transactionFrequencyEnum(),
    merchantName: text('merchant_name'),
    enrichmentCompleted: boolean('enrichment_completed').default(false),
    ftsVector: tsvector('fts_vector')
      .notNull()
      .generatedAlwaysAs(
        sql`to_tsvector( 'english', ( (COALESCE(name, ''::text) || ' '::text) || COALESCE(description, ''::text) ) )`,
      ),
  },
  (t) => [
    unique('transactions_internal_id_key').on(t.internalId),
    index('idx_transactions_date').on(t.date.op('date_ops')),
    index('idx_transactions_fts').using('gin', t.ftsVector.op('tsvector_ops')),
    index('idx_transactions_fts_vector').using('gin', t.ftsVector.op('tsvector_ops')),
    index('idx_transactions_id').on(t.id.op('uuid_ops')),
    index('idx_transactions_name').on(t.name.op('text_ops')),
    index('idx_transactions_merchant_name_trgm').using('gin', t.merchantName.op('gin_trgm_ops')),
    index('idx_transactions_team_id_date_name').on(
      t.teamId.op('uuid_ops'),
      t.date.op('date_ops'),
      t.name.op('text_ops'),
    ),
    index('idx_transactions_team_id_name').on(t.teamId.op('uuid_ops'), t.name.op('text_ops')),
    index('idx_trgm_name').using('gist', t.name.op('gist_trgm_ops')),
    index('transactions_assigned_id_idx').on(t.assignedId.op('uuid_ops')),
    index('transactions_bank_account_id_idx').on(t.bankAccountId.op('uuid_ops')),
    index('transactions_category_slug_idx').on(t.categorySlug.op('text_ops')),
    index('transactions_team_id_date_currency_bank_account_id_category_idx').on(
      t.teamId.op('uuid_ops'),
      t.date.op('date_ops'),
      t.currency.op('text_ops'),
      t.bankAccountId.op('uuid_ops'),
    ),
    index('transactions_team_id_idx').on(t.teamId.op('uuid_ops')),
    index('idx_transactions_reports')
      .on(t.teamId.op('uuid_ops'), t.date.op('date_ops'), t.categorySlug.op('text_ops'))
      .where(sql`internal = false AND status != 'excluded'`),
    foreignKey({
      name: 'public_transactions_assigned_id_fkey',
      columns: [t.assignedId],
      foreignColumns: [users.id],
    }).onDelete('set null'),
    foreignKey({ name: 'public_transactions_team_id_fkey', columns: [t.teamId], foreignColumns: [teams.id] }).onDelete(
      'cascade',
    ),
    foreignKey({
      name: 'transactions_bank_account_id_fkey',
      columns: [t.bankAccountId],
      foreignColumns: [bankAccounts.id],
    }).onDelete('cascade'),
    foreignKey({
      name: 'transactions_category_slug_team_id_fkey',
      columns: [t.teamId, t.categorySlug],
      foreignColumns: [transactionCategories.teamId, transactionCategories.slug],
    }),
    pgPolicy('Transactions can be created by a member of the team', {
      for: 'insert',
      to: ['public'],
      withCheck: sql`(team_id IN ( SELECT private.get_teams_for_authenticated_user() AS get_teams_for_authenticated_user))`,
    }),
    pgPolicy('Transactions can be deleted by a member of the team', { for: 'delete', to: ['public'] }),
    pgPolicy('Transactions can be selected by a member of the team', { for: 'select', to: ['public'] }),
    pgPolicy('Transactions can be updated by a member of the team', { for: 'update', to: ['public'] }),
  ],
)

export const userInvites = pgTable(
  'user_invites',
  {
    id: uuid().primaryKey().defaultRandom(),
    createdAt: timestamp('created_at', { withTimezone: true, mode: 'string' }).notNull().defaultNow(),
    teamId: uuid('team_id'),
    email: text(),
    role: teamRolesEnum(),
    code: text().default('nanoid(24)'),
    invitedBy: uuid('invited_by'),
  },
  (t) => [
    unique('unique_team_invite').on(t.teamId, t.email),
    unique('user_invites_code_key').on(t.code),
    index('user_invites_team_id_idx').on(t.teamId.op('uuid_ops')),
    foreignKey({ name: 'public_user_invites_team_id_fkey', columns: [t.teamId], foreignColumns: [teams.id] }).onDelete(
      'cascade',
    ),
    foreignKey({ name: 'user_invites_invited_by_fkey', columns: [t.invitedBy], foreignColumns: [users.id] }).onDelete(
      'cascade',
    ),
  ],
)

export const users = pgTable(
  'users',
  {
    id: uuid().primaryKey(),
    fullName: text('full_name'),
    avatarUrl: text('avatar_url'),
    email: text(),
    teamId: uuid('team_id'),
    createdAt: timestamp('created_at', { withTimezone: true, mode: 'string' }).defaultNow(),
    locale: text().default('en'),
    weekStartsOnMonday: boolean('week_starts_on_monday').default(false),
    timezone: text(),
    timezoneAutoSync: boolean('timezone_auto_sync').default(true),
    timeFormat: amount('time_format').default(24),
    dateFormat: text('date_format'),
  },
  (t) => [
    index('users_team_id_idx').on(t.teamId.op('uuid_ops')),
    foreignKey({ name: 'users_id_fkey', columns: [t.id], foreignColumns: [t.id] }).onDelete('cascade'),
    foreignKey({ name: 'users_team_id_fkey', columns: [t.teamId], foreignColumns: [teams.id] }).onDelete('set null'),
  ],
)

export const usersInAuth = auth.table(
  'users',
  {
    instanceId: uuid('instance_id'),
    id: uuid('id').notNull(),
    aud: varchar('aud', { length: 255 }),
    role: varchar('role', { length: 255 }),
    email: varchar('email', { length: 255 }),
    encryptedPassword: varchar('encrypted_password', { length: 255 }),
    emailConfirmedAt: timestamp('email_confirmed_at', { withTimezone: true }),
    invitedAt: timestamp('invited_at', { withTimezone: true }),
    confirmationToken: varchar('confirmation_token', { length: 255 }),
    confirmationSentAt: timestamp('confirmation_sent_at', { withTimezone: true }),
    recoveryToken: varchar('recovery_token', { length: 255 }),
    recoverySentAt: timestamp('recovery_sent_at', { withTimezone: true }),
    emailChangeTokenNew: varchar('email_change_token_new', { length: 255 }),
    emailChange: varchar('email_change', { length: 255 }),
    emailChangeSentAt: timestamp('email_change_sent_at', { withTimezone: true }),
    lastSignInAt: timestamp('last_sign_in_at', { withTimezone: true }),
    rawAppMetaData: jsonb('raw_app_meta_data'),
    rawUserMetaData: jsonb('raw_user_meta_data'),
    isSuperAdmin: boolean('is_super_admin'),
    createdAt: timestamp('created_at', { withTimezone: true }),
    updatedAt: timestamp('updated_at', { withTimezone: true }),
    phone: text('phone').default(sql`null::character varying`),
    phoneConfirmedAt: timestamp('phone_confirmed_at', { withTimezone: true }),
    phoneChange: text('phone_change').default(sql`''::character varying`),
    phoneChangeToken: varchar('phone_change_token', { length: 255 }).default(sql`''::character varying`),
    phoneChangeSentAt: timestamp('phone_change_sent_at', { withTimezone: true }),
    confirmedAt: timestamp('confirmed_at', { withTimezone: true, mode: 'string' }).generatedAlwaysAs(
      sql`LEAST(email_confirmed_at, phone_confirmed_at)`,
    ),
    emailChangeTokenCurrent: varchar('email_change_token_current', { length: 255 }).default(sql`''::character varying`),
    emailChangeConfirmStatus: smallint('email_change_confirm_status').default(0),
    bannedUntil: timestamp('banned_until', { withTimezone: true }),
    reauthenticationToken: varchar('reauthentication_token', { length: 255 }).default(sql`''::character varying`),
    reauthenticationSentAt: timestamp('reauthentication_sent_at', { withTimezone: true }),
    isSsoUser: boolean('is_sso_user').notNull().default(false),
    deletedAt: timestamp('deleted_at', { withTimezone: true }),
    isAnonymous: boolean('is_anonymous').notNull().default(false),
  },
  (t) => [
    primaryKey({ name: 'users_pkey', columns: [t.id] }),
    unique('users_phone_key').on(t.phone),
    unique('confirmation_token_idx').on(t.confirmationToken),
    unique('email_change_token_current_idx').on(t.emailChangeTokenCurrent),
    unique('email_change_token_new_idx').on(t.emailChangeTokenNew),
    unique('reauthentication_token_idx').on(t.reauthenticationToken),
    unique('recovery_token_idx').on(t.recoveryToken),
    unique('users_email_partial_key').on(t.email),
    index('users_instance_id_email_idx').on(t.instanceId, sql`lower((email)::text)`),
    index('users_instance_id_idx').on(t.instanceId),
    index('users_is_anonymous_idx').on(t.isAnonymous),
  ],
)

export const usersOnTeam = pgTable(
  'users_on_team',
  {
    userId: uuid('user_id').notNull(),
    teamId: uuid('team_id').notNull(),
    id: uuid().notNull().defaultRandom(),
    role: teamRolesEnum(),
    createdAt: timestamp('created_at', { withTimezone: true, mode: 'string' }).defaultNow(),
  },
  (t) => [
    primaryKey({ name: 'members_pkey', columns: [t.userId, t.teamId, t.id] }),
    index('users_on_team_team_id_idx').on(t.teamId.op('uuid_ops')),
    index('users_on_team_user_id_idx').on(t.userId.op('uuid_ops')),
    foreignKey({ name: 'users_on_team_team_id_fkey', columns: [t.teamId], foreignColumns: [teams.id] })
      .onUpdate('cascade')
      .onDelete('cascade'),
    foreignKey({ name: 'users_on_team_user_id_fkey', columns: [t.userId], foreignColumns: [users.id] }).onDelete(
      'cascade',
    ),
  ],
)
