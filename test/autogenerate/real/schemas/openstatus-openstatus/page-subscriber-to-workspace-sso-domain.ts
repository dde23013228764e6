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
import { monitor, page, pageComponent } from './invitation-to-page-component-group.ts'

export const pageSubscriber = sqliteTable(
  'page_subscriber',
  {
    id: integer('id').primaryKey(),
    email: text('email'),
    pageId: integer('page_id')
      .notNull()
      .references((): AnySQLiteColumn => page.id, { onDelete: 'cascade' }),
    channelType: text('channel_type', { enum: ['email', 'webhook', 'slack'] })
      .notNull()
      .default('email'),
    webhookUrl: text('webhook_url'),
    channelConfig: text('channel_config'),
    slackChannelId: text('slack_channel_id'),
    source: text('source', { enum: ['self_signup', 'vendor', 'import'] })
      .notNull()
      .default('self_signup'),
    name: text('name'),
    token: text('token'),
    acceptedAt: integer('accepted_at', { mode: 'timestamp' }),
    expiresAt: integer('expires_at', { mode: 'timestamp' }),
    unsubscribedAt: integer('unsubscribed_at', { mode: 'timestamp' }),
    createdAt: integer('created_at', { mode: 'timestamp' }).default(sql`(strftime('%s', 'now'))`),
    updatedAt: integer('updated_at', { mode: 'timestamp' }).default(sql`(strftime('%s', 'now'))`),
  },
  (t) => [
    index('page_subscriber_page_id_idx').on(t.pageId),
    uniqueIndex('idx_page_subscriber_email_page_active')
      .on(sql`LOWER(${t.email})`, t.pageId)
      .where(sql`${t.unsubscribedAt} IS NULL AND ${t.channelType} = 'email'`),
    uniqueIndex('idx_page_subscriber_webhook_page_active')
      .on(sql`LOWER(${t.webhookUrl})`, t.pageId)
      .where(sql`${t.unsubscribedAt} IS NULL AND ${t.channelType} = 'webhook'`),
    uniqueIndex('idx_page_subscriber_slack_channel_page_active')
      .on(t.slackChannelId, t.pageId)
      .where(sql`${t.unsubscribedAt} IS NULL AND ${t.channelType} = 'slack'`),
    check(
      'page_subscriber_channel_check',
      sql`(${t.channelType} = 'email' AND ${t.email} IS NOT NULL AND ${t.webhookUrl} IS NULL) OR (${t.channelType} = 'webhook' AND ${t.webhookUrl} IS NOT NULL AND ${t.email} IS NULL) OR (${t.channelType} = 'slack' AND ${t.slackChannelId} IS NOT NULL AND ${t.email} IS NULL AND ${t.webhookUrl} IS NULL)`,
    ),
  ],
)

export const pageSubscriberToPageComponent = sqliteTable(
  'page_subscriber_to_page_component',
  {
    pageSubscriberId: integer('page_subscriber_id')
      .notNull()
      .references((): AnySQLiteColumn => pageSubscriber.id, { onDelete: 'cascade' }),
    pageComponentId: integer('page_component_id')
      .notNull()
      .references((): AnySQLiteColumn => pageComponent.id, { onDelete: 'cascade' }),
    createdAt: integer('created_at', { mode: 'timestamp' }).default(sql`(strftime('%s', 'now'))`),
  },
  (t) => [primaryKey({ columns: [t.pageSubscriberId, t.pageComponentId] })],
)

export const privateLocation = sqliteTable(
  'private_location',
  {
    id: integer('id').primaryKey(),
    name: text('name').notNull(),
    token: text('token').notNull(),
    status: text('status', { enum: ['active', 'error'] })
      .notNull()
      .default('error'),
    metadata: text('metadata', { mode: 'json' }),
    lastSeenAt: integer('last_seen_at', { mode: 'timestamp' }),
    workspaceId: integer('workspace_id').references((): AnySQLiteColumn => workspace.id),
    createdAt: integer('created_at', { mode: 'timestamp' }).default(sql`(strftime('%s', 'now'))`),
    updatedAt: integer('updated_at', { mode: 'timestamp' }).default(sql`(strftime('%s', 'now'))`),
  },
  (t) => [index('private_location_workspace_id_idx').on(t.workspaceId)],
)

export const privateLocationMonitorStatus = sqliteTable(
  'private_location_monitor_status',
  {
    monitorId: integer('monitor_id')
      .notNull()
      .references((): AnySQLiteColumn => monitor.id, { onDelete: 'cascade' }),
    privateLocationId: integer('private_location_id')
      .notNull()
      .references((): AnySQLiteColumn => privateLocation.id, { onDelete: 'cascade' }),
    status: text('status', { enum: ['active', 'error', 'degraded'] })
      .notNull()
      .default('active'),
    cronTimestamp: integer('cron_timestamp').notNull(),
    createdAt: integer('created_at', { mode: 'timestamp' }).default(sql`(strftime('%s', 'now'))`),
    updatedAt: integer('updated_at', { mode: 'timestamp' }).default(sql`(strftime('%s', 'now'))`),
  },
  (t) => [
    primaryKey({ columns: [t.monitorId, t.privateLocationId] }),
    index('private_location_monitor_status_pl_id_idx').on(t.privateLocationId),
  ],
)

export const privateLocationToMonitors = sqliteTable(
  'private_location_to_monitor',
  {
    privateLocationId: integer('private_location_id').references((): AnySQLiteColumn => privateLocation.id, {
      onDelete: 'cascade',
    }),
    monitorId: integer('monitor_id').references((): AnySQLiteColumn => monitor.id, { onDelete: 'cascade' }),
    createdAt: integer('created_at', { mode: 'timestamp' }).default(sql`(strftime('%s', 'now'))`),
    deletedAt: integer('deleted_at', { mode: 'timestamp' }),
  },
  (t) => [
    index('private_location_to_monitor_private_location_id_idx').on(t.privateLocationId),
    index('private_location_to_monitor_monitor_id_idx').on(t.monitorId),
  ],
)

export const session = sqliteTable(
  'session',
  {
    sessionToken: text('session_token').primaryKey(),
    userId: integer('user_id')
      .notNull()
      .references((): AnySQLiteColumn => user.id, { onDelete: 'cascade' }),
    expires: integer('expires', { mode: 'timestamp_ms' }).notNull(),
  },
  (t) => [index('session_user_id_idx').on(t.userId)],
)

export const statusReport = sqliteTable(
  'status_report',
  {
    id: integer('id').primaryKey(),
    status: text('status', { enum: ['investigating', 'identified', 'monitoring', 'resolved'] }).notNull(),
    title: text('title', { length: 256 }).notNull(),
    workspaceId: integer('workspace_id').references((): AnySQLiteColumn => workspace.id),
    pageId: integer('page_id').references((): AnySQLiteColumn => page.id, { onDelete: 'cascade' }),
    createdAt: integer('created_at', { mode: 'timestamp' }).default(sql`(strftime('%s', 'now'))`),
    updatedAt: integer('updated_at', { mode: 'timestamp' }).default(sql`(strftime('%s', 'now'))`),
  },
  (t) => [
    index('status_report_workspace_created_idx').on(t.workspaceId, t.createdAt),
    index('status_report_page_id_idx').on(t.pageId),
  ],
)

export const statusReportUpdate = sqliteTable(
  'status_report_update',
  {
    id: integer('id').primaryKey(),
    status: text('status', { enum: ['investigating', 'identified', 'monitoring', 'resolved'] }).notNull(),
    date: integer('date', { mode: 'timestamp' }).notNull(),
    message: text('message').notNull(),
    statusReportId: integer('status_report_id')
      .notNull()
      .references((): AnySQLiteColumn => statusReport.id, { onDelete: 'cascade' }),
    createdAt: integer('created_at', { mode: 'timestamp' }).default(sql`(strftime('%s', 'now'))`),
    updatedAt: integer('updated_at', { mode: 'timestamp' }).default(sql`(strftime('%s', 'now'))`),
  },
  (t) => [index('status_report_update_status_report_id_idx').on(t.statusReportId)],
)

export const statusReportUpdateToPageComponents = sqliteTable(
  'status_report_update_to_page_component',
  {
    statusReportUpdateId: integer('status_report_update_id')
      .notNull()
      .references((): AnySQLiteColumn => statusReportUpdate.id, { onDelete: 'cascade' }),
    pageComponentId: integer('page_component_id')
      .notNull()
      .references((): AnySQLiteColumn => pageComponent.id, { onDelete: 'cascade' }),
    impact: text('impact', {
      enum: ['operational', 'degraded_performance', 'partial_outage', 'major_outage'],
    }).notNull(),
    createdAt: integer('created_at', { mode: 'timestamp' }).default(sql`(strftime('%s', 'now'))`),
  },
  (t) => [
    primaryKey({ columns: [t.statusReportUpdateId, t.pageComponentId] }),
    index('status_report_update_to_page_component_page_component_id_idx').on(t.pageComponentId),
  ],
)

export const statusReportsToPageComponents = sqliteTable(
  'status_report_to_page_component',
  {
    statusReportId: integer('status_report_id')
      .notNull()
      .references((): AnySQLiteColumn => statusReport.id, { onDelete: 'cascade' }),
    pageComponentId: integer('page_component_id')
      .notNull()
      .references((): AnySQLiteColumn => pageComponent.id, { onDelete: 'cascade' }),
    createdAt: integer('created_at', { mode: 'timestamp' }).default(sql`(strftime('%s', 'now'))`),
  },
  (t) => [
    primaryKey({ columns: [t.statusReportId, t.pageComponentId] }),
    index('status_report_to_page_component_page_component_id_idx').on(t.pageComponentId),
  ],
)

export const user = sqliteTable(
  'user',
  {
    id: integer('id').primaryKey(),
    tenantId: text('tenant_id', { length: 256 }).unique(),
    firstName: text('first_name').default(''),
    lastName: text('last_name').default(''),
    photoUrl: text('photo_url').default(''),
    name: text('name'),
    email: text('email').default(''),
    emailVerified: integer('emailVerified', { mode: 'timestamp_ms' }),
    createdAt: integer('created_at', { mode: 'timestamp' }).default(sql`(strftime('%s', 'now'))`),
    updatedAt: integer('updated_at', { mode: 'timestamp' }).default(sql`(strftime('%s', 'now'))`),
    deletedAt: integer('deleted_at', { mode: 'timestamp' }),
  },
  (t) => [index('user_email_idx').on(t.email)],
)

export const usersToWorkspaces = sqliteTable(
  'users_to_workspaces',
  {
    userId: integer('user_id')
      .notNull()
      .references((): AnySQLiteColumn => user.id),
    workspaceId: integer('workspace_id')
      .notNull()
      .references((): AnySQLiteColumn => workspace.id),
    role: text('role', { enum: ['owner', 'admin', 'member'] })
      .notNull()
      .default('member'),
    createdAt: integer('created_at', { mode: 'timestamp' }).default(sql`(strftime('%s', 'now'))`),
  },
  (t) => [
    primaryKey({ columns: [t.userId, t.workspaceId] }),
    index('users_to_workspaces_workspace_id_idx').on(t.workspaceId),
  ],
)

export const verificationToken = sqliteTable(
  'verification_token',
  {
    identifier: text('identifier').notNull(),
    token: text('token').notNull(),
    expires: integer('expires', { mode: 'timestamp_ms' }).notNull(),
  },
  (t) => [primaryKey({ columns: [t.identifier, t.token] })],
)

export const viewer = sqliteTable('viewer', {
  id: integer('id').primaryKey(),
  name: text('name'),
  email: text('email').unique(),
  emailVerified: integer('emailVerified', { mode: 'timestamp' }),
  image: text('image'),
  createdAt: integer('created_at', { mode: 'timestamp' }).default(sql`(strftime('%s', 'now'))`),
  updatedAt: integer('updated_at', { mode: 'timestamp' }).default(sql`(strftime('%s', 'now'))`),
})

export const viewerAccounts = sqliteTable(
  'viewer_accounts',
  {
    userId: text('user_id')
      .notNull()
      .references((): AnySQLiteColumn => viewer.id, { onDelete: 'cascade' }),
    type: text('type').notNull(),
    provider: text('provider').notNull(),
    providerAccountId: text('providerAccountId').notNull(),
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

export const viewerSession = sqliteTable('viewer_session', {
  sessionToken: text('session_token').primaryKey(),
  userId: integer('user_id')
    .notNull()
    .references((): AnySQLiteColumn => viewer.id, { onDelete: 'cascade' }),
  expires: integer('expires', { mode: 'timestamp_ms' }).notNull(),
})

export const workspace = sqliteTable(
  'workspace',
  {
    id: integer('id').primaryKey(),
    slug: text('slug').notNull().unique(),
    name: text('name'),
    stripeId: text('stripe_id', { length: 256 }).unique(),
    subscriptionId: text('subscription_id'),
    plan: text('plan', { enum: ['free', 'starter', 'team', 'scale'] }),
    endsAt: integer('ends_at', { mode: 'timestamp' }),
    paidUntil: integer('paid_until', { mode: 'timestamp' }),
    limits: text('limits').notNull().default('{}'),
    workosOrganizationId: text('workos_organization_id').unique(),
    ssoEnabled: integer('sso_enabled', { mode: 'boolean' }).notNull().default(false),
    createdAt: integer('created_at', { mode: 'timestamp' }).default(sql`(strftime('%s', 'now'))`),
    updatedAt: integer('updated_at', { mode: 'timestamp' }).default(sql`(strftime('%s', 'now'))`),
    dsn: text('dsn'),
  },
  (t) => [unique().on(t.id, t.dsn)],
)

export const workspaceSsoDomain = sqliteTable(
  'workspace_sso_domain',
  {
    id: integer('id').primaryKey(),
    workspaceId: integer('workspace_id')
      .notNull()
      .references((): AnySQLiteColumn => workspace.id, { onDelete: 'cascade' }),
    domain: text('domain').notNull().unique(),
    verifiedAt: integer('verified_at', { mode: 'timestamp' }),
    createdAt: integer('created_at', { mode: 'timestamp' }).default(sql`(strftime('%s', 'now'))`),
  },
  (t) => [index('workspace_sso_domain_workspace_id_idx').on(t.workspaceId)],
)
