import { renderDeclarations } from '@org/migrate-autogenerate'
import { emptySchema, type SchemaModel, type TableModel, tableKey } from '@org/migrate-core/dialect'
import { importModule } from '@org/migrate-core/node'
import { mysqlDialect } from '@org/migrate-dialect-mysql'
import { postgresDialect } from '@org/migrate-dialect-postgres'
import { sqliteDialect } from '@org/migrate-dialect-sqlite'
import { readDrizzle as readMysql } from '@org/migrate-drizzle/mysql'
import { readDrizzle as readPostgres } from '@org/migrate-drizzle/postgres'
import { readDrizzle as readSqlite } from '@org/migrate-drizzle/sqlite'
import { expect, test } from 'vitest'
import { sqliteFiles } from '../../materialise/kit.ts'
import { pulledDrizzle, typeErrors, written } from './kit.ts'

const databaseOf = sqliteFiles()
const schemaOf = (...tables: readonly TableModel[]): SchemaModel => ({
  ...emptySchema,
  tables: new Map(tables.map((table) => [tableKey(table.ref), table])),
})

test('the module as it is written: tables that refer to each other, and one that is excluded', async () => {
  const database = databaseOf()
  await database.sql('CREATE TABLE regions (id INTEGER PRIMARY KEY, name TEXT)')
  await database.sql(
    'CREATE TABLE accounts (id INTEGER PRIMARY KEY, created_at TEXT NOT NULL DEFAULT CURRENT_TIMESTAMP, owner_id INTEGER REFERENCES users (id) ON DELETE CASCADE)',
  )
  await database.sql(
    'CREATE TABLE users (id INTEGER PRIMARY KEY, account_id INTEGER REFERENCES accounts, region INTEGER REFERENCES regions (id))',
  )
  const { text, file, differences, tables } = await pulledDrizzle(database.url, { exclude: ['regions'] })
  expect(
    text,
  ).toBe(`// Written by \`migrate pull --as drizzle\`. From here on, edit it: \`migrate revision --autogenerate\` writes the revisions.
import { sql } from 'drizzle-orm'
import {
  foreignKey,
  integer,
  sqliteTable,
  type SQLiteTableExtraConfigValue,
  text,
} from 'drizzle-orm/sqlite-core'

const regions = sqliteTable('regions', {
  id: integer('id').primaryKey(),
})

export const accounts = sqliteTable(
  'accounts',
  {
    id: integer('id').primaryKey(),
    createdAt: text('created_at').notNull().default(sql\`CURRENT_TIMESTAMP\`),
    ownerId: integer('owner_id'),
  },
  (t): SQLiteTableExtraConfigValue[] => [
    foreignKey({ columns: [t.ownerId], foreignColumns: [users.id] }).onDelete('cascade'),
  ],
)

export const users = sqliteTable(
  'users',
  {
    id: integer('id').primaryKey(),
    accountId: integer('account_id'),
    region: integer('region'),
  },
  (t) => [
    foreignKey({ columns: [t.accountId], foreignColumns: [accounts.id] }),
    foreignKey({ columns: [t.region], foreignColumns: [regions.id] }),
  ],
)
`)
  expect(tables.map(({ name }) => name)).toEqual(['accounts', 'users'])
  expect(typeErrors([file])).toEqual([])
  expect(differences).toEqual([])
})

const logical: TableModel = {
  ref: { name: 'things' },
  columns: [
    { name: 'state', type: { kind: 'enum', values: ['on', "it's off"] }, nullable: false },
    {
      name: 'data',
      type: { kind: 'json' },
      native: { postgres: 'jsonb', mysql: 'mediumtext', sqlite: 'BLOB' },
      nullable: true,
    },
    { name: 'at', type: { kind: 'timestamp', withTimezone: true }, nullable: true, default: { kind: 'now' } },
    { name: 'key', type: { kind: 'uuid' }, nullable: true },
  ],
  constraints: [],
  indexes: [],
  options: {},
}

const dialects = {
  sqlite: { dialect: sqliteDialect({ url: 'sqlite::memory:' }), read: readSqlite },
  postgres: { dialect: postgresDialect({ url: 'postgres://localhost/none' }), read: readPostgres },
  mysql: { dialect: mysqlDialect({ url: 'mysql://localhost/none' }), read: readMysql },
}
const expected = {
  sqlite: [
    "text('state', { enum: ['on', \"it's off\"] }).notNull()",
    "blob('data'",
    "timestamptz('at')",
    "uuidText('key')",
  ],
  postgres: [
    "check('things_state_enum', sql`\"state\" IN ('on', 'it''s off')`)",
    "jsonb('data')",
    '.defaultNow()',
    "uuid('key')",
  ],
  mysql: [
    "mysqlEnum('state', ['on', \"it's off\"]).notNull()",
    "mediumtext('data')",
    "datetime('at', { fsp: 6 })",
    "char36('key')",
  ],
}

for (const name of ['sqlite', 'postgres', 'mysql'] as const) {
  test(`types of a revision, which mean the same on every database, as ${name} has them`, async () => {
    const { dialect, read } = dialects[name]
    const { text, undeclared } = renderDeclarations({
      dialect: await dialect.load(),
      schema: schemaOf(logical),
      as: 'drizzle',
    })
    for (const part of expected[name]) expect(text).toContain(part)
    expect(undeclared).toEqual([])
    const file = written(text)
    expect(typeErrors([file])).toEqual([])
    const table = read((await importModule(file)) as Parameters<typeof read>[0]).schema.tables.get('things')
    expect(table?.columns.map(({ name: column }) => column)).toEqual(['state', 'data', 'at', 'key'])
  })
}

test('what Drizzle has another word for is named otherwise, and strange names are members of objects', async () => {
  const column = (name: string) => ({ name, type: { kind: 'text' }, nullable: true }) as const
  const tableOf = (name: string, ...columns: readonly string[]): TableModel => ({
    ...logical,
    ref: { name },
    columns: columns.map(column),
  })
  const schema = schemaOf(
    tableOf('text', 'enableRLS', 'enable_RLS', 'ENABLE_RLS'),
    tableOf('t', '2', '-', 'x-y'),
    tableOf('sql', '__proto__'),
    tableOf('sql_', 'a'),
  )
  const dialect = await dialects.postgres.dialect.load()
  const { text, tables } = renderDeclarations({ dialect, schema, as: 'drizzle' })
  expect(tables.map(({ name }) => name)).toEqual(['sqlTable', 'sqlTable2', 'tTable', 'textTable'])
  const file = written(text)
  expect(typeErrors([file])).toEqual([])
  const { schema: read } = readPostgres((await importModule(file)) as Parameters<typeof readPostgres>[0])
  expect([...read.tables.values()].map(({ ref, columns }) => [ref.name, ...columns.map(({ name }) => name)])).toEqual([
    ['sql', '__proto__'],
    ['sql_', 'a'],
    ['t', '2', '-', 'x-y'],
    ['text', 'enableRLS', 'enable_RLS', 'ENABLE_RLS'],
  ])
})

test('another dialect than those of Drizzle is refused', async () => {
  const dialect = { ...(await dialects.sqlite.dialect.load()), name: 'other' }
  expect(() => renderDeclarations({ dialect, schema: emptySchema, as: 'drizzle' })).toThrow(
    /no declarations with Drizzle for other/,
  )
})
