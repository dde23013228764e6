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
  tinyint,
  varchar,
} from 'drizzle-orm/mysql-core'
import { apps, boards } from './accounts-to-integration-secrets.ts'
import { longblob } from './types.ts'

export const integrationUserPermissions = mysqlTable(
  'integrationUserPermission',
  {
    integrationId: varchar({ length: 64 })
      .notNull()
      .references((): AnyMySqlColumn => integrations.id, { onDelete: 'cascade' }),
    userId: varchar({ length: 64 })
      .notNull()
      .references((): AnyMySqlColumn => users.id, { onDelete: 'cascade' }),
    permission: varchar({ length: 128 }).notNull(),
  },
  (t) => [primaryKey({ columns: [t.integrationId, t.userId, t.permission] })],
)

export const integrations = mysqlTable(
  'integration',
  {
    id: varchar({ length: 64 }).primaryKey(),
    name: text().notNull(),
    url: text().notNull(),
    kind: varchar({ length: 128 }).notNull(),
    appId: varchar({ length: 128 }).references((): AnyMySqlColumn => apps.id, { onDelete: 'set null' }),
  },
  (t) => [index('integration__kind_idx').on(t.kind)],
)

export const invites = mysqlTable('invite', {
  id: varchar({ length: 64 }).primaryKey(),
  token: varchar({ length: 512 }).notNull().unique(),
  expirationDate: timestamp().notNull(),
  creatorId: varchar({ length: 64 })
    .notNull()
    .references((): AnyMySqlColumn => users.id, { onDelete: 'cascade' }),
})

export const itemLayouts = mysqlTable(
  'item_layout',
  {
    itemId: varchar({ length: 64 })
      .notNull()
      .references((): AnyMySqlColumn => items.id, { onDelete: 'cascade' }),
    sectionId: varchar({ length: 64 })
      .notNull()
      .references((): AnyMySqlColumn => sections.id, { onDelete: 'cascade' }),
    layoutId: varchar({ length: 64 })
      .notNull()
      .references((): AnyMySqlColumn => layouts.id, { onDelete: 'cascade' }),
    xOffset: int().notNull(),
    yOffset: int().notNull(),
    width: int().notNull(),
    height: int().notNull(),
  },
  (t) => [primaryKey({ columns: [t.itemId, t.sectionId, t.layoutId] })],
)

export const items = mysqlTable('item', {
  id: varchar({ length: 64 }).primaryKey(),
  boardId: varchar({ length: 64 })
    .notNull()
    .references((): AnyMySqlColumn => boards.id, { onDelete: 'cascade' }),
  kind: text().notNull(),
  options: text().notNull().default('{"json": {}}'),
  advancedOptions: text().notNull().default('{"json": {}}'),
})

export const layouts = mysqlTable('layout', {
  id: varchar({ length: 64 }).primaryKey(),
  name: varchar({ length: 32 }).notNull(),
  boardId: varchar({ length: 64 })
    .notNull()
    .references((): AnyMySqlColumn => boards.id, { onDelete: 'cascade' }),
  columnCount: tinyint().notNull(),
  breakpoint: smallint().notNull().default(0),
})

export const medias = mysqlTable('media', {
  id: varchar({ length: 64 }).primaryKey(),
  name: varchar({ length: 512 }).notNull(),
  content: longblob().notNull(),
  contentType: text().notNull(),
  size: int().notNull(),
  createdAt: timestamp().notNull().defaultNow(),
  creatorId: varchar({ length: 64 }).references((): AnyMySqlColumn => users.id, { onDelete: 'set null' }),
})

export const onboarding = mysqlTable('onboarding', {
  id: varchar({ length: 64 }).primaryKey(),
  step: varchar({ length: 64 }).notNull(),
  previousStep: varchar({ length: 64 }),
})

export const searchEngines = mysqlTable('search_engine', {
  id: varchar({ length: 64 }).primaryKey(),
  iconUrl: text().notNull(),
  name: varchar({ length: 64 }).notNull(),
  short: varchar({ length: 8 }).notNull().unique(),
  description: text(),
  urlTemplate: text(),
  type: varchar({ length: 64 }).notNull().default('generic'),
  integrationId: varchar({ length: 64 }).references((): AnyMySqlColumn => integrations.id, { onDelete: 'cascade' }),
})

export const sectionCollapseStates = mysqlTable(
  'section_collapse_state',
  {
    userId: varchar({ length: 64 })
      .notNull()
      .references((): AnyMySqlColumn => users.id, { onDelete: 'cascade' }),
    sectionId: varchar({ length: 64 })
      .notNull()
      .references((): AnyMySqlColumn => sections.id, { onDelete: 'cascade' }),
    collapsed: boolean().notNull().default(false),
  },
  (t) => [primaryKey({ columns: [t.userId, t.sectionId] })],
)

export const sectionLayouts = mysqlTable(
  'section_layout',
  {
    sectionId: varchar({ length: 64 })
      .notNull()
      .references((): AnyMySqlColumn => sections.id, { onDelete: 'cascade' }),
    layoutId: varchar({ length: 64 })
      .notNull()
      .references((): AnyMySqlColumn => layouts.id, { onDelete: 'cascade' }),
    parentSectionId: varchar({ length: 64 }).references((): AnyMySqlColumn => sections.id, { onDelete: 'cascade' }),
    xOffset: int().notNull(),
    yOffset: int().notNull(),
    width: int().notNull(),
    height: int().notNull(),
  },
  (t) => [primaryKey({ columns: [t.sectionId, t.layoutId] })],
)

export const sections = mysqlTable('section', {
  id: varchar({ length: 64 }).primaryKey(),
  boardId: varchar({ length: 64 })
    .notNull()
    .references((): AnyMySqlColumn => boards.id, { onDelete: 'cascade' }),
  kind: text().notNull(),
  xOffset: int(),
  yOffset: int(),
  name: text(),
  options: text().default('{"json": {}}'),
})

export const serverSettings = mysqlTable('serverSetting', {
  settingKey: varchar({ length: 64 }).primaryKey().unique(),
  value: text().notNull().default('{"json": {}}'),
})

export const sessions = mysqlTable(
  'session',
  {
    sessionToken: varchar({ length: 512 }).primaryKey(),
    userId: varchar({ length: 64 })
      .notNull()
      .references((): AnyMySqlColumn => users.id, { onDelete: 'cascade' }),
    expires: timestamp().notNull(),
  },
  (t) => [index('user_id_idx').on(t.userId)],
)

export const trustedCertificateHostnames = mysqlTable(
  'trusted_certificate_hostname',
  {
    hostname: varchar({ length: 256 }).notNull(),
    thumbprint: varchar({ length: 128 }).notNull(),
    certificate: text().notNull(),
  },
  (t) => [primaryKey({ columns: [t.hostname, t.thumbprint] })],
)

export const users = mysqlTable('user', {
  id: varchar({ length: 64 }).primaryKey(),
  name: text(),
  email: text(),
  emailVerified: timestamp(),
  image: text(),
  password: text(),
  provider: varchar({ length: 64 }).notNull().default('credentials'),
  homeBoardId: varchar({ length: 64 }).references((): AnyMySqlColumn => boards.id, { onDelete: 'set null' }),
  mobileHomeBoardId: varchar({ length: 64 }).references((): AnyMySqlColumn => boards.id, { onDelete: 'set null' }),
  defaultSearchEngineId: varchar({ length: 64 }).references((): AnyMySqlColumn => searchEngines.id, {
    onDelete: 'set null',
  }),
  openSearchInNewTab: boolean().notNull().default(false),
  ddgBangs: boolean().notNull().default(true),
  colorScheme: varchar({ length: 5 }).notNull().default('dark'),
  firstDayOfWeek: tinyint().notNull().default(1),
  pingIconsEnabled: boolean().notNull().default(false),
  enableRightClickOnWidgets: boolean().notNull().default(true),
  completedManageTour: boolean().notNull().default(false),
  completedBoardTour: boolean().notNull().default(false),
})

export const verificationTokens = mysqlTable(
  'verificationToken',
  {
    identifier: varchar({ length: 64 }).notNull(),
    token: varchar({ length: 512 }).notNull(),
    expires: timestamp().notNull(),
  },
  (t) => [primaryKey({ columns: [t.identifier, t.token] })],
)

export const widgetSecrets = mysqlTable(
  'widget_secret',
  {
    itemId: varchar({ length: 64 })
      .notNull()
      .references((): AnyMySqlColumn => items.id, { onDelete: 'cascade' }),
    kind: varchar({ length: 64 }).notNull(),
    value: text().notNull(),
    updatedAt: timestamp()
      .notNull()
      .$onUpdateFn(() => new Date(0)),
  },
  (t) => [primaryKey({ columns: [t.itemId, t.kind] })],
)
