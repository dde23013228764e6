import { char, integer, native, type OperationRecorder, text } from '@org/migrate-core'
import type { ColumnType } from '@org/migrate-core/dialect'
import { postgresDialect } from '@org/migrate-dialect-postgres'
import { expect, it } from 'vitest'
import { line, migratorOf } from '../../../kit/migrator.ts'
import { describeOnDialects } from '../../../kit/servers.ts'

describeOnDialects(['postgres', 'postgres-next'], 'a value that a new type does not take', (createDatabase) => {
  const convert = async (
    type: string,
    { using = `k::${type}`, value = 'it\'s : "no"', from = text() as ColumnType } = {},
  ) => {
    const { url, sql } = await createDatabase()
    const migrator = migratorOf(
      postgresDialect({ url }),
      line(
        (op: OperationRecorder) =>
          op.createTable('t', (t) => {
            t.column('id', integer(), { nullable: false })
            t.column('k', from)
            t.primaryKey(['id'])
          }),
        (op: OperationRecorder) =>
          op.alterColumn('t', 'k', { type: native('postgres', type), using, usingBack: 'k::text' }),
      ),
    )
    await migrator.upgrade('r1')
    await sql(`CREATE TYPE "Mood" AS ENUM ('a'); INSERT INTO t VALUES (1, NULL), (2, '${value.replaceAll("'", "''")}')`)
    return migrator.upgrade()
  }

  it.each([
    ...['integer', 'numeric(4,2)', 'double precision', 'boolean', 'money', 'uuid', 'inet', 'cidr', 'macaddr'],
    ...['date', 'time', 'timetz', 'timestamp', 'timestamptz', 'interval', 'point', 'int4range', 'integer[]', '"Mood"'],
  ])('is named with its row: %s', async (type) => {
    await expect(convert(type)).rejects.toMatchObject({
      code: 'BLOCKING_ROWS',
      details: { check: expect.stringMatching(/^rows of t with a value in k that .+ does not take$/), rows: ['id 2'] },
    })
  })

  it('is named with its row, the type and the value', async () => {
    await expect(convert('uuid')).rejects.toMatchObject({
      message: 'rows of t with a value in k that uuid does not take: id 2',
      cause: { message: 'invalid input syntax for type uuid: "it\'s : "no""' },
    })
  })

  it.each([
    ['beyond its range', 'smallint', '99999'],
    ['beyond its range', 'date', '2026-02-30'],
  ])('is named with its row where it is %s: %s', async (_title, type, value) => {
    await expect(convert(type, { value })).rejects.toMatchObject({ code: 'BLOCKING_ROWS', details: { rows: ['id 2'] } })
  })

  it.each(['"k"::uuid', 'CAST(k AS uuid)', '(k)::uuid', ' K :: uuid '])('is named for %s', async (using) => {
    await expect(convert('uuid', { using })).rejects.toMatchObject({ code: 'BLOCKING_ROWS' })
  })

  it('is named where it was filled up with blanks', async () => {
    await expect(convert('uuid', { from: char(40), value: 'short' })).rejects.toMatchObject({
      code: 'BLOCKING_ROWS',
      details: { rows: ['id 2'] },
    })
  })

  it.each([
    ['of another expression', 'uuid', { using: "(k || 'x')::uuid" }],
    ['that the server does not name', 'jsonb', {}],
  ])('is in the error of the server alone %s', async (_title, type, options) => {
    await expect(convert(type, options)).rejects.toMatchObject({ code: 'STATEMENT_FAILED' })
  })
})
