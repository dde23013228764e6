import { sql } from 'drizzle-orm'
import {
  type AnyPgColumn,
  boolean,
  integer,
  jsonb,
  pgTable,
  text,
  timestamp,
  unique,
  uniqueIndex,
} from 'drizzle-orm/pg-core'
import { applications } from './account-to-backups.ts'
import { compose, destinations } from './bitbucket-to-environments.ts'
import { libsql, mariadb } from './forward-auth-settings-to-member.ts'
import { mongo, mysql, organization } from './mongo-to-passkey.ts'
import { postgres, redis } from './patch-to-security.ts'
import { certificateType, serverStatus, serverType, serviceType, vaultProviderType } from './types.ts'

export const server = pgTable('server', {
  serverId: text('serverId')
    .primaryKey()
    .$defaultFn(() => ''),
  name: text('name').notNull(),
  description: text('description'),
  ipAddress: text('ipAddress').notNull(),
  port: integer('port').notNull(),
  username: text('username').notNull().default('root'),
  appName: text('appName')
    .notNull()
    .$defaultFn(() => ''),
  enableDockerCleanup: boolean('enableDockerCleanup').notNull().default(false),
  buildsConcurrency: integer('buildsConcurrency').notNull().default(1),
  createdAt: text('createdAt').notNull(),
  organizationId: text('organizationId')
    .notNull()
    .references((): AnyPgColumn => organization.id, { onDelete: 'cascade', onUpdate: 'no action' }),
  serverStatus: serverStatus('serverStatus').notNull().default('active'),
  serverType: serverType('serverType').notNull().default('deploy'),
  command: text('command').notNull().default(''),
  sshKeyId: text('sshKeyId').references((): AnyPgColumn => sshKeys.sshKeyId, {
    onDelete: 'set null',
    onUpdate: 'no action',
  }),
  metricsConfig: jsonb('metricsConfig')
    .notNull()
    .default({
      server: {
        type: 'Remote',
        refreshRate: 60,
        port: 4500,
        token: '',
        urlCallback: '',
        cronJob: '',
        retentionDays: 2,
        thresholds: { cpu: 0, memory: 0 },
      },
      containers: { refreshRate: 60, services: { include: [], exclude: [] } },
    }),
})

export const session = pgTable('session', {
  id: text('id').primaryKey(),
  expiresAt: timestamp('expires_at').notNull(),
  token: text('token').notNull().unique(),
  createdAt: timestamp('created_at').notNull(),
  updatedAt: timestamp('updated_at').notNull(),
  ipAddress: text('ip_address'),
  userAgent: text('user_agent'),
  userId: text('user_id')
    .notNull()
    .references((): AnyPgColumn => user.id, { onDelete: 'cascade', onUpdate: 'no action' }),
  impersonatedBy: text('impersonated_by'),
  activeOrganizationId: text('active_organization_id'),
})

export const slack = pgTable('slack', {
  slackId: text('slackId')
    .primaryKey()
    .$defaultFn(() => ''),
  webhookUrl: text('webhookUrl').notNull(),
  channel: text('channel'),
})

export const sshKeys = pgTable('ssh-key', {
  sshKeyId: text('sshKeyId')
    .primaryKey()
    .$defaultFn(() => ''),
  privateKey: text('privateKey').notNull().default(''),
  publicKey: text('publicKey').notNull(),
  name: text('name').notNull(),
  description: text('description'),
  createdAt: text('createdAt')
    .notNull()
    .$defaultFn(() => ''),
  lastUsedAt: text('lastUsedAt'),
  organizationId: text('organizationId')
    .notNull()
    .references((): AnyPgColumn => organization.id, { onDelete: 'cascade', onUpdate: 'no action' }),
})

export const ssoProvider = pgTable('sso_provider', {
  id: text('id').primaryKey(),
  issuer: text('issuer').notNull(),
  oidcConfig: text('oidc_config'),
  samlConfig: text('saml_config'),
  providerId: text('provider_id').notNull().unique(),
  userId: text('user_id').references((): AnyPgColumn => user.id, { onDelete: 'set null', onUpdate: 'no action' }),
  organizationId: text('organization_id').references((): AnyPgColumn => organization.id, {
    onDelete: 'cascade',
    onUpdate: 'no action',
  }),
  domain: text('domain').notNull(),
  createdAt: timestamp('created_at').notNull().defaultNow(),
})

export const tags = pgTable(
  'tag',
  {
    tagId: text('tagId')
      .primaryKey()
      .$defaultFn(() => ''),
    name: text('name').notNull(),
    color: text('color'),
    createdAt: text('createdAt')
      .notNull()
      .$defaultFn(() => ''),
    organizationId: text('organizationId')
      .notNull()
      .references((): AnyPgColumn => organization.id, { onDelete: 'cascade', onUpdate: 'no action' }),
  },
  (t) => [unique('unique_org_tag_name').on(t.organizationId, t.name)],
)

export const teams = pgTable('teams', {
  teamsId: text('teamsId')
    .primaryKey()
    .$defaultFn(() => ''),
  webhookUrl: text('webhookUrl').notNull(),
})

export const telegram = pgTable('telegram', {
  telegramId: text('telegramId')
    .primaryKey()
    .$defaultFn(() => ''),
  botToken: text('botToken').notNull(),
  chatId: text('chatId').notNull(),
  messageThreadId: text('messageThreadId'),
})

export const twoFactor = pgTable('two_factor', {
  id: text('id').primaryKey(),
  secret: text('secret').notNull(),
  backupCodes: text('backup_codes').notNull(),
  userId: text('user_id')
    .notNull()
    .references((): AnyPgColumn => user.id, { onDelete: 'cascade', onUpdate: 'no action' }),
  verified: boolean('verified').notNull().default(true),
  failedVerificationCount: integer('failed_verification_count').notNull().default(0),
  lockedUntil: timestamp('locked_until'),
})

export const user = pgTable('user', {
  id: text('id')
    .primaryKey()
    .$defaultFn(() => ''),
  firstName: text('firstName').notNull().default(''),
  lastName: text('lastName').notNull().default(''),
  isRegistered: boolean('isRegistered').notNull().default(false),
  expirationDate: text('expirationDate')
    .notNull()
    .$defaultFn(() => ''),
  createdAt2: text('createdAt')
    .notNull()
    .$defaultFn(() => ''),
  createdAt: timestamp('created_at').defaultNow(),
  twoFactorEnabled: boolean('two_factor_enabled'),
  email: text('email').notNull().unique(),
  emailVerified: boolean('email_verified').notNull(),
  image: text('image'),
  banned: boolean('banned'),
  banReason: text('ban_reason'),
  banExpires: timestamp('ban_expires'),
  updatedAt: timestamp('updated_at').notNull(),
  role: text('role').notNull().default('user'),
  enablePaidFeatures: boolean('enablePaidFeatures').notNull().default(false),
  allowImpersonation: boolean('allowImpersonation').notNull().default(false),
  enableEnterpriseFeatures: boolean('enableEnterpriseFeatures').notNull().default(false),
  licenseKey: text('licenseKey'),
  isValidEnterpriseLicense: boolean('isValidEnterpriseLicense').notNull().default(false),
  stripeCustomerId: text('stripeCustomerId'),
  stripeSubscriptionId: text('stripeSubscriptionId'),
  serversQuantity: integer('serversQuantity').notNull().default(0),
  sendInvoiceNotifications: boolean('sendInvoiceNotifications').notNull().default(false),
  isEnterpriseCloud: boolean('isEnterpriseCloud').notNull().default(false),
  trustedOrigins: text('trustedOrigins').array(),
  bookmarkedTemplates: text('bookmarkedTemplates').array().default(sql`ARRAY[]::text[]`),
})

export const vaultProvider = pgTable(
  'vault_provider',
  {
    vaultProviderId: text('vaultProviderId')
      .primaryKey()
      .$defaultFn(() => ''),
    name: text('name').notNull(),
    providerType: vaultProviderType('providerType').notNull(),
    config: jsonb('config').notNull(),
    assignments: jsonb('assignments').notNull().default([]),
    organizationId: text('organizationId')
      .notNull()
      .references((): AnyPgColumn => organization.id, { onDelete: 'cascade', onUpdate: 'no action' }),
    createdAt: text('createdAt')
      .notNull()
      .$defaultFn(() => ''),
  },
  (t) => [uniqueIndex('vault_provider_org_name_idx').on(t.organizationId, t.name)],
)

export const verification = pgTable('verification', {
  id: text('id').primaryKey(),
  identifier: text('identifier').notNull(),
  value: text('value').notNull(),
  expiresAt: timestamp('expires_at').notNull(),
  createdAt: timestamp('created_at'),
  updatedAt: timestamp('updated_at'),
})

export const volumeBackups = pgTable('volume_backup', {
  volumeBackupId: text('volumeBackupId')
    .primaryKey()
    .$defaultFn(() => ''),
  name: text('name').notNull(),
  volumeName: text('volumeName').notNull(),
  prefix: text('prefix').notNull(),
  serviceType: serviceType('serviceType').notNull().default('application'),
  appName: text('appName')
    .notNull()
    .$defaultFn(() => ''),
  serviceName: text('serviceName'),
  turnOff: boolean('turnOff').notNull().default(false),
  cronExpression: text('cronExpression').notNull(),
  keepLatestCount: integer('keepLatestCount'),
  enabled: boolean('enabled'),
  applicationId: text('applicationId').references((): AnyPgColumn => applications.applicationId, {
    onDelete: 'cascade',
    onUpdate: 'no action',
  }),
  postgresId: text('postgresId').references((): AnyPgColumn => postgres.postgresId, {
    onDelete: 'cascade',
    onUpdate: 'no action',
  }),
  mariadbId: text('mariadbId').references((): AnyPgColumn => mariadb.mariadbId, {
    onDelete: 'cascade',
    onUpdate: 'no action',
  }),
  mongoId: text('mongoId').references((): AnyPgColumn => mongo.mongoId, { onDelete: 'cascade', onUpdate: 'no action' }),
  mysqlId: text('mysqlId').references((): AnyPgColumn => mysql.mysqlId, { onDelete: 'cascade', onUpdate: 'no action' }),
  redisId: text('redisId').references((): AnyPgColumn => redis.redisId, { onDelete: 'cascade', onUpdate: 'no action' }),
  libsqlId: text('libsqlId').references((): AnyPgColumn => libsql.libsqlId, {
    onDelete: 'cascade',
    onUpdate: 'no action',
  }),
  composeId: text('composeId').references((): AnyPgColumn => compose.composeId, {
    onDelete: 'cascade',
    onUpdate: 'no action',
  }),
  createdAt: text('createdAt')
    .notNull()
    .$defaultFn(() => ''),
  destinationId: text('destinationId')
    .notNull()
    .references((): AnyPgColumn => destinations.destinationId, { onDelete: 'cascade', onUpdate: 'no action' }),
})

export const webServerSettings = pgTable('webServerSettings', {
  id: text('id')
    .primaryKey()
    .$defaultFn(() => ''),
  serverIp: text('serverIp'),
  certificateType: certificateType('certificateType').notNull().default('none'),
  https: boolean('https').notNull().default(false),
  host: text('host'),
  letsEncryptEmail: text('letsEncryptEmail'),
  sshPrivateKey: text('sshPrivateKey'),
  enableDockerCleanup: boolean('enableDockerCleanup').notNull().default(true),
  logCleanupCron: text('logCleanupCron').default('0 0 * * *'),
  metricsConfig: jsonb('metricsConfig')
    .notNull()
    .default({
      server: {
        type: 'Dokploy',
        refreshRate: 60,
        port: 4500,
        token: '',
        retentionDays: 2,
        cronJob: '',
        urlCallback: '',
        thresholds: { cpu: 0, memory: 0 },
      },
      containers: { refreshRate: 60, services: { include: [], exclude: [] } },
    }),
  whitelabelingConfig: jsonb('whitelabelingConfig').default({
    appName: null,
    appDescription: null,
    logoUrl: null,
    faviconUrl: null,
    customCss: null,
    loginLogoUrl: null,
    supportUrl: null,
    docsUrl: null,
    errorPageTitle: null,
    errorPageDescription: null,
    metaTitle: null,
    footerText: null,
  }),
  remoteServersOnly: boolean('remoteServersOnly').notNull().default(false),
  buildsConcurrency: integer('buildsConcurrency').notNull().default(1),
  enforceSSO: boolean('enforceSSO').notNull().default(false),
  cleanupCacheApplications: boolean('cleanupCacheApplications').notNull().default(false),
  cleanupCacheOnPreviews: boolean('cleanupCacheOnPreviews').notNull().default(false),
  cleanupCacheOnCompose: boolean('cleanupCacheOnCompose').notNull().default(false),
  createdAt: timestamp('created_at').defaultNow(),
  updatedAt: timestamp('updated_at').notNull().defaultNow(),
})
