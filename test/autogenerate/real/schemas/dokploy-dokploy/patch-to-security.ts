import {
  type AnyPgColumn,
  bigint,
  boolean,
  integer,
  json,
  jsonb,
  pgTable,
  serial,
  text,
  unique,
} from 'drizzle-orm/pg-core'
import { applications } from './account-to-backups.ts'
import { compose, deployments, domains, environments } from './bitbucket-to-environments.ts'
import { organization } from './mongo-to-passkey.ts'
import { server, tags } from './server-to-web-server-settings.ts'
import {
  applicationStatus,
  encryptedText,
  patchType,
  protocolType,
  publishModeType,
  registryType,
  scheduleType,
  shellTypes,
} from './types.ts'

export const patch = pgTable(
  'patch',
  {
    patchId: text('patchId')
      .primaryKey()
      .$defaultFn(() => ''),
    type: patchType('type').notNull().default('update'),
    filePath: text('filePath').notNull(),
    enabled: boolean('enabled').notNull().default(true),
    content: text('content').notNull(),
    createdAt: text('createdAt')
      .notNull()
      .$defaultFn(() => ''),
    updatedAt: text('updatedAt').$defaultFn(() => ''),
    applicationId: text('applicationId').references((): AnyPgColumn => applications.applicationId, {
      onDelete: 'cascade',
      onUpdate: 'no action',
    }),
    composeId: text('composeId').references((): AnyPgColumn => compose.composeId, {
      onDelete: 'cascade',
      onUpdate: 'no action',
    }),
  },
  (t) => [
    unique('patch_filepath_application_unique').on(t.filePath, t.applicationId),
    unique('patch_filepath_compose_unique').on(t.filePath, t.composeId),
  ],
)

export const ports = pgTable('port', {
  portId: text('portId')
    .primaryKey()
    .$defaultFn(() => ''),
  publishedPort: integer('publishedPort').notNull(),
  publishMode: publishModeType('publishMode').notNull().default('host'),
  targetPort: integer('targetPort').notNull(),
  protocol: protocolType('protocol').notNull(),
  applicationId: text('applicationId')
    .notNull()
    .references((): AnyPgColumn => applications.applicationId, { onDelete: 'cascade', onUpdate: 'no action' }),
})

export const postgres = pgTable('postgres', {
  postgresId: text('postgresId')
    .primaryKey()
    .$defaultFn(() => ''),
  name: text('name').notNull(),
  appName: text('appName')
    .notNull()
    .unique()
    .$defaultFn(() => ''),
  databaseName: text('databaseName').notNull(),
  databaseUser: text('databaseUser').notNull(),
  databasePassword: text('databasePassword').notNull(),
  description: text('description'),
  dockerImage: text('dockerImage').notNull(),
  command: text('command'),
  args: text('args').array(),
  env: encryptedText('env'),
  memoryReservation: text('memoryReservation'),
  externalPort: integer('externalPort'),
  memoryLimit: text('memoryLimit'),
  cpuReservation: text('cpuReservation'),
  cpuLimit: text('cpuLimit'),
  applicationStatus: applicationStatus('applicationStatus').notNull().default('idle'),
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
  createdAt: text('createdAt')
    .notNull()
    .$defaultFn(() => ''),
  environmentId: text('environmentId')
    .notNull()
    .references((): AnyPgColumn => environments.environmentId, { onDelete: 'cascade', onUpdate: 'no action' }),
  serverId: text('serverId').references((): AnyPgColumn => server.serverId, {
    onDelete: 'cascade',
    onUpdate: 'no action',
  }),
  networkIds: text('networkIds').array().default([]),
  detachDokployNetwork: boolean('detachDokployNetwork').notNull().default(false),
})

export const previewDeployments = pgTable('preview_deployments', {
  previewDeploymentId: text('previewDeploymentId')
    .primaryKey()
    .$defaultFn(() => ''),
  branch: text('branch').notNull(),
  pullRequestId: text('pullRequestId').notNull(),
  pullRequestNumber: text('pullRequestNumber').notNull(),
  pullRequestURL: text('pullRequestURL').notNull(),
  pullRequestTitle: text('pullRequestTitle').notNull(),
  pullRequestCommentId: text('pullRequestCommentId').notNull(),
  previewStatus: applicationStatus('previewStatus').notNull().default('idle'),
  appName: text('appName')
    .notNull()
    .unique()
    .$defaultFn(() => ''),
  applicationId: text('applicationId')
    .notNull()
    .references((): AnyPgColumn => applications.applicationId, { onDelete: 'cascade', onUpdate: 'no action' }),
  domainId: text('domainId').references((): AnyPgColumn => domains.domainId, {
    onDelete: 'cascade',
    onUpdate: 'no action',
  }),
  createdAt: text('createdAt')
    .notNull()
    .$defaultFn(() => ''),
  expiresAt: text('expiresAt'),
})

export const projectTags = pgTable(
  'project_tag',
  {
    id: text('id')
      .primaryKey()
      .$defaultFn(() => ''),
    projectId: text('projectId')
      .notNull()
      .references((): AnyPgColumn => projects.projectId, { onDelete: 'cascade', onUpdate: 'no action' }),
    tagId: text('tagId')
      .notNull()
      .references((): AnyPgColumn => tags.tagId, { onDelete: 'cascade', onUpdate: 'no action' }),
  },
  (t) => [unique('unique_project_tag').on(t.projectId, t.tagId)],
)

export const projects = pgTable('project', {
  projectId: text('projectId')
    .primaryKey()
    .$defaultFn(() => ''),
  name: text('name').notNull(),
  description: text('description'),
  createdAt: text('createdAt')
    .notNull()
    .$defaultFn(() => ''),
  organizationId: text('organizationId')
    .notNull()
    .references((): AnyPgColumn => organization.id, { onDelete: 'cascade', onUpdate: 'no action' }),
  env: encryptedText('env').notNull().default(''),
})

export const pushover = pgTable('pushover', {
  pushoverId: text('pushoverId')
    .primaryKey()
    .$defaultFn(() => ''),
  userKey: text('userKey').notNull(),
  apiToken: text('apiToken').notNull(),
  priority: integer('priority').notNull().default(0),
  retry: integer('retry'),
  expire: integer('expire'),
})

export const redirects = pgTable('redirect', {
  redirectId: text('redirectId')
    .primaryKey()
    .$defaultFn(() => ''),
  regex: text('regex').notNull(),
  replacement: text('replacement').notNull(),
  permanent: boolean('permanent').notNull().default(false),
  uniqueConfigKey: serial('uniqueConfigKey').notNull(),
  createdAt: text('createdAt')
    .notNull()
    .$defaultFn(() => ''),
  applicationId: text('applicationId')
    .notNull()
    .references((): AnyPgColumn => applications.applicationId, { onDelete: 'cascade', onUpdate: 'no action' }),
})

export const redis = pgTable('redis', {
  redisId: text('redisId')
    .primaryKey()
    .$defaultFn(() => ''),
  name: text('name').notNull(),
  appName: text('appName')
    .notNull()
    .unique()
    .$defaultFn(() => ''),
  description: text('description'),
  databasePassword: text('password').notNull(),
  dockerImage: text('dockerImage').notNull(),
  command: text('command'),
  args: text('args').array(),
  env: encryptedText('env'),
  memoryReservation: text('memoryReservation'),
  memoryLimit: text('memoryLimit'),
  cpuReservation: text('cpuReservation'),
  cpuLimit: text('cpuLimit'),
  externalPort: integer('externalPort'),
  createdAt: text('createdAt')
    .notNull()
    .$defaultFn(() => ''),
  applicationStatus: applicationStatus('applicationStatus').notNull().default('idle'),
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
  environmentId: text('environmentId')
    .notNull()
    .references((): AnyPgColumn => environments.environmentId, { onDelete: 'cascade', onUpdate: 'no action' }),
  serverId: text('serverId').references((): AnyPgColumn => server.serverId, {
    onDelete: 'cascade',
    onUpdate: 'no action',
  }),
  networkIds: text('networkIds').array().default([]),
  detachDokployNetwork: boolean('detachDokployNetwork').notNull().default(false),
})

export const registry = pgTable('registry', {
  registryId: text('registryId')
    .primaryKey()
    .$defaultFn(() => ''),
  registryName: text('registryName').notNull(),
  imagePrefix: text('imagePrefix'),
  username: text('username').notNull(),
  password: text('password').notNull(),
  registryUrl: text('registryUrl').notNull().default(''),
  createdAt: text('createdAt')
    .notNull()
    .$defaultFn(() => ''),
  registryType: registryType('selfHosted').notNull().default('cloud'),
  organizationId: text('organizationId')
    .notNull()
    .references((): AnyPgColumn => organization.id, { onDelete: 'cascade', onUpdate: 'no action' }),
})

export const resend = pgTable('resend', {
  resendId: text('resendId')
    .primaryKey()
    .$defaultFn(() => ''),
  apiKey: text('apiKey').notNull(),
  fromAddress: text('fromAddress').notNull(),
  toAddresses: text('toAddress').array().notNull(),
})

export const rollbacks = pgTable('rollback', {
  rollbackId: text('rollbackId')
    .primaryKey()
    .$defaultFn(() => ''),
  deploymentId: text('deploymentId')
    .notNull()
    .references((): AnyPgColumn => deployments.deploymentId, { onDelete: 'cascade', onUpdate: 'no action' }),
  version: serial().notNull(),
  image: text('image'),
  createdAt: text('createdAt')
    .notNull()
    .$defaultFn(() => ''),
  fullContext: jsonb('fullContext'),
})

export const schedules = pgTable('schedule', {
  scheduleId: text('scheduleId')
    .primaryKey()
    .$defaultFn(() => ''),
  name: text('name').notNull(),
  description: text('description'),
  cronExpression: text('cronExpression').notNull(),
  appName: text('appName')
    .notNull()
    .$defaultFn(() => ''),
  serviceName: text('serviceName'),
  shellType: shellTypes('shellType').notNull().default('bash'),
  scheduleType: scheduleType('scheduleType').notNull().default('application'),
  command: text('command').notNull(),
  script: text('script'),
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
  organizationId: text('organizationId').references((): AnyPgColumn => organization.id, {
    onDelete: 'cascade',
    onUpdate: 'no action',
  }),
  enabled: boolean('enabled').notNull().default(true),
  timezone: text('timezone'),
  createdAt: text('createdAt')
    .notNull()
    .$defaultFn(() => ''),
})

export const scimProvider = pgTable('scim_provider', {
  id: text('id')
    .primaryKey()
    .$defaultFn(() => ''),
  providerId: text('provider_id').notNull().unique(),
  scimToken: text('scim_token').notNull().unique(),
  organizationId: text('organization_id').references((): AnyPgColumn => organization.id, {
    onDelete: 'cascade',
    onUpdate: 'no action',
  }),
})

export const security = pgTable(
  'security',
  {
    securityId: text('securityId')
      .primaryKey()
      .$defaultFn(() => ''),
    username: text('username').notNull(),
    password: text('password').notNull(),
    createdAt: text('createdAt')
      .notNull()
      .$defaultFn(() => ''),
    applicationId: text('applicationId')
      .notNull()
      .references((): AnyPgColumn => applications.applicationId, { onDelete: 'cascade', onUpdate: 'no action' }),
  },
  (t) => [unique().on(t.username, t.applicationId)],
)
