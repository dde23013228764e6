import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { toModel } from '@org/migrate-core'
import { type SchemaModel, schemaDifferences } from '@org/migrate-core/dialect'
import { sqliteDialect } from '@org/migrate-dialect-sqlite'
import { fromDrizzle } from '@org/migrate-drizzle/sqlite'
import { openWebuiSchema, tables } from '@org/migrate-schema'
import { schema } from '@org/migrate-schema/sqlite'
import Database from 'better-sqlite3'
import { getTableConfig, type SQLiteTable } from 'drizzle-orm/sqlite-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { headDdl } from './head-ddl.ts'

const folder = mkdtempSync(path.join(tmpdir(), 'head-'))
const file = path.join(folder, 'head.db')
const raw = new Database(file)
beforeAll(() => raw.exec(headDdl))
afterAll(() => {
  raw.close()
  rmSync(folder, { recursive: true, force: true })
})

const dialect = await sqliteDialect({ url: file }).load()
const normalise = (model: SchemaModel): SchemaModel => ({
  ...model,
  tables: new Map([...model.tables].map(([key, one]) => [key, dialect.model.normalise(one)])),
})
async function introspected(): Promise<SchemaModel> {
  const session = await dialect.connection.connect({ purpose: 'inspect' })
  try {
    return normalise(await dialect.introspection.schema(session))
  } finally {
    await session.close()
  }
}

const legacyScript = readFileSync(new URL('../../kit/fixtures/openwebui/legacy-018.sql', import.meta.url), 'utf8')
const expectedHead = JSON.parse(
  readFileSync(new URL('../../kit/fixtures/openwebui/expected-head.json', import.meta.url), 'utf8'),
) as {
  readonly empty_tables: readonly string[]
  readonly row_counts: { readonly legacy: object; readonly head: object }
}

interface Info {
  readonly name: string
  readonly type: string
  readonly notnull: number
  readonly pk: number
}
const columnsOf = (db: Database.Database, table: string) =>
  (db.prepare('SELECT name, type, "notnull", pk FROM pragma_table_info(?)').all(table) as Info[])
    .map(({ name, type, notnull, pk }) => ({ name, type, notNull: notnull === 1, pk }))
    .sort((a, b) => (a.name < b.name ? -1 : 1))

function declaredColumns(table: SQLiteTable) {
  const { columns, primaryKeys } = getTableConfig(table)
  const key =
    primaryKeys[0]?.columns.map(({ name }) => name) ?? columns.filter(({ primary }) => primary).map(({ name }) => name)
  return columns
    .map((column) => ({
      name: column.name,
      type: column.getSQLType(),
      notNull: column.notNull,
      pk: key.indexOf(column.name) + 1,
    }))
    .sort((a, b) => (a.name < b.name ? -1 : 1))
}

describe('the declared tables', () => {
  it('are the tables that the fixtures know at HEAD', () => {
    const knownTables = new Set([
      ...Object.keys(expectedHead.row_counts.legacy),
      ...Object.keys(expectedHead.row_counts.head),
      ...expectedHead.empty_tables,
    ])
    knownTables.delete('migratehistory')
    expect(Object.keys(tables).sort()).toEqual([...knownTables].sort())
    expect(openWebuiSchema.map(({ name }) => name).sort()).toEqual([...knownTables].sort())
    for (const [key, declared] of Object.entries(tables)) expect(declared.name).toBe(key)
  })

  it.each(Object.entries(schema))('%s has the columns, types and key that SQLite reports for HEAD', (name, table) => {
    expect(declaredColumns(table as unknown as SQLiteTable)).toEqual(columnsOf(raw, name))
  })

  it.each(['auth', 'chatidtag', 'document', 'function', 'memory'])('%s is as the legacy tier left it', (name) => {
    const legacy = new Database(':memory:')
    legacy.exec(legacyScript)
    expect(declaredColumns(schema[name as 'auth'] as unknown as SQLiteTable)).toEqual(columnsOf(legacy, name))
    const indexes = legacy.prepare(`SELECT name, "unique" FROM pragma_index_list(?) ORDER BY name`).all(name)
    expect(
      tables[name as 'auth'].model.indexes
        .map((one) => ({ name: one.name, unique: one.unique ? 1 : 0 }))
        .sort((a, b) => (a.name < b.name ? -1 : 1)),
    ).toEqual(indexes)
    legacy.close()
  })

  it('equal what is introspected at HEAD', async () => {
    expect(schemaDifferences(normalise(toModel(openWebuiSchema)), await introspected())).toEqual([])
  })

  it('would not equal a HEAD that lacks something', async () => {
    raw.exec('ALTER TABLE note DROP COLUMN content; DROP INDEX chat_share_id')
    const differences = schemaDifferences(normalise(toModel(openWebuiSchema)), await introspected())
    raw.exec('ALTER TABLE note ADD COLUMN content TEXT; CREATE UNIQUE INDEX chat_share_id ON chat (share_id)')
    expect(differences.join('\n')).toMatch(/content/)
    expect(differences.join('\n')).toMatch(/chat_share_id/)
  })

  it('come back from their Drizzle tables as they were declared', () => {
    expect(fromDrizzle(schema)).toEqual(toModel(openWebuiSchema))
  })
})
