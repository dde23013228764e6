import { integer, text } from '@org/migrate-core'
import { expect, it } from 'vitest'
import type { RevisionBody } from '../../kit/migrator.ts'
import { describeEverywhere, migratorOn } from '../losses/kit.ts'

/** More than a mebibyte, with what a collation might hold to be equal to something else. */
const long = `a${'\u00e9'.repeat(600_000)}Z  `

const chain: readonly RevisionBody[] = [
  (op) =>
    op.createTable('t', (t) => {
      t.column('id', integer(), { nullable: false })
      t.column('a', text())
      t.primaryKey(['id'])
    }),
  (op) =>
    op.run('short', {
      up: async (db) => {
        const [row] = await db.query('SELECT a FROM t WHERE id = 1')
        await db.preserve({ table: 't', key: { id: 1 }, column: 'a', value: row?.a ?? null, written: 'x' })
        await db.execute("UPDATE t SET a = 'x' WHERE id = 1")
      },
      down: 'restore',
    }),
]

describeEverywhere('a preserved text of more than a mebibyte', (ground) => {
  it('is restored as it was', async () => {
    const at = await ground()
    const migrator = migratorOn(at, chain)
    await migrator.upgrade('r1')
    await at.sql(`INSERT INTO t (id, a) VALUES (1, '${long}')`)
    await migrator.upgrade()
    expect((await at.sql('SELECT a FROM t'))[0]?.a).toBe('x')
    expect((await migrator.downgrade('r1')).reports).toEqual([])
    expect((await at.sql('SELECT a FROM t'))[0]?.a === long).toBe(true)
    expect(Number((await at.sql('SELECT COUNT(*) AS n FROM migrate_preserved'))[0]?.n)).toBe(0)
  })

  it('stays preserved where a trigger that cannot be switched off writes another case of it', async () => {
    const at = await ground()
    if (at.name !== 'mysql' && at.name !== 'mariadb') return
    const migrator = migratorOn(at, chain)
    await migrator.upgrade('r1')
    await at.sql(`INSERT INTO t (id, a) VALUES (1, '${long}')`)
    await migrator.upgrade()
    await at.sql('CREATE TRIGGER lower_case BEFORE UPDATE ON t FOR EACH ROW SET NEW.a = LOWER(NEW.a)')
    const { reports } = await migrator.downgrade('r1')
    expect(reports.map(({ what }) => what)).toEqual([
      't.a: the table does not take it (a trigger, a rule, row security, another type, a computed column or another row with its key), so the old value stays preserved',
    ])
    expect((await at.sql('SELECT a FROM t'))[0]?.a).toBe('x')
  })
})
