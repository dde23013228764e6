import { expression, integer, text } from '@org/migrate-core'
import { postgresDialect } from '@org/migrate-dialect-postgres'
import { describe, expect, test } from 'vitest'
import { line, migratorOf } from '../../../kit/migrator.ts'
import { describeOn } from '../../../kit/own-sessions.ts'
import { kinds, type OneConnection } from './open-clients.ts'

const chain = line(
  (op) => {
    op.createTable('t1', (t) => t.column('v', text()))
    op.insertRows('t1', [{ v: 'a' }])
    op.createTable('t3', (t) => t.column('v', text()))
  },
  (op) => {
    op.renameColumn('t1', 'v', 'w')
    op.sql('DELETE FROM t3', { inverse: 'SELECT 1' })
    op.createTable('t2', (t) => t.column('id', integer()))
    op.createView('v1', expression('SELECT 1 AS n'))
  },
)

function testsOf(connected: () => Promise<OneConnection>): void {
  test('a temporary object that hides one of the migration is named, and nothing is done, until it is dropped', async () => {
    const { client, sql } = await connected()
    const dialect = postgresDialect({ driver: client })
    await migratorOf(dialect, chain).upgrade('r1')
    for (const [create, drop, name] of [
      ['CREATE TEMP TABLE t1 (v text)', 'DROP TABLE pg_temp.t1', 't1'],
      ['CREATE TEMP VIEW t1 AS SELECT 1 AS v', 'DROP VIEW pg_temp.t1', 't1'],
      ['CREATE TEMP TABLE t3 (v text)', 'DROP TABLE pg_temp.t3', 't3'],
      ['CREATE TEMP TABLE migrate_history (a int)', 'DROP TABLE pg_temp.migrate_history', 'migrate_history'],
      ['CREATE TEMP TABLE migrate_journal (a int)', 'DROP TABLE pg_temp.migrate_journal', 'migrate_journal'],
      ['CREATE TEMP TABLE t2 (id int)', 'DROP TABLE pg_temp.t2', 't2'],
      ['CREATE TEMP TABLE v1 (n int)', 'DROP TABLE pg_temp.v1', 'v1'],
    ] as const) {
      await sql(create)
      await expect(migratorOf(dialect, chain).upgrade()).rejects.toMatchObject({
        code: 'INVALID_OPTION',
        message: `driver: this client has temporary objects that hide those of a migration: "${name}"`,
        remedy: 'Drop the temporary objects first, or give a client that has none.',
      })
      await sql(drop)
    }
    expect(await sql('SELECT v FROM public.t1')).toEqual([{ v: 'a' }])
    await sql('CREATE TEMP TABLE other (id int)')
    await migratorOf(dialect, chain).upgrade()
    expect(await sql('SELECT w FROM public.t1')).toEqual([{ w: 'a' }])
    expect(await sql('SELECT id FROM pg_temp.other')).toEqual([])
  })
}

describeOn('postgres', 'temporary objects of an application', (createDatabase) => {
  for (const kind of ['pg.Pool', 'pg.Client', 'postgres.js'])
    describe(kind, () => testsOf(async () => (kinds[kind] as (typeof kinds)[string])((await createDatabase()).url)))
})

describe('PGlite', () => testsOf(() => (kinds.PGlite as (typeof kinds)[string])('')))
