import { graphOf, type Revision, revisions } from '@org/migrate-core'
import type { ServerSession } from '@org/migrate-core/dialect'
import { connectingWith, withConnectionScope } from '@org/migrate-core/internal'
import { postgresDialect } from '@org/migrate-dialect-postgres'
import { createFleet, type Fleet } from '@org/migrate-fleet'
import { expect, it } from 'vitest'
import { line } from '../../kit/migrator.ts'
import { describeOn, type TestDatabase } from '../../kit/own-sessions.ts'
import { numbered } from './kit.ts'

function schemaFleet({ url }: TestDatabase, schemas: readonly string[], history: readonly Revision[]): Fleet {
  return createFleet({
    members: schemas.map((schema) => ({ id: schema, schema })),
    dialect: ({ schema = '' }) => postgresDialect({ url, schema }),
    tiers: [graphOf(revisions(history))],
    parallel: 2,
    retry: { times: 0 },
  })
}

const inEach = async ({ sql }: TestDatabase, schemas: readonly string[], text: string): Promise<readonly unknown[]> =>
  sql(schemas.map((schema) => `SELECT ${text} FROM ${schema}.seen`).join(' UNION ALL '))

/** What an author's SQL may leave in a session. */
const left = [
  "SELECT set_config('app.tenant', current_schema(), false)",
  "SET work_mem = '9MB'",
  'CREATE TEMP TABLE mine (id integer)',
  'DECLARE held CURSOR WITH HOLD FOR SELECT 1',
  'LISTEN heard',
  'SELECT pg_advisory_lock(77, hashtext(current_schema()))',
]

describeOn('postgres', 'members in schemas of one database', (createDatabase) => {
  const schemas = numbered(12, 's')
  const createTenants = async (): Promise<TestDatabase> => {
    const database = await createDatabase()
    await database.sql(schemas.map((schema) => `CREATE SCHEMA ${schema}`).join('; '))
    return database
  }

  it('Share the connections of a run, and none stays open', async () => {
    const database = await createTenants()
    const history = line((op) => op.sql('CREATE TABLE seen AS SELECT pg_backend_pid()::text AS pid'))
    expect(await schemaFleet(database, schemas, history).upgrade()).toMatchObject({ migrated: 12, failed: 0 })
    const pids = new Set((await inEach(database, schemas, 'pid')).map((row) => JSON.stringify(row)))
    // Two members at a time, each with a session that looks and one that runs.
    expect(pids.size).toBeLessThanOrEqual(4)
    await expect
      .poll(() =>
        database.sql(
          "SELECT pid FROM pg_stat_activity WHERE datname = current_database() AND application_name = 'migrate'",
        ),
      )
      .toEqual([])
  })

  // A session in which an author has prepared a statement is not given on, and what is cleared would not be seen there.
  it.each([
    ['a prepared statement', ['PREPARE own AS SELECT 1']],
    ['settings, tables, cursors, channels and locks', left],
  ])('Find nothing of the one before: %s', async (_, leave) => {
    const database = await createTenants()
    // What is there is written down before anything is left behind.
    const inspected = `CREATE TABLE seen AS SELECT
      current_setting('app.tenant', true) AS setting, current_setting('work_mem') AS work_mem, current_user::text AS role,
      (SELECT count(*) FROM pg_class WHERE relname = 'mine' AND relpersistence = 't' AND pg_table_is_visible(oid))::text AS temporary,
      (SELECT count(*) FROM pg_cursors WHERE name = 'held')::text AS cursors,
      (SELECT count(*) FROM pg_prepared_statements WHERE name = 'own')::text AS prepared,
      (SELECT count(*) FROM pg_listening_channels())::text AS channels,
      (SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND pid = pg_backend_pid() AND classid = 77)::text AS locks`
    const history = line((op) => {
      for (const text of [inspected, ...leave]) op.sql(text)
    })
    const result = await schemaFleet(database, schemas, history).upgrade()
    expect(result.failures).toEqual([])
    const clean = { temporary: '0', cursors: '0', prepared: '0', channels: '0', locks: '0' }
    const [{ work_mem } = { work_mem: '' }] = (await database.sql(
      "SELECT current_setting('work_mem') AS work_mem",
    )) as {
      work_mem: string
    }[]
    for (const row of await inEach(database, schemas, '*')) {
      const { setting, role, ...remaining } = row as Record<string, unknown>
      // A setting that no server knows is empty from its first use on.
      expect(setting === null || setting === '').toBe(true)
      expect(role).not.toBe('')
      expect(remaining).toEqual({ ...clean, work_mem })
    }
  })

  it('Take no statement of one whose session has ended', async () => {
    const { url } = await createDatabase()
    const pidOf = async (session: ServerSession): Promise<unknown> =>
      (await session.query('SELECT pg_backend_pid()::text AS pid'))[0]?.pid
    await withConnectionScope(2, async (scope) => {
      const open = (schema: string): Promise<ServerSession> =>
        connectingWith(postgresDialect({ url, schema }), { scope }).connection.connect({ purpose: 'run' })
      const first = await open('one')
      const pid = await pidOf(first)
      await first.close()
      const second = await open('two')
      expect(await pidOf(second)).toBe(pid)
      await expect(first.query('SELECT 1')).rejects.toMatchObject({ code: 'SESSION_CLOSED' })
      expect(await second.query('SELECT current_schema()::text AS schema')).toEqual([{ schema: 'two' }])
      // In a transaction that was not ended it is not given on.
      await second.begin()
      await second.close()
      const third = await open('one')
      expect(await pidOf(third)).not.toBe(pid)
      await third.close()
    })
  })
})
