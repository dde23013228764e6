import { column, integer, json, table } from '@org/migrate-core'
import { openPostgres, toDrizzle } from '@org/migrate-drizzle/postgres'
import { drizzle } from 'drizzle-orm/postgres-js'
import postgres from 'postgres'
import { expect, test } from 'vitest'
import { describeOnEach } from '../../../kit/servers.ts'

const settings = toDrizzle(
  table('settings', { id: column(integer(), { nullable: false }), data: column(json()) }, { primaryKey: ['id'] }),
)

describeOnEach(['postgres'], 'a table of toDrizzle on a connection that parses JSON', (createDatabase) => {
  test('is refused with the connection that reads JSON exactly, which reads it', async () => {
    const { url, sql: run } = await createDatabase()
    await run(`CREATE TABLE settings (id integer PRIMARY KEY, data json)`)
    await run(`INSERT INTO settings VALUES (1, '{"n":[1]}')`)
    const client = postgres(url, { max: 1 })
    try {
      await expect(drizzle({ client }).select().from(settings)).rejects.toMatchObject({
        code: 'VALUE_INVALID',
        message:
          'settings.data: expected JSON text, found an object. JSON that was parsed before may have rounded numbers.',
        remedy:
          'Open the database with openPostgres, openMysql or openSqlite of @org/migrate-drizzle, and select JSON from its own table, not through `with`.',
      })
    } finally {
      await client.end()
    }
    const database = openPostgres({ url })
    expect(await database.db.select().from(settings)).toEqual([{ id: 1, data: { n: [1] } }])
    await database.close()
  })
})
