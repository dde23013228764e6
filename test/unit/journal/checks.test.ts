import { integer, type OperationRecorder } from '@org/migrate-core'
import type { UnloadedDialect } from '@org/migrate-core/dialect'
import { mysqlDialect } from '@org/migrate-dialect-mysql'
import { postgresDialect } from '@org/migrate-dialect-postgres'
import { expect, it } from 'vitest'
import { line, migratorOf } from '../../kit/migrator.ts'
import { driverText } from '../../kit/script-text.ts'
import { describeOn, describeOnDialects, familyOf, type ServerName } from '../../kit/servers.ts'

const dialectOf = (server: ServerName, url: string): UnloadedDialect =>
  familyOf(server) === 'postgres' ? postgresDialect({ url }) : mysqlDialect({ url })

type Upgrade = (op: OperationRecorder) => void
const base: Upgrade = (op) => {
  op.createTable('t', (t) => {
    t.column('id', integer(), { nullable: false })
    t.column('n', integer())
    t.primaryKey(['id'])
  })
  op.insertRows(
    't',
    [
      { id: 1, n: 1 },
      { id: 2, n: 1 },
    ],
    { key: ['id'] },
  )
}

const migratorOn = (server: ServerName, url: string, ...upgrades: readonly Upgrade[]) =>
  migratorOf(dialectOf(server, url), line(...upgrades))

const rows = 'SELECT revision, position, state FROM migrate_journal ORDER BY position'

describeOnDialects(
  ['postgres', 'mariadb', 'mysql'],
  'a revision that commits more than once',
  (createDatabase, server) => {
    const concurrentIndexes: Upgrade = (op) => {
      op.expectNone('rows below zero', 'SELECT id FROM t WHERE n < 0')
      op.createIndex('t', 't_n', ['n'], { concurrently: true })
      op.expectNone('rows of one number', 'SELECT n, count(*) AS times FROM t GROUP BY n HAVING count(*) > 1')
      op.createIndex('t', 't_n_unique', ['n'], { unique: true, concurrently: true })
    }

    it('has changed nothing, and noted nothing, where its first check fails', async () => {
      const db = await createDatabase()
      const migrator = migratorOn(server, db.url, base, concurrentIndexes)
      await migrator.upgrade('r1')
      await db.sql('UPDATE t SET n = -1')
      for (const _ of [1, 2]) {
        await expect(migrator.upgrade()).rejects.toMatchObject({
          code: 'BLOCKING_ROWS',
          details: { check: 'rows below zero', count: 2 },
          outcome: 'unchanged',
        })
        expect(await migrator.status()).toMatchObject({ revision: ['r1'], interrupted: [] })
      }
    })

    it('continues at the check that failed, and does not ask again what it has passed', async () => {
      const db = await createDatabase()
      const migrator = migratorOn(server, db.url, base, concurrentIndexes)
      await migrator.upgrade('r1')
      await expect(migrator.upgrade()).rejects.toMatchObject({
        code: 'BLOCKING_ROWS',
        details: { check: 'rows of one number', count: 1, rows: ['n 1, times 2'] },
        outcome: 'interrupted',
      })
      expect((await migrator.status()).interrupted).toHaveLength(1)
      const journalRows = await db.sql(rows)
      expect(journalRows.map(({ state }) => state)).toEqual(['finished', 'finished'])
      // Asked again it fails again, and notes no more.
      await expect(migrator.upgrade()).rejects.toMatchObject({ code: 'BLOCKING_ROWS' })
      expect(await db.sql(rows)).toEqual(journalRows)
      await db.sql('UPDATE t SET n = -2 WHERE id = 2')
      await migrator.upgrade()
      expect(await migrator.status()).toMatchObject({ state: 'atHead', interrupted: [] })
      expect(await db.sql(rows)).toEqual([])
      await migrator.downgrade('r1')
      expect(await migrator.status()).toMatchObject({ revision: ['r1'], interrupted: [] })
    })
  },
)

describeOn('postgres', 'what a transaction puts off', (createDatabase) => {
  const child: Upgrade = (op) =>
    op.createTable('child', (t) => {
      t.column('id', integer(), { nullable: false })
      t.column('parent', integer())
      t.primaryKey(['id'])
      t.foreignKey({ columns: ['parent'], references: { table: 't', columns: ['id'] }, deferrable: 'deferred' })
    })
  const expectations: Upgrade = (op) => {
    op.insertRows('child', [{ id: 1, parent: 9 }], { key: ['id'] })
    op.expectNone('children without a parent', 'SELECT id FROM child WHERE parent IS NULL')
    op.insertRows('t', [{ id: 9, n: 9 }], { key: ['id'] })
    op.alterTable('child', (t) => t.addColumn('more', integer()))
  }

  it('is not looked at because of a check', async () => {
    const db = await createDatabase()
    await migratorOn('postgres', db.url, base, child, expectations).upgrade()
    expect(await db.sql('SELECT id, parent FROM child')).toEqual([{ id: 1, parent: 9 }])
  })

  it('is not looked at because of a check in a script', async () => {
    const db = await createDatabase()
    const migrator = migratorOn('postgres', db.url, base, child, expectations)
    await db.sql(driverText(await migrator.script()))
    expect(await db.sql('SELECT id, parent FROM child')).toEqual([{ id: 1, parent: 9 }])
    expect(await migrator.status()).toMatchObject({ state: 'atHead' })
  })
})
