import { sql } from 'drizzle-orm'
import { type AnySQLiteColumn, index, integer, primaryKey, sqliteTable, text } from 'drizzle-orm/sqlite-core'
import { integrations, items, users } from './integration-user-permissions-to-widget-secrets.ts'

export const accounts = sqliteTable(
  'account',
  {
    userId: text()
      .notNull()
      .references((): AnySQLiteColumn => users.id, { onDelete: 'cascade' }),
    type: text().notNull(),
    provider: text().notNull(),
    providerAccountId: text().notNull(),
    refresh_token: text(),
    access_token: text(),
    expires_at: integer(),
    token_type: text(),
    scope: text(),
    id_token: text(),
    session_state: text(),
  },
  (t) => [primaryKey({ columns: [t.provider, t.providerAccountId] }), index('userId_idx').on(t.userId)],
)

export const apiKeys = sqliteTable('apiKey', {
  id: text().primaryKey(),
  apiKey: text().notNull(),
  userId: text()
    .notNull()
    .references((): AnySQLiteColumn => users.id, { onDelete: 'cascade' }),
})

export const apps = sqliteTable('app', {
  id: text().primaryKey(),
  name: text().notNull(),
  description: text(),
  iconUrl: text().notNull(),
  href: text(),
  pingUrl: text(),
})

export const boardGroupPermissions = sqliteTable(
  'boardGroupPermission',
  {
    boardId: text()
      .notNull()
      .references((): AnySQLiteColumn => boards.id, { onDelete: 'cascade' }),
    groupId: text()
      .notNull()
      .references((): AnySQLiteColumn => groups.id, { onDelete: 'cascade' }),
    permission: text().notNull(),
  },
  (t) => [primaryKey({ columns: [t.boardId, t.groupId, t.permission] })],
)

export const boardUserPermissions = sqliteTable(
  'boardUserPermission',
  {
    boardId: text()
      .notNull()
      .references((): AnySQLiteColumn => boards.id, { onDelete: 'cascade' }),
    userId: text()
      .notNull()
      .references((): AnySQLiteColumn => users.id, { onDelete: 'cascade' }),
    permission: text().notNull(),
  },
  (t) => [primaryKey({ columns: [t.boardId, t.userId, t.permission] })],
)

export const boards = sqliteTable('board', {
  id: text().primaryKey(),
  name: text().notNull().unique(),
  isPublic: integer({ mode: 'boolean' }).notNull().default(false),
  creatorId: text().references((): AnySQLiteColumn => users.id, { onDelete: 'set null' }),
  pageTitle: text(),
  metaTitle: text(),
  logoImageUrl: text(),
  faviconImageUrl: text(),
  backgroundImageUrl: text(),
  backgroundImageAttachment: text().notNull().default('fixed'),
  backgroundImageRepeat: text().notNull().default('no-repeat'),
  backgroundImageSize: text().notNull().default('cover'),
  primaryColor: text().notNull().default('#fa5252'),
  secondaryColor: text().notNull().default('#fd7e14'),
  opacity: integer().notNull().default(100),
  customCss: text(),
  iconColor: text(),
  itemRadius: text().notNull().default('lg'),
  disableStatus: integer({ mode: 'boolean' }).notNull().default(false),
})

export const cronJobConfigurations = sqliteTable('cron_job_configuration', {
  name: text().primaryKey(),
  cronExpression: text().notNull(),
  isEnabled: integer({ mode: 'boolean' }).notNull().default(true),
})

export const customWidgetDefinitions = sqliteTable('custom_widget_definition', {
  id: text().primaryKey(),
  name: text().notNull(),
  description: text(),
  iconUrl: text(),
  url: text().notNull(),
  authType: text().notNull().default('none'),
  headerName: text(),
  method: text().notNull().default('GET'),
  requestBody: text(),
  displayType: text().notNull().default('singleValue'),
  displayConfig: text().notNull().default('{"json": {}}'),
  enabled: integer({ mode: 'boolean' }).notNull().default(true),
  createdAt: integer({ mode: 'timestamp' }).notNull().default(sql`(unixepoch())`),
  updatedAt: integer({ mode: 'timestamp' }).notNull().default(sql`(unixepoch())`),
  creatorId: text().references((): AnySQLiteColumn => users.id, { onDelete: 'set null' }),
})

export const customWidgetSecrets = sqliteTable(
  'custom_widget_secret',
  {
    kind: text().notNull(),
    value: text().notNull(),
    updatedAt: integer({ mode: 'timestamp' })
      .notNull()
      .$onUpdateFn(() => new Date(0)),
    definitionId: text()
      .notNull()
      .references((): AnySQLiteColumn => customWidgetDefinitions.id, { onDelete: 'cascade' }),
  },
  (t) => [primaryKey({ columns: [t.definitionId, t.kind] })],
)

export const groupMembers = sqliteTable(
  'groupMember',
  {
    groupId: text()
      .notNull()
      .references((): AnySQLiteColumn => groups.id, { onDelete: 'cascade' }),
    userId: text()
      .notNull()
      .references((): AnySQLiteColumn => users.id, { onDelete: 'cascade' }),
  },
  (t) => [primaryKey({ columns: [t.groupId, t.userId] })],
)

export const groupPermissions = sqliteTable('groupPermission', {
  groupId: text()
    .notNull()
    .references((): AnySQLiteColumn => groups.id, { onDelete: 'cascade' }),
  permission: text().notNull(),
})

export const groups = sqliteTable('group', {
  id: text().primaryKey(),
  name: text().notNull().unique(),
  ownerId: text().references((): AnySQLiteColumn => users.id, { onDelete: 'set null' }),
  homeBoardId: text().references((): AnySQLiteColumn => boards.id, { onDelete: 'set null' }),
  mobileHomeBoardId: text().references((): AnySQLiteColumn => boards.id, { onDelete: 'set null' }),
  position: integer().notNull(),
})

export const iconRepositories = sqliteTable('iconRepository', {
  id: text().primaryKey(),
  slug: text().notNull(),
})

export const icons = sqliteTable('icon', {
  id: text().primaryKey(),
  name: text().notNull(),
  url: text().notNull(),
  checksum: text().notNull(),
  iconRepositoryId: text()
    .notNull()
    .references((): AnySQLiteColumn => iconRepositories.id, { onDelete: 'cascade' }),
})

export const integrationGroupPermissions = sqliteTable(
  'integrationGroupPermissions',
  {
    integrationId: text()
      .notNull()
      .references((): AnySQLiteColumn => integrations.id, { onDelete: 'cascade' }),
    groupId: text()
      .notNull()
      .references((): AnySQLiteColumn => groups.id, { onDelete: 'cascade' }),
    permission: text().notNull(),
  },
  (t) => [primaryKey({ columns: [t.integrationId, t.groupId, t.permission] })],
)

export const integrationItems = sqliteTable(
  'integration_item',
  {
    itemId: text()
      .notNull()
      .references((): AnySQLiteColumn => items.id, { onDelete: 'cascade' }),
    integrationId: text()
      .notNull()
      .references((): AnySQLiteColumn => integrations.id, { onDelete: 'cascade' }),
  },
  (t) => [primaryKey({ columns: [t.itemId, t.integrationId] })],
)

export const integrationSecrets = sqliteTable(
  'integrationSecret',
  {
    kind: text().notNull(),
    value: text().notNull(),
    updatedAt: integer({ mode: 'timestamp' })
      .notNull()
      .$onUpdateFn(() => new Date(0)),
    integrationId: text()
      .notNull()
      .references((): AnySQLiteColumn => integrations.id, { onDelete: 'cascade' }),
  },
  (t) => [
    primaryKey({ columns: [t.integrationId, t.kind] }),
    index('integration_secret__kind_idx').on(t.kind),
    index('integration_secret__updated_at_idx').on(t.updatedAt),
  ],
)
