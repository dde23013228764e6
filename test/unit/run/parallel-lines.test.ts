import {
  createMigrator,
  graphOf,
  integer,
  type OperationRecorder,
  type Revision,
  revisions,
  varchar,
} from '@org/migrate-core'
import type { UnloadedDialect } from '@org/migrate-core/dialect'
import { expect, test } from 'vitest'
import { describeOnAll } from '../preserved/grounds.ts'

type Upgrade = (op: OperationRecorder) => void

const table: Upgrade = (op) =>
  op.createTable('t', (t) => {
    t.column('id', integer(), { nullable: false })
    t.column('x', varchar(9))
    t.column('y', varchar(9))
    t.primaryKey(['id'])
  })

/** a, b and c on it, and m on both. */
const migratorOn = (dialect: UnloadedDialect, b: Upgrade, c: Upgrade) => {
  const chain: readonly Revision[] = [
    { revision: 'a', downRevision: null, upgrade: table },
    { revision: 'b', downRevision: 'a', upgrade: b },
    { revision: 'c', downRevision: 'a', upgrade: c },
    { revision: 'm', downRevision: ['b', 'c'], upgrade: () => undefined },
  ]
  return createMigrator({ dialect, tiers: [graphOf(revisions(chain))] })
}

describeOnAll('lines side by side', (openGround) => {
  const cases: readonly (readonly [string, Upgrade, Upgrade])[] = [
    ['the table gets another name', (op) => op.addColumn('t', 'z', integer()), (op) => op.renameTable('t', 'u')],
    [
      'the column gets another name',
      (op) => op.alterTable('t', (t) => t.alterColumn('x', { default: 'b' })),
      (op) => op.renameColumn('t', 'x', 'w'),
    ],
    [
      'the same column gets another default',
      (op) => op.alterTable('t', (t) => t.alterColumn('y', { default: 'b' })),
      (op) => op.alterTable('t', (t) => t.alterColumn('y', { default: 'c' })),
    ],
    ['the table is dropped', (op) => op.addColumn('t', 'z', integer()), (op) => op.dropTable('t', { preserve: true })],
  ]
  const both = cases.flatMap(([what, first, second]) => [
    [what, ['b', 'c'], first, second] as const,
    [what, ['c', 'b'], second, first] as const,
  ])

  test.each(both)(
    'are reverted in the order in which they ran, the last one first: %s (%s)',
    async (_, order, b, c) => {
      const ground = await openGround()
      const migrator = migratorOn(ground.dialect, b, c)
      await migrator.upgrade('a')
      await ground.sql("INSERT INTO t VALUES (1, 'x', 'y'), (2, NULL, NULL)")
      for (const revision of order) await migrator.upgrade(revision)
      await migrator.upgrade('m')
      const { steps } = await migrator.plan('a')
      expect(steps.map(({ revision }) => revision)).toEqual(['m', ...[...order].reverse()])
      await migrator.downgrade('a')
      expect(await ground.rows('SELECT * FROM t ORDER BY id')).toEqual([
        ['1', 'x', 'y'],
        ['2', null, null],
      ])
      await ground.sql('INSERT INTO t (id) VALUES (3)')
      expect(await ground.rows('SELECT x, y FROM t WHERE id = 3')).toEqual([[null, null]])
    },
  )

  test('are reverted with the last run in that order, too', async () => {
    const ground = await openGround()
    const migrator = migratorOn(
      ground.dialect,
      (op) => op.alterTable('t', (t) => t.alterColumn('y', { default: 'b' })),
      (op) => op.alterTable('t', (t) => t.alterColumn('y', { default: 'c' })),
    )
    await migrator.upgrade('c')
    await migrator.upgrade('m')
    const { steps } = await migrator.plan('last-run', { direction: 'down' })
    expect(steps.map(({ revision }) => revision)).toEqual(['m', 'b'])
  })
})
