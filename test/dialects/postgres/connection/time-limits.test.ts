import { integer, type SeedFunction, varchar } from '@org/migrate-core'
import { runSeeds } from '@org/migrate-core/internal'
import { postgresDialect } from '@org/migrate-dialect-postgres'
import pg from 'pg'
import { expect, it } from 'vitest'
import { errorOf, line, migratorOf, type Recorded } from '../../../kit/migrator.ts'
import { describeOn, describeOnEach } from '../../../kit/own-sessions.ts'

const table: Recorded = (op) =>
  op.createTable('t', (t) => {
    t.column('id', integer(), { nullable: false })
    t.primaryKey(['id'])
  })
const slow: Recorded = (op) => op.sql('SELECT pg_sleep(0.4)')
const remedy =
  'Raise statement_timeout for this user, or the `statementTimeoutMs` of the migrator where it is set, and run it again.'

describeOnEach(['postgres'], 'a statement that the server ends for its time', (createDatabase) => {
  it('has a remedy that names the limit, which works', async () => {
    const db = await createDatabase()
    const migrator = migratorOf(postgresDialect({ url: db.url }), line(table, slow), { statementTimeoutMs: 150 })
    await migrator.upgrade('r1')
    expect(await errorOf(migrator.upgrade())).toMatchObject({ code: 'STATEMENT_FAILED', remedy })
    const raised = migratorOf(postgresDialect({ url: db.url }), line(table, slow), { statementTimeoutMs: 60_000 })
    expect((await raised.upgrade()).applied).toEqual(['main:r2'])
  })
})

describeOnEach(['postgres'], 'a limit for statements', (createDatabase) => {
  it('holds for seeds, and for values that are restored by hand', async () => {
    const db = await createDatabase()
    const limited = migratorOf(
      postgresDialect({ url: db.url }),
      line(table, (op) => op.addColumn('t', 'locale', varchar(8))),
      { statementTimeoutMs: 150 },
    )
    await limited.upgrade()
    const work: SeedFunction = async (rows) => void (await rows.query('SELECT pg_sleep(2)::text'))
    expect(await errorOf(runSeeds(limited, [{ name: 'slow', work }]))).toMatchObject({ remedy })

    await db.sql("INSERT INTO t (id, locale) VALUES (1, 'de')")
    await limited.downgrade('r1')
    await limited.stamp('r2')
    await db.sql('ALTER TABLE t ADD COLUMN locale varchar(8)')
    const body = 'BEGIN PERFORM pg_sleep(2); RETURN true; END'
    await db.sql(`CREATE FUNCTION waits(varchar) RETURNS boolean LANGUAGE plpgsql AS '${body}'`)
    await db.sql('ALTER TABLE t ADD CHECK (waits(locale)) NOT VALID')
    expect(await errorOf(limited.preserved.restore('r2'))).toMatchObject({ remedy })
  })
})

describeOn('postgres-next', 'a limit for transactions of the database', (createDatabase) => {
  const computing: Recorded = (op) =>
    op.run('computes', {
      up: async (db) => {
        await db.query('SELECT pg_sleep(0.3)::text')
        await new Promise((resolve) => setTimeout(resolve, 300))
      },
      down: 'none',
    })

  for (const driver of ['postgres', 'pg'] as const) {
    it(`is meant for those of the program: a run over ${driver} is not ended by it`, async () => {
      const db = await createDatabase()
      await db.sql(`ALTER DATABASE "${db.name}" SET transaction_timeout = '200ms'`)
      for (const lock of ['session', 'table'] as const) {
        const migrator = migratorOf(
          postgresDialect({ url: db.url, driver, ...(lock === 'table' ? { lock } : {}) }),
          line(table, computing),
        )
        expect((await migrator.upgrade()).applied).toEqual(['main:r1', 'main:r2'])
        await migrator.downgrade('base')
      }
    })
  }

  it('does not end a script either', async () => {
    const db = await createDatabase()
    await db.sql(`ALTER DATABASE "${db.name}" SET transaction_timeout = '200ms'`)
    const script = await migratorOf(postgresDialect({ url: db.url }), line(table, slow)).script()
    const client = new pg.Client({ connectionString: db.url })
    await client.connect()
    try {
      // What psql reads itself is not sent.
      await client.query(script.replace(/^\\.*$/gm, ''))
      expect((await client.query('SELECT count(*) AS n FROM t')).rows).toEqual([{ n: '0' }])
    } finally {
      await client.end()
    }
  })

  it('holds after the run in the session of a client that is open', async () => {
    const db = await createDatabase()
    const client = new pg.Client({ connectionString: db.url })
    await client.connect()
    try {
      await client.query("SET transaction_timeout = '200ms'")
      const migrator = migratorOf(postgresDialect({ driver: client }), line(table, computing))
      expect((await migrator.upgrade()).applied).toEqual(['main:r1', 'main:r2'])
      expect((await client.query('SHOW transaction_timeout')).rows).toEqual([{ transaction_timeout: '200ms' }])
    } finally {
      await client.end()
    }
  })
})
