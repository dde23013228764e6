import { expression, integer, type Migrator, type OperationRecorder, varchar } from '@org/migrate-core'
import { expect, test } from 'vitest'
import { describeOnAll, type Ground, migratorOn } from './grounds.ts'

const computed = { generated: { as: expression('price * 2'), stored: true } }

/** A table of which two columns come with it or behind it; `total` is a plain column, or one that is computed. */
function goods({ dialect }: Ground, which: 'plain' | 'computed', created: 'with' | 'behind'): Migrator {
  const total = which === 'plain' ? {} : computed
  const create = (op: OperationRecorder): void =>
    op.createTable('goods', (t) => {
      t.column('id', integer(), { nullable: false })
      t.column('price', integer())
      if (created === 'with') t.column('total', integer(), total)
      if (created === 'with') t.column('note', varchar(20))
      t.primaryKey(['id'])
    })
  if (created === 'with') return migratorOn(dialect, { upgrade: () => {} }, { upgrade: create })
  return migratorOn(
    dialect,
    { upgrade: create },
    {
      upgrade: (op) => {
        op.addColumn('goods', 'total', integer(), total)
        op.addColumn('goods', 'note', varchar(20))
      },
    },
  )
}

const rows = "INSERT INTO goods (id, price, total, note) VALUES (1, 10, 20, 'a'), (2, 20, 7, 'b'), (3, 30, 60, 'c')"
const all = 'SELECT id, price, total, note FROM goods ORDER BY id'
const reason =
  'a trigger, a rule, row security, another type, a computed column or another row with its key keeps the table from taking it'

describeOnAll('what a downgrade preserved of a column that an edited revision computes', (openGround) => {
  test('stays preserved where another value is computed, and the columns beside it come back', async () => {
    const ground = await openGround()
    await goods(ground, 'plain', 'behind').upgrade()
    await ground.sql(rows)
    await goods(ground, 'plain', 'behind').downgrade('r1')
    const edited = goods(ground, 'computed', 'behind')
    const { reports } = await edited.upgrade()
    const what = `goods.total: cannot be restored (${reason}), so the old value stays preserved`
    expect(reports.filter(({ what }) => what.startsWith('goods'))).toMatchObject([{ what, count: 1, firstKeys: ['2'] }])
    expect(await ground.rows(all)).toEqual([
      ['1', '10', '20', 'a'],
      ['2', '20', '40', 'b'],
      ['3', '30', '60', 'c'],
    ])
    expect(await edited.status()).toMatchObject({ preserved: 1, superseded: 1 })
    expect(await edited.preserved.restore('r2')).toEqual({ restored: 0, missing: 0, refused: 1 })
  })

  test('comes back with its row where the same value is computed, else the row stays preserved', async () => {
    const ground = await openGround()
    await goods(ground, 'plain', 'with').upgrade()
    await ground.sql(rows)
    await goods(ground, 'plain', 'with').downgrade('r1')
    const edited = goods(ground, 'computed', 'with')
    const { reports } = await edited.upgrade()
    const what = `rows of goods: cannot be restored (${reason}), so the old value stays preserved`
    expect(reports).toMatchObject([{ what, count: 1, firstKeys: ['2'] }])
    expect(await ground.rows(all)).toEqual([
      ['1', '10', '20', 'a'],
      ['3', '30', '60', 'c'],
    ])
    expect(await edited.status()).toMatchObject({ preserved: 1, superseded: 1 })
  })
})
