import { sql } from 'drizzle-orm'
import { type AnySQLiteColumn, blob, index, integer, primaryKey, sqliteTable, text } from 'drizzle-orm/sqlite-core'
import { apps, boards } from './accounts-to-integration-secrets.ts'

export const integrationUserPermissions = sqliteTable(
  'integrationUserPermission',
  {
    integrationId: text()
      .notNull()
      .references((): AnySQLiteColumn => integrations.id, { onDelete: 'cascade' }),
    userId: text()
      .notNull()
      .references((): AnySQLiteColumn => users.id, { onDelete: 'cascade' }),
    permission: text().notNull(),
  },
  (t) => [primaryKey({ columns: [t.integrationId, t.userId, t.permission] })],
)

export const integrations = sqliteTable(
  'integration',
  {
    id: text().primaryKey(),
    name: text().notNull(),
    url: text().notNull(),
    kind: text().notNull(),
    appId: text().references((): AnySQLiteColumn => apps.id, { onDelete: 'set null' }),
  },
  (t) => [index('integration__kind_idx').on(t.kind)],
)

export const invites = sqliteTable('invite', {
  id: text().primaryKey(),
  token: text().notNull().unique(),
  expirationDate: integer({ mode: 'timestamp' }).notNull(),
  creatorId: text()
    .notNull()
    .references((): AnySQLiteColumn => users.id, { onDelete: 'cascade' }),
})

export const itemLayouts = sqliteTable(
  'item_layout',
  {
    itemId: text()
      .notNull()
      .references((): AnySQLiteColumn => items.id, { onDelete: 'cascade' }),
    sectionId: text()
      .notNull()
      .references((): AnySQLiteColumn => sections.id, { onDelete: 'cascade' }),
    layoutId: text()
      .notNull()
      .references((): AnySQLiteColumn => layouts.id, { onDelete: 'cascade' }),
    xOffset: integer().notNull(),
    yOffset: integer().notNull(),
    width: integer().notNull(),
    height: integer().notNull(),
  },
  (t) => [primaryKey({ columns: [t.itemId, t.sectionId, t.layoutId] })],
)

export const items = sqliteTable('item', {
  id: text().primaryKey(),
  boardId: text()
    .notNull()
    .references((): AnySQLiteColumn => boards.id, { onDelete: 'cascade' }),
  kind: text().notNull(),
  options: text().notNull().default('{"json": {}}'),
  advancedOptions: text().notNull().default('{"json": {}}'),
})

export const layouts = sqliteTable('layout', {
  id: text().primaryKey(),
  name: text().notNull(),
  boardId: text()
    .notNull()
    .references((): AnySQLiteColumn => boards.id, { onDelete: 'cascade' }),
  columnCount: integer().notNull(),
  breakpoint: integer().notNull().default(0),
})

export const medias = sqliteTable('media', {
  id: text().primaryKey(),
  name: text().notNull(),
  content: blob({ mode: 'buffer' }).notNull(),
  contentType: text().notNull(),
  size: integer().notNull(),
  createdAt: integer({ mode: 'timestamp' }).notNull().default(sql`(unixepoch())`),
  creatorId: text().references((): AnySQLiteColumn => users.id, { onDelete: 'set null' }),
})

export const onboarding = sqliteTable('onboarding', {
  id: text().primaryKey(),
  step: text().notNull(),
  previousStep: text(),
})

export const searchEngines = sqliteTable('search_engine', {
  id: text().primaryKey(),
  iconUrl: text().notNull(),
  name: text().notNull(),
  short: text().notNull().unique(),
  description: text(),
  urlTemplate: text(),
  type: text().notNull().default('generic'),
  integrationId: text().references((): AnySQLiteColumn => integrations.id, { onDelete: 'cascade' }),
})

export const sectionCollapseStates = sqliteTable(
  'section_collapse_state',
  {
    userId: text()
      .notNull()
      .references((): AnySQLiteColumn => users.id, { onDelete: 'cascade' }),
    sectionId: text()
      .notNull()
      .references((): AnySQLiteColumn => sections.id, { onDelete: 'cascade' }),
    collapsed: integer({ mode: 'boolean' }).notNull().default(false),
  },
  (t) => [primaryKey({ columns: [t.userId, t.sectionId] })],
)

export const sectionLayouts = sqliteTable(
  'section_layout',
  {
    sectionId: text()
      .notNull()
      .references((): AnySQLiteColumn => sections.id, { onDelete: 'cascade' }),
    layoutId: text()
      .notNull()
      .references((): AnySQLiteColumn => layouts.id, { onDelete: 'cascade' }),
    parentSectionId: text().references((): AnySQLiteColumn => sections.id, { onDelete: 'cascade' }),
    xOffset: integer().notNull(),
    yOffset: integer().notNull(),
    width: integer().notNull(),
    height: integer().notNull(),
  },
  (t) => [primaryKey({ columns: [t.sectionId, t.layoutId] })],
)

export const sections = sqliteTable('section', {
  id: text().primaryKey(),
  boardId: text()
    .notNull()
    .references((): AnySQLiteColumn => boards.id, { onDelete: 'cascade' }),
  kind: text().notNull(),
  xOffset: integer(),
  yOffset: integer(),
  name: text(),
  options: text().default('{"json": {}}'),
})

export const serverSettings = sqliteTable('serverSetting', {
  settingKey: text().primaryKey().unique(),
  value: text().notNull().default('{"json": {}}'),
})

export const sessions = sqliteTable(
  'session',
  {
    sessionToken: text().primaryKey(),
    userId: text()
      .notNull()
      .references((): AnySQLiteColumn => users.id, { onDelete: 'cascade' }),
    expires: integer({ mode: 'timestamp_ms' }).notNull(),
  },
  (t) => [index('user_id_idx').on(t.userId)],
)

export const trustedCertificateHostnames = sqliteTable(
  'trusted_certificate_hostname',
  {
    hostname: text().notNull(),
    thumbprint: text().notNull(),
    certificate: text().notNull(),
  },
  (t) => [primaryKey({ columns: [t.hostname, t.thumbprint] })],
)

export const users = sqliteTable('user', {
  id: text().primaryKey(),
  name: text(),
  email: text(),
  emailVerified: integer({ mode: 'timestamp_ms' }),
  image: text(),
  password: text(),
  provider: text().notNull().default('credentials'),
  homeBoardId: text().references((): AnySQLiteColumn => boards.id, { onDelete: 'set null' }),
  mobileHomeBoardId: text().references((): AnySQLiteColumn => boards.id, { onDelete: 'set null' }),
  defaultSearchEngineId: text().references((): AnySQLiteColumn => searchEngines.id, { onDelete: 'set null' }),
  openSearchInNewTab: integer({ mode: 'boolean' }).notNull().default(true),
  ddgBangs: integer({ mode: 'boolean' }).notNull().default(true),
  colorScheme: text().notNull().default('dark'),
  firstDayOfWeek: integer().notNull().default(1),
  pingIconsEnabled: integer({ mode: 'boolean' }).notNull().default(false),
  enableRightClickOnWidgets: integer({ mode: 'boolean' }).notNull().default(true),
  completedManageTour: integer({ mode: 'boolean' }).notNull().default(false),
  completedBoardTour: integer({ mode: 'boolean' }).notNull().default(false),
})

export const verificationTokens = sqliteTable(
  'verificationToken',
  {
    identifier: text().notNull(),
    token: text().notNull(),
    expires: integer({ mode: 'timestamp_ms' }).notNull(),
  },
  (t) => [primaryKey({ columns: [t.identifier, t.token] })],
)

export const widgetSecrets = sqliteTable(
  'widget_secret',
  {
    itemId: text()
      .notNull()
      .references((): AnySQLiteColumn => items.id, { onDelete: 'cascade' }),
    kind: text().notNull(),
    value: text().notNull(),
    updatedAt: integer({ mode: 'timestamp' })
      .notNull()
      .$onUpdateFn(() => new Date(0)),
  },
  (t) => [primaryKey({ columns: [t.itemId, t.kind] })],
)
