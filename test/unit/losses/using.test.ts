import { bigint, double, integer, text } from '@org/migrate-core'
import type { ColumnType } from '@org/migrate-core/dialect'
import { expect, it } from 'vitest'
import { errorOf, type Recorded } from '../../kit/migrator.ts'
import { describeEverywhere, migratorOn, valuesOf } from './kit.ts'

const tableOf =
  (type: ColumnType): Recorded =>
  (op) =>
    op.createTable('t', (t) => {
      t.column('id', integer(), { nullable: false })
      t.column('a', type)
      t.primaryKey(['id'])
    })

describeEverywhere('a change with `using`', (ground) => {
  it.each<[string, ColumnType, ColumnType, string, string]>([
    ['double to bigint', double(), bigint(), 'a * 100', '1.5'],
    ['text to text', text(), text(), "CONCAT(a, '!')", "'x'"],
    ['text to bigint', text(), bigint(), 'length(a)', "'12'"],
  ])('has no derived downgrade: %s', async (_what, from, to, using, value) => {
    const at = await ground()
    const on = { sqlite: using.replace("CONCAT(a, '!')", "a || '!'"), postgres: using, mysql: using }
    const change: Recorded = (op) => op.alterTable('t', (t) => t.alterColumn('a', { type: to, using: on }))
    const migrator = migratorOn(at, [tableOf(from), change])
    await migrator.upgrade('r1')
    await at.sql(`INSERT INTO t (id, a) VALUES (1, ${value})`)
    await migrator.upgrade()
    const after = await valuesOf(at, 'a')
    const error = await errorOf(migrator.downgrade('r1'))
    expect(error).toMatchObject({ code: 'IRREVERSIBLE' })
    expect(error.message).toContain('`usingBack`')
    expect(await valuesOf(at, 'a')).toEqual(after)
  })

  it('is taken back by `usingBack`, and made again by `using`', async () => {
    const at = await ground()
    const migrator = migratorOn(at, [
      tableOf(double()),
      (op) =>
        op.alterTable('t', (t) => t.alterColumn('a', { type: bigint(), using: 'a * 100', usingBack: 'a / 100.0' })),
    ])
    await migrator.upgrade('r1')
    await at.sql('INSERT INTO t (id, a) VALUES (1, 1.5), (2, NULL)')
    await migrator.upgrade()
    expect(await valuesOf(at, 'a')).toEqual(['150', null])
    await migrator.downgrade('r1')
    expect(await valuesOf(at, 'a')).toEqual(['1.5', null])
    await migrator.upgrade()
    expect(await valuesOf(at, 'a')).toEqual(['150', null])
  })
})
