import { createMigrator, graphOf, integer, type Migrator, type OperationRecorder, revisions } from '@org/migrate-core'
import type { Dialect } from '@org/migrate-core/dialect'
import { mysqlDialect } from '@org/migrate-dialect-mysql'
import { postgresDialect } from '@org/migrate-dialect-postgres'
import { expect, it } from 'vitest'
import { describeOnEach, familyOf, type ServerName, type TestDatabase } from '../kit/servers.ts'
import { faulty } from './fault-dialect.ts'

type Upgrade = (op: OperationRecorder) => void

const dialectOf = (server: ServerName, url: string): Dialect =>
  familyOf(server) === 'postgres' ? postgresDialect({ url }) : mysqlDialect({ url })

const base: Upgrade = (op) => {
  op.createTable('t', (t) => {
    t.column('id', integer(), { nullable: false })
    t.column('n', integer(), { nullable: false })
    t.primaryKey(['id'])
    t.index('t_n', ['n'], { unique: true })
  })
  op.insertRows(
    't',
    [
      { id: 1, n: 1 },
      { id: 2, n: 2 },
    ],
    { key: ['id'] },
  )
}

/** Looser, so that a row can come that the way down refuses. */
const nullable: Upgrade = (op) => op.alterTable('t', (t) => t.alterColumn('n', { nullable: true }))
const notUnique: Upgrade = (op) => op.dropIndex('t', 't_n', { concurrently: true })

const migratorWith = (dialect: Dialect, ...upgrades: readonly Upgrade[]): Migrator =>
  createMigrator({
    dialect,
    tiers: [
      graphOf(
        revisions(
          upgrades.map((upgrade, at) => ({
            revision: `r${at + 1}`,
            downRevision: at === 0 ? null : `r${at}`,
            upgrade,
          })),
        ),
      ),
    ],
  })

const journal = async (db: TestDatabase): Promise<readonly unknown[]> =>
  (await db.sql('SELECT revision, direction, position, state FROM migrate_journal ORDER BY position')).map((row) =>
    Object.values(row).map(String),
  )

const rows = async (db: TestDatabase, columns = '*'): Promise<readonly unknown[]> =>
  (await db.sql(`SELECT ${columns} FROM t ORDER BY id`)).map((row) => ({ ...row }))

const servers = ['postgres', 'mariadb', 'mysql'] as const

describeOnEach(servers, 'a step whose first statement is refused', (fresh, server) => {
  /** Refused, it leaves nothing that another command would have to finish first. */
  async function leavesNothing(db: TestDatabase, migrator: Migrator, code: string): Promise<void> {
    for (const _ of [1, 2]) {
      await expect(migrator.downgrade('r1')).rejects.toMatchObject({
        code,
        remedy: expect.not.stringContaining('goes on from there'),
      })
      expect(await migrator.state()).toMatchObject({ revision: ['r2'], begun: [] })
      expect(server === 'postgres' ? [] : await journal(db)).toEqual([])
    }
    expect((await migrator.upgrade()).applied).toEqual([])
    expect((await migrator.resume()).applied).toEqual([])
  }

  it('by a check of a downgrade has changed nothing, and is no step in the middle', async () => {
    const db = await fresh()
    const migrator = migratorWith(dialectOf(server, db.url), base, nullable)
    await migrator.upgrade()
    await db.sql('UPDATE t SET n = NULL WHERE id = 2')
    await leavesNothing(db, migrator, server === 'postgres' ? 'STATEMENT_FAILED' : 'ROWS_IN_THE_WAY')
    await db.sql('UPDATE t SET n = 7 WHERE id = 2')
    expect((await migrator.downgrade('r1')).applied).toEqual(['main:r2'])
    expect(await rows(db)).toEqual([
      { id: 1, n: 1 },
      { id: 2, n: 7 },
    ])
  })

  it('by the server itself has changed nothing, and is no step in the middle', async () => {
    const db = await fresh()
    const migrator = migratorWith(dialectOf(server, db.url), base, notUnique)
    await migrator.upgrade()
    await db.sql('UPDATE t SET n = 1')
    await leavesNothing(db, migrator, 'STATEMENT_FAILED')
    if (server === 'postgres') expect(await db.sql('SELECT indexrelid FROM pg_index WHERE NOT indisvalid')).toEqual([])
    await db.sql('UPDATE t SET n = id')
    expect((await migrator.downgrade('r1')).applied).toEqual(['main:r2'])
  })

  it('by the server on the way up is no step in the middle: the revision may be rewritten, or removed', async () => {
    const db = await fresh()
    const unique: Upgrade = (op) => op.createIndex('t', 't_n_again', ['n'], { unique: true, concurrently: true })
    const first = migratorWith(dialectOf(server, db.url), base, notUnique, unique)
    await first.upgrade('r2')
    await db.sql('UPDATE t SET n = 1')
    await expect(first.upgrade()).rejects.toMatchObject({ code: 'STATEMENT_FAILED' })
    expect(await journal(db)).toEqual([])
    expect((await migratorWith(dialectOf(server, db.url), base, notUnique).upgrade()).applied).toEqual([])
    const rewritten: Upgrade = (op) => op.createIndex('t', 't_n_again', ['n'], { concurrently: true })
    expect((await migratorWith(dialectOf(server, db.url), base, notUnique, rewritten).upgrade()).applied).toEqual([
      'main:r3',
    ])
  })

  it('of which a dead run noted only the beginning, and did nothing, stands in nobody’s way', async () => {
    const db = await fresh()
    const dialect = dialectOf(server, db.url)
    const index: Upgrade = (op) => op.createIndex('t', 't_more', ['n', 'id'], { concurrently: true })
    const migrator = migratorWith(dialect, base, index)
    await migrator.upgrade()
    const cut = faulty(dialect, { at: /DROP INDEX/, mode: 'cut before' }).dialect
    await expect(migratorWith(cut, base, index).downgrade('r1')).rejects.toMatchObject({ code: 'CONNECTION_LOST' })
    expect(await journal(db)).toEqual([['r2', 'down', '0', 'begun']])
    expect((await migrator.upgrade()).applied).toEqual([])
    expect(await journal(db)).toEqual([])
    expect(await migrator.state()).toMatchObject({ state: 'at-head', begun: [] })
  })
})
