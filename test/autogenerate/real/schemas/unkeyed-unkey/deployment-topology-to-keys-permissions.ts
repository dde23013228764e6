import { sql } from 'drizzle-orm'
import {
  bigint,
  boolean,
  datetime,
  index,
  int,
  json,
  mysqlEnum,
  mysqlTable,
  text,
  tinyint,
  unique,
  uniqueIndex,
  varchar,
} from 'drizzle-orm/mysql-core'
import { caseInsensitive255, caseInsensitive256, caseSensitive128, caseSensitive256, id, longblob } from './types.ts'

export const deploymentTopology = mysqlTable(
  'deployment_topology',
  {
    pk: bigint('pk', { mode: 'number', unsigned: true }).autoincrement().primaryKey(),
    workspaceId: id('workspace_id').notNull(),
    deploymentId: id('deployment_id').notNull(),
    regionId: id('region_id').notNull(),
    autoscalingReplicasMin: int('autoscaling_replicas_min', { unsigned: true }).notNull().default(1),
    autoscalingReplicasMax: int('autoscaling_replicas_max', { unsigned: true }).notNull().default(1),
    autoscalingThresholdCpu: tinyint('autoscaling_threshold_cpu', { unsigned: true }),
    autoscalingThresholdMemory: tinyint('autoscaling_threshold_memory', { unsigned: true }),
    desiredStatus: mysqlEnum('desired_status', ['stopped', 'running']).notNull(),
    createdAt: bigint('created_at', { mode: 'number' })
      .notNull()
      .$defaultFn(() => 0),
    updatedAt: bigint('updated_at', { mode: 'number' }).$onUpdateFn(() => 0),
  },
  (t) => [
    uniqueIndex('unique_region_per_deployment').on(t.deploymentId, t.regionId),
    index('workspace_idx').on(t.workspaceId),
    index('status_idx').on(t.desiredStatus),
  ],
)

export const deployments = mysqlTable(
  'deployments',
  {
    pk: bigint('pk', { mode: 'number', unsigned: true }).autoincrement().primaryKey(),
    id: id('id').notNull().unique(),
    k8sName: caseInsensitive255('k8s_name').notNull().unique(),
    workspaceId: id('workspace_id').notNull(),
    projectId: id('project_id').notNull(),
    environmentId: id('environment_id').notNull(),
    appId: id('app_id').notNull(),
    image: varchar('image', { length: 256 }),
    buildId: caseSensitive128('build_id').unique(),
    gitCommitSha: varchar('git_commit_sha', { length: 40 }),
    gitBranch: caseSensitive256('git_branch'),
    gitCommitMessage: text('git_commit_message'),
    gitCommitAuthorHandle: varchar('git_commit_author_handle', { length: 256 }),
    gitCommitAuthorAvatarUrl: varchar('git_commit_author_avatar_url', { length: 512 }),
    gitCommitTimestamp: bigint('git_commit_timestamp', { mode: 'number' }),
    sentinelConfig: longblob('sentinel_config').notNull(),
    cpuMillicores: int('cpu_millicores').notNull(),
    memoryMib: int('memory_mib').notNull(),
    storageMib: int('storage_mib', { unsigned: true }).notNull().default(0),
    desiredState: mysqlEnum('desired_state', ['running', 'stopped']).notNull().default('running'),
    encryptedEnvironmentVariables: longblob('encrypted_environment_variables').notNull(),
    command: json('command').notNull().default(sql`('[]')`),
    port: int('port').notNull().default(8080),
    shutdownSignal: mysqlEnum('shutdown_signal', ['SIGTERM', 'SIGINT', 'SIGQUIT', 'SIGKILL'])
      .notNull()
      .default('SIGTERM'),
    upstreamProtocol: mysqlEnum('upstream_protocol', ['http1', 'h2c']).notNull().default('http1'),
    healthcheck: json('healthcheck'),
    prNumber: bigint('pr_number', { mode: 'number' }),
    forkRepositoryFullName: varchar('fork_repository_full_name', { length: 256 }),
    githubDeploymentId: bigint('github_deployment_id', { mode: 'number' }),
    invocationId: varchar('invocation_id', { length: 256 }),
    status: mysqlEnum('status', [
      'pending',
      'starting',
      'building',
      'deploying',
      'network',
      'finalizing',
      'ready',
      'failed',
      'skipped',
      'awaiting_approval',
      'stopped',
      'superseded',
      'cancelled',
    ])
      .notNull()
      .default('pending'),
    trigger: mysqlEnum('trigger', ['unknown', 'github', 'api', 'cli', 'dashboard', 'unkey'])
      .notNull()
      .default('unknown'),
    triggeredBy: varchar('triggered_by', { length: 256 }),
    triggerReason: varchar('trigger_reason', { length: 512 }),
    createdAt: bigint('created_at', { mode: 'number' })
      .notNull()
      .$defaultFn(() => 0),
    updatedAt: bigint('updated_at', { mode: 'number' }).$onUpdateFn(() => 0),
  },
  (t) => [
    index('workspace_idx').on(t.workspaceId),
    index('project_idx').on(t.projectId),
    index('status_idx').on(t.status),
  ],
)

export const encryptedKeys = mysqlTable(
  'encrypted_keys',
  {
    pk: bigint('pk', { mode: 'number', unsigned: true }).autoincrement().primaryKey(),
    workspaceId: id('workspace_id').notNull(),
    keyId: id('key_id').notNull(),
    createdAt: bigint('created_at', { mode: 'number' })
      .notNull()
      .default(0)
      .$defaultFn(() => 0),
    updatedAt: bigint('updated_at', { mode: 'number' }).$onUpdateFn(() => 0),
    encrypted: varchar('encrypted', { length: 1024 }).notNull(),
    encryptionKeyId: varchar('encryption_key_id', { length: 256 }).notNull(),
  },
  (t) => [uniqueIndex('key_id_idx').on(t.keyId)],
)

export const environments = mysqlTable(
  'environments',
  {
    pk: bigint('pk', { mode: 'number', unsigned: true }).autoincrement().primaryKey(),
    id: id('id').notNull().unique(),
    workspaceId: id('workspace_id').notNull(),
    projectId: id('project_id').notNull(),
    appId: id('app_id').notNull(),
    slug: varchar('slug', { length: 256 }).notNull(),
    description: varchar('description', { length: 255 }).notNull().default(''),
    kind: mysqlEnum('kind', ['production', 'preview']).notNull().default('preview'),
    deleteProtection: boolean('delete_protection').default(false),
    createdAt: bigint('created_at', { mode: 'number' })
      .notNull()
      .$defaultFn(() => 0),
    updatedAt: bigint('updated_at', { mode: 'number' }).$onUpdateFn(() => 0),
  },
  (t) => [
    uniqueIndex('environments_app_slug_idx').on(t.appId, t.slug),
    index('environments_project_idx').on(t.projectId),
  ],
)

export const frontlineRoutes = mysqlTable(
  'frontline_routes',
  {
    pk: bigint('pk', { mode: 'number', unsigned: true }).autoincrement().primaryKey(),
    id: id('id').notNull().unique(),
    projectId: id('project_id').notNull(),
    appId: id('app_id').notNull(),
    deploymentId: id('deployment_id').notNull(),
    environmentId: id('environment_id').notNull(),
    fullyQualifiedDomainName: varchar('fully_qualified_domain_name', { length: 256 }).notNull().unique(),
    sticky: mysqlEnum('sticky', ['none', 'branch', 'environment', 'live', 'deployment']).notNull().default('none'),
    createdAt: bigint('created_at', { mode: 'number' })
      .notNull()
      .$defaultFn(() => 0),
    updatedAt: bigint('updated_at', { mode: 'number' }).$onUpdateFn(() => 0),
  },
  (t) => [
    index('project_id_idx').on(t.projectId),
    index('environment_id_idx').on(t.environmentId),
    index('deployment_id_idx').on(t.deploymentId),
    index('fqdn_environment_deployment_idx').on(t.fullyQualifiedDomainName, t.environmentId, t.deploymentId),
  ],
)

export const githubAppInstallations = mysqlTable(
  'github_app_installations',
  {
    pk: bigint('pk', { mode: 'number', unsigned: true }).autoincrement().primaryKey(),
    workspaceId: id('workspace_id').notNull(),
    installationId: bigint('installation_id', { mode: 'number' }).notNull(),
    createdAt: bigint('created_at', { mode: 'number' })
      .notNull()
      .$defaultFn(() => 0),
    updatedAt: bigint('updated_at', { mode: 'number' }).$onUpdateFn(() => 0),
  },
  (t) => [uniqueIndex('workspace_installation_idx').on(t.workspaceId, t.installationId)],
)

export const githubRepoConnections = mysqlTable(
  'github_repo_connections',
  {
    pk: bigint('pk', { mode: 'number', unsigned: true }).autoincrement().primaryKey(),
    workspaceId: id('workspace_id').notNull(),
    projectId: id('project_id').notNull(),
    appId: id('app_id').notNull().unique(),
    installationId: bigint('installation_id', { mode: 'number' }).notNull(),
    repositoryId: bigint('repository_id', { mode: 'number' }).notNull(),
    repositoryFullName: varchar('repository_full_name', { length: 500 }).notNull(),
    createdAt: bigint('created_at', { mode: 'number' })
      .notNull()
      .$defaultFn(() => 0),
    updatedAt: bigint('updated_at', { mode: 'number' }).$onUpdateFn(() => 0),
  },
  (t) => [index('installation_id_idx').on(t.installationId)],
)

export const horizontalAutoscalingPolicies = mysqlTable(
  'horizontal_autoscaling_policies',
  {
    pk: bigint('pk', { mode: 'number', unsigned: true }).autoincrement().primaryKey(),
    id: id('id').notNull().unique(),
    workspaceId: id('workspace_id').notNull(),
    replicasMin: int('replicas_min').notNull(),
    replicasMax: int('replicas_max').notNull(),
    memoryThreshold: tinyint('memory_threshold'),
    cpuThreshold: tinyint('cpu_threshold'),
    rpsThreshold: tinyint('rps_threshold'),
    createdAt: bigint('created_at', { mode: 'number' })
      .notNull()
      .$defaultFn(() => 0),
    updatedAt: bigint('updated_at', { mode: 'number' }).$onUpdateFn(() => 0),
  },
  (t) => [index('workspace_idx').on(t.workspaceId)],
)

export const identities = mysqlTable(
  'identities',
  {
    pk: bigint('pk', { mode: 'number', unsigned: true }).autoincrement().primaryKey(),
    id: id('id').notNull().unique(),
    externalId: caseSensitive256('external_id').notNull(),
    workspaceId: id('workspace_id').notNull(),
    projectId: id('project_id').notNull(),
    environment: caseSensitive256('environment').notNull().default('default'),
    meta: json('meta'),
    deleted: boolean('deleted').notNull().default(false),
    createdAt: bigint('created_at', { mode: 'number' })
      .notNull()
      .$defaultFn(() => 0),
    updatedAt: bigint('updated_at', { mode: 'number' }).$onUpdateFn(() => 0),
  },
  (t) => [
    uniqueIndex('workspace_id_external_id_deleted_idx').on(t.workspaceId, t.externalId, t.deleted),
    index('identity_project_id_idx').on(t.projectId),
  ],
)

export const instances = mysqlTable(
  'instances',
  {
    pk: bigint('pk', { mode: 'number', unsigned: true }).autoincrement().primaryKey(),
    id: id('id').notNull().unique(),
    deploymentId: id('deployment_id').notNull(),
    workspaceId: id('workspace_id').notNull(),
    projectId: id('project_id').notNull(),
    appId: id('app_id').notNull(),
    regionId: id('region_id').notNull(),
    k8sName: caseInsensitive255('k8s_name').notNull(),
    address: varchar('address', { length: 255 }).notNull(),
    cpuMillicores: int('cpu_millicores').notNull(),
    memoryMib: int('memory_mib').notNull(),
    storageMib: int('storage_mib', { unsigned: true }).notNull().default(0),
    status: mysqlEnum('status', ['inactive', 'pending', 'running', 'failed']).notNull(),
    containerStatus: json('container_status').notNull().default(sql`(JSON_OBJECT('restartCount', 0))`),
  },
  (t) => [
    uniqueIndex('unique_k8s_name_per_region').on(t.k8sName, t.regionId),
    index('idx_deployment_id').on(t.deploymentId),
    index('idx_region').on(t.regionId),
  ],
)

export const keyAuth = mysqlTable(
  'key_auth',
  {
    pk: bigint('pk', { mode: 'number', unsigned: true }).autoincrement().primaryKey(),
    id: id('id').notNull().unique(),
    workspaceId: id('workspace_id').notNull(),
    projectId: id('project_id').notNull(),
    createdAtM: bigint('created_at_m', { mode: 'number' })
      .notNull()
      .default(0)
      .$defaultFn(() => 0),
    updatedAtM: bigint('updated_at_m', { mode: 'number' }).$onUpdateFn(() => 0),
    deletedAtM: bigint('deleted_at_m', { mode: 'number' }),
    storeEncryptedKeys: boolean('store_encrypted_keys').notNull().default(false),
    defaultPrefix: varchar('default_prefix', { length: 8 }),
    defaultBytes: int('default_bytes').default(16),
    sizeApprox: int('size_approx').notNull().default(0),
    sizeLastUpdatedAt: bigint('size_last_updated_at', { mode: 'number' }).notNull().default(0),
  },
  (t) => [index('key_auth_project_id_idx').on(t.projectId)],
)

export const keyMigrations = mysqlTable(
  'key_migrations',
  {
    pk: bigint('pk', { mode: 'number', unsigned: true }).autoincrement().primaryKey(),
    id: id('id').notNull().unique(),
    workspaceId: id('workspace_id').notNull(),
    algorithm: mysqlEnum('algorithm', ['sha256', 'github.com/seamapi/prefixed-api-key']).notNull(),
  },
  (t) => [unique('unique_id_per_workspace_id').on(t.id, t.workspaceId)],
)

export const keys = mysqlTable(
  'keys',
  {
    pk: bigint('pk', { mode: 'number', unsigned: true }).autoincrement().primaryKey(),
    id: id('id').notNull().unique(),
    keyAuthId: id('key_auth_id').notNull(),
    hash: caseSensitive256('hash').notNull(),
    start: varchar('start', { length: 256 }).notNull(),
    workspaceId: id('workspace_id').notNull(),
    forWorkspaceId: id('for_workspace_id'),
    name: caseInsensitive256('name'),
    identityId: id('identity_id'),
    meta: text('meta'),
    expires: datetime('expires', { fsp: 3 }),
    createdAtM: bigint('created_at_m', { mode: 'number' })
      .notNull()
      .default(0)
      .$defaultFn(() => 0),
    updatedAtM: bigint('updated_at_m', { mode: 'number' }).$onUpdateFn(() => 0),
    deletedAtM: bigint('deleted_at_m', { mode: 'number' }),
    refillDay: tinyint('refill_day'),
    refillAmount: bigint('refill_amount', { mode: 'number', unsigned: true }),
    lastRefillAt: datetime('last_refill_at', { fsp: 3 }),
    enabled: boolean('enabled').notNull().default(true),
    remaining: bigint('remaining_requests', { mode: 'number', unsigned: true }),
    environment: varchar('environment', { length: 256 }),
    lastUsedAt: bigint('last_used_at', { mode: 'number', unsigned: true }).notNull().default(0),
    pendingMigrationId: id('pending_migration_id'),
  },
  (t) => [
    uniqueIndex('hash_idx').on(t.hash),
    index('key_auth_id_deleted_at_idx').on(t.keyAuthId, t.deletedAtM, t.id),
    index('key_auth_id_deleted_at_last_used_at_idx').on(t.keyAuthId, t.deletedAtM, t.lastUsedAt),
    index('idx_keys_on_for_workspace_id').on(t.forWorkspaceId),
    index('pending_migration_id_idx').on(t.pendingMigrationId),
    index('idx_keys_on_workspace_id').on(t.workspaceId),
    index('identity_id_idx').on(t.identityId, t.keyAuthId, t.id),
    index('idx_keys_refill').on(t.refillAmount, t.deletedAtM),
  ],
)

export const keysPermissions = mysqlTable(
  'keys_permissions',
  {
    pk: bigint('pk', { mode: 'number', unsigned: true }).autoincrement().primaryKey(),
    keyId: id('key_id').notNull(),
    permissionId: id('permission_id').notNull(),
    workspaceId: id('workspace_id').notNull(),
    createdAtM: bigint('created_at_m', { mode: 'number' })
      .notNull()
      .default(0)
      .$defaultFn(() => 0),
    updatedAtM: bigint('updated_at_m', { mode: 'number' }).$onUpdateFn(() => 0),
  },
  (t) => [
    unique('keys_permissions_key_id_permission_id_workspace_id').on(t.keyId, t.permissionId, t.workspaceId),
    unique('key_id_permission_id_idx').on(t.keyId, t.permissionId),
  ],
)
