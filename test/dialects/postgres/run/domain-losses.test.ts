import { bigint, native, type OperationRecorder } from '@org/migrate-core'
import type { ColumnType } from '@org/migrate-core/dialect'
import { postgresDialect } from '@org/migrate-dialect-postgres'
import { expect, it } from 'vitest'
import { lossText } from '../../../../apps/cli/src/reporters/loss-text.ts'
import { migratorOf } from '../../../kit/migrator.ts'
import { describeOn } from '../../../kit/servers.ts'

const retype =
  (type: ColumnType, before: (op: OperationRecorder) => void = () => {}) =>
  (op: OperationRecorder): void => {
    before(op)
    op.alterTable('t', (t) => t.alterColumn('n', { type }))
  }
const step = (op: OperationRecorder): void =>
  op.run('fill', { up: async (db) => void (await db.execute('SELECT 1')), down: 'none' })
const afterPoint = 'the digits after the point, if there are any'

describeOn('postgres', 'a column of a domain that gets another type', (createDatabase) => {
  it.each<{
    readonly title: string
    readonly base: string
    readonly values: string
    readonly upgrade: (op: OperationRecorder) => void
    readonly plan: readonly string[]
    readonly run: readonly string[]
  }>([
    {
      title: 'loses nothing of whole numbers',
      base: 'integer CHECK (VALUE > 0)',
      values: '(1), (200), (NULL)',
      upgrade: retype(bigint()),
      plan: ['column t.n: no values changed by the conversion'],
      run: [],
    },
    {
      title: 'loses digits after the point, which are counted',
      base: 'numeric(10, 2) CHECK (VALUE <> 2)',
      values: '(1.50), (3.00), (NULL), (100)',
      upgrade: retype(bigint()),
      plan: [`column t.n: 1 value changed by the conversion, not preserved (${afterPoint})`],
      run: [`column t.n: 1 value changed by the conversion, not preserved (${afterPoint})`],
    },
    {
      title: 'is counted behind a data step when it runs',
      base: 'integer',
      values: '(1)',
      upgrade: retype(bigint(), step),
      plan: [
        `column t.n: values changed by the conversion, not preserved; how many is known when it runs (${afterPoint})`,
      ],
      run: [],
    },
    {
      title: 'is not counted where its casts are not known, and no output says that it will be',
      base: 'date',
      values: "('2020-01-02')",
      upgrade: retype(native('postgres', 'timestamp'), step),
      plan: [
        'column t.n: values changed by the conversion, not preserved; how many is not known (what the new type cannot store)',
      ],
      run: [
        'column t.n: values changed by the conversion, not preserved; how many is not known (what the new type cannot store)',
      ],
    },
  ])('$title', async ({ base, values, upgrade, plan, run }) => {
    const { url, sql } = await createDatabase()
    await sql(`CREATE DOMAIN d AS ${base}; CREATE TABLE t (n d); INSERT INTO t VALUES ${values}`)
    const migrator = migratorOf(postgresDialect({ url }), [{ revision: 'r1', downRevision: null, upgrade }])
    expect((await migrator.plan()).steps.flatMap(({ losses }) => losses.map(lossText))).toEqual(plan)
    expect((await migrator.upgrade()).losses.map(lossText)).toEqual(run)
  })

  it('fails with the error of the change where the server has no cast', async () => {
    const { url, sql } = await createDatabase()
    await sql("CREATE DOMAIN d AS date; CREATE TABLE t (n d); INSERT INTO t VALUES ('2020-01-02')")
    const migrator = migratorOf(postgresDialect({ url }), [
      { revision: 'r1', downRevision: null, upgrade: retype(bigint()) },
    ])
    await expect(migrator.upgrade()).rejects.toMatchObject({
      code: 'STATEMENT_FAILED',
      location: { operation: 'change column t.n: type' },
    })
  })
})
