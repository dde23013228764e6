import {
  createMigrator,
  graphOf,
  integer,
  type OperationRecorder,
  type RecordedOperation,
  revisions,
  varchar,
} from '@org/migrate-core'
import { record } from '@org/migrate-core/internal'
import { expect, test } from 'vitest'
import { line } from '../../kit/migrator.ts'
import { describeOnAll, migratorOn } from './grounds.ts'

/** Each takes values away twice under one name. */
const twoOfOneName: readonly (readonly [string, (op: OperationRecorder) => void])[] = [
  [
    'a column, and another one that has taken its name',
    (op) => {
      op.dropColumn('t', 'a')
      op.renameColumn('t', 'b', 'a')
      op.dropColumn('t', 'a')
    },
  ],
  [
    'a table, and another one that has taken its name',
    (op) => {
      op.dropTable('t')
      op.renameTable('u', 't')
      op.dropTable('t')
    },
  ],
  [
    'two changes of the type of a column',
    (op) => {
      op.alterColumn('t', 'd', { type: integer(), using: 'length(a)', usingBack: 'NULL' })
      op.alterColumn('t', 'd', { type: varchar(9), using: "'x'", usingBack: '1' })
    },
  ],
  [
    'a conversion that loses nothing, and one behind it that does',
    (op) => {
      op.alterColumn('t', 'a', { type: varchar(50) })
      op.alterColumn('t', 'a', { type: integer(), using: 'length(a)', usingBack: 'NULL' })
    },
  ],
  [
    'a column that is dropped, added, and dropped once more',
    (op) => {
      op.dropColumn('t', 'a')
      op.addColumn('t', 'a', varchar(9), { default: 'new' })
      op.dropColumn('t', 'a')
    },
  ],
]

const preserving = (operation: RecordedOperation): string | undefined => {
  const { kind, preserve, table, column } = operation.operation as Record<string, unknown> & { kind: string }
  return preserve === undefined ? undefined : `${kind} ${JSON.stringify(table)} ${String(column)} ${String(preserve)}`
}

describeOnAll('two operations of a revision that preserve values under one name', (openGround) => {
  const tables = (op: OperationRecorder): void => {
    for (const name of ['t', 'u'])
      op.createTable(name, (t) => {
        t.column('id', integer(), { nullable: false })
        for (const column of ['a', 'b', 'd']) t.column(column, varchar(20))
        t.primaryKey(['id'])
      })
  }

  test.each(twoOfOneName)('%s: all of them come back', async (_what, change) => {
    const ground = await openGround()
    const migrator = createMigrator({
      dialect: ground.dialect,
      tiers: [graphOf(revisions(line(tables, change)))],
      preserve: { upgrades: true },
    })
    await migrator.upgrade('r1')
    for (const name of ['t', 'u'])
      await ground.sql(
        `INSERT INTO ${name} (id, a, b, d) VALUES (1, 'a1${name}', 'b1${name}', '11'), (2, 'a2${name}', NULL, '12')`,
      )
    const rows = async () =>
      Promise.all(['t', 'u'].map((name) => ground.rows(`SELECT id, a, b, d FROM ${name} ORDER BY id`)))
    const before = await rows()
    expect(before[0]).toEqual([
      ['1', 'a1t', 'b1t', '11'],
      ['2', 'a2t', null, '12'],
    ])
    const losses = (await migrator.plan()).steps.flatMap((step) => step.losses ?? [])
    expect(losses.filter(({ preserved }) => !preserved)).toEqual([])
    await migrator.upgrade()
    await migrator.downgrade('r1')
    expect(await rows()).toEqual(before)
    expect((await migrator.status()).preserved).toBe(0)
    await migrator.upgrade()
    await migrator.downgrade('r1')
    expect(await rows()).toEqual(before)
  })
})

test('each of several operations that preserve under one name has a number', () => {
  const { operations } = record({
    revision: 'r',
    dialect: 'sqlite',
    build: (op) => {
      op.dropColumn('t', 'a', { preserve: true })
      op.renameColumn('t', 'b', 'a')
      op.dropColumn('t', 'a', { preserve: true })
      op.dropTable('a', { preserve: true })
    },
  })
  expect(operations.flatMap((each) => preserving(each) ?? [])).toEqual([
    'dropColumn {"name":"t"} a true',
    'dropColumn {"name":"t"} a 2',
    'dropTable {"name":"a"} undefined true',
  ])
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
