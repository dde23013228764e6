import { sql } from 'drizzle-orm'
import {
  type AnyPgColumn,
  boolean,
  integer,
  jsonb,
  pgTable,
  serial,
  text,
  timestamp,
  uniqueIndex,
} from 'drizzle-orm/pg-core'
import { applications, backups } from './account-to-backups.ts'
import { gitea, github, gitlab, gitProvider } from './forward-auth-settings-to-member.ts'
import { organization } from './mongo-to-passkey.ts'
import { previewDeployments, projects, rollbacks, schedules } from './patch-to-security.ts'
import { server, sshKeys, volumeBackups } from './server-to-web-server-settings.ts'
import {
  applicationStatus,
  certificateType,
  composeType,
  deploymentStatus,
  dnsProviderType,
  domainType,
  encryptedText,
  sourceTypeCompose,
  triggerType,
} from './types.ts'

export const bitbucket = pgTable('bitbucket', {
  bitbucketId: text('bitbucketId')
    .primaryKey()
    .$defaultFn(() => ''),
  bitbucketUsername: text('bitbucketUsername'),
  bitbucketEmail: text('bitbucketEmail'),
  appPassword: text('appPassword'),
  apiToken: text('apiToken'),
  bitbucketWorkspaceName: text('bitbucketWorkspaceName'),
  gitProviderId: text('gitProviderId')
    .notNull()
    .references((): AnyPgColumn => gitProvider.gitProviderId, { onDelete: 'cascade', onUpdate: 'no action' }),
})

export const certificates = pgTable('certificate', {
  certificateId: text('certificateId')
    .primaryKey()
    .$defaultFn(() => ''),
  name: text('name').notNull(),
  certificateData: text('certificateData').notNull(),
  privateKey: text('privateKey').notNull(),
  certificatePath: text('certificatePath')
    .notNull()
    .unique()
    .$defaultFn(() => ''),
  autoRenew: boolean('autoRenew'),
  organizationId: text('organizationId')
    .notNull()
    .references((): AnyPgColumn => organization.id, { onDelete: 'cascade', onUpdate: 'no action' }),
  serverId: text('serverId').references((): AnyPgColumn => server.serverId, {
    onDelete: 'cascade',
    onUpdate: 'no action',
  }),
})

export const compose = pgTable('compose', {
  composeId: text('composeId')
    .primaryKey()
    .$defaultFn(() => ''),
  name: text('name').notNull(),
  appName: text('appName')
    .notNull()
    .$defaultFn(() => ''),
  description: text('description'),
  env: encryptedText('env'),
  composeFile: text('composeFile').notNull().default(''),
  refreshToken: text('refreshToken').$defaultFn(() => ''),
  sourceType: sourceTypeCompose('sourceType').notNull().default('github'),
  composeType: composeType('composeType').notNull().default('docker-compose'),
  repository: text('repository'),
  owner: text('owner'),
  branch: text('branch'),
  autoDeploy: boolean('autoDeploy').$defaultFn(() => true),
  gitlabProjectId: integer('gitlabProjectId'),
  gitlabRepository: text('gitlabRepository'),
  gitlabOwner: text('gitlabOwner'),
  gitlabBranch: text('gitlabBranch'),
  gitlabPathNamespace: text('gitlabPathNamespace'),
  bitbucketRepository: text('bitbucketRepository'),
  bitbucketRepositorySlug: text('bitbucketRepositorySlug'),
  bitbucketOwner: text('bitbucketOwner'),
  bitbucketBranch: text('bitbucketBranch'),
  giteaRepository: text('giteaRepository'),
  giteaOwner: text('giteaOwner'),
  giteaBranch: text('giteaBranch'),
  customGitUrl: text('customGitUrl'),
  customGitBranch: text('customGitBranch'),
  customGitSSHKeyId: text('customGitSSHKeyId').references((): AnyPgColumn => sshKeys.sshKeyId, {
    onDelete: 'set null',
    onUpdate: 'no action',
  }),
  command: text('command').notNull().default(''),
  createEnvFile: boolean('createEnvFile').notNull().default(true),
  enableSubmodules: boolean('enableSubmodules').notNull().default(false),
  composePath: text('composePath').notNull().default('./docker-compose.yml'),
  suffix: text('suffix').notNull().default(''),
  randomize: boolean('randomize').notNull().default(false),
  isolatedDeployment: boolean('isolatedDeployment').notNull().default(false),
  isolatedDeploymentsVolume: boolean('isolatedDeploymentsVolume').notNull().default(false),
  triggerType: triggerType('triggerType').default('push'),
  composeStatus: applicationStatus('composeStatus').notNull().default('idle'),
  icon: text('icon'),
  environmentId: text('environmentId')
    .notNull()
    .references((): AnyPgColumn => environments.environmentId, { onDelete: 'cascade', onUpdate: 'no action' }),
  createdAt: text('createdAt')
    .notNull()
    .$defaultFn(() => ''),
  watchPaths: text('watchPaths').array(),
  githubId: text('githubId').references((): AnyPgColumn => github.githubId, {
    onDelete: 'set null',
    onUpdate: 'no action',
  }),
  gitlabId: text('gitlabId').references((): AnyPgColumn => gitlab.gitlabId, {
    onDelete: 'set null',
    onUpdate: 'no action',
  }),
  bitbucketId: text('bitbucketId').references((): AnyPgColumn => bitbucket.bitbucketId, {
    onDelete: 'set null',
    onUpdate: 'no action',
  }),
  giteaId: text('giteaId').references((): AnyPgColumn => gitea.giteaId, {
    onDelete: 'set null',
    onUpdate: 'no action',
  }),
  serverId: text('serverId').references((): AnyPgColumn => server.serverId, {
    onDelete: 'cascade',
    onUpdate: 'no action',
  }),
  serviceNetworks: jsonb('serviceNetworks').default([]),
})

export const custom = pgTable('custom', {
  customId: text('customId')
    .primaryKey()
    .$defaultFn(() => ''),
  endpoint: text('endpoint').notNull(),
  headers: jsonb('headers'),
})

export const deployments = pgTable('deployment', {
  deploymentId: text('deploymentId')
    .primaryKey()
    .$defaultFn(() => ''),
  title: text('title').notNull(),
  description: text('description'),
  status: deploymentStatus('status').default('running'),
  logPath: text('logPath').notNull(),
  pid: text('pid'),
  applicationId: text('applicationId').references((): AnyPgColumn => applications.applicationId, {
    onDelete: 'cascade',
    onUpdate: 'no action',
  }),
  composeId: text('composeId').references((): AnyPgColumn => compose.composeId, {
    onDelete: 'cascade',
    onUpdate: 'no action',
  }),
  serverId: text('serverId').references((): AnyPgColumn => server.serverId, {
    onDelete: 'cascade',
    onUpdate: 'no action',
  }),
  isPreviewDeployment: boolean('isPreviewDeployment').default(false),
  previewDeploymentId: text('previewDeploymentId').references(
    (): AnyPgColumn => previewDeployments.previewDeploymentId,
    { onDelete: 'cascade', onUpdate: 'no action' },
  ),
  createdAt: text('createdAt')
    .notNull()
    .$defaultFn(() => ''),
  startedAt: text('startedAt'),
  finishedAt: text('finishedAt'),
  errorMessage: text('errorMessage'),
  scheduleId: text('scheduleId').references((): AnyPgColumn => schedules.scheduleId, {
    onDelete: 'cascade',
    onUpdate: 'no action',
  }),
  backupId: text('backupId').references((): AnyPgColumn => backups.backupId, {
    onDelete: 'cascade',
    onUpdate: 'no action',
  }),
  rollbackId: text('rollbackId').references((): AnyPgColumn => rollbacks.rollbackId, {
    onDelete: 'cascade',
    onUpdate: 'no action',
  }),
  volumeBackupId: text('volumeBackupId').references((): AnyPgColumn => volumeBackups.volumeBackupId, {
    onDelete: 'cascade',
    onUpdate: 'no action',
  }),
  buildServerId: text('buildServerId').references((): AnyPgColumn => server.serverId, {
    onDelete: 'cascade',
    onUpdate: 'no action',
  }),
})

export const destinations = pgTable('destination', {
  destinationId: text('destinationId')
    .primaryKey()
    .$defaultFn(() => ''),
  name: text('name').notNull(),
  provider: text('provider'),
  accessKey: text('accessKey').notNull(),
  secretAccessKey: text('secretAccessKey').notNull(),
  bucket: text('bucket').notNull(),
  region: text('region').notNull(),
  endpoint: text('endpoint').notNull(),
  additionalFlags: text('additionalFlags').array(),
  organizationId: text('organizationId')
    .notNull()
    .references((): AnyPgColumn => organization.id, { onDelete: 'cascade', onUpdate: 'no action' }),
  createdAt: timestamp('createdAt').notNull().defaultNow(),
})

export const discord = pgTable('discord', {
  discordId: text('discordId')
    .primaryKey()
    .$defaultFn(() => ''),
  webhookUrl: text('webhookUrl').notNull(),
  decoration: boolean('decoration'),
})

export const dnsProvider = pgTable(
  'dns_provider',
  {
    dnsProviderId: text('dnsProviderId')
      .primaryKey()
      .$defaultFn(() => ''),
    name: text('name').notNull(),
    providerType: dnsProviderType('providerType').notNull(),
    config: jsonb('config').notNull(),
    organizationId: text('organizationId')
      .notNull()
      .references((): AnyPgColumn => organization.id, { onDelete: 'cascade', onUpdate: 'no action' }),
    createdAt: text('createdAt')
      .notNull()
      .$defaultFn(() => ''),
  },
  (t) => [uniqueIndex('dns_provider_org_name_idx').on(t.organizationId, t.name)],
)

export const domains = pgTable('domain', {
  domainId: text('domainId')
    .primaryKey()
    .$defaultFn(() => ''),
  host: text('host').notNull(),
  https: boolean('https').notNull().default(false),
  port: integer('port').default(3000),
  customEntrypoint: text('customEntrypoint'),
  path: text('path').default('/'),
  serviceName: text('serviceName'),
  domainType: domainType('domainType').default('application'),
  uniqueConfigKey: serial('uniqueConfigKey').notNull(),
  createdAt: text('createdAt')
    .notNull()
    .$defaultFn(() => ''),
  composeId: text('composeId').references((): AnyPgColumn => compose.composeId, {
    onDelete: 'cascade',
    onUpdate: 'no action',
  }),
  customCertResolver: text('customCertResolver'),
  applicationId: text('applicationId').references((): AnyPgColumn => applications.applicationId, {
    onDelete: 'cascade',
    onUpdate: 'no action',
  }),
  previewDeploymentId: text('previewDeploymentId').references(
    (): AnyPgColumn => previewDeployments.previewDeploymentId,
    { onDelete: 'cascade', onUpdate: 'no action' },
  ),
  certificateType: certificateType('certificateType').notNull().default('none'),
  internalPath: text('internalPath').default('/'),
  stripPath: boolean('stripPath').notNull().default(false),
  middlewares: text('middlewares').array().default(sql`ARRAY[]::text[]`),
  forwardAuthEnabled: boolean('forwardAuthEnabled').notNull().default(false),
  enabled: boolean('enabled').notNull().default(true),
})

export const email = pgTable('email', {
  emailId: text('emailId')
    .primaryKey()
    .$defaultFn(() => ''),
  smtpServer: text('smtpServer').notNull(),
  smtpPort: integer('smtpPort').notNull(),
  username: text('username').notNull(),
  password: text('password').notNull(),
  fromAddress: text('fromAddress').notNull(),
  toAddresses: text('toAddress').array().notNull(),
})

export const environments = pgTable('environment', {
  environmentId: text('environmentId')
    .primaryKey()
    .$defaultFn(() => ''),
  name: text('name').notNull(),
  description: text('description'),
  createdAt: text('createdAt')
    .notNull()
    .$defaultFn(() => ''),
  env: encryptedText('env').notNull().default(''),
  projectId: text('projectId')
    .notNull()
    .references((): AnyPgColumn => projects.projectId, { onDelete: 'cascade', onUpdate: 'no action' }),
  isDefault: boolean('isDefault').notNull().default(false),
})
