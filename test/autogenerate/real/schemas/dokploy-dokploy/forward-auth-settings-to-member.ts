import { sql } from 'drizzle-orm'
import { type AnyPgColumn, bigint, boolean, integer, json, pgTable, text, timestamp } from 'drizzle-orm/pg-core'
import { environments } from './bitbucket-to-environments.ts'
import { organization } from './mongo-to-passkey.ts'
import { server, ssoProvider, user } from './server-to-web-server-settings.ts'
import { applicationStatus, certificateType, encryptedText, gitProviderType, sqldNode } from './types.ts'

export const forwardAuthSettings = pgTable('forward_auth_settings', {
  forwardAuthSettingsId: text('forwardAuthSettingsId')
    .primaryKey()
    .$defaultFn(() => ''),
  authDomain: text('authDomain').notNull(),
  baseDomain: text('baseDomain').notNull(),
  https: boolean('https').notNull().default(true),
  certificateType: certificateType('certificateType').notNull().default('letsencrypt'),
  customCertResolver: text('customCertResolver'),
  providerId: text('providerId').references((): AnyPgColumn => ssoProvider.providerId, {
    onDelete: 'set null',
    onUpdate: 'no action',
  }),
  serverId: text('serverId')
    .unique()
    .references((): AnyPgColumn => server.serverId, { onDelete: 'cascade', onUpdate: 'no action' }),
  createdAt: text('createdAt')
    .notNull()
    .$defaultFn(() => ''),
})

export const gitProvider = pgTable('git_provider', {
  gitProviderId: text('gitProviderId')
    .primaryKey()
    .$defaultFn(() => ''),
  name: text('name').notNull(),
  providerType: gitProviderType('providerType').notNull().default('github'),
  createdAt: text('createdAt')
    .notNull()
    .$defaultFn(() => ''),
  organizationId: text('organizationId')
    .notNull()
    .references((): AnyPgColumn => organization.id, { onDelete: 'cascade', onUpdate: 'no action' }),
  userId: text('userId')
    .notNull()
    .references((): AnyPgColumn => user.id, { onDelete: 'cascade', onUpdate: 'no action' }),
  sharedWithOrganization: boolean('sharedWithOrganization').notNull().default(false),
})

export const gitea = pgTable('gitea', {
  giteaId: text('giteaId')
    .primaryKey()
    .$defaultFn(() => ''),
  giteaUrl: text('giteaUrl').notNull().default('https://gitea.com'),
  giteaInternalUrl: text('giteaInternalUrl'),
  redirectUri: text('redirect_uri'),
  clientId: text('client_id'),
  clientSecret: text('client_secret'),
  gitProviderId: text('gitProviderId')
    .notNull()
    .references((): AnyPgColumn => gitProvider.gitProviderId, { onDelete: 'cascade', onUpdate: 'no action' }),
  accessToken: text('access_token'),
  refreshToken: text('refresh_token'),
  expiresAt: integer('expires_at'),
  scopes: text('scopes').default('repo,repo:status,read:user,read:org'),
  lastAuthenticatedAt: integer('last_authenticated_at'),
})

export const github = pgTable('github', {
  githubId: text('githubId')
    .primaryKey()
    .$defaultFn(() => ''),
  githubAppName: text('githubAppName'),
  githubAppId: integer('githubAppId'),
  githubClientId: text('githubClientId'),
  githubClientSecret: text('githubClientSecret'),
  githubInstallationId: text('githubInstallationId'),
  githubPrivateKey: text('githubPrivateKey'),
  githubWebhookSecret: text('githubWebhookSecret'),
  githubUrl: text('githubUrl').notNull().default('https://github.com'),
  gitProviderId: text('gitProviderId')
    .notNull()
    .references((): AnyPgColumn => gitProvider.gitProviderId, { onDelete: 'cascade', onUpdate: 'no action' }),
})

export const gitlab = pgTable('gitlab', {
  gitlabId: text('gitlabId')
    .primaryKey()
    .$defaultFn(() => ''),
  gitlabUrl: text('gitlabUrl').notNull().default('https://gitlab.com'),
  gitlabInternalUrl: text('gitlabInternalUrl'),
  applicationId: text('application_id'),
  redirectUri: text('redirect_uri'),
  secret: text('secret'),
  accessToken: text('access_token'),
  refreshToken: text('refresh_token'),
  groupName: text('group_name'),
  expiresAt: integer('expires_at'),
  gitProviderId: text('gitProviderId')
    .notNull()
    .references((): AnyPgColumn => gitProvider.gitProviderId, { onDelete: 'cascade', onUpdate: 'no action' }),
})

export const gotify = pgTable('gotify', {
  gotifyId: text('gotifyId')
    .primaryKey()
    .$defaultFn(() => ''),
  serverUrl: text('serverUrl').notNull(),
  appToken: text('appToken').notNull(),
  priority: integer('priority').notNull().default(5),
  decoration: boolean('decoration'),
})

export const invitation = pgTable('invitation', {
  id: text('id').primaryKey(),
  organizationId: text('organization_id')
    .notNull()
    .references((): AnyPgColumn => organization.id, { onDelete: 'cascade', onUpdate: 'no action' }),
  email: text('email').notNull(),
  role: text('role'),
  status: text('status').notNull(),
  expiresAt: timestamp('expires_at').notNull(),
  inviterId: text('inviter_id')
    .notNull()
    .references((): AnyPgColumn => user.id, { onDelete: 'cascade', onUpdate: 'no action' }),
  teamId: text('team_id'),
  createdAt: timestamp('created_at').notNull().defaultNow(),
})

export const lark = pgTable('lark', {
  larkId: text('larkId')
    .primaryKey()
    .$defaultFn(() => ''),
  webhookUrl: text('webhookUrl').notNull(),
})

export const libsql = pgTable('libsql', {
  libsqlId: text('libsqlId')
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
  sqldNode: sqldNode('sqldNode').notNull().default('primary'),
  sqldPrimaryUrl: text('sqldPrimaryUrl'),
  enableNamespaces: boolean('enableNamespaces').notNull().default(false),
  dockerImage: text('dockerImage').notNull(),
  command: text('command'),
  env: encryptedText('env'),
  memoryReservation: text('memoryReservation'),
  memoryLimit: text('memoryLimit'),
  cpuReservation: text('cpuReservation'),
  cpuLimit: text('cpuLimit'),
  externalPort: integer('externalPort'),
  externalGRPCPort: integer('externalGRPCPort'),
  externalAdminPort: integer('externalAdminPort'),
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
  replicas: integer('replicas').notNull().default(1),
  networkIds: text('networkIds').array().default([]),
  detachDokployNetwork: boolean('detachDokployNetwork').notNull().default(false),
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
})

export const mariadb = pgTable('mariadb', {
  mariadbId: text('mariadbId')
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

export const mattermost = pgTable('mattermost', {
  mattermostId: text('mattermostId')
    .primaryKey()
    .$defaultFn(() => ''),
  webhookUrl: text('webhookUrl').notNull(),
  channel: text('channel'),
  username: text('username'),
})

export const member = pgTable('member', {
  id: text('id')
    .primaryKey()
    .$defaultFn(() => ''),
  organizationId: text('organization_id')
    .notNull()
    .references((): AnyPgColumn => organization.id, { onDelete: 'cascade', onUpdate: 'no action' }),
  userId: text('user_id')
    .notNull()
    .references((): AnyPgColumn => user.id, { onDelete: 'cascade', onUpdate: 'no action' }),
  role: text('role').notNull(),
  createdAt: timestamp('created_at').notNull(),
  teamId: text('team_id'),
  isDefault: boolean('is_default').notNull().default(false),
  canCreateProjects: boolean('canCreateProjects').notNull().default(false),
  canAccessToSSHKeys: boolean('canAccessToSSHKeys').notNull().default(false),
  canCreateServices: boolean('canCreateServices').notNull().default(false),
  canDeleteProjects: boolean('canDeleteProjects').notNull().default(false),
  canDeleteServices: boolean('canDeleteServices').notNull().default(false),
  canAccessToDocker: boolean('canAccessToDocker').notNull().default(false),
  canAccessToAPI: boolean('canAccessToAPI').notNull().default(false),
  canAccessToGitProviders: boolean('canAccessToGitProviders').notNull().default(false),
  canAccessToTraefikFiles: boolean('canAccessToTraefikFiles').notNull().default(false),
  canDeleteEnvironments: boolean('canDeleteEnvironments').notNull().default(false),
  canCreateEnvironments: boolean('canCreateEnvironments').notNull().default(false),
  accessedProjects: text('accesedProjects').array().notNull().default(sql`ARRAY[]::text[]`),
  accessedEnvironments: text('accessedEnvironments').array().notNull().default(sql`ARRAY[]::text[]`),
  accessedServices: text('accesedServices').array().notNull().default(sql`ARRAY[]::text[]`),
  accessedGitProviders: text('accessedGitProviders').array().notNull().default(sql`ARRAY[]::text[]`),
  accessedServers: text('accessedServers').array().notNull().default(sql`ARRAY[]::text[]`),
})
