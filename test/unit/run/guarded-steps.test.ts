import { join } from 'node:path'
import { check } from '@org/migrate-autogenerate'
import { integer, type Migrator, type OperationRecorder, type StepDatabase } from '@org/migrate-core'
import type { UnloadedDialect } from '@org/migrate-core/dialect'
import { mysqlDialect } from '@org/migrate-dialect-mysql'
import { postgresDialect } from '@org/migrate-dialect-postgres'
import { sqliteDialect } from '@org/migrate-dialect-sqlite'
import { describe, expect, it } from 'vitest'
import { migratorOf } from '../../kit/migrator.ts'
import { describeOnDialects, familyOf, type ServerName } from '../../kit/servers.ts'
import { executeIn, rowsOf, temporaryFolder } from './kit.ts'

type Run = (text: string) => Promise<readonly Record<string, unknown>[]>

const migratorOn = (dialect: UnloadedDialect, ...more: readonly ((op: OperationRecorder) => void)[]): Migrator =>
  migratorOf(dialect, [
    {
      revision: 'r1',
      downRevision: null,
      upgrade: (op) => op.createTable('t', (t) => t.column('n', integer())),
    },
    ...more.map((upgrade, at) => ({ revision: `r${at + 2}`, downRevision: `r${at + 1}`, upgrade })),
  ])

const step =
  (up: (db: StepDatabase) => Promise<unknown>) =>
  (op: OperationRecorder): void =>
    op.run('step', {
      down: 'none',
      up: async (db) => {
        await up(db)
      },
    })

/** What a step writes into the bookkeeping is noticed at its end, and nothing of it stays. */
async function noticesWrites(dialect: UnloadedDialect, run: Run): Promise<void> {
  await migratorOn(dialect).upgrade()
  const before = await run('SELECT revision, direction, inverses, operations_hash FROM migrate_history')
  expect(JSON.stringify(before)).toContain('t')
  for (const [table, sql] of [
    ['migrate_history', 'DELETE FROM migrate_history'],
    ['migrate_history', "UPDATE migrate_history SET revision = 'r9'"],
    ['migrate_history', "UPDATE migrate_history SET inverses = '[]'"],
    // As long as before.
    ['migrate_history', `UPDATE migrate_history SET inverses = REPLACE(inverses, '"t"', '"u"')`],
    ['migrate_version', "UPDATE migrate_version SET version_num = 'r9'"],
    ['migrate_version', "INSERT INTO migrate_version VALUES ('r9')"],
  ] as const) {
    const writing = step(async (db) => {
      await db.execute('INSERT INTO t VALUES (1)')
      await db.execute(sql)
    })
    const inSql = (op: OperationRecorder): void => {
      op.sql('INSERT INTO t VALUES (1)', { inverse: 'DELETE FROM t' })
      op.sql(sql, { inverse: 'SELECT 1' })
    }
    for (const [upgrade, what] of [
      [writing, 'the data step "step"'],
      [inSql, 'the SQL of the revision'],
    ] as const) {
      await expect(migratorOn(dialect, upgrade).upgrade(), `${what}: ${sql}`).rejects.toMatchObject({
        code: 'BOOKKEEPING_INVALID',
        details: { table, why: `${what} changed it` },
        location: { revision: 'r2' },
      })
      expect(await run('SELECT revision, direction, inverses, operations_hash FROM migrate_history')).toEqual(before)
      expect(await run('SELECT version_num FROM migrate_version')).toEqual([{ version_num: 'r1' }])
      expect(await run('SELECT n FROM t')).toEqual([])
    }
  }
  const reading = step((db) => db.query('SELECT * FROM migrate_history'))
  expect((await migratorOn(dialect, reading).upgrade()).applied).toEqual(['main:r2'])
}

/** The row of the head is gone, or the whole table. */
async function mentionsMissing(dialect: UnloadedDialect, run: Run): Promise<void> {
  const next = (op: OperationRecorder): void => op.createTable('later', (t) => t.column('n', integer()))
  const expected = expect.stringMatching(/^migrate_history has no row of r1, which is applied/)
  await migratorOn(dialect).upgrade()
  expect((await migratorOn(dialect).upgrade()).warnings).toEqual([])
  expect((await migratorOn(dialect).status()).warnings).toEqual([])
  for (const sql of ['DELETE FROM migrate_history', 'DROP TABLE migrate_history']) {
    await run(sql)
    expect((await migratorOn(dialect).upgrade()).warnings).toEqual([expected])
    expect((await migratorOn(dialect).status()).warnings).toEqual([expected])
    for (const mode of ['verify', 'apply', 'wait'] as const)
      expect((await migratorOn(dialect).ensure({ mode, verify: { schema: false } })).warnings).toEqual([expected])
    expect((await check(migratorOn(dialect))).findings).toMatchObject([
      { kind: 'history missing', level: 'problem', revisions: ['r1'], what: expected },
    ])
  }
  const { warnings, applied } = await migratorOn(dialect, next).upgrade()
  expect(applied).toEqual(['main:r2'])
  expect(warnings).toEqual([expected])
  expect((await migratorOn(dialect, next).upgrade()).warnings).toEqual([])
}

const dialectOf = (server: ServerName, url: string): UnloadedDialect =>
  familyOf(server) === 'postgres' ? postgresDialect({ url }) : mysqlDialect({ url })

describe('sqlite: the bookkeeping', () => {
  const folder = temporaryFolder()
  const createDatabase = (): readonly [UnloadedDialect, Run] => {
    const file = join(folder.path, 'app.db')
    const run: Run = async (sql) => {
      if (/^select/i.test(sql)) return rowsOf(file, sql) as Record<string, unknown>[]
      executeIn(file, sql)
      return []
    }
    return [sqliteDialect({ url: `sqlite:${file}` }), run]
  }
  it('that a data step or SQL writes is noticed, and nothing of the step stays', () =>
    noticesWrites(...createDatabase()))
  it('that was deleted is mentioned by upgrade, status, ensure and check', () => mentionsMissing(...createDatabase()))
})

describeOnDialects(['postgres', 'mariadb', 'mysql'], 'the bookkeeping', (createDatabase, server) => {
  it('that a data step or SQL writes is noticed, and nothing of the step stays', async () => {
    const db = await createDatabase()
    await noticesWrites(dialectOf(server, db.url), db.sql)
  })
  it('that was deleted is mentioned by upgrade, status, ensure and check', async () => {
    const db = await createDatabase()
    await mentionsMissing(dialectOf(server, db.url), db.sql)
  })
})

const releases: { readonly [F in 'postgres' | 'mysql']: readonly string[] } = {
  postgres: [
    'SELECT pg_advisory_unlock_all()',
    'SELECT pg_catalog."pg_advisory_unlock"(1)',
    'UPDATE t SET n = 1 WHERE pg_advisory_unlock_shared(1)',
  ],
  mysql: ['SELECT RELEASE_ALL_LOCKS()', "DO release_lock('x')", 'UPDATE t SET n = release_all_locks()'],
}

/** Out of sight of the text: a function of the database gives the lock back. */
const hidden: { readonly [F in 'postgres' | 'mysql']: string } = {
  postgres: 'CREATE FUNCTION free() RETURNS int LANGUAGE sql AS $$ SELECT pg_advisory_unlock_all(); SELECT 1 $$',
  mysql: 'CREATE FUNCTION free() RETURNS int READS SQL DATA RETURN release_all_locks()',
}

describeOnDialects(
  ['postgres', 'mariadb', 'mysql'],
  'a data step that gives the lock of the run back',
  (createDatabase, server) => {
    it('is refused where its text says so', async () => {
      const db = await createDatabase()
      const dialect = dialectOf(server, db.url)
      await migratorOn(dialect).upgrade()
      for (const sql of releases[familyOf(server)]) {
        await expect(
          migratorOn(
            dialect,
            step((step) => step.execute(sql)),
          ).upgrade(),
          sql,
        ).rejects.toMatchObject({
          code: 'TRANSACTION_CONTROL_IN_STEP',
          remedy: 'Leave the advisory locks of the session to the migrator.',
        })
      }
      const named = step((step) => step.query("SELECT 'pg_advisory_unlock_all, release_all_locks'"))
      expect((await migratorOn(dialect, named).upgrade()).applied).toEqual(['main:r2'])
    })

    it('is noticed at its end where its text does not, and nothing of it stays', async () => {
      const db = await createDatabase()
      const dialect = dialectOf(server, db.url)
      await migratorOn(dialect).upgrade()
      await db.sql(hidden[familyOf(server)])
      const freeing = step(async (db) => {
        await db.execute('INSERT INTO t VALUES (1)')
        await db.query('SELECT free()')
      })
      await expect(migratorOn(dialect, freeing).upgrade()).rejects.toMatchObject({ code: 'LOCK_LOST' })
      expect(await db.sql('SELECT n FROM t')).toEqual([])
      expect(await db.sql('SELECT version_num FROM migrate_version')).toEqual([{ version_num: 'r1' }])
      const opaque = (op: OperationRecorder): void => op.sql('SELECT free()')
      await expect(migratorOn(dialect, opaque).upgrade()).rejects.toMatchObject({ code: 'LOCK_LOST' })
      expect(await db.sql('SELECT version_num FROM migrate_version')).toEqual([{ version_num: 'r1' }])
    })
  },
)
