import { integer, type OperationRecorder, record, text, varchar } from '@org/migrate-core'
import { describe, expect, test } from 'vitest'
import { describeOnAll, migratorOn } from './grounds.ts'

const recorded = (build: (op: OperationRecorder) => void) => record({ revision: 'r', dialect: 'sqlite', build })

describe('two operations of a revision that would preserve values under one name', () => {
  test.each<readonly [string, string, (op: OperationRecorder) => void]>([
    [
      'a column, and another one that has taken its name',
      'column t.a',
      (op) => {
        op.alterTable('t', (t) => t.dropColumn('a', { preserve: true }))
        op.alterTable('t', (t) => t.renameColumn('b', 'a'))
        op.alterTable('t', (t) => t.dropColumn('a', { preserve: true }))
      },
    ],
    [
      'a table, and another one that has taken its name',
      'table app.t',
      (op) => {
        op.dropTable({ schema: 'app', name: 't' }, { preserve: true })
        op.renameTable({ schema: 'app', name: 'u' }, 't')
        op.on({
          sqlite: (own) => own.dropTable({ schema: 'app', name: 't' }, { preserve: true }),
          otherwise: () => undefined,
        })
      },
    ],
    [
      'two changes of the type of a column',
      'column t.a',
      (op) =>
        op.alterTable('t', (t) => {
          t.alterColumn('a', { type: integer(), using: 'length(a)', usingBack: "''", preserve: true })
          t.alterColumn('a', { type: text(), using: "'x'", usingBack: '1', preserve: true })
        }),
    ],
  ])('%s are refused', (_what, name, build) => {
    expect(() => recorded(build)).toThrowError(
      expect.objectContaining({
        code: 'INVALID_OPERATION',
        details: expect.objectContaining({
          why: `values of ${name} are preserved under this name by an earlier operation of the revision; put this one into a revision of its own`,
        }),
      }),
    )
  })
})

describeOnAll('names that have a point in them', (openGround, server) => {
  const quoted = (name: string): string => (/mariadb|mysql/.test(server) ? `\`${name}\`` : `"${name}"`)

  test('are not taken for the names of a table and its column', async () => {
    const ground = await openGround()
    const table = (name: string, column: string) => (op: OperationRecorder) =>
      op.createTable(name, (t) => {
        t.column('id', integer(), { nullable: false })
        t.column(column, varchar(9))
        t.column('x', varchar(9))
        t.primaryKey(['id'])
      })
    const migrator = migratorOn(
      ground.dialect,
      {
        upgrade: (op) => {
          table('t', 'a.b')(op)
          table('t.a', 'b')(op)
          op.insertRows('t', [{ id: 1, 'a.b': 'one' }], { key: ['id'] })
          op.insertRows(
            't.a',
            [
              { id: 1, b: 'uno' },
              { id: 2, b: 'dos' },
            ],
            { key: ['id'] },
          )
        },
      },
      {
        upgrade: (op) => {
          op.alterTable('t', (t) => t.dropColumn('a.b', { preserve: true }))
          op.alterTable('t.a', (t) => t.dropColumn('b', { preserve: true }))
        },
      },
    )
    await migrator.upgrade()
    await migrator.downgrade('r1')
    expect(await ground.rows(`SELECT id, ${quoted('a.b')} FROM t`)).toEqual([['1', 'one']])
    expect(await ground.rows(`SELECT id, b FROM ${quoted('t.a')} ORDER BY id`)).toEqual([
      ['1', 'uno'],
      ['2', 'dos'],
    ])
  })
})
