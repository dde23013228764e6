import { join } from 'node:path'
import { bigint, integer, type OperationRecorder, varchar } from '@org/migrate-core'
import type { UnloadedDialect } from '@org/migrate-core/dialect'
import { mysqlDialect } from '@org/migrate-dialect-mysql'
import { postgresDialect } from '@org/migrate-dialect-postgres'
import { sqliteDialect } from '@org/migrate-dialect-sqlite'
import { describe, expect, it } from 'vitest'
import { migratorOf } from '../../kit/migrator.ts'
import { describeOnEach, familyOf, type ServerName } from '../../kit/servers.ts'
import { executeIn, rowsOf, temporaryFolder } from './kit.ts'

type Run = (text: string) => Promise<readonly Record<string, unknown>[]>
type Upgrade = (op: OperationRecorder) => void

const counted: Upgrade = (op) =>
  op.createTable('t', (t) => {
    t.column('id', bigint(), { nullable: false, identity: { mode: 'autoIncrement' }, native: { sqlite: 'INTEGER' } })
    t.column('name', varchar(20))
    t.primaryKey(['id'])
  })

const serial: Upgrade = (op) => {
  op.createSequence('t_numbers')
  op.createTable('t', (t) => {
    t.column('id', bigint(), {
      nullable: false,
      default: { kind: 'expression', sql: "nextval('t_numbers'::regclass)" },
    })
    t.column('name', varchar(20))
    t.primaryKey(['id'])
  })
  op.alterSequence('t_numbers', { ownedBy: { table: { name: 't' }, column: 'id' } })
}

const migratorOn = (dialect: UnloadedDialect, upgrade: Upgrade) =>
  migratorOf(dialect, [
    {
      revision: 'r1',
      downRevision: null,
      upgrade: (op) => op.createTable('other', (t) => t.column('n', integer())),
    },
    { revision: 'r2', downRevision: 'r1', upgrade },
  ])

/** Numbers that were given out once do not come again, whatever rows are left to say so. */
async function countsOn(dialect: UnloadedDialect, run: Run, upgrade: Upgrade, deletedRows: string): Promise<void> {
  const migrator = migratorOn(dialect, upgrade)
  await migrator.upgrade()
  await run("INSERT INTO t (name) VALUES ('1'), ('2'), ('3'), ('4'), ('5')")
  await run(`DELETE FROM t WHERE ${deletedRows}`)
  const left = await run('SELECT id, name FROM t ORDER BY id')
  await migrator.downgrade('r1')
  expect(await migrator.preserved.list()).toMatchObject(left.length === 0 ? [] : [{ table: 't', values: left.length }])
  expect((await migrator.upgrade()).reports).toEqual([])
  expect(await run('SELECT id, name FROM t ORDER BY id')).toEqual(left)
  await run("INSERT INTO t (name) VALUES ('next')")
  expect((await run("SELECT id FROM t WHERE name = 'next'")).map(({ id }) => Number(id))).toEqual([6])
  expect(await migrator.preserved.list()).toEqual([])
  await run('DELETE FROM t')
  await migrator.downgrade('r1')
  await migrator.upgrade()
  await run("INSERT INTO t (name) VALUES ('last')")
  expect((await run("SELECT id FROM t WHERE name = 'last'")).map(({ id }) => Number(id))).toEqual([7])
}

const dialectOf = (server: ServerName, url: string): UnloadedDialect =>
  familyOf(server) === 'postgres' ? postgresDialect({ url }) : mysqlDialect({ url })

const title = 'a counter of a table that is dropped and made again'

describeOnEach(['postgres', 'mariadb', 'mysql'], title, (createDatabase, server) => {
  const kinds = familyOf(server) === 'postgres' ? { identity: counted, serial } : { 'auto increment': counted }
  for (const [kind, upgrade] of Object.entries(kinds)) {
    it(`continues where it stood: ${kind}, its last rows deleted`, async () => {
      const db = await createDatabase()
      await countsOn(dialectOf(server, db.url), db.sql, upgrade, 'id > 2')
    })
    it(`continues where it stood: ${kind}, no row left`, async () => {
      const db = await createDatabase()
      await countsOn(dialectOf(server, db.url), db.sql, upgrade, 'id > 0')
    })
  }
})

describe(`sqlite: ${title}`, () => {
  const folder = temporaryFolder()
  for (const deletedRows of ['id > 2', 'id > 0']) {
    it(`continues where it stood: DELETE WHERE ${deletedRows}`, async () => {
      const file = join(folder.path, 'app.db')
      const run: Run = async (sql) => {
        if (/^select/i.test(sql)) return rowsOf(file, sql) as Record<string, unknown>[]
        executeIn(file, sql)
        return []
      }
      await countsOn(sqliteDialect({ url: `sqlite:${file}` }), run, counted, deletedRows)
    })
  }
})

describeOnEach(['postgres'], 'a counter of a column that is dropped and added again', (createDatabase, server) => {
  // The two rows were 6 and 7 until they had their own numbers again.
  it('continues behind all numbers that it gave', async () => {
    const db = await createDatabase()
    const numbered: Upgrade = (op) =>
      op.alterTable('t', (t) => {
        t.addColumn('number', bigint(), { nullable: false, identity: { mode: 'autoIncrement' } })
        t.addUnique(['number'], { name: 't_number' })
      })
    await db.sql("CREATE TABLE t (id int PRIMARY KEY, name varchar(20)); INSERT INTO t VALUES (1, 'a'), (2, 'b')")
    const migrator = migratorOn(dialectOf(server, db.url), numbered)
    await migrator.upgrade()
    await db.sql("INSERT INTO t (id, name) VALUES (3, 'c'), (4, 'd'), (5, 'e'); DELETE FROM t WHERE id > 2")
    await migrator.downgrade('r1')
    await migrator.upgrade()
    await db.sql("INSERT INTO t (id, name) VALUES (6, 'next')")
    expect((await db.sql('SELECT number FROM t ORDER BY id')).map(({ number }) => Number(number))).toEqual([1, 2, 8])
  })
})
