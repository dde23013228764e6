import { native } from '@org/migrate-core'
import { expect, it } from 'vitest'
import { errorOf, type RevisionBody } from '../../kit/migrator.ts'
import { describeOnSqlite } from '../ensure/ground.ts'
import { migratorOn, valuesOf } from './kit.ts'

const chain = (from: string, to: string): readonly RevisionBody[] => [
  (op) =>
    op.createTable('t', (t) => {
      t.column('id', native('sqlite', from), { nullable: false })
      t.column('a', native('sqlite', 'TEXT'))
      t.primaryKey(['id'])
    }),
  (op) => op.alterColumn('t', 'id', { type: native('sqlite', to) }),
]

/** Of each type, literals that SQLite refuses as the key of a row, and those that it converts, with what they are then. */
const keys: readonly (readonly [string, readonly string[], readonly string[], readonly string[]])[] = [
  [
    'REAL',
    ['9223372036854775807', '-9223372036854775808', '1.5', '9e999'],
    ['9223372036854774784', '-0.0', '9007199254740993'],
    ['0', '9007199254740992', '9223372036854774784'],
  ],
  ['TEXT', ["'x'", "''", "'12x'", "'1.5'", "x'31'"], ["'12'", "' 7 '", "'1e3'", "'5.0'"], ['5', '7', '12', '1000']],
  ['BLOB', ["x'31'", "'x'", '1.5'], ["'12'", '3'], ['3', '12']],
]

describeOnSqlite('keys that become INTEGER PRIMARY KEY', (ground) => {
  it.each(keys)('are named where they are no integers: %s', async (type, refused, taken, integers) => {
    const at = await ground()
    const migrator = migratorOn(at, chain(type, 'INTEGER'))
    await migrator.upgrade('r1')
    for (const value of taken) await at.sql(`INSERT INTO t (id) VALUES (${value})`)
    for (const value of refused) {
      await at.sql(`INSERT INTO t (id, a) VALUES (${value}, 'refused')`)
      const error = await errorOf(migrator.upgrade())
      expect(error).toMatchObject({ code: 'BLOCKING_ROWS' })
      expect(error.message).toContain('rows whose value in t.id is no integer of 64 bits')
      await at.sql("DELETE FROM t WHERE a = 'refused'")
    }
    await migrator.upgrade()
    expect(await valuesOf(at, 'CAST(id AS TEXT)')).toEqual(integers)
  })

  it('are named when a downgrade meets them', async () => {
    const at = await ground()
    const migrator = migratorOn(at, chain('INTEGER', 'REAL'))
    await migrator.upgrade('r1')
    await at.sql('INSERT INTO t (id) VALUES (9223372036854775807)')
    await migrator.upgrade()
    expect(await errorOf(migrator.downgrade('r1'))).toMatchObject({ code: 'BLOCKING_ROWS' })
  })
})
