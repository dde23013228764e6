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
import { apps, boards } from './accounts-to-integration-secrets.ts'
import { bytea } from './types.ts'

export const integrationUserPermissions = pgTable(
  'integrationUserPermission',
  {
    integrationId: varchar({ length: 64 })
      .notNull()
      .references((): AnyPgColumn => integrations.id, { onDelete: 'cascade', onUpdate: 'no action' }),
    userId: varchar({ length: 64 })
      .notNull()
      .references((): AnyPgColumn => users.id, { onDelete: 'cascade', onUpdate: 'no action' }),
    permission: varchar({ length: 128 }).notNull(),
  },
  (t) => [primaryKey({ columns: [t.integrationId, t.userId, t.permission] })],
)

export const integrations = pgTable(
  'integration',
  {
    id: varchar({ length: 64 }).primaryKey(),
    name: text().notNull(),
    url: text().notNull(),
    kind: varchar({ length: 128 }).notNull(),
    appId: varchar({ length: 128 }).references((): AnyPgColumn => apps.id, {
      onDelete: 'set null',
      onUpdate: 'no action',
    }),
  },
  (t) => [index('integration__kind_idx').on(t.kind)],
)

export const invites = pgTable('invite', {
  id: varchar({ length: 64 }).primaryKey(),
  token: varchar({ length: 512 }).notNull().unique(),
  expirationDate: timestamp().notNull(),
  creatorId: varchar({ length: 64 })
    .notNull()
    .references((): AnyPgColumn => users.id, { onDelete: 'cascade', onUpdate: 'no action' }),
})

export const itemLayouts = pgTable(
  'item_layout',
  {
    itemId: varchar({ length: 64 })
      .notNull()
      .references((): AnyPgColumn => items.id, { onDelete: 'cascade', onUpdate: 'no action' }),
    sectionId: varchar({ length: 64 })
      .notNull()
      .references((): AnyPgColumn => sections.id, { onDelete: 'cascade', onUpdate: 'no action' }),
    layoutId: varchar({ length: 64 })
      .notNull()
      .references((): AnyPgColumn => layouts.id, { onDelete: 'cascade', onUpdate: 'no action' }),
    xOffset: integer().notNull(),
    yOffset: integer().notNull(),
    width: integer().notNull(),
    height: integer().notNull(),
  },
  (t) => [primaryKey({ columns: [t.itemId, t.sectionId, t.layoutId] })],
)

export const items = pgTable('item', {
  id: varchar({ length: 64 }).primaryKey(),
  boardId: varchar({ length: 64 })
    .notNull()
    .references((): AnyPgColumn => boards.id, { onDelete: 'cascade', onUpdate: 'no action' }),
  kind: text().notNull(),
  options: text().notNull().default('{"json": {}}'),
  advancedOptions: text().notNull().default('{"json": {}}'),
})

export const layouts = pgTable('layout', {
  id: varchar({ length: 64 }).primaryKey(),
  name: varchar({ length: 32 }).notNull(),
  boardId: varchar({ length: 64 })
    .notNull()
    .references((): AnyPgColumn => boards.id, { onDelete: 'cascade', onUpdate: 'no action' }),
  columnCount: smallint().notNull(),
  breakpoint: smallint().notNull().default(0),
})

export const medias = pgTable('media', {
  id: varchar({ length: 64 }).primaryKey(),
  name: varchar({ length: 512 }).notNull(),
  content: bytea().notNull(),
  contentType: text().notNull(),
  size: integer().notNull(),
  createdAt: timestamp().notNull().defaultNow(),
  creatorId: varchar({ length: 64 }).references((): AnyPgColumn => users.id, {
    onDelete: 'set null',
    onUpdate: 'no action',
  }),
})

export const onboarding = pgTable('onboarding', {
  id: varchar({ length: 64 }).primaryKey(),
  step: varchar({ length: 64 }).notNull(),
  previousStep: varchar({ length: 64 }),
})

export const searchEngines = pgTable('search_engine', {
  id: varchar({ length: 64 }).primaryKey(),
  iconUrl: text().notNull(),
  name: varchar({ length: 64 }).notNull(),
  short: varchar({ length: 8 }).notNull().unique(),
  description: text(),
  urlTemplate: text(),
  type: varchar({ length: 64 }).notNull().default('generic'),
  integrationId: varchar({ length: 64 }).references((): AnyPgColumn => integrations.id, {
    onDelete: 'cascade',
    onUpdate: 'no action',
  }),
})

export const sectionCollapseStates = pgTable(
  'section_collapse_state',
  {
    userId: varchar({ length: 64 })
      .notNull()
      .references((): AnyPgColumn => users.id, { onDelete: 'cascade', onUpdate: 'no action' }),
    sectionId: varchar({ length: 64 })
      .notNull()
      .references((): AnyPgColumn => sections.id, { onDelete: 'cascade', onUpdate: 'no action' }),
    collapsed: boolean().notNull().default(false),
  },
  (t) => [primaryKey({ columns: [t.userId, t.sectionId] })],
)

export const sectionLayouts = pgTable(
  'section_layout',
  {
    sectionId: varchar({ length: 64 })
      .notNull()
      .references((): AnyPgColumn => sections.id, { onDelete: 'cascade', onUpdate: 'no action' }),
    layoutId: varchar({ length: 64 })
      .notNull()
      .references((): AnyPgColumn => layouts.id, { onDelete: 'cascade', onUpdate: 'no action' }),
    parentSectionId: varchar({ length: 64 }).references((): AnyPgColumn => sections.id, {
      onDelete: 'cascade',
      onUpdate: 'no action',
    }),
    xOffset: integer().notNull(),
    yOffset: integer().notNull(),
    width: integer().notNull(),
    height: integer().notNull(),
  },
  (t) => [primaryKey({ columns: [t.sectionId, t.layoutId] })],
)

export const sections = pgTable('section', {
  id: varchar({ length: 64 }).primaryKey(),
  boardId: varchar({ length: 64 })
    .notNull()
    .references((): AnyPgColumn => boards.id, { onDelete: 'cascade', onUpdate: 'no action' }),
  kind: text().notNull(),
  xOffset: integer(),
  yOffset: integer(),
  name: text(),
  options: text().default('{"json": {}}'),
})

export const serverSettings = pgTable('serverSetting', {
  settingKey: varchar({ length: 64 }).primaryKey().unique(),
  value: text().notNull().default('{"json": {}}'),
})

export const sessions = pgTable(
  'session',
  {
    sessionToken: varchar({ length: 512 }).primaryKey(),
    userId: varchar({ length: 64 })
      .notNull()
      .references((): AnyPgColumn => users.id, { onDelete: 'cascade', onUpdate: 'no action' }),
    expires: timestamp().notNull(),
  },
  (t) => [index('user_id_idx').on(t.userId)],
)

export const trustedCertificateHostnames = pgTable(
  'trusted_certificate_hostname',
  {
    hostname: varchar({ length: 256 }).notNull(),
    thumbprint: varchar({ length: 128 }).notNull(),
    certificate: text().notNull(),
  },
  (t) => [primaryKey({ columns: [t.hostname, t.thumbprint] })],
)

export const users = pgTable('user', {
  id: varchar({ length: 64 }).primaryKey(),
  name: text(),
  email: text(),
  emailVerified: timestamp(),
  image: text(),
  password: text(),
  provider: varchar({ length: 64 }).notNull().default('credentials'),
  homeBoardId: varchar({ length: 64 }).references((): AnyPgColumn => boards.id, {
    onDelete: 'set null',
    onUpdate: 'no action',
  }),
  mobileHomeBoardId: varchar({ length: 64 }).references((): AnyPgColumn => boards.id, {
    onDelete: 'set null',
    onUpdate: 'no action',
  }),
  defaultSearchEngineId: varchar({ length: 64 }).references((): AnyPgColumn => searchEngines.id, {
    onDelete: 'set null',
    onUpdate: 'no action',
  }),
  openSearchInNewTab: boolean().notNull().default(false),
  ddgBangs: boolean().notNull().default(true),
  colorScheme: varchar({ length: 5 }).notNull().default('dark'),
  firstDayOfWeek: smallint().notNull().default(1),
  pingIconsEnabled: boolean().notNull().default(false),
  enableRightClickOnWidgets: boolean().notNull().default(true),
  completedManageTour: boolean().notNull().default(false),
  completedBoardTour: boolean().notNull().default(false),
})

export const verificationTokens = pgTable(
  'verificationToken',
  {
    identifier: varchar({ length: 64 }).notNull(),
    token: varchar({ length: 512 }).notNull(),
    expires: timestamp().notNull(),
  },
  (t) => [primaryKey({ columns: [t.identifier, t.token] })],
)

export const widgetSecrets = pgTable(
  'widget_secret',
  {
    itemId: varchar({ length: 64 })
      .notNull()
      .references((): AnyPgColumn => items.id, { onDelete: 'cascade', onUpdate: 'no action' }),
    kind: varchar({ length: 64 }).notNull(),
    value: text().notNull(),
    updatedAt: timestamp()
      .notNull()
      .$onUpdateFn(() => new Date(0)),
  },
  (t) => [primaryKey({ columns: [t.itemId, t.kind] })],
)
