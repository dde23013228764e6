import { sql } from 'drizzle-orm'
import {
  bigint,
  boolean,
  index,
  int,
  json,
  mysqlEnum,
  mysqlTable,
  text,
  uniqueIndex,
  varchar,
} from 'drizzle-orm/mysql-core'
import { caseInsensitive64, caseSensitive64, caseSensitive255, caseSensitive256, id, longblob } from './types.ts'

export const acmeChallenges = mysqlTable(
  'acme_challenges',
  {
    pk: bigint('pk', { mode: 'number', unsigned: true }).autoincrement().primaryKey(),
    domainId: id('domain_id').notNull().unique(),
    workspaceId: id('workspace_id').notNull(),
    token: caseSensitive255('token').notNull(),
    type: mysqlEnum('challenge_type', ['HTTP-01', 'DNS-01']).notNull(),
    authorization: caseSensitive255('authorization').notNull(),
    status: mysqlEnum('status', ['waiting', 'pending', 'verified', 'failed']).notNull(),
    expiresAt: bigint('expires_at', { mode: 'number' }).notNull(),
    createdAt: bigint('created_at', { mode: 'number' })
      .notNull()
      .$defaultFn(() => 0),
    updatedAt: bigint('updated_at', { mode: 'number' }).$onUpdateFn(() => 0),
  },
  (t) => [index('workspace_idx').on(t.workspaceId), index('status_idx').on(t.status)],
)

export const acmeUsers = mysqlTable(
  'acme_users',
  {
    pk: bigint('pk', { mode: 'number', unsigned: true }).autoincrement().primaryKey(),
    id: id('id').notNull().unique(),
    workspaceId: id('workspace_id').notNull(),
    encryptedKey: text('encrypted_key').notNull(),
    registrationURI: text('registration_uri'),
    createdAt: bigint('created_at', { mode: 'number' })
      .notNull()
      .$defaultFn(() => 0),
    updatedAt: bigint('updated_at', { mode: 'number' }).$onUpdateFn(() => 0),
  },
  (t) => [index('domain_idx').on(t.workspaceId)],
)

export const apis = mysqlTable(
  'apis',
  {
    pk: bigint('pk', { mode: 'number', unsigned: true }).autoincrement().primaryKey(),
    id: id('id').notNull().unique(),
    name: varchar('name', { length: 256 }).notNull(),
    workspaceId: id('workspace_id').notNull(),
    projectId: id('project_id').notNull(),
    ipWhitelist: varchar('ip_whitelist', { length: 512 }),
    authType: mysqlEnum('auth_type', ['key', 'jwt']),
    keyAuthId: id('key_auth_id').unique(),
    createdAtM: bigint('created_at_m', { mode: 'number' })
      .notNull()
      .default(0)
      .$defaultFn(() => 0),
    updatedAtM: bigint('updated_at_m', { mode: 'number' }).$onUpdateFn(() => 0),
    deletedAtM: bigint('deleted_at_m', { mode: 'number' }),
    deleteProtection: boolean('delete_protection').default(false),
  },
  (t) => [index('workspace_id_idx').on(t.workspaceId), index('apis_project_id_idx').on(t.projectId)],
)

export const appBuildSettings = mysqlTable(
  'app_build_settings',
  {
    pk: bigint('pk', { mode: 'number', unsigned: true }).autoincrement().primaryKey(),
    workspaceId: id('workspace_id').notNull(),
    appId: id('app_id').notNull(),
    environmentId: id('environment_id').notNull(),
    dockerfile: varchar('dockerfile', { length: 500 }),
    dockerContext: varchar('docker_context', { length: 500 }).notNull().default('.'),
    buildCommand: varchar('build_command', { length: 1000 }),
    watchPaths: json('watch_paths').notNull().default([]),
    autoDeploy: boolean('auto_deploy').notNull().default(true),
    createdAt: bigint('created_at', { mode: 'number' })
      .notNull()
      .$defaultFn(() => 0),
    updatedAt: bigint('updated_at', { mode: 'number' }).$onUpdateFn(() => 0),
  },
  (t) => [uniqueIndex('app_build_settings_app_env_idx').on(t.appId, t.environmentId)],
)

export const appEnvironmentVariables = mysqlTable(
  'app_environment_variables',
  {
    pk: bigint('pk', { mode: 'number', unsigned: true }).autoincrement().primaryKey(),
    id: id('id').notNull().unique(),
    workspaceId: id('workspace_id').notNull(),
    appId: id('app_id').notNull(),
    environmentId: id('environment_id').notNull(),
    key: caseSensitive256('key').notNull(),
    value: text('value').notNull(),
    type: mysqlEnum('type', ['recoverable', 'writeonly']).notNull(),
    description: varchar('description', { length: 255 }),
    deleteProtection: boolean('delete_protection').default(false),
    createdAt: bigint('created_at', { mode: 'number' })
      .notNull()
      .$defaultFn(() => 0),
    updatedAt: bigint('updated_at', { mode: 'number' }).$onUpdateFn(() => 0),
  },
  (t) => [uniqueIndex('app_env_id_key').on(t.appId, t.environmentId, t.key)],
)

export const appRegionalSettings = mysqlTable(
  'app_regional_settings',
  {
    pk: bigint('pk', { mode: 'number', unsigned: true }).autoincrement().primaryKey(),
    workspaceId: id('workspace_id').notNull(),
    appId: id('app_id').notNull(),
    environmentId: id('environment_id').notNull(),
    regionId: id('region_id').notNull(),
    replicas: int('replicas').notNull().default(1),
    horizontalAutoscalingPolicyId: id('horizontal_autoscaling_policy_id'),
    createdAt: bigint('created_at', { mode: 'number' })
      .notNull()
      .$defaultFn(() => 0),
    updatedAt: bigint('updated_at', { mode: 'number' }).$onUpdateFn(() => 0),
  },
  (t) => [
    uniqueIndex('unique_app_env_region').on(t.appId, t.environmentId, t.regionId),
    index('workspace_idx').on(t.workspaceId),
  ],
)

export const appRuntimeSettings = mysqlTable(
  'app_runtime_settings',
  {
    pk: bigint('pk', { mode: 'number', unsigned: true }).autoincrement().primaryKey(),
    workspaceId: id('workspace_id').notNull(),
    appId: id('app_id').notNull(),
    environmentId: id('environment_id').notNull(),
    port: int('port').notNull().default(8080),
    cpuMillicores: int('cpu_millicores').notNull().default(250),
    memoryMib: int('memory_mib').notNull().default(256),
    storageMib: int('storage_mib', { unsigned: true }).notNull().default(0),
    command: json('command').notNull().default(sql`('[]')`),
    healthcheck: json('healthcheck'),
    shutdownSignal: mysqlEnum('shutdown_signal', ['SIGTERM', 'SIGINT', 'SIGQUIT', 'SIGKILL'])
      .notNull()
      .default('SIGTERM'),
    upstreamProtocol: mysqlEnum('upstream_protocol', ['http1', 'h2c']).notNull().default('http1'),
    sentinelConfig: longblob('sentinel_config').notNull(),
    openapiSpecPath: varchar('openapi_spec_path', { length: 512 }),
    createdAt: bigint('created_at', { mode: 'number' })
      .notNull()
      .$defaultFn(() => 0),
    updatedAt: bigint('updated_at', { mode: 'number' }).$onUpdateFn(() => 0),
  },
  (t) => [uniqueIndex('app_runtime_settings_app_env_idx').on(t.appId, t.environmentId)],
)

export const apps = mysqlTable(
  'apps',
  {
    pk: bigint('pk', { mode: 'number', unsigned: true }).autoincrement().primaryKey(),
    id: id('id').notNull().unique(),
    workspaceId: id('workspace_id').notNull(),
    projectId: id('project_id').notNull(),
    name: varchar('name', { length: 256 }).notNull(),
    slug: varchar('slug', { length: 256 }).notNull(),
    defaultBranch: caseSensitive256('default_branch').notNull().default('main'),
    currentDeploymentId: id('current_deployment_id'),
    isRolledBack: boolean('is_rolled_back').notNull().default(false),
    deleteProtection: boolean('delete_protection').default(false),
    createdAt: bigint('created_at', { mode: 'number' })
      .notNull()
      .$defaultFn(() => 0),
    updatedAt: bigint('updated_at', { mode: 'number' }).$onUpdateFn(() => 0),
  },
  (t) => [uniqueIndex('apps_project_slug_idx').on(t.projectId, t.slug), index('apps_workspace_idx').on(t.workspaceId)],
)

export const billingSubscriptions = mysqlTable(
  'billing_subscriptions',
  {
    pk: bigint('pk', { mode: 'number', unsigned: true }).autoincrement().primaryKey(),
    workspaceId: id('workspace_id').notNull(),
    product: mysqlEnum('product', ['api', 'compute']).notNull(),
    stripeSubscriptionId: caseSensitive256('stripe_subscription_id').notNull().unique(),
    createdAt: bigint('created_at', { mode: 'number' })
      .notNull()
      .default(0)
      .$defaultFn(() => 0),
    updatedAt: bigint('updated_at', { mode: 'number' }).$onUpdateFn(() => 0),
  },
  (t) => [
    index('workspace_id_idx').on(t.workspaceId),
    uniqueIndex('unique_product_per_workspace').on(t.workspaceId, t.product),
  ],
)

export const certificates = mysqlTable(
  'certificates',
  {
    pk: bigint('pk', { mode: 'number', unsigned: true }).autoincrement().primaryKey(),
    id: id('id').notNull().unique(),
    workspaceId: id('workspace_id').notNull(),
    hostname: varchar('hostname', { length: 255 }).notNull(),
    certificate: text('certificate').notNull(),
    encryptedPrivateKey: text('encrypted_private_key').notNull(),
    createdAt: bigint('created_at', { mode: 'number' }).notNull(),
    updatedAt: bigint('updated_at', { mode: 'number' }),
  },
  (t) => [uniqueIndex('unique_hostname').on(t.hostname)],
)

export const ciliumNetworkPolicies = mysqlTable(
  'cilium_network_policies',
  {
    pk: bigint('pk', { mode: 'number', unsigned: true }).autoincrement().primaryKey(),
    id: id('id').notNull().unique(),
    workspaceId: id('workspace_id').notNull(),
    projectId: id('project_id').notNull(),
    appId: id('app_id').notNull(),
    environmentId: id('environment_id').notNull(),
    deploymentId: id('deployment_id').notNull(),
    k8sName: caseInsensitive64('k8s_name').notNull(),
    k8sNamespace: varchar('k8s_namespace', { length: 255 }).notNull(),
    regionId: id('region_id').notNull(),
    policy: json('policy').notNull(),
    createdAt: bigint('created_at', { mode: 'number' })
      .notNull()
      .$defaultFn(() => 0),
    updatedAt: bigint('updated_at', { mode: 'number' }).$onUpdateFn(() => 0),
  },
  (t) => [index('idx_deployment_region').on(t.deploymentId, t.regionId)],
)

export const clickhouseOutbox = mysqlTable(
  'clickhouse_outbox',
  {
    pk: bigint('pk', { mode: 'number', unsigned: true }).autoincrement().primaryKey(),
    version: varchar('version', { length: 64 }).notNull(),
    workspaceId: id('workspace_id').notNull(),
    eventId: id('event_id').notNull(),
    payload: json('payload').notNull(),
    createdAt: bigint('created_at', { mode: 'number' })
      .notNull()
      .$defaultFn(() => 0),
    deletedAt: bigint('deleted_at', { mode: 'number', unsigned: true }),
  },
  (t) => [index('drainer_pending_idx').on(t.deletedAt, t.version, t.pk)],
)

export const clickhouseWorkspaceSettings = mysqlTable('clickhouse_workspace_settings', {
  pk: bigint('pk', { mode: 'number', unsigned: true }).autoincrement().primaryKey(),
  workspaceId: id('workspace_id').notNull().unique(),
  username: caseSensitive256('username').notNull().unique(),
  passwordEncrypted: text('password_encrypted').notNull(),
  quotaDurationSeconds: int('quota_duration_seconds').notNull().default(3600),
  maxQueriesPerWindow: int('max_queries_per_window').notNull().default(1000),
  maxExecutionTimePerWindow: int('max_execution_time_per_window').notNull().default(1800),
  maxQueryExecutionTime: int('max_query_execution_time').notNull().default(30),
  maxQueryMemoryBytes: bigint('max_query_memory_bytes', { mode: 'number' }).notNull().default(1000000000),
  maxQueryResultRows: int('max_query_result_rows').notNull().default(10000),
  createdAt: bigint('created_at', { mode: 'number' })
    .notNull()
    .default(0)
    .$defaultFn(() => 0),
  updatedAt: bigint('updated_at', { mode: 'number' }).$onUpdateFn(() => 0),
})

export const clusters = mysqlTable('clusters', {
  pk: bigint('pk', { mode: 'number', unsigned: true }).autoincrement().primaryKey(),
  id: id('id').notNull().unique(),
  cellId: caseSensitive64('cell_id').unique(),
  regionId: id('region_id').notNull().unique(),
  lastHeartbeatAt: bigint('last_heartbeat_at', { mode: 'number', unsigned: true }).notNull(),
})

export const customDomains = mysqlTable(
  'custom_domains',
  {
    pk: bigint('pk', { mode: 'number', unsigned: true }).autoincrement().primaryKey(),
    id: id('id').notNull().unique(),
    workspaceId: id('workspace_id').notNull(),
    projectId: id('project_id').notNull(),
    appId: id('app_id').notNull(),
    environmentId: id('environment_id').notNull(),
    domain: varchar('domain', { length: 256 }).notNull(),
    challengeType: mysqlEnum('challenge_type', ['HTTP-01', 'DNS-01']).notNull(),
    verificationStatus: mysqlEnum('verification_status', ['pending', 'verifying', 'verified', 'failed'])
      .notNull()
      .default('pending'),
    verificationToken: caseSensitive64('verification_token').notNull(),
    ownershipVerified: boolean('ownership_verified').notNull().default(false),
    cnameVerified: boolean('cname_verified').notNull().default(false),
    targetCname: varchar('target_cname', { length: 256 }).notNull().unique(),
    lastCheckedAt: bigint('last_checked_at', { mode: 'number' }),
    checkAttempts: int('check_attempts').notNull().default(0),
    verificationError: varchar('verification_error', { length: 512 }),
    domainConnectProvider: varchar('domain_connect_provider', { length: 256 }),
    domainConnectUrl: varchar('domain_connect_url', { length: 2048 }),
    invocationId: varchar('invocation_id', { length: 256 }),
    createdAt: bigint('created_at', { mode: 'number' })
      .notNull()
      .$defaultFn(() => 0),
    updatedAt: bigint('updated_at', { mode: 'number' }).$onUpdateFn(() => 0),
  },
  (t) => [
    index('project_idx').on(t.projectId),
    index('verification_status_idx').on(t.verificationStatus),
    uniqueIndex('unique_domain_workspace_idx').on(t.workspaceId, t.domain),
    index('environment_id_id_domain_idx').on(t.environmentId, t.id, t.domain),
  ],
)

export const deploymentChanges = mysqlTable(
  'deployment_changes',
  {
    pk: bigint('pk', { mode: 'number', unsigned: true }).autoincrement().primaryKey(),
    resourceType: mysqlEnum('resource_type', ['deployment_topology', 'sentinel', 'cilium_network_policy']).notNull(),
    resourceId: id('resource_id').notNull(),
    regionId: id('region_id').notNull(),
    createdAt: bigint('created_at', { mode: 'number' }).notNull(),
  },
  (t) => [
    index('idx_region_type_pk').on(t.regionId, t.resourceType, t.pk),
    index('idx_created_at').on(t.createdAt),
    index('idx_region_pk').on(t.regionId, t.pk),
  ],
)

export const deploymentSteps = mysqlTable(
  'deployment_steps',
  {
    pk: bigint('pk', { mode: 'number', unsigned: true }).autoincrement().primaryKey(),
    workspaceId: id('workspace_id').notNull(),
    projectId: id('project_id').notNull(),
    environmentId: id('environment_id').notNull(),
    deploymentId: id('deployment_id').notNull(),
    appId: id('app_id').notNull(),
    step: mysqlEnum('step', ['queued', 'starting', 'building', 'deploying', 'network', 'finalizing'])
      .notNull()
      .default('queued'),
    startedAt: bigint('started_at', { mode: 'number', unsigned: true }).notNull(),
    endedAt: bigint('ended_at', { mode: 'number', unsigned: true }),
    error: varchar('error', { length: 512 }),
  },
  (t) => [
    index('workspace_idx').on(t.workspaceId),
    uniqueIndex('unique_step_per_deployment').on(t.deploymentId, t.step),
  ],
)
