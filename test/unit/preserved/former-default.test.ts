import { integer, type OperationRecorder, text, varchar } from '@org/migrate-core'
import { expect, test } from 'vitest'
import { describeOnAll, migratorOn } from './grounds.ts'

const table = (op: OperationRecorder): void =>
  op.createTable('t', (t) => {
    t.column('id', integer(), { nullable: false })
    t.column('name', varchar(9))
    t.primaryKey(['id'])
  })

describeOnAll('that a row has no value in a column that the upgrade fills', (openGround) => {
  test.each<readonly [string, (op: OperationRecorder) => void]>([
    [
      'by a default that it takes away',
      (op) =>
        op.alterTable('t', (t) => {
          t.addColumn('state', varchar(9), { default: 'new' })
          t.alterColumn('state', { default: null })
        }),
    ],
    [
      'by an expression that changes its type',
      (op) =>
        op.alterTable('t', (t) => {
          t.addColumn('state', text())
          t.alterColumn('state', { type: varchar(9), using: "coalesce(state, 'new')", usingBack: 'state' })
        }),
    ],
  ])('comes back: %s', async (_what, upgrade) => {
    const ground = await openGround()
    const migrator = migratorOn(ground.dialect, { upgrade: table }, { upgrade })
    await migrator.upgrade('r1')
    await ground.sql("INSERT INTO t VALUES (1, 'a'), (2, 'b'), (3, 'c')")
    await migrator.upgrade()
    await ground.sql('UPDATE t SET state = NULL WHERE id = 1')
    await ground.sql("UPDATE t SET state = 'old' WHERE id = 2")
    await migrator.downgrade('r1')
    await migrator.upgrade()
    expect(await ground.rows('SELECT id, state FROM t ORDER BY id')).toEqual([
      ['1', null],
      ['2', 'old'],
      ['3', 'new'],
    ])
  })

  test('is not preserved of the columns beside it that nothing fills', async () => {
    const ground = await openGround()
    const migrator = migratorOn(
      ground.dialect,
      { upgrade: table },
      {
        upgrade: (op) =>
          op.alterTable('t', (t) => {
            t.addColumn('first', varchar(9), { default: 'new' })
            t.alterColumn('first', { default: null })
            t.renameColumn('first', 'state')
            t.addColumn('note', varchar(9))
          }),
      },
    )
    await migrator.upgrade('r1')
    await ground.sql("INSERT INTO t VALUES (1, 'a'), (2, 'b'), (3, 'c')")
    await migrator.upgrade()
    await ground.sql("UPDATE t SET state = NULL, note = 'n' WHERE id = 1")
    await migrator.downgrade('r1')
    expect((await migrator.status()).preserved).toBe(4)
    await migrator.upgrade()
    expect(await ground.rows('SELECT id, state, note FROM t ORDER BY id')).toEqual([
      ['1', null, 'n'],
      ['2', 'new', null],
      ['3', 'new', null],
    ])
  })
})
