import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { bigint, column, type Revision, table, text } from '@org/migrate-core'
import { sqliteDialect } from '@org/migrate-dialect-sqlite'
import { drizzleOf, toDrizzle } from '@org/migrate-drizzle/sqlite'
import Database from 'better-sqlite3'
import { eq, sql } from 'drizzle-orm'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { migratorOf } from '../../../kit/migrator.ts'

let folder = ''
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'migrate-drizzle-'))
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

const people = table(
  'people',
  { id: column(bigint(), { nullable: false, native: { sqlite: 'INTEGER' } }), name: column(text()) },
  { primaryKey: ['id'] },
)
const rows = toDrizzle(people)

function chain(work: NonNullable<Parameters<Parameters<Revision['upgrade']>[0]['run']>[1]>): Revision[] {
  return [
    {
      revision: 'r1',
      downRevision: null,
      upgrade: (op) => {
        op.createTable(people)
        op.run('work', work)
      },
    },
  ]
}

function migratorOn(file: string, work: Parameters<typeof chain>[0]) {
  return migratorOf(sqliteDialect({ url: `sqlite:${file}` }), chain(work))
}

test('a data step works through a typed Drizzle instance, inside the revision’s transaction', async () => {
  const file = join(folder, 'a.db')
  await migratorOn(file, async (db) => {
    const drizzle = drizzleOf(db)
    await drizzle.insert(rows).values([
      { id: 9007199254740993n, name: 'Mira' },
      { id: 2n, name: null },
    ])
    await drizzle
      .transaction(async (inner) => {
        await inner.delete(rows)
        throw new Error('back')
      })
      .catch((error: Error) => expect(error.message).toBe('back'))
    const [row] = await drizzle.select().from(rows).where(eq(rows.name, 'Mira'))
    expect(row).toEqual({ id: 9007199254740993n, name: 'Mira' })
  }).upgrade()
  const database = new Database(file)
  expect(database.prepare('SELECT count(*) AS n FROM people').get()).toEqual({ n: 2 })
  database.close()
})

test('the revision’s transaction cannot be ended through Drizzle, nor the schema changed', async () => {
  const attempt = (text: string) =>
    migratorOn(join(folder, `${text.length}.db`), async (db) => void (await drizzleOf(db).run(sql.raw(text)))).upgrade()
  await expect(attempt('COMMIT')).rejects.toMatchObject({ code: 'TRANSACTION_CONTROL_IN_STEP' })
  await expect(attempt('DROP TABLE people')).rejects.toMatchObject({ code: 'DDL_IN_DATA_STEP' })
})
