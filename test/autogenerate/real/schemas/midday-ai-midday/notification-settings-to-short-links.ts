import { sql } from 'drizzle-orm'
import { boolean, foreignKey, index, jsonb, pgTable, text, timestamp, unique, uuid } from 'drizzle-orm/pg-core'
import { teams } from './tags-to-transaction-match-suggestions.ts'
import { users } from './transaction-tags-to-users-on-team.ts'
import { money, platformProviderEnum, reportTypesEnum } from './types.ts'

export const notificationSettings = pgTable(
  'notification_settings',
  {
    id: uuid().primaryKey().defaultRandom(),
    userId: uuid('user_id').notNull(),
    teamId: uuid('team_id').notNull(),
    notificationType: text('notification_type').notNull(),
    channel: text('channel').notNull(),
    enabled: boolean().notNull().default(true),
    createdAt: timestamp('created_at', { withTimezone: true, mode: 'string' }).notNull().defaultNow(),
    updatedAt: timestamp('updated_at', { withTimezone: true, mode: 'string' }).notNull().defaultNow(),
  },
  (t) => [
    unique('notification_settings_user_team_type_channel_key').on(t.userId, t.teamId, t.notificationType, t.channel),
    index('notification_settings_user_team_idx').on(t.userId, t.teamId),
    index('notification_settings_type_channel_idx').on(t.notificationType, t.channel),
    foreignKey({
      name: 'notification_settings_user_id_fkey',
      columns: [t.userId],
      foreignColumns: [users.id],
    }).onDelete('cascade'),
    foreignKey({
      name: 'notification_settings_team_id_fkey',
      columns: [t.teamId],
      foreignColumns: [teams.id],
    }).onDelete('cascade'),
  ],
)

export const oauthAccessTokens = pgTable(
  'oauth_access_tokens',
  {
    id: uuid('id').primaryKey().defaultRandom(),
    token: text('token').notNull().unique(),
    refreshToken: text('refresh_token').unique(),
    applicationId: uuid('application_id').notNull(),
    userId: uuid('user_id').notNull(),
    teamId: uuid('team_id').notNull(),
    scopes: text('scopes').array().notNull(),
    expiresAt: timestamp('expires_at', { withTimezone: true, mode: 'string' }).notNull(),
    refreshTokenExpiresAt: timestamp('refresh_token_expires_at', { withTimezone: true, mode: 'string' }),
    createdAt: timestamp('created_at', { withTimezone: true, mode: 'string' }).notNull().defaultNow(),
    lastUsedAt: timestamp('last_used_at', { withTimezone: true, mode: 'string' }),
    revoked: boolean('revoked').default(false),
    revokedAt: timestamp('revoked_at', { withTimezone: true, mode: 'string' }),
  },
  (t) => [
    index('oauth_access_tokens_token_idx').on(t.token.op('text_ops')),
    index('oauth_access_tokens_refresh_token_idx').on(t.refreshToken.op('text_ops')),
    index('oauth_access_tokens_application_id_idx').on(t.applicationId.op('uuid_ops')),
    index('oauth_access_tokens_user_id_idx').on(t.userId.op('uuid_ops')),
    foreignKey({
      name: 'oauth_access_tokens_application_id_fkey',
      columns: [t.applicationId],
      foreignColumns: [oauthApplications.id],
    }).onDelete('cascade'),
    foreignKey({ name: 'oauth_access_tokens_user_id_fkey', columns: [t.userId], foreignColumns: [users.id] }).onDelete(
      'cascade',
    ),
    foreignKey({ name: 'oauth_access_tokens_team_id_fkey', columns: [t.teamId], foreignColumns: [teams.id] }).onDelete(
      'cascade',
    ),
  ],
)

export const oauthApplications = pgTable(
  'oauth_applications',
  {
    id: uuid('id').primaryKey().defaultRandom(),
    name: text('name').notNull(),
    slug: text('slug').notNull().unique(),
    description: text('description'),
    overview: text('overview'),
    developerName: text('developer_name'),
    logoUrl: text('logo_url'),
    website: text('website'),
    installUrl: text('install_url'),
    screenshots: text('screenshots').array().default(sql`'{}'::text[]`),
    redirectUris: text('redirect_uris').array().notNull(),
    clientId: text('client_id').notNull().unique(),
    clientSecret: text('client_secret'),
    scopes: text('scopes').array().notNull().default(sql`'{}'::text[]`),
    teamId: uuid('team_id'),
    createdBy: uuid('created_by'),
    createdAt: timestamp('created_at', { withTimezone: true, mode: 'string' }).notNull().defaultNow(),
    updatedAt: timestamp('updated_at', { withTimezone: true, mode: 'string' }).notNull().defaultNow(),
    isPublic: boolean('is_public').default(false),
    active: boolean('active').default(true),
    status: text('status', { enum: ['draft', 'pending', 'approved', 'rejected'] }).default('draft'),
  },
  (t) => [
    index('oauth_applications_team_id_idx').on(t.teamId.op('uuid_ops')),
    index('oauth_applications_client_id_idx').on(t.clientId.op('text_ops')),
    index('oauth_applications_slug_idx').on(t.slug.op('text_ops')),
    foreignKey({ name: 'oauth_applications_team_id_fkey', columns: [t.teamId], foreignColumns: [teams.id] }).onDelete(
      'cascade',
    ),
    foreignKey({
      name: 'oauth_applications_created_by_fkey',
      columns: [t.createdBy],
      foreignColumns: [users.id],
    }).onDelete('cascade'),
  ],
)

export const oauthAuthorizationCodes = pgTable(
  'oauth_authorization_codes',
  {
    id: uuid('id').primaryKey().defaultRandom(),
    code: text('code').notNull().unique(),
    applicationId: uuid('application_id').notNull(),
    userId: uuid('user_id').notNull(),
    teamId: uuid('team_id').notNull(),
    scopes: text('scopes').array().notNull(),
    redirectUri: text('redirect_uri').notNull(),
    expiresAt: timestamp('expires_at', { withTimezone: true, mode: 'string' }).notNull(),
    createdAt: timestamp('created_at', { withTimezone: true, mode: 'string' }).notNull().defaultNow(),
    used: boolean('used').default(false),
    codeChallenge: text('code_challenge'),
    codeChallengeMethod: text('code_challenge_method'),
  },
  (t) => [
    index('oauth_authorization_codes_code_idx').on(t.code.op('text_ops')),
    index('oauth_authorization_codes_application_id_idx').on(t.applicationId.op('uuid_ops')),
    index('oauth_authorization_codes_user_id_idx').on(t.userId.op('uuid_ops')),
    foreignKey({
      name: 'oauth_authorization_codes_application_id_fkey',
      columns: [t.applicationId],
      foreignColumns: [oauthApplications.id],
    }).onDelete('cascade'),
    foreignKey({
      name: 'oauth_authorization_codes_user_id_fkey',
      columns: [t.userId],
      foreignColumns: [users.id],
    }).onDelete('cascade'),
    foreignKey({
      name: 'oauth_authorization_codes_team_id_fkey',
      columns: [t.teamId],
      foreignColumns: [teams.id],
    }).onDelete('cascade'),
  ],
)

export const platformIdentities = pgTable(
  'platform_identities',
  {
    id: uuid().primaryKey().defaultRandom(),
    provider: platformProviderEnum().notNull(),
    teamId: uuid('team_id').notNull(),
    userId: uuid('user_id').notNull(),
    externalUserId: text('external_user_id').notNull(),
    externalTeamId: text('external_team_id').notNull().default(''),
    externalChannelId: text('external_channel_id'),
    metadata: jsonb(),
    createdAt: timestamp('created_at', { withTimezone: true, mode: 'string' }).defaultNow(),
    updatedAt: timestamp('updated_at', { withTimezone: true, mode: 'string' }).defaultNow(),
  },
  (t) => [
    unique('platform_identities_provider_external_unique').on(t.provider, t.externalTeamId, t.externalUserId),
    index('platform_identities_provider_external_idx').on(t.provider, t.externalTeamId, t.externalUserId),
    index('platform_identities_team_id_idx').on(t.teamId),
    index('platform_identities_user_id_idx').on(t.userId),
    foreignKey({ name: 'platform_identities_team_id_fkey', columns: [t.teamId], foreignColumns: [teams.id] }).onDelete(
      'cascade',
    ),
    foreignKey({ name: 'platform_identities_user_id_fkey', columns: [t.userId], foreignColumns: [users.id] }).onDelete(
      'cascade',
    ),
  ],
)

export const platformLinkTokens = pgTable(
  'platform_link_tokens',
  {
    id: uuid().primaryKey().defaultRandom(),
    code: text().notNull(),
    provider: platformProviderEnum().notNull(),
    teamId: uuid('team_id').notNull(),
    userId: uuid('user_id').notNull(),
    expiresAt: timestamp('expires_at', { withTimezone: true, mode: 'string' }).notNull(),
    usedAt: timestamp('used_at', { withTimezone: true, mode: 'string' }),
    metadata: jsonb(),
    createdAt: timestamp('created_at', { withTimezone: true, mode: 'string' }).defaultNow(),
  },
  (t) => [
    unique().on(t.code),
    index('platform_link_tokens_code_idx').on(t.code),
    index('platform_link_tokens_team_id_idx').on(t.teamId),
    index('platform_link_tokens_user_id_idx').on(t.userId),
    foreignKey({ name: 'platform_link_tokens_team_id_fkey', columns: [t.teamId], foreignColumns: [teams.id] }).onDelete(
      'cascade',
    ),
    foreignKey({ name: 'platform_link_tokens_user_id_fkey', columns: [t.userId], foreignColumns: [users.id] }).onDelete(
      'cascade',
    ),
  ],
)

export const providerNotificationBatches = pgTable(
  'provider_notification_batches',
  {
    id: uuid().primaryKey().defaultRandom(),
    batchKey: text('batch_key').notNull(),
    platformIdentityId: uuid('platform_identity_id').notNull(),
    teamId: uuid('team_id').notNull(),
    userId: uuid('user_id').notNull(),
    provider: platformProviderEnum().notNull(),
    eventFamily: text('event_family').notNull(),
    payload: jsonb().notNull(),
    notificationContext: jsonb('notification_context'),
    windowEndsAt: timestamp('window_ends_at', { withTimezone: true, mode: 'string' }).notNull(),
    sentAt: timestamp('sent_at', { withTimezone: true, mode: 'string' }),
    createdAt: timestamp('created_at', { withTimezone: true, mode: 'string' }).defaultNow(),
    updatedAt: timestamp('updated_at', { withTimezone: true, mode: 'string' }).defaultNow(),
  },
  (t) => [
    unique().on(t.batchKey),
    index('provider_notification_batches_due_idx').on(t.sentAt, t.windowEndsAt),
    index('provider_notification_batches_identity_idx').on(t.platformIdentityId),
    index('provider_notification_batches_team_id_idx').on(t.teamId),
    foreignKey({
      name: 'provider_notification_batches_identity_id_fkey',
      columns: [t.platformIdentityId],
      foreignColumns: [platformIdentities.id],
    }).onDelete('cascade'),
    foreignKey({
      name: 'provider_notification_batches_team_id_fkey',
      columns: [t.teamId],
      foreignColumns: [teams.id],
    }).onDelete('cascade'),
    foreignKey({
      name: 'provider_notification_batches_user_id_fkey',
      columns: [t.userId],
      foreignColumns: [users.id],
    }).onDelete('cascade'),
  ],
)

export const reports = pgTable(
  'reports',
  {
    id: uuid().primaryKey().defaultRandom(),
    createdAt: timestamp('created_at', { withTimezone: true, mode: 'string' }).notNull().defaultNow(),
    linkId: text('link_id'),
    teamId: uuid('team_id'),
    shortLink: text('short_link'),
    from: timestamp({ withTimezone: true, mode: 'string' }),
    to: timestamp({ withTimezone: true, mode: 'string' }),
    type: reportTypesEnum(),
    expireAt: timestamp('expire_at', { withTimezone: true, mode: 'string' }),
    currency: text(),
    createdBy: uuid('created_by'),
  },
  (t) => [
    index('reports_team_id_idx').on(t.teamId.op('uuid_ops')),
    foreignKey({ name: 'public_reports_created_by_fkey', columns: [t.createdBy], foreignColumns: [users.id] }).onDelete(
      'cascade',
    ),
    foreignKey({ name: 'reports_team_id_fkey', columns: [t.teamId], foreignColumns: [teams.id] }).onDelete('cascade'),
  ],
)

export const shortLinks = pgTable(
  'short_links',
  {
    id: uuid().primaryKey().defaultRandom(),
    shortId: text('short_id').notNull(),
    url: text().notNull(),
    type: text('type'),
    size: money('size'),
    mimeType: text('mime_type'),
    fileName: text('file_name'),
    teamId: uuid('team_id').notNull(),
    userId: uuid('user_id').notNull(),
    expiresAt: timestamp('expires_at', { withTimezone: true, mode: 'string' }),
    createdAt: timestamp('created_at', { withTimezone: true, mode: 'string' }).notNull().defaultNow(),
  },
  (t) => [
    unique().on(t.shortId),
    index('short_links_short_id_idx').on(t.shortId.op('text_ops')),
    index('short_links_team_id_idx').on(t.teamId.op('uuid_ops')),
    index('short_links_user_id_idx').on(t.userId.op('uuid_ops')),
    foreignKey({ name: 'short_links_user_id_fkey', columns: [t.userId], foreignColumns: [users.id] }).onDelete(
      'cascade',
    ),
    foreignKey({ name: 'short_links_team_id_fkey', columns: [t.teamId], foreignColumns: [teams.id] }).onDelete(
      'cascade',
    ),
  ],
)
