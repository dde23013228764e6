import { createMigrator, graphOf, integer, type OperationRecorder, revisions, varchar } from '@org/migrate-core'
import type { UnloadedDialect } from '@org/migrate-core/dialect'
import { mysqlDialect } from '@org/migrate-dialect-mysql'
import { postgresDialect } from '@org/migrate-dialect-postgres'
import mysql from 'mysql2/promise'
import { expect, it } from 'vitest'
import { describeOn, describeOnDialects, type TestDatabase } from '../../kit/servers.ts'
import { type Fault, faulty } from './fault-dialect.ts'

type Upgrade = (op: OperationRecorder) => void

const base = {
  revision: 'aaaaaaaaaaaa',
  downRevision: null,
  upgrade(op: OperationRecorder) {
    for (const name of ['t', 'u']) {
      op.createTable(name, (t) => {
        t.column('id', integer(), { nullable: false })
        t.column('n', integer())
        t.primaryKey(['id'])
      })
    }
    op.insertRows('t', [{ id: 1, n: 0 }], { key: ['id'] })
    op.insertRows('u', [{ id: 1, n: 100 }], { key: ['id'] })
  },
}

const tiersOf = (upgrade: Upgrade) => [
  graphOf(revisions([base, { revision: 'bbbbbbbbbbbb', downRevision: 'aaaaaaaaaaaa', upgrade }])),
]

/** The rows of `t` as JSON, whatever its columns are by now. */
const rowsOf = async (db: TestDatabase): Promise<unknown> =>
  (await db.sql('SELECT * FROM t')).map((row) => Object.fromEntries(Object.entries(row)))

async function cut(dialect: UnloadedDialect, upgrade: Upgrade, fault: Fault) {
  const tiers = tiersOf(upgrade)
  await createMigrator({ dialect, tiers }).upgrade('aaaaaaaaaaaa')
  const wrapped = faulty(dialect, fault)
  await expect(createMigrator({ dialect: wrapped.dialect, tiers }).upgrade()).rejects.toMatchObject({
    code: 'CONNECTION_LOST',
  })
  expect(wrapped.struck()).toBe(true)
  return createMigrator({ dialect, tiers })
}

const interrupted = { code: 'REVISION_INTERRUPTED', details: { revision: 'bbbbbbbbbbbb', part: expect.any(Number) } }

describeOnDialects(['mariadb', 'mysql'], 'SQL of the author whose end was not observed', (createDatabase) => {
  for (const [what, text, at, nonTransactional, after] of [
    ['exchanges two tables alike', 'RENAME TABLE t TO x, u TO t, x TO u', /^RENAME/, false, [{ id: 1, n: 100 }]],
    ['changes rows outside a transaction', 'UPDATE t SET n = n + 1', /^UPDATE t/, true, [{ id: 1, n: 1 }]],
    ['empties a table', 'TRUNCATE TABLE t', /^TRUNCATE/, false, []],
  ] as const) {
    it(`is asked about where it ${what}: the schema stands as before either way`, async () => {
      const db = await createDatabase()
      const dialect = mysqlDialect({ url: db.url })
      const upgrade: Upgrade = (op) => op.sql(text, nonTransactional ? { nonTransactional: true } : {})
      const migrator = await cut(dialect, upgrade, { at, mode: 'cut after' })
      const error: unknown = await migrator.upgrade().catch((thrown: unknown) => thrown)
      expect(error).toMatchObject(interrupted)
      expect(await rowsOf(db)).toEqual(after)
      await migrator.upgrade('head', { assume: { part: 0, applied: true } })
      expect(await rowsOf(db)).toEqual(after)
    })
  }

  it('is asked about where a procedure is called that commits by itself, whatever its author says that it makes', async () => {
    const db = await createDatabase()
    await db.sql(`CREATE PROCEDURE work() BEGIN
      UPDATE t SET n = n + 1; CREATE TABLE IF NOT EXISTS w (id int); UPDATE t SET n = n + 1; END`)
    const upgrade: Upgrade = (op) =>
      op.sql('CALL work()', {
        nonTransactional: true,
        effects: (effects) => effects.createTable('w', (t) => t.column('id', integer())),
      })
    const migrator = await cut(mysqlDialect({ url: db.url }), upgrade, { at: /^CALL/, mode: 'cut after' })
    await expect(migrator.upgrade()).rejects.toMatchObject(interrupted)
    expect(await rowsOf(db)).toEqual([{ id: 1, n: 2 }])
  })

  it('is asked about where a procedure failed in its middle, and is not tried again for a lock', async () => {
    const db = await createDatabase()
    await db.sql('CREATE PROCEDURE work() BEGIN UPDATE t SET n = n + 1; UPDATE u SET n = n + 1; END')
    const dialect = mysqlDialect({ url: db.url })
    const tiers = tiersOf((op) => op.sql('CALL work()', { nonTransactional: true }))
    const migrator = createMigrator({ dialect, tiers, lockTimeoutMs: 1_000 })
    await migrator.upgrade('aaaaaaaaaaaa')
    const { hostname: host, port, username: user } = new URL(db.url)
    const other = await mysql.createConnection({ host, port: Number(port), user, database: db.name })
    try {
      await other.query('START TRANSACTION')
      await other.query('SELECT n FROM u FOR UPDATE')
      await expect(migrator.upgrade()).rejects.toMatchObject({ details: { fault: 'busy' } })
    } finally {
      await other.end()
    }
    expect(await rowsOf(db)).toEqual([{ id: 1, n: 1 }])
    await expect(migrator.upgrade()).rejects.toMatchObject(interrupted)
    expect(await rowsOf(db)).toEqual([{ id: 1, n: 1 }])
  })

  it('is told by what its author says that it makes, where it is one statement of DDL', async () => {
    const added: Upgrade = (op) =>
      op.sql('ALTER TABLE t ADD COLUMN c int', {
        effects: (effects) => effects.alterTable('t', (t) => t.addColumn('c', integer())),
      })
    for (const mode of ['cut before', 'cut after'] as const) {
      const db = await createDatabase()
      const migrator = await cut(mysqlDialect({ url: db.url }), added, { at: /ADD COLUMN c/, mode })
      await migrator.upgrade()
      expect(await rowsOf(db), mode).toEqual([{ id: 1, n: 0, c: null }])
    }
  })

  it('is not taken for done because what it is about does not exist', async () => {
    const db = await createDatabase()
    const upgrade: Upgrade = (op) => op.sql('ALTER TABLE wrong ADD COLUMN c int')
    const migrator = await cut(mysqlDialect({ url: db.url }), upgrade, { at: /^ALTER TABLE wrong/, mode: 'cut before' })
    await expect(migrator.upgrade()).rejects.toMatchObject(interrupted)
    // Asked again it asks again.
    await expect(migrator.upgrade()).rejects.toMatchObject(interrupted)
    expect(await db.sql('SELECT version_num FROM migrate_version')).toMatchObject([{ version_num: 'aaaaaaaaaaaa' }])
  })

  it('runs again where only tables have changed that its text does not name', async () => {
    for (const text of ['ALTER TABLE t ADD COLUMN c int', 'CREATE INDEX t_n ON t (n)', 'CREATE TABLE w (id int)']) {
      const db = await createDatabase()
      const migrator = await cut(mysqlDialect({ url: db.url }), (op) => op.sql(text), {
        at: new RegExp(`^${text.slice(0, 12)}`),
        mode: 'cut before',
      })
      await db.sql('ALTER TABLE u ADD COLUMN other int')
      await db.sql('INSERT INTO t (id, n) VALUES (2, 1)')
      expect((await migrator.upgrade()).applied, text).toEqual(['main:bbbbbbbbbbbb'])
    }
  })

  it('is asked about where the table that its text names has changed since, by it or by another session', async () => {
    const statements = [
      'ALTER TABLE t ADD COLUMN c int',
      'CREATE INDEX t_n ON t (n)',
      'DROP TABLE t',
      'CREATE VIEW v AS SELECT id FROM t',
    ]
    for (const text of statements) {
      const db = await createDatabase()
      const at = new RegExp(`^${text.slice(0, 9)}`)
      const migrator = await cut(mysqlDialect({ url: db.url }), (op) => op.sql(text), { at, mode: 'cut after' })
      await expect(migrator.upgrade(), text).rejects.toMatchObject(interrupted)
    }
    const db = await createDatabase()
    const upgrade: Upgrade = (op) => op.sql('ALTER TABLE t ADD COLUMN c int')
    const migrator = await cut(mysqlDialect({ url: db.url }), upgrade, { at: /^ALTER TABLE t/, mode: 'cut before' })
    await db.sql('ALTER TABLE t ADD COLUMN c varchar(9)')
    await expect(migrator.upgrade()).rejects.toMatchObject(interrupted)
  })

  it('has run where it makes what is not shown, and the server says that it is there', async () => {
    const make = 'CREATE FUNCTION twice(n int) RETURNS int DETERMINISTIC RETURN n * 2'
    for (const mode of ['cut before', 'cut after'] as const) {
      const db = await createDatabase()
      const migrator = await cut(mysqlDialect({ url: db.url }), (op) => op.sql(make), { at: /^CREATE FUNCTION/, mode })
      expect((await migrator.upgrade()).applied).toEqual(['main:bbbbbbbbbbbb'])
      expect(String((await db.sql('SELECT twice(4) AS n'))[0]?.n)).toBe('8')
    }
  })
})

describeOn('mariadb', 'one operation of several statements', (createDatabase) => {
  it('does not continue without the one in its middle, for which something is missing', async () => {
    const db = await createDatabase()
    await db.sql('CREATE FUNCTION half(n int) RETURNS int DETERMINISTIC RETURN n / 2')
    const upgrade: Upgrade = (op) =>
      op.alterTable('u', (t) => t.alterColumn('n', { type: varchar(20), using: 'half(n)' }))
    const migrator = await cut(mysqlDialect({ url: db.url }), upgrade, { at: /^UPDATE `u`/, mode: 'cut before' })
    await db.sql('DROP FUNCTION half')
    await expect(migrator.upgrade()).rejects.toMatchObject({ code: 'STATEMENT_FAILED', details: { fault: 'missing' } })
    expect((await db.sql('SELECT n FROM u')).map((row) => Number(row.n))).toEqual([100])
    await db.sql('CREATE FUNCTION half(n int) RETURNS int DETERMINISTIC RETURN n / 2')
    await migrator.upgrade()
    expect((await db.sql('SELECT n FROM u')).map((row) => row.n)).toEqual(['50'])
  })
})

describeOn('postgres', 'SQL of the author outside a transaction', (createDatabase) => {
  it('is asked about where it is a procedure that commits by itself', async () => {
    const db = await createDatabase()
    const upgrade: Upgrade = (op) => op.sql('CALL work()', { nonTransactional: true })
    await db.sql(`CREATE PROCEDURE work() LANGUAGE plpgsql AS 'BEGIN UPDATE t SET n = n + 1; COMMIT; END'`)
    const migrator = await cut(postgresDialect({ url: db.url }), upgrade, { at: /^CALL/, mode: 'cut after' })
    await expect(migrator.upgrade()).rejects.toMatchObject(interrupted)
    expect(await rowsOf(db)).toEqual([{ id: 1, n: 1 }])
  })

  it('is asked about where an index was left unfinished, which is not to be taken for the index', async () => {
    const db = await createDatabase()
    const upgrade: Upgrade = (op) => op.sql('CREATE UNIQUE INDEX CONCURRENTLY i ON t ((1))', { nonTransactional: true })
    const migrator = await cut(postgresDialect({ url: db.url }), upgrade, { at: /^CREATE UNIQUE/, mode: 'cut before' })
    await db.sql('INSERT INTO t (id) VALUES (2)')
    await expect(db.sql('CREATE UNIQUE INDEX CONCURRENTLY i ON t ((1))')).rejects.toThrow(/duplicate|unique/)
    await expect(migrator.upgrade()).rejects.toMatchObject(interrupted)
    expect(await db.sql('SELECT version_num FROM migrate_version')).toMatchObject([{ version_num: 'aaaaaaaaaaaa' }])
  })

  it('is sent again where it does no harm', async () => {
    const db = await createDatabase()
    const upgrade: Upgrade = (op) => op.sql('VACUUM t', { nonTransactional: true })
    const migrator = await cut(postgresDialect({ url: db.url }), upgrade, { at: /^VACUUM/, mode: 'cut after' })
    expect((await migrator.upgrade()).applied).toEqual(['main:bbbbbbbbbbbb'])
  })
})
