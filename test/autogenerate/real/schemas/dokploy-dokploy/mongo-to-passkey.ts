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
import { applications } from './account-to-backups.ts'
import { compose, custom, discord, email, environments } from './bitbucket-to-environments.ts'
import { gotify, lark, libsql, mariadb, mattermost } from './forward-auth-settings-to-member.ts'
import { postgres, pushover, redis, resend } from './patch-to-security.ts'
import { server, slack, teams, telegram, user } from './server-to-web-server-settings.ts'
import { applicationStatus, encryptedText, mountType, networkDriver, notificationType, serviceType } from './types.ts'

export const mongo = pgTable('mongo', {
  mongoId: text('mongoId')
    .primaryKey()
    .$defaultFn(() => ''),
  name: text('name').notNull(),
  appName: text('appName')
    .notNull()
    .unique()
    .$defaultFn(() => ''),
  description: text('description'),
  databaseUser: text('databaseUser').notNull(),
  databasePassword: text('databasePassword').notNull(),
  dockerImage: text('dockerImage').notNull().default('mongo:8'),
  command: text('command'),
  args: text('args').array(),
  env: encryptedText('env'),
  memoryReservation: text('memoryReservation'),
  memoryLimit: text('memoryLimit'),
  cpuReservation: text('cpuReservation'),
  cpuLimit: text('cpuLimit'),
  externalPort: integer('externalPort'),
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
  replicaSets: boolean('replicaSets').default(false),
  networkIds: text('networkIds').array().default([]),
  detachDokployNetwork: boolean('detachDokployNetwork').notNull().default(false),
})

export const mounts = pgTable('mount', {
  mountId: text('mountId')
    .primaryKey()
    .$defaultFn(() => ''),
  type: mountType('type').notNull(),
  hostPath: text('hostPath'),
  volumeName: text('volumeName'),
  filePath: text('filePath'),
  content: text('content'),
  serviceType: serviceType('serviceType').notNull().default('application'),
  mountPath: text('mountPath').notNull(),
  applicationId: text('applicationId').references((): AnyPgColumn => applications.applicationId, {
    onDelete: 'cascade',
    onUpdate: 'no action',
  }),
  composeId: text('composeId').references((): AnyPgColumn => compose.composeId, {
    onDelete: 'cascade',
    onUpdate: 'no action',
  }),
  libsqlId: text('libsqlId').references((): AnyPgColumn => libsql.libsqlId, {
    onDelete: 'cascade',
    onUpdate: 'no action',
  }),
  mariadbId: text('mariadbId').references((): AnyPgColumn => mariadb.mariadbId, {
    onDelete: 'cascade',
    onUpdate: 'no action',
  }),
  mongoId: text('mongoId').references((): AnyPgColumn => mongo.mongoId, { onDelete: 'cascade', onUpdate: 'no action' }),
  mysqlId: text('mysqlId').references((): AnyPgColumn => mysql.mysqlId, { onDelete: 'cascade', onUpdate: 'no action' }),
  postgresId: text('postgresId').references((): AnyPgColumn => postgres.postgresId, {
    onDelete: 'cascade',
    onUpdate: 'no action',
  }),
  redisId: text('redisId').references((): AnyPgColumn => redis.redisId, { onDelete: 'cascade', onUpdate: 'no action' }),
})

export const mysql = pgTable('mysql', {
  mysqlId: text('mysqlId')
    .primaryKey()
    .$defaultFn(() => ''),
  name: text('name').notNull(),
  appName: text('appName')
    .notNull()
    .unique()
    .$defaultFn(() => ''),
  description: text('description'),
  databaseName: text('databaseName').notNull(),
  databaseUser: text('databaseUser').notNull(),
  databasePassword: text('databasePassword').notNull(),
  databaseRootPassword: text('rootPassword').notNull(),
  dockerImage: text('dockerImage').notNull(),
  command: text('command'),
  args: text('args').array(),
  env: encryptedText('env'),
  memoryReservation: text('memoryReservation'),
  memoryLimit: text('memoryLimit'),
  cpuReservation: text('cpuReservation'),
  cpuLimit: text('cpuLimit'),
  externalPort: integer('externalPort'),
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

export const network = pgTable('network', {
  networkId: text('networkId')
    .primaryKey()
    .$defaultFn(() => ''),
  name: text('name').notNull(),
  driver: networkDriver('driver').notNull().default('bridge'),
  internal: boolean('internal').notNull().default(false),
  attachable: boolean('attachable').notNull().default(false),
  enableIPv4: boolean('enableIPv4').notNull().default(true),
  enableIPv6: boolean('enableIPv6').notNull().default(false),
  mtu: integer('mtu'),
  ipam: jsonb('ipam').default({}),
  createdAt: text('createdAt')
    .notNull()
    .$defaultFn(() => ''),
  organizationId: text('organizationId')
    .notNull()
    .references((): AnyPgColumn => organization.id, { onDelete: 'cascade', onUpdate: 'no action' }),
  serverId: text('serverId').references((): AnyPgColumn => server.serverId, {
    onDelete: 'cascade',
    onUpdate: 'no action',
  }),
})

export const notifications = pgTable('notification', {
  notificationId: text('notificationId')
    .primaryKey()
    .$defaultFn(() => ''),
  name: text('name').notNull(),
  appDeploy: boolean('appDeploy').notNull().default(false),
  appBuildError: boolean('appBuildError').notNull().default(false),
  databaseBackup: boolean('databaseBackup').notNull().default(false),
  volumeBackup: boolean('volumeBackup').notNull().default(false),
  dokployRestart: boolean('dokployRestart').notNull().default(false),
  dokployBackup: boolean('dokployBackup').notNull().default(false),
  dockerCleanup: boolean('dockerCleanup').notNull().default(false),
  serverThreshold: boolean('serverThreshold').notNull().default(false),
  notificationType: notificationType('notificationType').notNull(),
  createdAt: text('createdAt')
    .notNull()
    .$defaultFn(() => ''),
  slackId: text('slackId').references((): AnyPgColumn => slack.slackId, { onDelete: 'cascade', onUpdate: 'no action' }),
  telegramId: text('telegramId').references((): AnyPgColumn => telegram.telegramId, {
    onDelete: 'cascade',
    onUpdate: 'no action',
  }),
  discordId: text('discordId').references((): AnyPgColumn => discord.discordId, {
    onDelete: 'cascade',
    onUpdate: 'no action',
  }),
  emailId: text('emailId').references((): AnyPgColumn => email.emailId, { onDelete: 'cascade', onUpdate: 'no action' }),
  resendId: text('resendId').references((): AnyPgColumn => resend.resendId, {
    onDelete: 'cascade',
    onUpdate: 'no action',
  }),
  gotifyId: text('gotifyId').references((): AnyPgColumn => gotify.gotifyId, {
    onDelete: 'cascade',
    onUpdate: 'no action',
  }),
  ntfyId: text('ntfyId').references((): AnyPgColumn => ntfy.ntfyId, { onDelete: 'cascade', onUpdate: 'no action' }),
  mattermostId: text('mattermostId').references((): AnyPgColumn => mattermost.mattermostId, {
    onDelete: 'cascade',
    onUpdate: 'no action',
  }),
  customId: text('customId').references((): AnyPgColumn => custom.customId, {
    onDelete: 'cascade',
    onUpdate: 'no action',
  }),
  larkId: text('larkId').references((): AnyPgColumn => lark.larkId, { onDelete: 'cascade', onUpdate: 'no action' }),
  pushoverId: text('pushoverId').references((): AnyPgColumn => pushover.pushoverId, {
    onDelete: 'cascade',
    onUpdate: 'no action',
  }),
  teamsId: text('teamsId').references((): AnyPgColumn => teams.teamsId, { onDelete: 'cascade', onUpdate: 'no action' }),
  organizationId: text('organizationId')
    .notNull()
    .references((): AnyPgColumn => organization.id, { onDelete: 'cascade', onUpdate: 'no action' }),
})

export const ntfy = pgTable('ntfy', {
  ntfyId: text('ntfyId')
    .primaryKey()
    .$defaultFn(() => ''),
  serverUrl: text('serverUrl').notNull(),
  topic: text('topic').notNull(),
  accessToken: text('accessToken'),
  priority: integer('priority').notNull().default(3),
})

export const organization = pgTable('organization', {
  id: text('id')
    .primaryKey()
    .$defaultFn(() => ''),
  name: text('name').notNull(),
  slug: text('slug').unique(),
  logo: text('logo'),
  createdAt: timestamp('created_at').notNull(),
  metadata: text('metadata'),
  defaultRole: text('default_role'),
  ownerId: text('owner_id')
    .notNull()
    .references((): AnyPgColumn => user.id, { onDelete: 'cascade', onUpdate: 'no action' }),
})

export const organizationRole = pgTable(
  'organization_role',
  {
    id: text('id')
      .primaryKey()
      .$defaultFn(() => ''),
    organizationId: text('organization_id')
      .notNull()
      .references((): AnyPgColumn => organization.id, { onDelete: 'cascade', onUpdate: 'no action' }),
    role: text('role').notNull(),
    permission: text('permission').notNull(),
    createdAt: timestamp('created_at').notNull().defaultNow(),
    updatedAt: timestamp('updated_at').$onUpdateFn(() => new Date(0)),
  },
  (t) => [
    index('organizationRole_organizationId_idx').on(t.organizationId),
    index('organizationRole_role_idx').on(t.role),
  ],
)

export const passkey = pgTable(
  'passkey',
  {
    id: text('id').primaryKey(),
    name: text('name'),
    publicKey: text('public_key').notNull(),
    userId: text('user_id')
      .notNull()
      .references((): AnyPgColumn => user.id, { onDelete: 'cascade', onUpdate: 'no action' }),
    credentialID: text('credential_id').notNull(),
    counter: integer('counter').notNull(),
    deviceType: text('device_type').notNull(),
    backedUp: boolean('backed_up').notNull(),
    transports: text('transports'),
    createdAt: timestamp('created_at'),
    aaguid: text('aaguid'),
  },
  (t) => [index('passkey_userId_idx').on(t.userId), index('passkey_credentialID_idx').on(t.credentialID)],
)
