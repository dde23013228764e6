import { openDatabase } from '@org/migrate-schema/database'
import { sql } from 'drizzle-orm'
import { expect, it } from 'vitest'
import { describeOn, describeOnDialects } from '../../kit/own-sessions.ts'
import { counted, failure, head, openService, patience, toServiceDatabase } from './kit.ts'

const killing = {
  postgres: `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()`,
  mysql: `SELECT id FROM information_schema.processlist WHERE db = DATABASE() AND id <> CONNECTION_ID()`,
}

describeOnDialects(['postgres', 'mariadb', 'mysql'], 'the start of a service', (createDatabase, server) => {
  it(
    'whose connection is lost in the middle says that it is safe to start again, and it is',
    async () => {
      const database = await createDatabase()
      const { env } = toServiceDatabase(database)
      let killed: Promise<unknown> | undefined
      const kill = async (): Promise<void> => {
        if (server === 'postgres') await database.sql(killing.postgres)
        else
          for (const { id } of await database.sql(killing.mysql))
            await database.sql(`KILL ${String(id)}`).catch(() => [])
      }
      const error = await failure(
        openDatabase(env, {
          onEvent: (event) => {
            if (event.type === 'stepStarted' && event.revision === '006_migrate_timestamps_and_charfields')
              killed ??= kill()
          },
        }),
      )
      await killed
      expect(error).toMatchObject({ code: 'CONNECTION_LOST' })
      expect((error as Error & { remedy: string }).remedy).toMatch(/safe to start again/)
      expect(error.message).toMatch(/revision 0\d\d_/)
      const { started } = await openService(env)
      expect(started).toMatchObject({ state: 'atHead', revision: [head] })
    },
    patience,
  )
})

describeOn('postgres', 'the schema and the connections of a service', (createDatabase) => {
  it('DATABASE_SCHEMA is where both tiers, their histories and the service are', async () => {
    const database = await createDatabase()
    const env = { DATABASE_URL: database.url, DATABASE_SCHEMA: 'App "one"' }
    const service = await openService(env)
    if (service.dialect !== 'postgres') throw new Error(service.dialect)
    const { chat } = service.tables
    await service.withTransaction((db) =>
      db.insert(chat).values({ id: 'c', user_id: 'u', title: 't', archived: false, created_at: 1n, updated_at: 2n }),
    )
    const sessions = await database.sql(
      `SELECT table_schema, COUNT(*)::int AS n FROM information_schema.tables
       WHERE table_schema NOT IN ('pg_catalog', 'information_schema') GROUP BY table_schema`,
    )
    expect(sessions.map(({ table_schema }) => table_schema)).toEqual(['App "one"'])
    expect(await database.sql(`SELECT id FROM "App ""one""".chat`)).toEqual([{ id: 'c' }])
    expect(await counted(toServiceDatabase(database), `"App ""one""".migratehistory`)).toBe(18)
    expect((await openService(env)).started.applied).toEqual([])
  })

  it('migrates over migrationUrl and serves over the other', async () => {
    const database = await createDatabase()
    const names = new Set<unknown>()
    const queries: Promise<unknown>[] = []
    const named = (name: string): string => `${database.url}?application_name=${name}`
    const listed = `SELECT DISTINCT application_name AS name FROM pg_stat_activity
      WHERE datname = current_database() AND application_name IN ('direct', 'pooled')`
    const ask = async (): Promise<void> => {
      for (const { name } of await database.sql(listed)) names.add(name)
    }
    const service = await openService(
      { DATABASE_URL: named('pooled') },
      {
        migrationUrl: named('direct').replace('postgresql:', 'postgres:'),
        statementCache: false,
        onEvent: ({ type }) => {
          if (type === 'stepStarted') queries.push(ask())
        },
      },
    )
    await Promise.all(queries)
    expect([...names]).toEqual(['direct'])
    if (service.dialect !== 'postgres') throw new Error(service.dialect)
    expect(await service.db.execute(sql`SELECT current_setting('application_name') AS name`)).toMatchObject([
      { name: 'pooled' },
    ])
    expect(await service.db.execute(sql`SELECT COUNT(*)::int AS n FROM pg_prepared_statements`)).toMatchObject([
      { n: 0n },
    ])
    const unknown = await failure(
      openDatabase({ DATABASE_URL: database.url }, { migrationUrl: 'mysql://a:c4nary@h/d' }),
    )
    expect(unknown).toMatchObject({ code: 'INVALID_URL', message: expect.stringMatching(/^migrationUrl /) })
    expect(unknown.message).not.toContain('c4nary')
  })

  it('keeps as many connections as DATABASE_POOL_SIZE says, and waits as long as DATABASE_POOL_TIMEOUT', async () => {
    const database = await createDatabase()
    await (await openDatabase({ DATABASE_URL: database.url })).close()
    const env = { DATABASE_URL: database.url, DATABASE_POOL_SIZE: '1', DATABASE_POOL_TIMEOUT: '1' }
    const service = await openService(env)
    const error = await service.withSession(async () => failure(service.withSession(async () => 1)))
    expect(error).toMatchObject({ code: 'DATABASE_BUSY' })
    const none = await openService({ ...env, DATABASE_POOL_SIZE: '0' })
    expect(await none.withSession(async () => none.withSession(async () => 'both'))).toBe('both')
  })
})
