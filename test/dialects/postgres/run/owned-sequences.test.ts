import { integer, type OperationRecorder } from '@org/migrate-core'
import { postgresDialect } from '@org/migrate-dialect-postgres'
import { expect, it } from 'vitest'
import { migratorOf } from '../../../kit/migrator.ts'
import { describeOnDialects, type TestDatabase } from '../../../kit/servers.ts'

const drops = (op: OperationRecorder): void => op.dropColumn('t', 'a', { preserve: true })

/** A history whose second revision drops a column of a table that it has not made. */
const dropping = (db: TestDatabase, downgrade?: (op: OperationRecorder) => void) =>
  migratorOf(postgresDialect({ url: db.url }), [
    { revision: 'r1', downRevision: null, upgrade: (op) => op.sql('SELECT 1', { inverse: 'SELECT 1' }) },
    {
      revision: 'r2',
      downRevision: 'r1',
      upgrade: drops,
      ...(downgrade === undefined ? {} : { downgrade }),
    },
  ])

const rows = 'INSERT INTO t (k) SELECT generate_series(1, 5); DELETE FROM t WHERE k IN (1, 2, 4)'

describeOnDialects(['postgres'], 'the sequence that a dropped column owns', (createDatabase) => {
  it.each([
    ['smallserial', 'CREATE TABLE t (k int PRIMARY KEY, a smallserial)'],
    ['serial', 'CREATE TABLE t (k int PRIMARY KEY, a serial)'],
    ['bigserial', 'CREATE TABLE t (k int PRIMARY KEY, a bigserial)'],
    [
      'a sequence made by hand, of a column that may be NULL',
      "CREATE SEQUENCE s; CREATE TABLE t (k int PRIMARY KEY, a int DEFAULT nextval('s')); ALTER SEQUENCE s OWNED BY t.a",
    ],
  ])('goes on after the downgrade behind the last number that it gave: %s', async (_what, table) => {
    const db = await createDatabase()
    const migrator = dropping(db)
    await migrator.upgrade('r1')
    await db.sql(`${table}; ${rows}`)
    await migrator.upgrade()
    expect((await migrator.downgrade('r1')).reports).toEqual([])
    await db.sql('INSERT INTO t (k) VALUES (6)')
    expect(await db.sql('SELECT k, a::int FROM t ORDER BY k')).toEqual([
      { k: 3, a: 3 },
      { k: 5, a: 5 },
      { k: 6, a: 6 },
    ])
    expect(await db.sql('SELECT value FROM migrate_preserved')).toEqual([])
  })

  it('stays preserved at its position, with a report, where the downgrade of the author makes no sequence', async () => {
    const db = await createDatabase()
    const migrator = dropping(db, (op) => op.addColumn('t', 'a', integer()))
    await migrator.upgrade('r1')
    await db.sql(`CREATE TABLE t (k int PRIMARY KEY, a serial); ${rows}`)
    await migrator.upgrade()
    expect((await migrator.downgrade('r1')).reports).toEqual([
      expect.objectContaining({
        what: 't.a: there is no such counter any more, so the position of the old one stays preserved',
        count: 1,
      }),
    ])
    expect(await db.sql('SELECT k, a FROM t ORDER BY k')).toEqual([
      { k: 3, a: 3 },
      { k: 5, a: 5 },
    ])
    expect(await db.sql('SELECT value FROM migrate_preserved')).toEqual([{ value: '5' }])
  })
})
