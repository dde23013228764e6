import { toModel } from '@org/migrate-core'
import { type SchemaModel, schemaDifferences } from '@org/migrate-core/dialect'
import { sqliteDialect } from '@org/migrate-dialect-sqlite'
import { openWebuiSchema } from '@org/migrate-schema'
import { expect, it } from 'vitest'
import { headDdl } from '../tables/head-ddl.ts'
import { type TestDatabase, testDatabase } from './kit/database.ts'
import { schemaOf } from './kit/schema.ts'

/** Histories are not compared. */
const histories = /^(migrate_|migratehistory$)/

async function modelOf(db: TestDatabase): Promise<SchemaModel> {
  const dialect = await sqliteDialect({ url: `sqlite:///${db.path}` }).load()
  const session = await dialect.connection.connect({ purpose: 'inspect' })
  try {
    const { tables, ...rest } = await dialect.introspection.schema(session)
    const own = [...tables].filter(([, table]) => !histories.test(table.ref.name))
    return { ...rest, tables: new Map(own.map(([key, table]) => [key, dialect.model.normalise(table)])) }
  } finally {
    await session.close()
  }
}

async function declared(db: TestDatabase): Promise<SchemaModel> {
  const dialect = await sqliteDialect({ url: `sqlite:///${db.path}` }).load()
  const { tables, ...rest } = toModel(openWebuiSchema)
  return { ...rest, tables: new Map([...tables].map(([key, table]) => [key, dialect.model.normalise(table)])) }
}

it.each([
  ['an empty database', {}, []],
  ['an empty database without the sequential tier', { legacy: false }, []],
  ['the fixture at 018', {}, ['legacy-018.sql']],
  ['the fixture at 004', {}, ['legacy-004.sql']],
])('%s ends at the declared tables', async (_, options, fixtures) => {
  const db = testDatabase(options)
  db.load(...fixtures)
  await db.migrator.upgrade()
  expect(schemaDifferences(await declared(db), await modelOf(db))).toEqual([])
})

it('head is what the description of the chain says, in the words of SQLite', async () => {
  const [db, written] = [testDatabase({ legacy: false }), testDatabase()]
  await db.migrator.upgrade()
  written.script(headDdl)
  expect(schemaOf(db)).toEqual(schemaOf(written))
})

it('a folder that is not there is looked for when the transaction ends', async () => {
  const db = testDatabase()
  await db.migrator.upgrade()
  const chat = `INSERT INTO "chat" ("id", "user_id", "title", "archived", "created_at", "updated_at", "folder_id")
    VALUES ('c', 'u1', 't', 0, 1, 2, 'child');`
  const folder = (id: string, parent: string): string =>
    `INSERT INTO "folder" ("id", "parent_id", "user_id", "name", "is_expanded", "created_at", "updated_at")
      VALUES ('${id}', ${parent}, 'u1', 'n', 0, 1, 2);`
  const run = (sql: string) => () => db.script(`PRAGMA foreign_keys = ON; BEGIN; ${sql} COMMIT;`)
  expect(run(chat)).toThrow('FOREIGN KEY')
  expect(run(folder('child', `'root'`))).toThrow('FOREIGN KEY')
  run(chat + folder('child', `'root'`) + folder('root', 'NULL'))()
  expect(db.one('SELECT COUNT(*) FROM "folder"')).toBe(2n)
})
