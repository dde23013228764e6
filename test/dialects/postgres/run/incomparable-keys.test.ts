import { integer, json, native, type OperationRecorder } from '@org/migrate-core'
import type { ColumnType } from '@org/migrate-core/dialect'
import { postgresDialect } from '@org/migrate-dialect-postgres'
import { expect, it } from 'vitest'
import { line, migratorOf } from '../../../kit/migrator.ts'
import { describeOn } from '../../../kit/servers.ts'

const table =
  (type: ColumnType) =>
  (op: OperationRecorder): void =>
    op.createTable('t', (t) => {
      t.column('id', integer(), { nullable: false })
      t.column('k', type)
      t.primaryKey(['id'])
    })

describeOn('postgres', 'rows whose key the server cannot compare', (createDatabase) => {
  it.each<readonly [string, ColumnType, string]>([
    ['json', json(), '{}'],
    ['json[]', native('postgres', 'json[]'), '{}'],
    ['jsonpath', native('postgres', 'jsonpath'), '$'],
    ['xml', native('postgres', 'xml'), '<a/>'],
    ['point', native('postgres', 'point'), '(1,2)'],
    ['polygon', native('postgres', 'polygon'), '((1,2),(3,4))'],
    // Their = compares the area, and the number of points.
    ['box', native('postgres', 'box'), '(3,4),(1,2)'],
    ['circle', native('postgres', 'circle'), '<(1,2),3>'],
    ['path', native('postgres', 'path'), '((1,2),(3,4))'],
  ])('are refused before anything runs: %s', async (type, column, value) => {
    const { url, sql } = await createDatabase()
    const migratorBy = (key: string) =>
      migratorOf(
        postgresDialect({ url }),
        line(table(column), (op) => op.insertRows('t', [{ id: 1, k: value }], { key: [key] })),
      )
    const refusal = {
      code: 'UNSUPPORTED',
      message: `find rows of t by k: PostgreSQL has no comparison that tells values of the type ${type} apart`,
      remedy: expect.stringContaining('Name other columns as the key.'),
    }
    await expect(migratorBy('k').plan()).rejects.toMatchObject(refusal)
    await expect(migratorBy('k').upgrade()).rejects.toMatchObject(refusal)
    expect(await sql("SELECT to_regclass('t') AS found")).toEqual([{ found: null }])
    await migratorBy('id').upgrade()
    await migratorBy('id').downgrade('r1')
    expect(await sql('SELECT * FROM t')).toEqual([])
  })

  it('can be compared where the type is jsonb', async () => {
    const { url, sql } = await createDatabase()
    const migrator = migratorOf(
      postgresDialect({ url }),
      line(table(native('postgres', 'jsonb')), (op) => op.insertRows('t', [{ id: 1, k: '{"a": 1}' }], { key: ['k'] })),
    )
    await migrator.upgrade()
    await migrator.downgrade('r1')
    expect(await sql('SELECT * FROM t')).toEqual([])
  })

  it('are not deleted by a downgrade either', async () => {
    const { url, sql } = await createDatabase()
    const migrator = migratorOf(
      postgresDialect({ url }),
      line(table(json()), {
        up: (op) => op.insertRows('t', [{ id: 1, k: '{}' }]),
        down: (op) => op.deleteRows('t', [{ k: '{}' }]),
      }),
    )
    await migrator.upgrade()
    await expect(migrator.downgrade('r1')).rejects.toMatchObject({ code: 'UNSUPPORTED' })
    expect(await sql('SELECT id FROM t')).toEqual([{ id: 1 }])
  })
})
