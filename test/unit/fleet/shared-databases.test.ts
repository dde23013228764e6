import { graphOf, type Revision, revisions } from '@org/migrate-core'
import type { ServerSession } from '@org/migrate-core/dialect'
import { connectingWith, withConnectionScope } from '@org/migrate-core/internal'
import { mysqlDialect } from '@org/migrate-dialect-mysql'
import { createFleet, type Fleet } from '@org/migrate-fleet'
import { expect, it, onTestFinished } from 'vitest'
import { line } from '../../kit/migrator.ts'
import { describeOnEach, type TestDatabase } from '../../kit/servers.ts'
import { numbered } from './kit.ts'

/** What an author's SQL may leave in a session. */
const left = [
  "SET @mine = 'left'",
  'SET SESSION sort_buffer_size = 1048576',
  "SET time_zone = '+05:00'",
  'CREATE TEMPORARY TABLE mine (id integer)',
  "PREPARE own FROM 'SELECT 1'",
  "SET @taken = GET_LOCK(CONCAT('mine ', CONNECTION_ID()), 0)",
]

describeOnEach(['mariadb', 'mysql'], 'members in databases of one server', (createDatabase, server) => {
  const drivers = server === 'mariadb' ? (['mysql2', 'mariadb'] as const) : (['mysql2'] as const)
  const newDatabases = async (): Promise<TestDatabase & { readonly schemas: readonly string[] }> => {
    const database = await createDatabase()
    const schemas = numbered(12, `${database.name}_m`)
    onTestFinished(async () => {
      for (const schema of schemas) await database.sql(`DROP DATABASE IF EXISTS \`${schema}\``)
    })
    for (const schema of schemas) await database.sql(`CREATE DATABASE \`${schema}\` CHARACTER SET utf8mb4`)
    return { ...database, schemas }
  }
  const fleetOf = (
    { url, schemas }: { readonly url: string; readonly schemas: readonly string[] },
    driver: (typeof drivers)[number],
    history: readonly Revision[],
  ): Fleet =>
    createFleet({
      members: schemas.map((schema) => ({ id: schema, schema })),
      dialect: ({ schema = '' }) => mysqlDialect({ url, schema, driver }),
      tiers: [graphOf(revisions(history))],
      parallel: 2,
      retry: { times: 0 },
    })
  const inEach = async ({ sql, schemas }: Awaited<ReturnType<typeof newDatabases>>): Promise<readonly object[]> =>
    (await sql(
      schemas.map((schema) => `SELECT * FROM \`${schema}\`.seen`).join(' UNION ALL '),
    )) as unknown as readonly object[]

  it.each(drivers)('Share the connections of a run, and none stays open: %s', async (driver) => {
    const database = await newDatabases()
    const history = line((op) => op.sql('CREATE TABLE seen AS SELECT CONNECTION_ID() AS id, DATABASE() AS schema_name'))
    expect(await fleetOf(database, driver, history).upgrade()).toMatchObject({ migrated: 12, failed: 0 })
    const rows = (await inEach(database)) as readonly { id: unknown; schema_name: string }[]
    expect(rows.map(({ schema_name }) => schema_name).toSorted()).toEqual(database.schemas.toSorted())
    const ids = [...new Set(rows.map(({ id }) => Number(id)))]
    // Two members at a time, each with a session that looks and one that runs.
    expect(ids.length).toBeLessThanOrEqual(4)
    const listed = async (): Promise<readonly number[]> =>
      ((await database.sql('SHOW PROCESSLIST')) as unknown as readonly { Id: unknown }[])
        .map(({ Id }) => Number(Id))
        .filter((id) => ids.includes(id))
    await expect.poll(listed).toEqual([])
  })

  // A session in another role is not given on, and what is cleared would not be seen there.
  const leftovers = drivers.flatMap((driver) => [
    { driver, what: 'a role', leave: ['SET ROLE left_behind'], most: 24 },
    { driver, what: 'variables, settings, tables, statements and locks', leave: left, most: 4 },
  ])
  it.each(leftovers)('Find nothing of the one before: $what, by $driver', async ({ driver, leave, most }) => {
    const database = await newDatabases()
    await database.sql('CREATE ROLE IF NOT EXISTS left_behind')
    await database.sql(`GRANT left_behind TO CURRENT_USER${server === 'mariadb' ? '' : '()'}`)
    await database.sql('GRANT ALL ON *.* TO left_behind')
    // What is there is written down before anything is left behind.
    const inspected = `CREATE TABLE seen AS SELECT CONNECTION_ID() AS id, COALESCE(CURRENT_ROLE(), 'NONE') AS role, @mine AS own,
      @@SESSION.sort_buffer_size = @@GLOBAL.sort_buffer_size AS sorts, @@time_zone AS zone,
      IS_USED_LOCK(CONCAT('mine ', CONNECTION_ID())) AS locked`
    const history = line((op) => {
      for (const text of [inspected, ...leave]) op.sql(text)
    })
    const result = await fleetOf(database, driver, history).upgrade()
    expect(result.failures).toEqual([])
    const rows = (await inEach(database)) as readonly { id: unknown }[]
    for (const { id: _, ...row } of rows)
      expect(row).toEqual({ role: 'NONE', own: null, sorts: 1, zone: '+00:00', locked: null })
    expect(new Set(rows.map(({ id }) => String(id))).size).toBeLessThanOrEqual(most)
  })

  it.each(drivers)('Take no statement of one whose session has ended: %s', async (driver) => {
    const { url, schemas } = await newDatabases()
    const idOf = async (session: ServerSession): Promise<unknown> =>
      (await session.query('SELECT CONNECTION_ID() AS id'))[0]?.id
    await withConnectionScope(2, async (scope) => {
      const open = (schema: string, signal?: AbortSignal): Promise<ServerSession> =>
        connectingWith(mysqlDialect({ url, schema, driver }), { scope }).connection.connect({
          purpose: 'run',
          ...(signal === undefined ? {} : { signal }),
        })
      const [one = '', two = '', three = ''] = schemas
      const first = await open(one)
      const id = await idOf(first)
      await first.close()
      const second = await open(two)
      expect(await idOf(second)).toBe(id)
      await expect(first.query('SELECT 1')).rejects.toMatchObject({ code: 'SESSION_CLOSED' })
      expect(await second.query('SELECT DATABASE() AS schema_name')).toEqual([{ schema_name: two }])
      // In a transaction that was not ended it is not given on.
      const transaction = await second.begin()
      await second.query('SELECT 1')
      expect(transaction).toBeDefined()
      await second.close()
      const stopped = new AbortController()
      const third = await open(three, stopped.signal)
      const thirdId = await idOf(third)
      expect(thirdId).not.toBe(id)
      // Nor where the server was asked to end a statement: that may come late.
      const sleeping = third.query('SELECT SLEEP(5)')
      setTimeout(() => stopped.abort(new Error('stopped')), 100)
      await expect(sleeping).rejects.toThrow('stopped')
      await third.close()
      const fourth = await open(one)
      expect(await idOf(fourth)).not.toBe(thirdId)
      // One whose database is gone serves another one.
      const fourthId = await idOf(fourth)
      await fourth.close()
      await expect(
        connectingWith(mysqlDialect({ url, schema: 'there_is_none', driver }), { scope }).connection.connect({
          purpose: 'run',
          whenMissing: 'refuse',
        }),
      ).rejects.toMatchObject({ code: 'DATABASE_UNREACHABLE' })
      const fifth = await open(two)
      expect(await idOf(fifth)).toBe(fourthId)
      await fifth.close()
    })
  })
})
