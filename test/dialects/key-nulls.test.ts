import { createMigrator, graphOf, integer, type OperationRecorder, type Revision, revisions } from '@org/migrate-core'
import { expect, test } from 'vitest'
import { describeEverywhere } from '../unit/ensure/ground.ts'

const table =
  (isKeyed: boolean) =>
  (op: OperationRecorder): void =>
    op.createTable('t', (t) => {
      t.column('id', integer(), { nullable: false })
      t.column('c', integer())
      if (isKeyed) t.primaryKey(['id'])
    })

describeEverywhere('a primary key on a column that took NULLs', (openGround) => {
  test.each([
    ['added', false],
    ['that takes the place of another', true],
  ])('%s: the column takes them again after the downgrade', async (_, isKeyed) => {
    const ground = await openGround()
    const chain: readonly Revision[] = [
      { revision: 'r1', downRevision: null, upgrade: table(isKeyed) },
      {
        revision: 'r2',
        downRevision: 'r1',
        upgrade: (op) =>
          op.alterTable('t', (t) => {
            if (isKeyed) t.dropConstraint({ kind: 'primaryKey' })
            t.addPrimaryKey(['c'])
          }),
      },
    ]
    const migrator = createMigrator({ dialect: ground.dialect(), tiers: [graphOf(revisions(chain))] })
    await migrator.upgrade('heads')
    await migrator.downgrade('r1')
    await ground.sql('INSERT INTO t (id, c) VALUES (1, NULL)')
    expect(await ground.sql('SELECT id, c FROM t')).toEqual([{ id: 1, c: null }])
    await ground.sql('DELETE FROM t')
    await migrator.upgrade('heads')
    await migrator.downgrade('base')
    await expect(ground.sql('SELECT * FROM t')).rejects.toThrow()
  })
})
