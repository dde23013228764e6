import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { integer, type Migrator, type OperationRecorder, varchar } from '@org/migrate-core'
import type { UnloadedDialect } from '@org/migrate-core/dialect'
import { mysqlDialect } from '@org/migrate-dialect-mysql'
import { postgresDialect } from '@org/migrate-dialect-postgres'
import { sqliteDialect } from '@org/migrate-dialect-sqlite'
import { expect, it, onTestFinished } from 'vitest'
import { line, migratorOf } from '../../kit/migrator.ts'
import { describeOnDialects, familyOf, type ServerName, type TestDatabase } from '../../kit/servers.ts'
import { faulty } from './fault-dialect.ts'

type Upgrade = (op: OperationRecorder) => void

const dialectOf = (server: ServerName, url: string): UnloadedDialect =>
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

/** Looser, so that a row can come that the downgrade refuses. */
const nullable: Upgrade = (op) => op.alterTable('t', (t) => t.alterColumn('n', { nullable: true }))
const notUnique: Upgrade = (op) => op.dropIndex('t', 't_n', { concurrently: true })

const migratorWith = (dialect: UnloadedDialect, ...upgrades: readonly Upgrade[]): Migrator =>
  migratorOf(dialect, line(...upgrades))

const journal = async (db: TestDatabase): Promise<readonly unknown[]> =>
  (await db.sql('SELECT revision, direction, position, state FROM migrate_journal ORDER BY position')).map((row) =>
    Object.values(row).map(String),
  )

const rows = async (db: TestDatabase, columns = '*'): Promise<readonly unknown[]> =>
  (await db.sql(`SELECT ${columns} FROM t ORDER BY id`)).map((row) => ({ ...row }))

const servers = ['postgres', 'mariadb', 'mysql'] as const

describeOnDialects(servers, 'a step whose first statement is refused', (createDatabase, server) => {
  /** Refused, it leaves nothing that another command would have to finish first. */
  async function leavesNothing(db: TestDatabase, migrator: Migrator, code: string): Promise<void> {
    for (const _ of [1, 2]) {
      await expect(migrator.downgrade('r1')).rejects.toMatchObject({
        code,
        remedy: expect.not.stringContaining('run the command again to resume it'),
      })
      expect(await migrator.status()).toMatchObject({ revision: ['r2'], interrupted: [] })
      expect(server === 'postgres' ? [] : await journal(db)).toEqual([])
    }
    expect((await migrator.upgrade()).applied).toEqual([])
    expect((await migrator.resume()).applied).toEqual([])
  }

  it('by a check of a downgrade has changed nothing, and is no step in the middle', async () => {
    const db = await createDatabase()
    const migrator = migratorWith(dialectOf(server, db.url), base, nullable)
    await migrator.upgrade()
    await db.sql('UPDATE t SET n = NULL WHERE id = 2')
    await leavesNothing(db, migrator, 'BLOCKING_ROWS')
    await db.sql('UPDATE t SET n = 7 WHERE id = 2')
    expect((await migrator.downgrade('r1')).applied).toEqual(['main:r2'])
    expect(await rows(db)).toEqual([
      { id: 1, n: 1 },
      { id: 2, n: 7 },
    ])
  })

  it('by the server itself has changed nothing, and is no step in the middle', async () => {
    const db = await createDatabase()
    const migrator = migratorWith(dialectOf(server, db.url), base, notUnique)
    await migrator.upgrade()
    await db.sql('UPDATE t SET n = 1')
    await leavesNothing(db, migrator, refusedKey(server))
    if (server === 'postgres') expect(await db.sql('SELECT indexrelid FROM pg_index WHERE NOT indisvalid')).toEqual([])
    await db.sql('UPDATE t SET n = id')
    expect((await migrator.downgrade('r1')).applied).toEqual(['main:r2'])
  })

  it('by the server in the upgrade is no step in the middle: the revision may be rewritten, or removed', async () => {
    const db = await createDatabase()
    const unique: Upgrade = (op) => op.createIndex('t', 't_n_again', ['n'], { unique: true, concurrently: true })
    const first = migratorWith(dialectOf(server, db.url), base, notUnique, unique)
    await first.upgrade('r2')
    await db.sql('UPDATE t SET n = 1')
    await expect(first.upgrade()).rejects.toMatchObject({ code: refusedKey(server) })
    expect(await journal(db)).toEqual([])
    expect((await migratorWith(dialectOf(server, db.url), base, notUnique).upgrade()).applied).toEqual([])
    const rewritten: Upgrade = (op) => op.createIndex('t', 't_n_again', ['n'], { concurrently: true })
    expect((await migratorWith(dialectOf(server, db.url), base, notUnique, rewritten).upgrade()).applied).toEqual([
      'main:r3',
    ])
  })

  it('of which a dead run noted only the beginning, and did nothing, stands in no way', async () => {
    const db = await createDatabase()
    const dialect = dialectOf(server, db.url)
    const index: Upgrade = (op) => op.createIndex('t', 't_more', ['n', 'id'], { concurrently: true })
    const migrator = migratorWith(dialect, base, index)
    await migrator.upgrade()
    const cut = faulty(dialect, { at: /DROP INDEX/, mode: 'cut before' }).dialect
    await expect(migratorWith(cut, base, index).downgrade('r1')).rejects.toMatchObject({ code: 'CONNECTION_LOST' })
    expect(await journal(db)).toEqual([['r2', 'down', '0', 'started']])
    expect((await migrator.upgrade()).applied).toEqual([])
    expect(await journal(db)).toEqual([])
    expect(await migrator.status()).toMatchObject({ state: 'atHead', interrupted: [] })
  })
})

describeOnDialects(servers, 'a step whose later part can never pass', (createDatabase, server) => {
  const later: Upgrade = (op) => {
    op.alterTable('t', (t) => t.addColumn('label', varchar(20), { default: 'none' }))
    op.run('count', {
      up: async (db) => void (await db.execute('UPDATE "t" SET "n" = "n" + 10')),
      down: async (db) => void (await db.execute('UPDATE "t" SET "n" = "n" - 10')),
    })
    op.createIndex('t', 't_label', ['label'], { concurrently: true })
    op.expectNone('rows', 'SELECT id FROM t')
    op.alterTable('t', (t) => t.addColumn('last', integer()))
  }
  const before = [
    { id: 1, n: 1 },
    { id: 2, n: 2 },
  ]
  const indexes = async (db: TestDatabase): Promise<number> =>
    server === 'postgres'
      ? (await db.sql("SELECT 1 FROM pg_indexes WHERE tablename = 't'")).length
      : (await db.sql('SHOW INDEX FROM t')).length

  async function stopped(): Promise<{ db: TestDatabase; dialect: UnloadedDialect; migrator: Migrator }> {
    const db = await createDatabase()
    const dialect = dialectOf(server, db.url)
    const migrator = migratorWith(dialect, base, later)
    await migrator.upgrade('r1')
    await expect(migrator.upgrade()).rejects.toMatchObject({
      code: 'BLOCKING_ROWS',
      outcome: 'interrupted',
    })
    expect(await rows(db)).toEqual([
      { id: 1, n: 11, label: 'none' },
      { id: 2, n: 12, label: 'none' },
    ])
    return { db, dialect, migrator }
  }

  it('is taken back by the inverses of what is done, and then every way is free', async () => {
    const { db, migrator } = await stopped()
    await expect(migrator.downgrade('base')).rejects.toMatchObject({
      code: 'REVISION_INTERRUPTED',
      remedy: expect.stringContaining('`migrate resume --revert`'),
    })
    expect((await migrator.resume({ revert: true })).applied).toEqual(['main:r2'])
    expect(await rows(db)).toEqual(before)
    expect(await indexes(db)).toBe(2)
    expect(await journal(db)).toEqual([])
    expect(await migrator.status()).toMatchObject({ revision: ['r1'], interrupted: [] })
    expect((await migrator.resume({ revert: true })).applied).toEqual([])
    expect((await migrator.downgrade('base')).applied).toEqual(['main:r1'])
  })

  it('is taken back to its end where the revert was interrupted, whatever is run then', async () => {
    const modes = { 'cut before': ['upgrade', 'revert'], 'cut after': ['resume'] } as const
    for (const mode of ['cut before', 'cut after'] as const) {
      for (const next of modes[mode]) {
        const { db, dialect, migrator } = await stopped()
        const cut = faulty(dialect, { at: /DROP INDEX/, mode }).dialect
        await expect(migratorWith(cut, base, later).resume({ revert: true })).rejects.toMatchObject({
          code: 'CONNECTION_LOST',
        })
        expect((await journal(db)).at(0)).toMatchObject(['r2', expect.any(String), '0', expect.any(String)])
        const finished =
          next === 'upgrade'
            ? expect(migrator.upgrade()).rejects.toMatchObject({ code: 'BLOCKING_ROWS' })
            : expect(migrator.resume({ revert: next === 'revert' })).resolves.toMatchObject({ applied: ['main:r2'] })
        await finished
        // An upgrade takes it back, and then begins it again.
        if (next === 'upgrade') await migrator.resume({ revert: true })
        expect(await rows(db), `${mode}, ${next}`).toEqual(before)
        expect(await indexes(db)).toBe(2)
        expect(await journal(db)).toEqual([])
      }
    }
  })

  it('of a downgrade is taken back with the values that it preserved', async () => {
    const db = await createDatabase()
    const wide: Upgrade = (op) => {
      op.alterTable('t', (t) => t.addColumn('label', varchar(20)))
      op.createIndex('t', 't_label', ['label'], { concurrently: true })
      op.dropIndex('t', 't_n', { concurrently: true })
    }
    const down: Upgrade = (op) => {
      op.dropIndex('t', 't_label', { concurrently: true })
      op.alterTable('t', (t) => t.dropColumn('label'))
      op.createIndex('t', 't_n', ['n'], { unique: true, concurrently: true })
    }
    const migrator = migratorOf(dialectOf(server, db.url), [
      { revision: 'r1', downRevision: null, upgrade: base },
      { revision: 'r2', downRevision: 'r1', upgrade: wide, downgrade: down },
    ])
    await migrator.upgrade()
    await db.sql("UPDATE t SET n = 5, label = 'mine'")
    await expect(migrator.downgrade('r1')).rejects.toMatchObject({ code: refusedKey(server) })
    expect(await rows(db)).toEqual([
      { id: 1, n: 5 },
      { id: 2, n: 5 },
    ])
    expect((await migrator.resume({ revert: true })).applied).toEqual(['main:r2'])
    expect(await rows(db)).toEqual([
      { id: 1, n: 5, label: 'mine' },
      { id: 2, n: 5, label: 'mine' },
    ])
    expect(await migrator.status()).toMatchObject({ state: 'atHead', interrupted: [] })
    expect((await migrator.upgrade()).applied).toEqual([])
    // The history shows the run, and says of the revision what it said before.
    const history = (await migrator.history()).map(({ revision, direction }) => `${direction} ${revision}`)
    expect(history).toEqual(['up r1', 'up r2', 'revert r2'])
    await db.sql('UPDATE t SET n = id')
    expect((await migrator.downgrade('r1')).applied).toEqual(['main:r2'])
    expect((await migrator.upgrade()).applied).toEqual(['main:r2'])
    expect(await rows(db)).toEqual([
      { id: 1, n: 1, label: 'mine' },
      { id: 2, n: 2, label: 'mine' },
    ])
  })

  it('is not taken back where something of it has no inverse, which is named, and nothing is changed', async () => {
    const db = await createDatabase()
    const irreversible: Upgrade = (op) => {
      op.createIndex('t', 't_more', ['n', 'id'], { concurrently: true })
      op.sql('UPDATE t SET n = n + 100')
      op.createIndex('t', 't_other', ['id', 'n'], { concurrently: true })
      op.expectNone('rows', 'SELECT id FROM t')
    }
    const migrator = migratorWith(dialectOf(server, db.url), base, irreversible)
    await migrator.upgrade('r1')
    await expect(migrator.upgrade()).rejects.toMatchObject({ code: 'BLOCKING_ROWS' })
    const journalRows = await journal(db)
    await expect(migrator.resume({ revert: true })).rejects.toMatchObject({
      code: 'IRREVERSIBLE',
      details: { revision: 'r2', operations: [{ operation: expect.stringContaining('UPDATE t') }] },
    })
    expect(await journal(db)).toEqual(journalRows)
  })
})

it('sqlite: a statement outside transactions that is refused leaves nothing that would have to be resumed', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'refused-'))
  onTestFinished(() => rmSync(folder, { recursive: true }))
  const migrator = migratorWith(sqliteDialect({ url: `sqlite:///${join(folder, 'app.db')}` }), base, (op) =>
    op.sql("VACUUM INTO '/no/such/folder/copy.db'", { nonTransactional: true, inverse: 'VACUUM' }),
  )
  await expect(migrator.upgrade()).rejects.toMatchObject({ code: 'STATEMENT_FAILED' })
  expect(await migrator.status()).toMatchObject({ revision: ['r1'], interrupted: [] })
  expect((await migrator.resume()).applied).toEqual([])
  expect((await migrator.downgrade('base')).applied).toEqual(['main:r1'])
})

/** A concurrent build of PostgreSQL is no part of a transaction in which its rows could be read. */
const refusedKey = (server: string): string => (server.startsWith('postgres') ? 'STATEMENT_FAILED' : 'BLOCKING_ROWS')
