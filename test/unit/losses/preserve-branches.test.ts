import { integer, text } from '@org/migrate-core'
import { expect, it } from 'vitest'
import { migratorOf, type Recorded } from '../../kit/migrator.ts'
import { describeEverywhere, valuesOf } from './kit.ts'

const table: Recorded = (op) =>
  op.createTable('t', (t) => {
    t.column('id', integer(), { nullable: false })
    t.column('old', text())
    t.column('n', integer())
    t.primaryKey(['id'])
  })
const dropped: Recorded = (op) => op.dropColumn('t', 'old', { preserve: true })

describeEverywhere('what an upgrade drops with `preserve`, with another branch', (ground) => {
  async function branches(other: Recorded) {
    const at = await ground()
    const migrator = migratorOf(at.dialect(), [
      { revision: 'base1', downRevision: null, upgrade: table },
      { revision: 'drop1', downRevision: 'base1', branchLabels: ['left'], upgrade: dropped },
      { revision: 'other1', downRevision: 'base1', branchLabels: ['right'], upgrade: other },
    ])
    await migrator.upgrade('base1')
    await at.sql("INSERT INTO t (id, old, n) VALUES (1, 'a', 1), (2, 'b', 2), (3, 'c', 3)")
    await migrator.upgrade('drop1')
    await migrator.upgrade('other1')
    return { at, migrator }
  }

  it('comes back where another branch has added a column since, but for the rows that have changed', async () => {
    const { at, migrator } = await branches((op) => op.addColumn('t', 'm', integer(), { default: 5 }))
    await at.sql('UPDATE t SET m = 7 WHERE id = 1')
    await at.sql('UPDATE t SET n = 7 WHERE id = 2')
    const { reports } = await migrator.downgrade('left@base1')
    expect(await valuesOf(at, 'old')).toEqual(['a', null, 'c'])
    expect(reports.map(({ what, firstKeys }) => [what, firstKeys])).toEqual([
      ['t.old: the row has changed since the upgrade, so the old value stays preserved', ['2']],
    ])
  })

  it('stays preserved where another branch has renamed a column since, and the report says why', async () => {
    const { at, migrator } = await branches((op) => op.renameColumn('t', 'n', 'm'))
    const { reports } = await migrator.downgrade('left@base1')
    expect(await valuesOf(at, 'old')).toEqual([null, null, null])
    expect(reports.map(({ what, count }) => [what, count])).toEqual([
      [
        't.old: its table has lost columns that it had behind the upgrade, or their names, so the old value stays preserved',
        3,
      ],
    ])
    await migrator.preserved.restore('drop1')
    expect(await valuesOf(at, 'old')).toEqual(['a', 'b', 'c'])
  })
})
