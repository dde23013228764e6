import {
  type AnyMySqlColumn,
  boolean,
  index,
  int,
  mysqlTable,
  primaryKey,
  smallint,
  text,
  timestamp,
  varchar,
} from 'drizzle-orm/mysql-core'
import { integrations, items, users } from './integration-user-permissions-to-widget-secrets.ts'

export const accounts = mysqlTable(
  'account',
  {
    userId: varchar({ length: 64 })
      .notNull()
      .references((): AnyMySqlColumn => users.id, { onDelete: 'cascade' }),
    type: text().notNull(),
    provider: varchar({ length: 64 }).notNull(),
    providerAccountId: varchar({ length: 64 }).notNull(),
    refresh_token: text(),
    access_token: text(),
    expires_at: int(),
    token_type: text(),
    scope: text(),
    id_token: text(),
    session_state: text(),
  },
  (t) => [primaryKey({ columns: [t.provider, t.providerAccountId] }), index('userId_idx').on(t.userId)],
)

export const apiKeys = mysqlTable('apiKey', {
  id: varchar({ length: 64 }).primaryKey(),
  apiKey: text().notNull(),
  userId: varchar({ length: 64 })
    .notNull()
    .references((): AnyMySqlColumn => users.id, { onDelete: 'cascade' }),
})

export const apps = mysqlTable('app', {
  id: varchar({ length: 64 }).primaryKey(),
  name: text().notNull(),
  description: text(),
  iconUrl: text().notNull(),
  href: text(),
  pingUrl: text(),
})

export const boardGroupPermissions = mysqlTable(
  'boardGroupPermission',
  {
    boardId: varchar({ length: 64 })
      .notNull()
      .references((): AnyMySqlColumn => boards.id, { onDelete: 'cascade' }),
    groupId: varchar({ length: 64 })
      .notNull()
      .references((): AnyMySqlColumn => groups.id, { onDelete: 'cascade' }),
    permission: varchar({ length: 128 }).notNull(),
  },
  (t) => [primaryKey({ columns: [t.boardId, t.groupId, t.permission] })],
)

export const boardUserPermissions = mysqlTable(
  'boardUserPermission',
  {
    boardId: varchar({ length: 64 })
      .notNull()
      .references((): AnyMySqlColumn => boards.id, { onDelete: 'cascade' }),
    userId: varchar({ length: 64 })
      .notNull()
      .references((): AnyMySqlColumn => users.id, { onDelete: 'cascade' }),
    permission: varchar({ length: 128 }).notNull(),
  },
  (t) => [primaryKey({ columns: [t.boardId, t.userId, t.permission] })],
)

export const boards = mysqlTable('board', {
  id: varchar({ length: 64 }).primaryKey(),
  name: varchar({ length: 256 }).notNull().unique(),
  isPublic: boolean().notNull().default(false),
  creatorId: varchar({ length: 64 }).references((): AnyMySqlColumn => users.id, { onDelete: 'set null' }),
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
  opacity: int().notNull().default(100),
  customCss: text(),
  iconColor: text(),
  itemRadius: text().notNull().default('lg'),
  disableStatus: boolean().notNull().default(false),
})

export const cronJobConfigurations = mysqlTable('cron_job_configuration', {
  name: varchar({ length: 256 }).primaryKey(),
  cronExpression: varchar({ length: 32 }).notNull(),
  isEnabled: boolean().notNull().default(true),
})

export const customWidgetDefinitions = mysqlTable('custom_widget_definition', {
  id: varchar({ length: 64 }).primaryKey(),
  name: varchar({ length: 256 }).notNull(),
  description: text(),
  iconUrl: text(),
  url: text().notNull(),
  authType: varchar({ length: 32 }).notNull().default('none'),
  headerName: varchar({ length: 256 }),
  method: varchar({ length: 16 }).notNull().default('GET'),
  requestBody: text(),
  displayType: varchar({ length: 32 }).notNull().default('singleValue'),
  displayConfig: text().notNull().default('{"json": {}}'),
  enabled: boolean().notNull().default(true),
  createdAt: timestamp().notNull().defaultNow(),
  updatedAt: timestamp().notNull().defaultNow(),
  creatorId: varchar({ length: 64 }).references((): AnyMySqlColumn => users.id, { onDelete: 'set null' }),
})

export const customWidgetSecrets = mysqlTable(
  'custom_widget_secret',
  {
    kind: varchar({ length: 64 }).notNull(),
    value: text().notNull(),
    updatedAt: timestamp()
      .notNull()
      .$onUpdateFn(() => new Date(0)),
    definitionId: varchar({ length: 64 })
      .notNull()
      .references((): AnyMySqlColumn => customWidgetDefinitions.id, { onDelete: 'cascade' }),
  },
  (t) => [primaryKey({ columns: [t.definitionId, t.kind] })],
)

export const groupMembers = mysqlTable(
  'groupMember',
  {
    groupId: varchar({ length: 64 })
      .notNull()
      .references((): AnyMySqlColumn => groups.id, { onDelete: 'cascade' }),
    userId: varchar({ length: 64 })
      .notNull()
      .references((): AnyMySqlColumn => users.id, { onDelete: 'cascade' }),
  },
  (t) => [primaryKey({ columns: [t.groupId, t.userId] })],
)

export const groupPermissions = mysqlTable('groupPermission', {
  groupId: varchar({ length: 64 })
    .notNull()
    .references((): AnyMySqlColumn => groups.id, { onDelete: 'cascade' }),
  permission: text().notNull(),
})

export const groups = mysqlTable('group', {
  id: varchar({ length: 64 }).primaryKey(),
  name: varchar({ length: 64 }).notNull().unique(),
  ownerId: varchar({ length: 64 }).references((): AnyMySqlColumn => users.id, { onDelete: 'set null' }),
  homeBoardId: varchar({ length: 64 }).references((): AnyMySqlColumn => boards.id, { onDelete: 'set null' }),
  mobileHomeBoardId: varchar({ length: 64 }).references((): AnyMySqlColumn => boards.id, { onDelete: 'set null' }),
  position: smallint().notNull(),
})

export const iconRepositories = mysqlTable('iconRepository', {
  id: varchar({ length: 64 }).primaryKey(),
  slug: varchar({ length: 150 }).notNull(),
})

export const icons = mysqlTable('icon', {
  id: varchar({ length: 64 }).primaryKey(),
  name: varchar({ length: 250 }).notNull(),
  url: text().notNull(),
  checksum: text().notNull(),
  iconRepositoryId: varchar({ length: 64 })
    .notNull()
    .references((): AnyMySqlColumn => iconRepositories.id, { onDelete: 'cascade' }),
})

export const integrationGroupPermissions = mysqlTable(
  'integrationGroupPermissions',
  {
    integrationId: varchar({ length: 64 })
      .notNull()
      .references((): AnyMySqlColumn => integrations.id, { onDelete: 'cascade' }),
    groupId: varchar({ length: 64 })
      .notNull()
      .references((): AnyMySqlColumn => groups.id, { onDelete: 'cascade' }),
    permission: varchar({ length: 128 }).notNull(),
  },
  (t) => [
    primaryKey({ name: 'integration_group_permission__pk', columns: [t.integrationId, t.groupId, t.permission] }),
  ],
)

export const integrationItems = mysqlTable(
  'integration_item',
  {
    itemId: varchar({ length: 64 })
      .notNull()
      .references((): AnyMySqlColumn => items.id, { onDelete: 'cascade' }),
    integrationId: varchar({ length: 64 })
      .notNull()
      .references((): AnyMySqlColumn => integrations.id, { onDelete: 'cascade' }),
  },
  (t) => [primaryKey({ columns: [t.itemId, t.integrationId] })],
)

export const integrationSecrets = mysqlTable(
  'integrationSecret',
  {
    kind: varchar({ length: 64 }).notNull(),
    value: text().notNull(),
    updatedAt: timestamp()
      .notNull()
      .$onUpdateFn(() => new Date(0)),
    integrationId: varchar({ length: 64 })
      .notNull()
      .references((): AnyMySqlColumn => integrations.id, { onDelete: 'cascade' }),
  },
  (t) => [
    primaryKey({ columns: [t.integrationId, t.kind] }),
    index('integration_secret__kind_idx').on(t.kind),
    index('integration_secret__updated_at_idx').on(t.updatedAt),
  ],
)
