import { sql } from 'drizzle-orm'
import {
  type AnySQLiteColumn,
  index,
  integer,
  primaryKey,
  sqliteTable,
  text,
  unique,
  uniqueIndex,
} from 'drizzle-orm/sqlite-core'
import { monitor } from './invitation-to-page-component-group.ts'
import { user, workspace } from './page-subscriber-to-workspace-sso-domain.ts'

export const account = sqliteTable(
  'account',
  {
    userId: integer('user_id')
      .notNull()
      .references((): AnySQLiteColumn => user.id, { onDelete: 'cascade' }),
    type: text('type').notNull(),
    provider: text('provider').notNull(),
    providerAccountId: text('provider_account_id').notNull(),
    refresh_token: text('refresh_token'),
    access_token: text('access_token'),
    expires_at: integer('expires_at'),
    token_type: text('token_type'),
    scope: text('scope'),
    id_token: text('id_token'),
    session_state: text('session_state'),
  },
  (t) => [primaryKey({ columns: [t.provider, t.providerAccountId] })],
)

export const apiKey = sqliteTable(
  'api_key',
  {
    id: integer('id').primaryKey({ autoIncrement: true }),
    name: text('name').notNull(),
    description: text('description'),
    prefix: text('prefix').notNull().unique(),
    hashedToken: text('hashed_token').notNull().unique(),
    workspaceId: integer('workspace_id')
      .notNull()
      .references((): AnySQLiteColumn => workspace.id, { onDelete: 'cascade' }),
    createdById: integer('created_by_id')
      .notNull()
      .references((): AnySQLiteColumn => user.id, { onDelete: 'cascade' }),
    scopes: text('scopes', { mode: 'json' }).notNull().default(['write']),
    createdAt: integer('created_at', { mode: 'timestamp' }).default(sql`(strftime('%s', 'now'))`),
    expiresAt: integer('expires_at', { mode: 'timestamp' }),
    lastUsedAt: integer('last_used_at', { mode: 'timestamp' }),
  },
  (t) => [index('api_key_prefix_idx').on(t.prefix), index('api_key_workspace_id_idx').on(t.workspaceId)],
)

export const application = sqliteTable(
  'application',
  {
    id: integer('id').primaryKey(),
    name: text('name'),
    dsn: text('dsn').unique(),
    workspaceId: integer('workspace_id').references((): AnySQLiteColumn => workspace.id),
    createdAt: integer('created_at', { mode: 'timestamp' }).default(sql`(strftime('%s', 'now'))`),
    updatedAt: integer('updated_at', { mode: 'timestamp' }).default(sql`(strftime('%s', 'now'))`),
  },
  (t) => [index('application_workspace_id_idx').on(t.workspaceId)],
)

export const auditLog = sqliteTable(
  'audit_log',
  {
    id: integer('id').primaryKey({ autoIncrement: true }),
    workspaceId: integer('workspace_id').notNull(),
    actorType: text('actor_type').notNull(),
    actorId: text('actor_id').notNull(),
    actorUserId: integer('actor_user_id'),
    action: text('action').notNull(),
    entityType: text('entity_type').notNull(),
    entityId: text('entity_id').notNull(),
    before: text('before', { mode: 'json' }),
    after: text('after', { mode: 'json' }),
    metadata: text('metadata', { mode: 'json' }),
    changedFields: text('changed_fields', { mode: 'json' }),
    createdAt: integer('created_at', { mode: 'timestamp_ms' })
      .notNull()
      .$defaultFn(() => new Date(0)),
  },
  (t) => [
    index('audit_log_workspace_created_idx').on(t.workspaceId, t.createdAt),
    index('audit_log_entity_idx').on(t.workspaceId, t.entityType, t.entityId, t.createdAt),
  ],
)

export const chatSession = sqliteTable(
  'chat_session',
  {
    id: integer('id').primaryKey({ autoIncrement: true }),
    workspaceId: integer('workspace_id')
      .notNull()
      .references((): AnySQLiteColumn => workspace.id, { onDelete: 'cascade' }),
    userId: integer('user_id')
      .notNull()
      .references((): AnySQLiteColumn => user.id, { onDelete: 'cascade' }),
    title: text('title').notNull(),
    messages: text('messages', { mode: 'json' }).notNull(),
    createdAt: integer('created_at', { mode: 'timestamp_ms' })
      .notNull()
      .$defaultFn(() => new Date(0)),
    updatedAt: integer('updated_at', { mode: 'timestamp_ms' })
      .notNull()
      .$defaultFn(() => new Date(0)),
  },
  (t) => [index('chat_session_workspace_user_updated_idx').on(t.workspaceId, t.userId, t.updatedAt)],
)

export const check = sqliteTable(
  'check',
  {
    id: integer('id').primaryKey({ autoIncrement: true }),
    regions: text('regions').notNull().default(''),
    url: text('url', { length: 4096 }).notNull(),
    headers: text('headers').default(''),
    body: text('body').default(''),
    method: text('method', {
      enum: ['GET', 'POST', 'HEAD', 'PUT', 'PATCH', 'DELETE', 'TRACE', 'CONNECT', 'OPTIONS'],
    }).default('GET'),
    countRequests: integer('count_requests').default(1),
    workspaceId: integer('workspace_id').references((): AnySQLiteColumn => workspace.id),
    createdAt: integer('created_at', { mode: 'timestamp' }).default(sql`(strftime('%s', 'now'))`),
  },
  (t) => [index('check_workspace_id_idx').on(t.workspaceId)],
)

export const externalService = sqliteTable(
  'external_service',
  {
    id: integer('id').primaryKey(),
    slug: text('slug', { length: 64 }).notNull().unique(),
    aliases: text('aliases', { mode: 'json' }).notNull().default(sql`(json_array())`),
    name: text('name', { length: 256 }).notNull(),
    url: text('url').notNull(),
    statusPageUrl: text('status_page_url').notNull(),
    provider: text('provider', {
      enum: [
        'atlassian-statuspage',
        'instatus',
        'openstatus',
        'incidentio',
        'status.io',
        'custom',
        'better-uptime',
        'uptime-robot',
        'unknown',
      ],
    }).notNull(),
    industry: text('industry', { mode: 'json' }).notNull(),
    description: text('description'),
    apiConfig: text('api_config', { mode: 'json' }),
    deletedAt: integer('deleted_at', { mode: 'timestamp' }),
    createdAt: integer('created_at', { mode: 'timestamp' }).default(sql`(strftime('%s', 'now'))`),
    updatedAt: integer('updated_at', { mode: 'timestamp' }).default(sql`(strftime('%s', 'now'))`),
  },
  (t) => [index('external_service_deleted_at_idx').on(t.deletedAt)],
)

export const externalServiceComponent = sqliteTable(
  'external_service_component',
  {
    id: integer('id').primaryKey(),
    externalServiceId: integer('external_service_id')
      .notNull()
      .references((): AnySQLiteColumn => externalService.id),
    upstreamComponentId: text('upstream_component_id').notNull(),
    slug: text('slug').notNull(),
    aliases: text('aliases', { mode: 'json' }).notNull().default(sql`(json_array())`),
    name: text('name').notNull(),
    description: text('description'),
    groupName: text('group_name'),
    position: integer('position').notNull().default(0),
    indicator: text('indicator').notNull(),
    status: text('status').notNull(),
    firstSeenAt: integer('first_seen_at', { mode: 'timestamp' }).notNull().default(sql`(strftime('%s', 'now'))`),
    updatedAt: integer('updated_at', { mode: 'timestamp' }).notNull().default(sql`(strftime('%s', 'now'))`),
  },
  (t) => [
    uniqueIndex('external_service_component_unique_idx').on(t.externalServiceId, t.upstreamComponentId),
    uniqueIndex('external_service_component_slug_unique_idx').on(t.externalServiceId, t.slug),
  ],
)

export const externalServiceIncident = sqliteTable(
  'external_service_incident',
  {
    id: integer('id').primaryKey(),
    externalServiceId: integer('external_service_id')
      .notNull()
      .references((): AnySQLiteColumn => externalService.id),
    providerIncidentId: text('provider_incident_id').notNull(),
    name: text('name').notNull(),
    status: text('status').notNull(),
    impact: text('impact'),
    shortlink: text('shortlink'),
    startedAt: integer('started_at', { mode: 'timestamp' }),
    createdAt: integer('created_at', { mode: 'timestamp' }).notNull(),
    resolvedAt: integer('resolved_at', { mode: 'timestamp' }),
    affectedComponentIds: text('affected_component_ids', { mode: 'json' }).notNull().default(sql`'[]'`),
    rawPayload: text('raw_payload', { mode: 'json' }),
    rawPayloadPurgedAt: integer('raw_payload_purged_at', { mode: 'timestamp' }),
    firstSeenAt: integer('first_seen_at', { mode: 'timestamp' }).notNull().default(sql`(strftime('%s', 'now'))`),
    updatedAt: integer('updated_at', { mode: 'timestamp' }).notNull().default(sql`(strftime('%s', 'now'))`),
  },
  (t) => [
    uniqueIndex('external_service_incident_unique_idx').on(t.externalServiceId, t.providerIncidentId),
    index('external_service_incident_started_at_idx').on(t.externalServiceId, t.startedAt),
    index('external_service_incident_resolved_at_idx').on(t.resolvedAt),
  ],
)

export const externalServiceReport = sqliteTable(
  'external_service_report',
  {
    id: integer('id').primaryKey(),
    externalServiceId: integer('external_service_id')
      .notNull()
      .references((): AnySQLiteColumn => externalService.id),
    externalServiceComponentId: integer('external_service_component_id').references(
      (): AnySQLiteColumn => externalServiceComponent.id,
    ),
    reporterHash: text('reporter_hash', { length: 64 }).notNull(),
    country: text('country', { length: 2 }).notNull().default(''),
    createdAt: integer('created_at', { mode: 'timestamp' }).notNull().default(sql`(strftime('%s', 'now'))`),
  },
  (t) => [
    index('external_service_report_service_idx').on(t.externalServiceId, t.createdAt),
    index('external_service_report_component_idx').on(t.externalServiceComponentId, t.createdAt),
  ],
)

export const feedback = sqliteTable(
  'feedback',
  {
    id: integer('id').primaryKey(),
    workspaceId: integer('workspace_id')
      .notNull()
      .references((): AnySQLiteColumn => workspace.id, { onDelete: 'cascade' }),
    userId: integer('user_id')
      .notNull()
      .references((): AnySQLiteColumn => user.id, { onDelete: 'cascade' }),
    source: text('source', {
      enum: ['support', 'widget', 'onboarding-intent', 'onboarding-source', 'onboarding-completed'],
    }).notNull(),
    message: text('message').notNull(),
    type: text('type', { enum: ['bug', 'demo', 'feature', 'security', 'question'] }),
    blocker: integer('blocker', { mode: 'boolean' }),
    path: text('path').notNull(),
    metadata: text('metadata'),
    createdAt: integer('created_at', { mode: 'timestamp' }).notNull().default(sql`(strftime('%s', 'now'))`),
  },
  (t) => [index('feedback_workspace_id_idx').on(t.workspaceId)],
)

export const frozenMonitorUptime = sqliteTable(
  'frozen_monitor_uptime',
  {
    id: integer('id').primaryKey(),
    workspaceId: integer('workspace_id')
      .notNull()
      .references((): AnySQLiteColumn => workspace.id, { onDelete: 'cascade' }),
    monitorId: integer('monitor_id')
      .notNull()
      .references((): AnySQLiteColumn => monitor.id, { onDelete: 'cascade' }),
    month: text('month').notNull(),
    days: text('days', { mode: 'json' }).notNull(),
    createdAt: integer('created_at', { mode: 'timestamp' }).default(sql`(strftime('%s', 'now'))`),
  },
  (t) => [unique().on(t.monitorId, t.month), index('frozen_monitor_uptime_workspace_id_idx').on(t.workspaceId)],
)

export const incidentTable = sqliteTable(
  'incident',
  {
    id: integer('id').primaryKey(),
    title: text('title').notNull().default(''),
    summary: text('summary').notNull().default(''),
    status: text('status', { enum: ['triage', 'investigating', 'identified', 'monitoring', 'resolved', 'duplicated'] })
      .notNull()
      .default('triage'),
    monitorId: integer('monitor_id').references((): AnySQLiteColumn => monitor.id, { onDelete: 'set default' }),
    workspaceId: integer('workspace_id').references((): AnySQLiteColumn => workspace.id),
    startedAt: integer('started_at', { mode: 'timestamp' }).notNull().default(sql`(strftime('%s', 'now'))`),
    acknowledgedAt: integer('acknowledged_at', { mode: 'timestamp' }),
    acknowledgedBy: integer('acknowledged_by').references((): AnySQLiteColumn => user.id),
    resolvedAt: integer('resolved_at', { mode: 'timestamp' }),
    resolvedBy: integer('resolved_by').references((): AnySQLiteColumn => user.id),
    incidentScreenshotUrl: text('incident_screenshot_url'),
    recoveryScreenshotUrl: text('recovery_screenshot_url'),
    autoResolved: integer('auto_resolved', { mode: 'boolean' }).default(false),
    createdAt: integer('created_at', { mode: 'timestamp' }).default(sql`(strftime('%s', 'now'))`),
    updatedAt: integer('updated_at', { mode: 'timestamp' }).default(sql`(strftime('%s', 'now'))`),
  },
  (t) => [
    unique().on(t.monitorId, t.startedAt),
    index('incident_workspace_id_started_at_idx').on(t.workspaceId, t.startedAt),
    index('incident_open_idx').on(t.monitorId).where(sql`${t.resolvedAt} IS NULL`),
  ],
)

export const integration = sqliteTable(
  'integration',
  {
    id: integer('id').primaryKey(),
    name: text('name', { length: 256 }).notNull(),
    workspaceId: integer('workspace_id').references((): AnySQLiteColumn => workspace.id),
    credential: text('credential', { mode: 'json' }),
    externalId: text('external_id').notNull(),
    createdAt: integer('created_at', { mode: 'timestamp' }).default(sql`(strftime('%s', 'now'))`),
    updatedAt: integer('updated_at', { mode: 'timestamp' }).default(sql`(strftime('%s', 'now'))`),
    data: text('data', { mode: 'json' }).notNull(),
  },
  (t) => [index('integration_workspace_id_idx').on(t.workspaceId)],
)
