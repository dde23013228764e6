import { integer, native, type OperationRecorder } from '@org/migrate-core'
import { expect, it } from 'vitest'
import { lossText } from '../../apps/cli/src/reporters/loss-text.ts'
import { line, migratorOf } from '../kit/migrator.ts'
import { describeEverywhere } from '../unit/ensure/ground.ts'

type Family = 'sqlite' | 'postgres' | 'mysql'

/** A type, the one that it becomes, and a value that changes by that. */
const conversions: { readonly [F in Family]: readonly [string, string, string] } = {
  sqlite: ['TEXT', 'INT', '01'],
  postgres: ['numeric(10,2)', 'numeric(10,1)', '1.25'],
  mysql: ['time(6)', 'time', '10:00:00.123456'],
}

describeEverywhere('values of a key that a conversion changes', (openGround) => {
  const start = async (isNumbered: boolean) => {
    const ground = await openGround()
    const dialect = ground.dialect()
    const name = dialect.name as Family
    const [from, to, value] = conversions[name]
    const tables = (op: OperationRecorder): void =>
      op.createTable('t', (t) => {
        t.column('k', native(name, from), { nullable: false })
        t.column('n', integer(), { nullable: false })
        t.primaryKey(['k'])
        // With rowids, SQLite has another key.
        if (name === 'sqlite') t.options({ withoutRowid: true })
        if (isNumbered) t.unique(['n'], { name: 'numbered' })
      })
    const migrator = migratorOf(
      dialect,
      line(tables, (op) => op.alterColumn('t', 'k', { type: native(name, to), preserve: true })),
    )
    await migrator.upgrade('r1')
    await ground.sql(`INSERT INTO t (k, n) VALUES ('${value}', 1)`)
    const [loss] = (await migrator.plan()).steps.flatMap((step) => step.losses)
    await migrator.upgrade()
    const { reports } = await migrator.downgrade('r1')
    const rows = (await ground.sql('SELECT k FROM t')).map(({ k }) => String(k))
    return { loss, reports, rows, value }
  }

  it('stay preserved where nothing else tells its rows apart, and the plan says so', async () => {
    const { loss, reports, rows, value } = await start(false)
    expect(loss).toMatchObject({ rows: 1, preserved: true })
    expect(loss && lossText(loss)).toContain(
      '1 value changed by the conversion, preserved, but nothing restores it by itself: the conversion changes the only key of the rows',
    )
    expect(reports).toMatchObject([
      { what: 't.k: the row is gone, so the old value stays preserved', firstKeys: [value] },
    ])
    expect(rows).not.toEqual([value])
  })

  it('come back where another key does', async () => {
    const { loss, reports, rows, value } = await start(true)
    expect(loss).toMatchObject({ rows: 1, preserved: true })
    expect(loss).not.toHaveProperty('byHand')
    expect(reports).toEqual([])
    expect(rows).toEqual([value])
  })
})
