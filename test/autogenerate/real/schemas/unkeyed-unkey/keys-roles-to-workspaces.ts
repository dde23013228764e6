import {
  bigint,
  boolean,
  index,
  int,
  json,
  mysqlTable,
  smallint,
  unique,
  uniqueIndex,
  varchar,
} from 'drizzle-orm/mysql-core'
import {
  caseInsensitive64,
  caseInsensitive512,
  caseSensitive255,
  caseSensitive256,
  caseSensitive512,
  id,
  longblob,
} from './types.ts'

export const keysRoles = mysqlTable(
  'keys_roles',
  {
    pk: bigint('pk', { mode: 'number', unsigned: true }).autoincrement().primaryKey(),
    keyId: id('key_id').notNull(),
    roleId: id('role_id').notNull(),
    workspaceId: id('workspace_id').notNull(),
    createdAtM: bigint('created_at_m', { mode: 'number' })
      .notNull()
      .default(0)
      .$defaultFn(() => 0),
    updatedAtM: bigint('updated_at_m', { mode: 'number' }).$onUpdateFn(() => 0),
  },
  (t) => [
    unique('keys_roles_role_id_key_id_workspace_id').on(t.roleId, t.keyId, t.workspaceId),
    uniqueIndex('unique_key_id_role_id').on(t.keyId, t.roleId),
  ],
)

export const limits = mysqlTable('limits', {
  pk: bigint('pk', { mode: 'number', unsigned: true }).autoincrement().primaryKey(),
  workspaceId: caseSensitive256('workspace_id').notNull().unique(),
  apiBillableOperationsCountMaxPerMonth: bigint('api_billable_operations_count_max_per_month', {
    mode: 'number',
    unsigned: true,
  }).notNull(),
  apiRequestsCountMaxPerMinute: int('api_requests_count_max_per_minute', { unsigned: true }),
  logsRetentionDaysMax: smallint('logs_retention_days_max', { unsigned: true }).notNull(),
  logsAuditRetentionDaysMax: smallint('logs_audit_retention_days_max', { unsigned: true }).notNull(),
  teamEnabled: boolean('team_enabled').notNull(),
  cpuCoresMax: int('cpu_cores_max', { unsigned: true }).notNull(),
  cpuCoresMaxPerInstance: int('cpu_cores_max_per_instance', { unsigned: true }).notNull(),
  memoryMibMax: int('memory_mib_max', { unsigned: true }).notNull(),
  memoryMibMaxPerInstance: int('memory_mib_max_per_instance', { unsigned: true }).notNull(),
  storageMibMax: int('storage_mib_max', { unsigned: true }).notNull(),
  storageMibMaxPerInstance: int('storage_mib_max_per_instance', { unsigned: true }).notNull(),
  buildsConcurrentMax: smallint('builds_concurrent_max', { unsigned: true }).notNull(),
  customDomainsMax: int('custom_domains_max', { unsigned: true }).notNull(),
  autoscalingReplicasMax: smallint('autoscaling_replicas_max', { unsigned: true }).notNull(),
})

export const openapiSpecs = mysqlTable(
  'openapi_specs',
  {
    pk: bigint('pk', { mode: 'number', unsigned: true }).autoincrement().primaryKey(),
    id: id('id').notNull().unique(),
    workspaceId: id('workspace_id').notNull(),
    deploymentId: id('deployment_id'),
    portalId: id('portal_id'),
    content: longblob('content').notNull(),
    createdAt: bigint('created_at', { mode: 'number' })
      .notNull()
      .$defaultFn(() => 0),
    updatedAt: bigint('updated_at', { mode: 'number' }).$onUpdateFn(() => 0),
  },
  (t) => [
    uniqueIndex('idx_openapi_specs_on_deployment_id').on(t.deploymentId),
    uniqueIndex('workspace_deployment_idx').on(t.workspaceId, t.deploymentId),
    uniqueIndex('workspace_portal_idx').on(t.workspaceId, t.portalId),
  ],
)

export const permissions = mysqlTable(
  'permissions',
  {
    pk: bigint('pk', { mode: 'number', unsigned: true }).autoincrement().primaryKey(),
    id: id('id').notNull().unique(),
    workspaceId: id('workspace_id').notNull(),
    projectId: id('project_id').notNull(),
    name: caseInsensitive512('name').notNull(),
    slug: varchar('slug', { length: 128 }).notNull(),
    description: varchar('description', { length: 512 }),
    createdAtM: bigint('created_at_m', { mode: 'number' })
      .notNull()
      .default(0)
      .$defaultFn(() => 0),
    updatedAtM: bigint('updated_at_m', { mode: 'number' }).$onUpdateFn(() => 0),
  },
  (t) => [
    unique('unique_slug_per_workspace_idx').on(t.workspaceId, t.slug),
    index('permissions_project_id_idx').on(t.projectId),
  ],
)

export const portalSessions = mysqlTable(
  'portal_sessions',
  {
    pk: bigint('pk', { mode: 'number', unsigned: true }).autoincrement().primaryKey(),
    id: id('id').notNull().unique(),
    workspaceId: id('workspace_id').notNull(),
    portalId: id('portal_id').notNull(),
    externalId: caseSensitive256('external_id').notNull(),
    scopes: json('scopes').notNull(),
    preview: boolean('preview').notNull().default(false),
    exchangeCodeHash: caseSensitive256('exchange_code_hash').notNull(),
    exchangeCodeExpiresAt: bigint('exchange_code_expires_at', { mode: 'number' }).notNull(),
    accessTokenHash: caseSensitive256('access_token_hash'),
    accessTokenCreatedAt: bigint('access_token_created_at', { mode: 'number' }),
    accessTokenExpiresAt: bigint('access_token_expires_at', { mode: 'number' }),
    revokedAt: bigint('revoked_at', { mode: 'number' }),
    returnUrl: varchar('return_url', { length: 500 }),
    createdAt: bigint('created_at', { mode: 'number' }).notNull(),
  },
  (t) => [
    uniqueIndex('idx_exchange_code_hash').on(t.exchangeCodeHash),
    uniqueIndex('idx_access_token_hash').on(t.accessTokenHash),
    index('idx_workspace').on(t.workspaceId),
    index('idx_external_id').on(t.externalId),
    index('idx_exchange_code_expires').on(t.exchangeCodeExpiresAt),
    index('idx_access_token_expires').on(t.accessTokenExpiresAt),
  ],
)

export const portals = mysqlTable(
  'portals',
  {
    pk: bigint('pk', { mode: 'number', unsigned: true }).autoincrement().primaryKey(),
    id: id('id').notNull().unique(),
    workspaceId: id('workspace_id').notNull(),
    slug: varchar('slug', { length: 64 }).notNull(),
    appId: id('app_id'),
    keyAuthId: id('key_auth_id'),
    enabled: boolean('enabled').notNull().default(true),
    logoUrl: varchar('logo_url', { length: 500 }),
    primaryColor: varchar('primary_color', { length: 7 }),
    createdAt: bigint('created_at', { mode: 'number' })
      .notNull()
      .$defaultFn(() => 0),
    updatedAt: bigint('updated_at', { mode: 'number' }).$onUpdateFn(() => 0),
  },
  (t) => [
    uniqueIndex('idx_workspace_slug').on(t.workspaceId, t.slug),
    uniqueIndex('idx_app_id').on(t.appId),
    uniqueIndex('idx_key_auth_id').on(t.keyAuthId),
  ],
)

export const projects = mysqlTable(
  'projects',
  {
    pk: bigint('pk', { mode: 'number', unsigned: true }).autoincrement().primaryKey(),
    id: id('id').notNull().unique(),
    workspaceId: id('workspace_id').notNull(),
    name: varchar('name', { length: 256 }).notNull(),
    slug: varchar('slug', { length: 256 }).notNull(),
    depotProjectId: varchar('depot_project_id', { length: 255 }),
    deleteProtection: boolean('delete_protection').default(false),
    createdAt: bigint('created_at', { mode: 'number' })
      .notNull()
      .$defaultFn(() => 0),
    updatedAt: bigint('updated_at', { mode: 'number' }).$onUpdateFn(() => 0),
  },
  (t) => [uniqueIndex('workspace_slug_idx').on(t.workspaceId, t.slug)],
)

export const ratelimitGlobalCounters = mysqlTable(
  'ratelimit_global_counters',
  {
    pk: bigint('pk', { mode: 'number', unsigned: true }).autoincrement().primaryKey(),
    workspaceId: id('workspace_id').notNull(),
    namespace: caseSensitive255('namespace').notNull(),
    identifier: caseSensitive255('identifier').notNull(),
    durationMs: bigint('duration_ms', { mode: 'number', unsigned: true }).notNull(),
    sequence: bigint('sequence', { mode: 'number' }).notNull(),
    region: id('region').notNull(),
    count: bigint('count', { mode: 'number', unsigned: true }).notNull(),
    expiresAt: bigint('expires_at', { mode: 'number', unsigned: true }).notNull(),
    updatedAt: bigint('updated_at', { mode: 'number', unsigned: true }).notNull(),
  },
  (t) => [
    uniqueIndex('unique_window_region').on(
      t.workspaceId,
      t.namespace,
      t.identifier,
      t.durationMs,
      t.sequence,
      t.region,
    ),
    index('expires_at_idx').on(t.expiresAt),
  ],
)

export const ratelimitNamespaces = mysqlTable(
  'ratelimit_namespaces',
  {
    pk: bigint('pk', { mode: 'number', unsigned: true }).autoincrement().primaryKey(),
    id: id('id').notNull().unique(),
    workspaceId: id('workspace_id').notNull(),
    projectId: id('project_id').notNull(),
    name: caseSensitive512('name').notNull(),
    createdAtM: bigint('created_at_m', { mode: 'number' })
      .notNull()
      .default(0)
      .$defaultFn(() => 0),
    updatedAtM: bigint('updated_at_m', { mode: 'number' }).$onUpdateFn(() => 0),
    deletedAtM: bigint('deleted_at_m', { mode: 'number' }),
  },
  (t) => [
    unique('unique_name_per_workspace_idx').on(t.workspaceId, t.name),
    index('ratelimit_namespaces_project_id_idx').on(t.projectId),
  ],
)

export const ratelimitOverrides = mysqlTable(
  'ratelimit_overrides',
  {
    pk: bigint('pk', { mode: 'number', unsigned: true }).autoincrement().primaryKey(),
    id: id('id').notNull().unique(),
    workspaceId: id('workspace_id').notNull(),
    namespaceId: id('namespace_id').notNull(),
    identifier: caseSensitive512('identifier').notNull(),
    limit: bigint('limit', { mode: 'number', unsigned: true }).notNull(),
    duration: bigint('duration', { mode: 'number', unsigned: true }).notNull(),
    createdAtM: bigint('created_at_m', { mode: 'number' })
      .notNull()
      .default(0)
      .$defaultFn(() => 0),
    updatedAtM: bigint('updated_at_m', { mode: 'number' }).$onUpdateFn(() => 0),
    deletedAtM: bigint('deleted_at_m', { mode: 'number' }),
  },
  (t) => [unique('unique_identifier_per_namespace_idx').on(t.namespaceId, t.identifier)],
)

export const ratelimits = mysqlTable(
  'ratelimits',
  {
    pk: bigint('pk', { mode: 'number', unsigned: true }).autoincrement().primaryKey(),
    id: id('id').notNull().unique(),
    name: caseSensitive256('name').notNull(),
    workspaceId: id('workspace_id').notNull(),
    createdAt: bigint('created_at', { mode: 'number' })
      .notNull()
      .$defaultFn(() => 0),
    updatedAt: bigint('updated_at', { mode: 'number' }).$onUpdateFn(() => 0),
    keyId: id('key_id'),
    identityId: id('identity_id'),
    limit: bigint('limit', { mode: 'number', unsigned: true }).notNull(),
    duration: bigint('duration', { mode: 'number', unsigned: true }).notNull(),
    autoApply: boolean('auto_apply').notNull().default(false),
  },
  (t) => [
    uniqueIndex('unique_name_per_key_idx').on(t.keyId, t.name),
    uniqueIndex('unique_name_per_identity_idx').on(t.identityId, t.name),
  ],
)

export const regions = mysqlTable(
  'regions',
  {
    pk: bigint('pk', { mode: 'number', unsigned: true }).autoincrement().primaryKey(),
    id: id('id').notNull().unique(),
    name: caseInsensitive64('name').notNull(),
    platform: caseInsensitive64('platform').notNull(),
    canSchedule: boolean('can_schedule').notNull().default(true),
  },
  (t) => [uniqueIndex('unique_region_per_platform').on(t.name, t.platform)],
)

export const roles = mysqlTable(
  'roles',
  {
    pk: bigint('pk', { mode: 'number', unsigned: true }).autoincrement().primaryKey(),
    id: id('id').notNull().unique(),
    workspaceId: id('workspace_id').notNull(),
    projectId: id('project_id').notNull(),
    name: caseInsensitive512('name').notNull(),
    description: varchar('description', { length: 512 }),
    createdAtM: bigint('created_at_m', { mode: 'number' })
      .notNull()
      .default(0)
      .$defaultFn(() => 0),
    updatedAtM: bigint('updated_at_m', { mode: 'number' }).$onUpdateFn(() => 0),
  },
  (t) => [
    unique('unique_name_per_workspace_idx').on(t.name, t.workspaceId),
    index('workspace_id_idx').on(t.workspaceId),
    index('roles_project_id_idx').on(t.projectId),
  ],
)

export const rolesPermissions = mysqlTable(
  'roles_permissions',
  {
    pk: bigint('pk', { mode: 'number', unsigned: true }).autoincrement().primaryKey(),
    roleId: id('role_id').notNull(),
    permissionId: id('permission_id').notNull(),
    workspaceId: id('workspace_id').notNull(),
    createdAtM: bigint('created_at_m', { mode: 'number' })
      .notNull()
      .default(0)
      .$defaultFn(() => 0),
    updatedAtM: bigint('updated_at_m', { mode: 'number' }).$onUpdateFn(() => 0),
  },
  (t) => [
    unique('roles_permissions_role_id_permission_id_workspace_id').on(t.roleId, t.permissionId, t.workspaceId),
    unique('unique_tuple_permission_id_role_id').on(t.permissionId, t.roleId),
  ],
)

export const sharedSecrets = mysqlTable(
  'shared_secrets',
  {
    pk: bigint('pk', { mode: 'number', unsigned: true }).autoincrement().primaryKey(),
    id: id('id').notNull().unique(),
    workspaceId: id('workspace_id').notNull(),
    expiresAt: bigint('expires_at', { mode: 'number' }).notNull(),
    createdAt: bigint('created_at', { mode: 'number' })
      .notNull()
      .$defaultFn(() => 0),
    encrypted: varchar('encrypted', { length: 1024 }).notNull(),
    encryptionKeyId: varchar('encryption_key_id', { length: 256 }).notNull(),
  },
  (t) => [index('expires_at_idx').on(t.expiresAt)],
)

export const workspaceBilling = mysqlTable(
  'workspace_billing',
  {
    pk: bigint('pk', { mode: 'number', unsigned: true }).autoincrement().primaryKey(),
    workspaceId: id('workspace_id').notNull().unique(),
    tier: varchar('tier', { length: 256 }).default('Free'),
    stripeCustomerId: caseSensitive256('stripe_customer_id'),
    plan: varchar('plan', { length: 64 }),
    planOverride: varchar('plan_override', { length: 64 }),
    spendBudgetCents: bigint('spend_budget_cents', { mode: 'number', unsigned: true }),
    spendBudgetStop: boolean('spend_budget_stop').notNull().default(false),
    spendSuspended: boolean('spend_suspended').notNull().default(false),
    createdAtM: bigint('created_at_m', { mode: 'number' })
      .notNull()
      .default(0)
      .$defaultFn(() => 0),
    updatedAtM: bigint('updated_at_m', { mode: 'number' }).$onUpdateFn(() => 0),
    deletedAtM: bigint('deleted_at_m', { mode: 'number' }),
  },
  (t) => [index('spend_budget_cents_idx').on(t.spendBudgetCents), index('spend_suspended_idx').on(t.spendSuspended)],
)

export const workspaces = mysqlTable('workspaces', {
  pk: bigint('pk', { mode: 'number', unsigned: true }).autoincrement().primaryKey(),
  id: id('id').notNull().unique(),
  orgId: caseSensitive256('org_id').notNull().unique(),
  name: varchar('name', { length: 256 }).notNull(),
  slug: varchar('slug', { length: 64 }).notNull().unique(),
  k8sNamespace: varchar('k8s_namespace', { length: 256 }).unique(),
  betaFeatures: json('beta_features').notNull(),
  subscriptions: json('subscriptions'),
  enabled: boolean('enabled').notNull().default(true),
  deleteProtection: boolean('delete_protection').default(false),
  createdAtM: bigint('created_at_m', { mode: 'number' })
    .notNull()
    .default(0)
    .$defaultFn(() => 0),
  updatedAtM: bigint('updated_at_m', { mode: 'number' }).$onUpdateFn(() => 0),
  deletedAtM: bigint('deleted_at_m', { mode: 'number' }),
})
