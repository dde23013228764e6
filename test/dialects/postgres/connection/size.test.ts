import { type SqlFragment, verbatim } from '@org/migrate-core/dialect'
import { postgresDialect } from '@org/migrate-dialect-postgres'
import { expect, test } from 'vitest'
import { describeOnEach } from '../../../kit/own-sessions.ts'
import { open } from './kit.ts'

describeOnEach(['postgres', 'postgres-next'], 'the size of a value', (createDatabase) => {
  test('is told for a column of any type', async () => {
    const database = await createDatabase()
    const session = await open(database.url)
    const { byteLength } = (await postgresDialect({ url: database.url }).load()).values
    const column: SqlFragment = verbatim('v')
    const cases: readonly (readonly [type: string, text: string, bytes: bigint | null])[] = [
      ['text', "'aé'", 3n],
      ['varchar(9)', "''", 0n],
      ['bytea', "'\\x00ff10'", 3n],
      ['bytea', "''", 0n],
      ['blob', "'\\x00ff'", 6n],
      ['jsonb', `'{"a": 1}'`, 8n],
      ['json', `'{"a":1}'`, 7n],
      ['bigint', '-12', 3n],
      ['boolean', 'true', 4n],
      ['uuid', "'6b0a7f4e-8f3b-4c36-9e0d-0d2c5c1e9f10'", 36n],
      ['integer[]', "'{1,2}'", 5n],
      ['timestamptz', 'NULL', null],
      ['text', "repeat('x', 3000000)", 3_000_000n],
    ]
    await database.sql('CREATE DOMAIN blob AS bytea')
    for (const [at, [type, text, bytes]] of cases.entries()) {
      await database.sql(`CREATE TABLE s${at} (v ${type}); INSERT INTO s${at} VALUES (${text})`)
      const [row] = await session.query(`SELECT ${byteLength(column).text} AS bytes FROM s${at}`)
      expect([type, row?.bytes]).toEqual([type, bytes])
    }
  })
})
