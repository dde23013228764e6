import { sql } from 'drizzle-orm'
import {
  type AnySQLiteColumn,
  check,
  index,
  integer,
  primaryKey,
  sqliteTable,
  text,
  unique,
  uniqueIndex,
} from 'drizzle-orm/sqlite-core'
import { workspace } from './page-subscriber-to-workspace-sso-domain.ts'

export const invitation = sqliteTable(
  'invitation',
  {
    id: integer('id').primaryKey(),
    email: text('email').notNull(),
    role: text('role', { enum: ['owner', 'admin', 'member'] })
      .notNull()
      .default('member'),
    workspaceId: integer('workspace_id').notNull(),
    token: text('token').notNull(),
    expiresAt: integer('expires_at', { mode: 'timestamp' }).notNull(),
    createdAt: integer('created_at', { mode: 'timestamp' }).default(sql`(strftime('%s', 'now'))`),
    acceptedAt: integer('accepted_at', { mode: 'timestamp' }),
  },
  (t) => [index('invitation_workspace_id_idx').on(t.workspaceId)],
)

export const maintenance = sqliteTable(
  'maintenance',
  {
    id: integer('id').primaryKey(),
    title: text('title', { length: 256 }).notNull(),
    message: text('message').notNull(),
    from: integer('from', { mode: 'timestamp' }).notNull(),
    to: integer('to', { mode: 'timestamp' }).notNull(),
    workspaceId: integer('workspace_id').references((): AnySQLiteColumn => workspace.id),
    pageId: integer('page_id').references((): AnySQLiteColumn => page.id, { onDelete: 'cascade' }),
    createdAt: integer('created_at', { mode: 'timestamp' }).default(sql`(strftime('%s', 'now'))`),
    updatedAt: integer('updated_at', { mode: 'timestamp' }).default(sql`(strftime('%s', 'now'))`),
  },
  (t) => [index('maintenance_page_id_idx').on(t.pageId), index('maintenance_workspace_id_idx').on(t.workspaceId)],
)

export const maintenancesToPageComponents = sqliteTable(
  'maintenance_to_page_component',
  {
    maintenanceId: integer('maintenance_id')
      .notNull()
      .references((): AnySQLiteColumn => maintenance.id, { onDelete: 'cascade' }),
    pageComponentId: integer('page_component_id')
      .notNull()
      .references((): AnySQLiteColumn => pageComponent.id, { onDelete: 'cascade' }),
    createdAt: integer('created_at', { mode: 'timestamp' }).default(sql`(strftime('%s', 'now'))`),
  },
  (t) => [
    primaryKey({ columns: [t.maintenanceId, t.pageComponentId] }),
    index('maintenance_to_page_component_page_component_id_idx').on(t.pageComponentId),
  ],
)

export const monitor = sqliteTable(
  'monitor',
  {
    id: integer('id').primaryKey(),
    jobType: text('job_type', { enum: ['http', 'tcp', 'icmp', 'udp', 'dns', 'ssl'] })
      .notNull()
      .default('http'),
    periodicity: text('periodicity', { enum: ['30s', '1m', '5m', '10m', '30m', '1h', 'other'] })
      .notNull()
      .default('other'),
    status: text('status', { enum: ['active', 'error', 'degraded'] })
      .notNull()
      .default('active'),
    active: integer('active', { mode: 'boolean' }).default(false),
    regions: text('regions').notNull().default(''),
    url: text('url', { length: 2048 }).notNull(),
    name: text('name', { length: 256 }).notNull().default(''),
    externalName: text('external_name'),
    description: text('description').notNull().default(''),
    headers: text('headers').default(''),
    body: text('body').default(''),
    method: text('method', {
      enum: ['GET', 'POST', 'HEAD', 'PUT', 'PATCH', 'DELETE', 'TRACE', 'CONNECT', 'OPTIONS'],
    }).default('GET'),
    workspaceId: integer('workspace_id').references((): AnySQLiteColumn => workspace.id),
    timeout: integer('timeout').notNull().default(45000),
    degradedAfter: integer('degraded_after'),
    assertions: text('assertions'),
    otelEndpoint: text('otel_endpoint'),
    otelHeaders: text('otel_headers'),
    public: integer('public', { mode: 'boolean' }).default(false),
    retry: integer('retry').default(3),
    followRedirects: integer('follow_redirects', { mode: 'boolean' }).default(true),
    createdAt: integer('created_at', { mode: 'timestamp' }).default(sql`(strftime('%s', 'now'))`),
    updatedAt: integer('updated_at', { mode: 'timestamp' }).default(sql`(strftime('%s', 'now'))`),
    deletedAt: integer('deleted_at', { mode: 'timestamp' }),
  },
  (t) => [index('monitor_workspace_id_active_idx').on(t.workspaceId).where(sql`${t.deletedAt} IS NULL`)],
)

export const monitorGroup = sqliteTable(
  'monitor_group',
  {
    id: integer('id').primaryKey(),
    workspaceId: integer('workspace_id')
      .notNull()
      .references((): AnySQLiteColumn => workspace.id, { onDelete: 'cascade' }),
    pageId: integer('page_id')
      .notNull()
      .references((): AnySQLiteColumn => page.id, { onDelete: 'cascade' }),
    name: text('name').notNull(),
    createdAt: integer('created_at', { mode: 'timestamp' }).default(sql`(strftime('%s', 'now'))`),
    updatedAt: integer('updated_at', { mode: 'timestamp' }).default(sql`(strftime('%s', 'now'))`),
  },
  (t) => [index('monitor_group_workspace_id_idx').on(t.workspaceId), index('monitor_group_page_id_idx').on(t.pageId)],
)

export const monitorRun = sqliteTable(
  'monitor_run',
  {
    id: integer('id').primaryKey(),
    workspaceId: integer('workspace_id').references((): AnySQLiteColumn => workspace.id),
    monitorId: integer('monitor_id').references((): AnySQLiteColumn => monitor.id),
    runnedAt: integer('runned_at', { mode: 'timestamp_ms' }),
    createdAt: integer('created_at', { mode: 'timestamp' }).default(sql`(strftime('%s', 'now'))`),
  },
  (t) => [
    index('monitor_run_workspace_id_created_at_idx').on(t.workspaceId, t.createdAt),
    index('monitor_run_monitor_id_idx').on(t.monitorId),
  ],
)

export const monitorStatusTable = sqliteTable(
  'monitor_status',
  {
    monitorId: integer('monitor_id')
      .notNull()
      .references((): AnySQLiteColumn => monitor.id, { onDelete: 'cascade' }),
    region: text('region').notNull().default(''),
    status: text('status', { enum: ['active', 'error', 'degraded'] })
      .notNull()
      .default('active'),
    createdAt: integer('created_at', { mode: 'timestamp' }).default(sql`(strftime('%s', 'now'))`),
    updatedAt: integer('updated_at', { mode: 'timestamp' }).default(sql`(strftime('%s', 'now'))`),
  },
  (t) => [primaryKey({ columns: [t.monitorId, t.region] }), index('monitor_status_idx').on(t.monitorId, t.region)],
)

export const monitorTag = sqliteTable(
  'monitor_tag',
  {
    id: integer('id').primaryKey(),
    workspaceId: integer('workspace_id')
      .notNull()
      .references((): AnySQLiteColumn => workspace.id, { onDelete: 'cascade' }),
    name: text('name').notNull(),
    color: text('color').notNull(),
    createdAt: integer('created_at', { mode: 'timestamp' }).default(sql`(strftime('%s', 'now'))`),
    updatedAt: integer('updated_at', { mode: 'timestamp' }).default(sql`(strftime('%s', 'now'))`),
  },
  (t) => [index('monitor_tag_workspace_id_idx').on(t.workspaceId)],
)

export const monitorTagsToMonitors = sqliteTable(
  'monitor_tag_to_monitor',
  {
    monitorId: integer('monitor_id')
      .notNull()
      .references((): AnySQLiteColumn => monitor.id, { onDelete: 'cascade' }),
    monitorTagId: integer('monitor_tag_id')
      .notNull()
      .references((): AnySQLiteColumn => monitorTag.id, { onDelete: 'cascade' }),
    createdAt: integer('created_at', { mode: 'timestamp' }).default(sql`(strftime('%s', 'now'))`),
  },
  (t) => [
    primaryKey({ columns: [t.monitorId, t.monitorTagId] }),
    index('monitor_tag_to_monitor_monitor_tag_id_idx').on(t.monitorTagId),
  ],
)

export const notification = sqliteTable(
  'notification',
  {
    id: integer('id').primaryKey(),
    name: text('name').notNull(),
    provider: text('provider', {
      enum: [
        'discord',
        'email',
        'google-chat',
        'grafana-oncall',
        'ms-teams',
        'ntfy',
        'pagerduty',
        'opsgenie',
        'slack',
        'sms',
        'telegram',
        'webhook',
        'whatsapp',
      ],
    }).notNull(),
    data: text('data').default('{}'),
    workspaceId: integer('workspace_id').references((): AnySQLiteColumn => workspace.id),
    createdAt: integer('created_at', { mode: 'timestamp' }).default(sql`(strftime('%s', 'now'))`),
    updatedAt: integer('updated_at', { mode: 'timestamp' }).default(sql`(strftime('%s', 'now'))`),
  },
  (t) => [index('notification_workspace_id_idx').on(t.workspaceId)],
)

export const notificationTrigger = sqliteTable(
  'notification_trigger',
  {
    id: integer('id').primaryKey(),
    monitorId: integer('monitor_id').references((): AnySQLiteColumn => monitor.id, { onDelete: 'cascade' }),
    notificationId: integer('notification_id').references((): AnySQLiteColumn => notification.id, {
      onDelete: 'cascade',
    }),
    cronTimestamp: integer('cron_timestamp').notNull(),
  },
  (t) => [uniqueIndex('notification_id_monitor_id_crontimestampe').on(t.notificationId, t.monitorId, t.cronTimestamp)],
)

export const notificationsToMonitors = sqliteTable(
  'notifications_to_monitors',
  {
    monitorId: integer('monitor_id')
      .notNull()
      .references((): AnySQLiteColumn => monitor.id, { onDelete: 'cascade' }),
    notificationId: integer('notification_id')
      .notNull()
      .references((): AnySQLiteColumn => notification.id, { onDelete: 'cascade' }),
    createdAt: integer('created_at', { mode: 'timestamp' }).default(sql`(strftime('%s', 'now'))`),
  },
  (t) => [
    primaryKey({ columns: [t.monitorId, t.notificationId] }),
    index('notifications_to_monitors_notification_id_idx').on(t.notificationId),
  ],
)

export const page = sqliteTable(
  'page',
  {
    id: integer('id').primaryKey(),
    workspaceId: integer('workspace_id')
      .notNull()
      .references((): AnySQLiteColumn => workspace.id, { onDelete: 'cascade' }),
    title: text('title').notNull(),
    description: text('description').notNull(),
    icon: text('icon', { length: 256 }).default(''),
    slug: text('slug', { length: 256 }).notNull().unique(),
    customDomain: text('custom_domain', { length: 256 }).notNull(),
    published: integer('published', { mode: 'boolean' }).default(false),
    forceTheme: text('force_theme', { enum: ['dark', 'light', 'system'] })
      .notNull()
      .default('system'),
    customTheme: text('custom_theme', { mode: 'json' }),
    password: text('password', { length: 256 }),
    passwordProtected: integer('password_protected', { mode: 'boolean' }).default(false),
    accessType: text('access_type', { enum: ['public', 'password', 'email-domain', 'ip-restriction'] }).default(
      'public',
    ),
    authEmailDomains: text('auth_email_domains'),
    allowedIpRanges: text('allowed_ip_ranges'),
    homepageUrl: text('homepage_url', { length: 256 }),
    contactUrl: text('contact_url', { length: 256 }),
    defaultLocale: text('default_locale').notNull().default('en'),
    locales: text('locales', { mode: 'json' }),
    legacyPage: integer('legacy_page', { mode: 'boolean' }).notNull().default(true),
    configuration: text('configuration', { mode: 'json' }),
    allowIndex: integer('allow_index', { mode: 'boolean' }).notNull().default(true),
    showMonitorValues: integer('show_monitor_values', { mode: 'boolean' }).default(true),
    createdAt: integer('created_at', { mode: 'timestamp' }).default(sql`(strftime('%s', 'now'))`),
    updatedAt: integer('updated_at', { mode: 'timestamp' }).default(sql`(strftime('%s', 'now'))`),
  },
  (t) => [
    index('page_lower_slug_idx').on(sql`LOWER(${t.slug})`),
    index('page_lower_custom_domain_idx').on(sql`LOWER(${t.customDomain})`),
    index('page_workspace_id_idx').on(t.workspaceId),
  ],
)

export const pageComponent = sqliteTable(
  'page_component',
  {
    id: integer('id').primaryKey(),
    workspaceId: integer('workspace_id')
      .notNull()
      .references((): AnySQLiteColumn => workspace.id, { onDelete: 'cascade' }),
    pageId: integer('page_id')
      .notNull()
      .references((): AnySQLiteColumn => page.id, { onDelete: 'cascade' }),
    type: text('type', { enum: ['static', 'monitor'] })
      .notNull()
      .default('monitor'),
    monitorId: integer('monitor_id').references((): AnySQLiteColumn => monitor.id, { onDelete: 'cascade' }),
    name: text('name').notNull(),
    description: text('description'),
    order: integer('order').default(0),
    groupId: integer('group_id').references((): AnySQLiteColumn => pageComponentGroup.id, { onDelete: 'set null' }),
    groupOrder: integer('group_order').default(0),
    createdAt: integer('created_at', { mode: 'timestamp' }).default(sql`(strftime('%s', 'now'))`),
    updatedAt: integer('updated_at', { mode: 'timestamp' }).default(sql`(strftime('%s', 'now'))`),
  },
  (t) => [
    unique().on(t.pageId, t.monitorId),
    index('page_component_workspace_id_idx').on(t.workspaceId),
    check(
      'page_component_type_check',
      sql`${t.type} = 'monitor' AND ${t.monitorId} IS NOT NULL OR ${t.type} = 'static' AND ${t.monitorId} IS NULL`,
    ),
  ],
)

export const pageComponentGroup = sqliteTable(
  'page_component_groups',
  {
    id: integer('id').primaryKey(),
    workspaceId: integer('workspace_id')
      .notNull()
      .references((): AnySQLiteColumn => workspace.id, { onDelete: 'cascade' }),
    pageId: integer('page_id')
      .notNull()
      .references((): AnySQLiteColumn => page.id, { onDelete: 'cascade' }),
    name: text('name').notNull(),
    defaultOpen: integer('default_open', { mode: 'boolean' }).notNull().default(false),
    createdAt: integer('created_at', { mode: 'timestamp' }).default(sql`(strftime('%s', 'now'))`),
    updatedAt: integer('updated_at', { mode: 'timestamp' }).default(sql`(strftime('%s', 'now'))`),
  },
  (t) => [
    index('page_component_groups_page_id_idx').on(t.pageId),
    index('page_component_groups_workspace_id_idx').on(t.workspaceId),
  ],
)
