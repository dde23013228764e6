import {
  type AnyPgColumn,
  boolean,
  index,
  integer,
  pgTable,
  primaryKey,
  smallint,
  text,
  timestamp,
  varchar,
} from 'drizzle-orm/pg-core'
import { integrations, items, users } from './integration-user-permissions-to-widget-secrets.ts'

export const accounts = pgTable(
  'account',
  {
    userId: varchar({ length: 64 })
      .notNull()
      .references((): AnyPgColumn => users.id, { onDelete: 'cascade', onUpdate: 'no action' }),
    type: text().notNull(),
    provider: varchar({ length: 64 }).notNull(),
    providerAccountId: varchar({ length: 64 }).notNull(),
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

export const apiKeys = pgTable('apiKey', {
  id: varchar({ length: 64 }).primaryKey(),
  apiKey: text().notNull(),
  userId: varchar({ length: 64 })
    .notNull()
    .references((): AnyPgColumn => users.id, { onDelete: 'cascade', onUpdate: 'no action' }),
})

export const apps = pgTable('app', {
  id: varchar({ length: 64 }).primaryKey(),
  name: text().notNull(),
  description: text(),
  iconUrl: text().notNull(),
  href: text(),
  pingUrl: text(),
})

export const boardGroupPermissions = pgTable(
  'boardGroupPermission',
  {
    boardId: varchar({ length: 64 })
      .notNull()
      .references((): AnyPgColumn => boards.id, { onDelete: 'cascade', onUpdate: 'no action' }),
    groupId: varchar({ length: 64 })
      .notNull()
      .references((): AnyPgColumn => groups.id, { onDelete: 'cascade', onUpdate: 'no action' }),
    permission: varchar({ length: 128 }).notNull(),
  },
  (t) => [primaryKey({ columns: [t.boardId, t.groupId, t.permission] })],
)

export const boardUserPermissions = pgTable(
  'boardUserPermission',
  {
    boardId: varchar({ length: 64 })
      .notNull()
      .references((): AnyPgColumn => boards.id, { onDelete: 'cascade', onUpdate: 'no action' }),
    userId: varchar({ length: 64 })
      .notNull()
      .references((): AnyPgColumn => users.id, { onDelete: 'cascade', onUpdate: 'no action' }),
    permission: varchar({ length: 128 }).notNull(),
  },
  (t) => [primaryKey({ columns: [t.boardId, t.userId, t.permission] })],
)

export const boards = pgTable('board', {
  id: varchar({ length: 64 }).primaryKey(),
  name: varchar({ length: 256 }).notNull().unique(),
  isPublic: boolean().notNull().default(false),
  creatorId: varchar({ length: 64 }).references((): AnyPgColumn => users.id, {
    onDelete: 'set null',
    onUpdate: 'no action',
  }),
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
  disableStatus: boolean().notNull().default(false),
})

export const cronJobConfigurations = pgTable('cron_job_configuration', {
  name: varchar({ length: 256 }).primaryKey(),
  cronExpression: varchar({ length: 32 }).notNull(),
  isEnabled: boolean().notNull().default(true),
})

export const customWidgetDefinitions = pgTable('custom_widget_definition', {
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
  creatorId: varchar({ length: 64 }).references((): AnyPgColumn => users.id, {
    onDelete: 'set null',
    onUpdate: 'no action',
  }),
})

export const customWidgetSecrets = pgTable(
  'custom_widget_secret',
  {
    kind: varchar({ length: 64 }).notNull(),
    value: text().notNull(),
    updatedAt: timestamp()
      .notNull()
      .$onUpdateFn(() => new Date(0)),
    definitionId: varchar({ length: 64 })
      .notNull()
      .references((): AnyPgColumn => customWidgetDefinitions.id, { onDelete: 'cascade', onUpdate: 'no action' }),
  },
  (t) => [primaryKey({ columns: [t.definitionId, t.kind] })],
)

export const groupMembers = pgTable(
  'groupMember',
  {
    groupId: varchar({ length: 64 })
      .notNull()
      .references((): AnyPgColumn => groups.id, { onDelete: 'cascade', onUpdate: 'no action' }),
    userId: varchar({ length: 64 })
      .notNull()
      .references((): AnyPgColumn => users.id, { onDelete: 'cascade', onUpdate: 'no action' }),
  },
  (t) => [primaryKey({ columns: [t.groupId, t.userId] })],
)

export const groupPermissions = pgTable('groupPermission', {
  groupId: varchar({ length: 64 })
    .notNull()
    .references((): AnyPgColumn => groups.id, { onDelete: 'cascade', onUpdate: 'no action' }),
  permission: text().notNull(),
})

export const groups = pgTable('group', {
  id: varchar({ length: 64 }).primaryKey(),
  name: varchar({ length: 64 }).notNull().unique(),
  ownerId: varchar({ length: 64 }).references((): AnyPgColumn => users.id, {
    onDelete: 'set null',
    onUpdate: 'no action',
  }),
  homeBoardId: varchar({ length: 64 }).references((): AnyPgColumn => boards.id, {
    onDelete: 'set null',
    onUpdate: 'no action',
  }),
  mobileHomeBoardId: varchar({ length: 64 }).references((): AnyPgColumn => boards.id, {
    onDelete: 'set null',
    onUpdate: 'no action',
  }),
  position: smallint().notNull(),
})

export const iconRepositories = pgTable('iconRepository', {
  id: varchar({ length: 64 }).primaryKey(),
  slug: varchar({ length: 150 }).notNull(),
})

export const icons = pgTable('icon', {
  id: varchar({ length: 64 }).primaryKey(),
  name: varchar({ length: 250 }).notNull(),
  url: text().notNull(),
  checksum: text().notNull(),
  iconRepositoryId: varchar({ length: 64 })
    .notNull()
    .references((): AnyPgColumn => iconRepositories.id, { onDelete: 'cascade', onUpdate: 'no action' }),
})

export const integrationGroupPermissions = pgTable(
  'integrationGroupPermissions',
  {
    integrationId: varchar({ length: 64 })
      .notNull()
      .references((): AnyPgColumn => integrations.id, { onDelete: 'cascade', onUpdate: 'no action' }),
    groupId: varchar({ length: 64 })
      .notNull()
      .references((): AnyPgColumn => groups.id, { onDelete: 'cascade', onUpdate: 'no action' }),
    permission: varchar({ length: 128 }).notNull(),
  },
  (t) => [
    primaryKey({ name: 'integration_group_permission__pk', columns: [t.integrationId, t.groupId, t.permission] }),
  ],
)

export const integrationItems = pgTable(
  'integration_item',
  {
    itemId: varchar({ length: 64 })
      .notNull()
      .references((): AnyPgColumn => items.id, { onDelete: 'cascade', onUpdate: 'no action' }),
    integrationId: varchar({ length: 64 })
      .notNull()
      .references((): AnyPgColumn => integrations.id, { onDelete: 'cascade', onUpdate: 'no action' }),
  },
  (t) => [primaryKey({ columns: [t.itemId, t.integrationId] })],
)

export const integrationSecrets = pgTable(
  'integrationSecret',
  {
    kind: varchar({ length: 64 }).notNull(),
    value: text().notNull(),
    updatedAt: timestamp()
      .notNull()
      .$onUpdateFn(() => new Date(0)),
    integrationId: varchar({ length: 64 })
      .notNull()
      .references((): AnyPgColumn => integrations.id, { onDelete: 'cascade', onUpdate: 'no action' }),
  },
  (t) => [
    primaryKey({ columns: [t.integrationId, t.kind] }),
    index('integration_secret__kind_idx').on(t.kind),
    index('integration_secret__updated_at_idx').on(t.updatedAt),
  ],
)
