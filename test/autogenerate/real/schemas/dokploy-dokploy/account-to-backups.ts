import {
  type AnyPgColumn,
  bigint,
  boolean,
  index,
  integer,
  json,
  jsonb,
  pgTable,
  text,
  timestamp,
} from 'drizzle-orm/pg-core'
import { bitbucket, compose, destinations, environments } from './bitbucket-to-environments.ts'
import { gitea, github, gitlab, libsql, mariadb } from './forward-auth-settings-to-member.ts'
import { mongo, mysql, organization } from './mongo-to-passkey.ts'
import { postgres, registry } from './patch-to-security.ts'
import { server, sshKeys, user } from './server-to-web-server-settings.ts'
import {
  applicationStatus,
  backupType,
  buildType,
  certificateType,
  databaseType,
  encryptedText,
  sourceType,
  triggerType,
} from './types.ts'

export const account = pgTable('account', {
  id: text('id')
    .primaryKey()
    .$defaultFn(() => ''),
  accountId: text('account_id')
    .notNull()
    .$defaultFn(() => ''),
  providerId: text('provider_id').notNull(),
  userId: text('user_id')
    .notNull()
    .references((): AnyPgColumn => user.id, { onDelete: 'cascade', onUpdate: 'no action' }),
  accessToken: text('access_token'),
  refreshToken: text('refresh_token'),
  idToken: text('id_token'),
  accessTokenExpiresAt: timestamp('access_token_expires_at'),
  refreshTokenExpiresAt: timestamp('refresh_token_expires_at'),
  scope: text('scope'),
  password: text('password'),
  is2FAEnabled: boolean('is2FAEnabled').notNull().default(false),
  createdAt: timestamp('created_at').notNull(),
  updatedAt: timestamp('updated_at').notNull(),
  resetPasswordToken: text('resetPasswordToken'),
  resetPasswordExpiresAt: text('resetPasswordExpiresAt'),
  confirmationToken: text('confirmationToken'),
  confirmationExpiresAt: text('confirmationExpiresAt'),
})

export const ai = pgTable('ai', {
  aiId: text('aiId')
    .primaryKey()
    .$defaultFn(() => ''),
  name: text('name').notNull(),
  apiUrl: text('apiUrl').notNull(),
  apiKey: text('apiKey').notNull(),
  model: text('model').notNull(),
  isEnabled: boolean('isEnabled').notNull().default(true),
  organizationId: text('organizationId')
    .notNull()
    .references((): AnyPgColumn => organization.id, { onDelete: 'cascade', onUpdate: 'no action' }),
  createdAt: text('createdAt')
    .notNull()
    .$defaultFn(() => ''),
})

export const apikey = pgTable('apikey', {
  id: text('id').primaryKey(),
  name: text('name'),
  start: text('start'),
  prefix: text('prefix'),
  key: text('key').notNull(),
  configId: text('config_id').notNull().default('default'),
  referenceId: text('reference_id')
    .notNull()
    .references((): AnyPgColumn => user.id, { onDelete: 'cascade', onUpdate: 'no action' }),
  refillInterval: integer('refill_interval'),
  refillAmount: integer('refill_amount'),
  lastRefillAt: timestamp('last_refill_at'),
  enabled: boolean('enabled'),
  rateLimitEnabled: boolean('rate_limit_enabled'),
  rateLimitTimeWindow: integer('rate_limit_time_window'),
  rateLimitMax: integer('rate_limit_max'),
  requestCount: integer('request_count'),
  remaining: integer('remaining'),
  lastRequest: timestamp('last_request'),
  expiresAt: timestamp('expires_at'),
  createdAt: timestamp('created_at').notNull(),
  updatedAt: timestamp('updated_at').notNull(),
  permissions: text('permissions'),
  metadata: text('metadata'),
})

export const applications = pgTable('application', {
  applicationId: text('applicationId')
    .primaryKey()
    .$defaultFn(() => ''),
  name: text('name').notNull(),
  appName: text('appName')
    .notNull()
    .unique()
    .$defaultFn(() => ''),
  description: text('description'),
  env: encryptedText('env'),
  previewEnv: encryptedText('previewEnv'),
  watchPaths: text('watchPaths').array(),
  previewBuildArgs: encryptedText('previewBuildArgs'),
  previewBuildSecrets: encryptedText('previewBuildSecrets'),
  previewLabels: text('previewLabels').array(),
  previewWildcard: text('previewWildcard'),
  previewPort: integer('previewPort').default(3000),
  previewHttps: boolean('previewHttps').notNull().default(false),
  previewPath: text('previewPath').default('/'),
  previewCertificateType: certificateType('certificateType').notNull().default('none'),
  previewCustomCertResolver: text('previewCustomCertResolver'),
  previewLimit: integer('previewLimit').default(3),
  isPreviewDeploymentsActive: boolean('isPreviewDeploymentsActive').default(false),
  previewRequireCollaboratorPermissions: boolean('previewRequireCollaboratorPermissions').default(true),
  rollbackActive: boolean('rollbackActive').default(false),
  buildArgs: encryptedText('buildArgs'),
  buildSecrets: encryptedText('buildSecrets'),
  memoryReservation: text('memoryReservation'),
  memoryLimit: text('memoryLimit'),
  cpuReservation: text('cpuReservation'),
  cpuLimit: text('cpuLimit'),
  title: text('title'),
  enabled: boolean('enabled'),
  subtitle: text('subtitle'),
  command: text('command'),
  args: text('args').array(),
  icon: text('icon'),
  refreshToken: text('refreshToken').$defaultFn(() => ''),
  sourceType: sourceType('sourceType').notNull().default('github'),
  cleanCache: boolean('cleanCache').default(false),
  repository: text('repository'),
  owner: text('owner'),
  branch: text('branch'),
  buildPath: text('buildPath').default('/'),
  triggerType: triggerType('triggerType').default('push'),
  autoDeploy: boolean('autoDeploy').$defaultFn(() => true),
  gitlabProjectId: integer('gitlabProjectId'),
  gitlabRepository: text('gitlabRepository'),
  gitlabOwner: text('gitlabOwner'),
  gitlabBranch: text('gitlabBranch'),
  gitlabBuildPath: text('gitlabBuildPath').default('/'),
  gitlabPathNamespace: text('gitlabPathNamespace'),
  giteaRepository: text('giteaRepository'),
  giteaOwner: text('giteaOwner'),
  giteaBranch: text('giteaBranch'),
  giteaBuildPath: text('giteaBuildPath').default('/'),
  bitbucketRepository: text('bitbucketRepository'),
  bitbucketRepositorySlug: text('bitbucketRepositorySlug'),
  bitbucketOwner: text('bitbucketOwner'),
  bitbucketBranch: text('bitbucketBranch'),
  bitbucketBuildPath: text('bitbucketBuildPath').default('/'),
  username: text('username'),
  password: text('password'),
  dockerImage: text('dockerImage'),
  registryUrl: text('registryUrl'),
  customGitUrl: text('customGitUrl'),
  customGitBranch: text('customGitBranch'),
  customGitBuildPath: text('customGitBuildPath'),
  customGitSSHKeyId: text('customGitSSHKeyId').references((): AnyPgColumn => sshKeys.sshKeyId, {
    onDelete: 'set null',
    onUpdate: 'no action',
  }),
  enableSubmodules: boolean('enableSubmodules').notNull().default(false),
  dockerfile: text('dockerfile').default('Dockerfile'),
  dockerContextPath: text('dockerContextPath'),
  dockerBuildStage: text('dockerBuildStage'),
  dropBuildPath: text('dropBuildPath'),
  healthCheckSwarm: json('healthCheckSwarm'),
  restartPolicySwarm: json('restartPolicySwarm'),
  placementSwarm: json('placementSwarm'),
  updateConfigSwarm: json('updateConfigSwarm'),
  rollbackConfigSwarm: json('rollbackConfigSwarm'),
  modeSwarm: json('modeSwarm'),
  labelsSwarm: json('labelsSwarm'),
  networkSwarm: json('networkSwarm'),
  stopGracePeriodSwarm: bigint('stopGracePeriodSwarm', { mode: 'number' }),
  endpointSpecSwarm: json('endpointSpecSwarm'),
  ulimitsSwarm: json('ulimitsSwarm'),
  replicas: integer('replicas').notNull().default(1),
  applicationStatus: applicationStatus('applicationStatus').notNull().default('idle'),
  buildType: buildType('buildType').notNull().default('nixpacks'),
  railpackVersion: text('railpackVersion').default('0.15.4'),
  herokuVersion: text('herokuVersion').default('24'),
  publishDirectory: text('publishDirectory'),
  isStaticSpa: boolean('isStaticSpa'),
  createEnvFile: boolean('createEnvFile').notNull().default(true),
  createdAt: text('createdAt')
    .notNull()
    .$defaultFn(() => ''),
  registryId: text('registryId').references((): AnyPgColumn => registry.registryId, {
    onDelete: 'set null',
    onUpdate: 'no action',
  }),
  rollbackRegistryId: text('rollbackRegistryId').references((): AnyPgColumn => registry.registryId, {
    onDelete: 'set null',
    onUpdate: 'no action',
  }),
  environmentId: text('environmentId')
    .notNull()
    .references((): AnyPgColumn => environments.environmentId, { onDelete: 'cascade', onUpdate: 'no action' }),
  githubId: text('githubId').references((): AnyPgColumn => github.githubId, {
    onDelete: 'set null',
    onUpdate: 'no action',
  }),
  gitlabId: text('gitlabId').references((): AnyPgColumn => gitlab.gitlabId, {
    onDelete: 'set null',
    onUpdate: 'no action',
  }),
  giteaId: text('giteaId').references((): AnyPgColumn => gitea.giteaId, {
    onDelete: 'set null',
    onUpdate: 'no action',
  }),
  bitbucketId: text('bitbucketId').references((): AnyPgColumn => bitbucket.bitbucketId, {
    onDelete: 'set null',
    onUpdate: 'no action',
  }),
  serverId: text('serverId').references((): AnyPgColumn => server.serverId, {
    onDelete: 'cascade',
    onUpdate: 'no action',
  }),
  buildServerId: text('buildServerId').references((): AnyPgColumn => server.serverId, {
    onDelete: 'set null',
    onUpdate: 'no action',
  }),
  buildRegistryId: text('buildRegistryId').references((): AnyPgColumn => registry.registryId, {
    onDelete: 'set null',
    onUpdate: 'no action',
  }),
  networkIds: text('networkIds').array().default([]),
  detachDokployNetwork: boolean('detachDokployNetwork').notNull().default(false),
})

export const auditLog = pgTable(
  'audit_log',
  {
    id: text('id')
      .primaryKey()
      .$defaultFn(() => ''),
    organizationId: text('organization_id').references((): AnyPgColumn => organization.id, {
      onDelete: 'set null',
      onUpdate: 'no action',
    }),
    userId: text('user_id').references((): AnyPgColumn => user.id, { onDelete: 'set null', onUpdate: 'no action' }),
    userEmail: text('user_email').notNull(),
    userRole: text('user_role').notNull(),
    action: text('action').notNull(),
    resourceType: text('resource_type').notNull(),
    resourceId: text('resource_id'),
    resourceName: text('resource_name'),
    metadata: text('metadata'),
    createdAt: timestamp('created_at').notNull().defaultNow(),
  },
  (t) => [
    index('auditLog_organizationId_idx').on(t.organizationId),
    index('auditLog_userId_idx').on(t.userId),
    index('auditLog_createdAt_idx').on(t.createdAt),
  ],
)

export const backups = pgTable('backup', {
  backupId: text('backupId')
    .primaryKey()
    .$defaultFn(() => ''),
  appName: text('appName')
    .notNull()
    .unique()
    .$defaultFn(() => ''),
  schedule: text('schedule').notNull(),
  enabled: boolean('enabled'),
  database: text('database').notNull(),
  prefix: text('prefix').notNull(),
  serviceName: text('serviceName'),
  destinationId: text('destinationId')
    .notNull()
    .references((): AnyPgColumn => destinations.destinationId, { onDelete: 'cascade', onUpdate: 'no action' }),
  keepLatestCount: integer('keepLatestCount'),
  includeEncryptionKey: boolean('includeEncryptionKey').notNull().default(true),
  backupType: backupType('backupType').notNull().default('database'),
  databaseType: databaseType('databaseType').notNull(),
  composeId: text('composeId').references((): AnyPgColumn => compose.composeId, {
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
  mysqlId: text('mysqlId').references((): AnyPgColumn => mysql.mysqlId, { onDelete: 'cascade', onUpdate: 'no action' }),
  mongoId: text('mongoId').references((): AnyPgColumn => mongo.mongoId, { onDelete: 'cascade', onUpdate: 'no action' }),
  libsqlId: text('libsqlId').references((): AnyPgColumn => libsql.libsqlId, {
    onDelete: 'cascade',
    onUpdate: 'no action',
  }),
  userId: text('userId').references((): AnyPgColumn => user.id, { onDelete: 'no action', onUpdate: 'no action' }),
  metadata: jsonb('metadata'),
})
