import { varchar } from '@org/migrate-core'
import { expect, it } from 'vitest'
import type { Recorded } from '../../../kit/migrator.ts'
import { describeOn } from '../../../kit/servers.ts'
import { live } from '../compile/kit.ts'
import { migratorOn, objectsOf } from './kit.ts'

/** Only `j` is a JSON column: https://mariadb.com/kb/en/json-data-type/ */
const create = `CREATE TABLE t (id int PRIMARY KEY, short varchar(100) CHECK (json_valid(short)),
 folded longtext CHARACTER SET utf8mb4 COLLATE utf8mb4_general_ci CHECK (json_valid(folded)),
 bounded longtext CHARACTER SET utf8mb4 COLLATE utf8mb4_bin CHECK (json_valid(bounded) AND octet_length(bounded) < 20), j json)`

const changes: readonly (readonly [string, Recorded])[] = [
  ['a dropped table', (op) => op.dropTable('t')],
  [
    'dropped columns',
    (op) => {
      for (const column of ['j', 'bounded', 'folded', 'short']) op.dropColumn('t', column)
    },
  ],
  ['another length', (op) => op.alterColumn('t', 'short', { type: varchar(200) })],
  ['a renamed column', (op) => op.renameColumn('t', 'short', 'brief')],
]

describeOn('mariadb', 'a check for JSON of a column that is no JSON column', (createDatabase) => {
  it('is one as any other, and the one of a JSON column is its type', async () => {
    const db = await createDatabase()
    await db.sql(create)
    const { introspect } = await live(db)
    const table = (await introspect('t')).tables.get('t')
    expect(table?.constraints.flatMap((each) => (each.kind === 'check' ? [each.expression] : []))).toEqual([
      'json_valid(`bounded`) and octet_length(`bounded`) < 20',
      'json_valid(`short`)',
      'json_valid(`folded`)',
    ])
    expect(table?.columns.map(({ type }) => type.kind)).toEqual(['integer', 'varchar', 'text', 'text', 'json'])
  })

  it.each(changes)('comes back after %s', async (_, change) => {
    const db = await createDatabase()
    await db.sql(create)
    const before = await objectsOf(db)
    const migrator = migratorOn(db, change)
    await migrator.upgrade()
    await migrator.downgrade('base')
    expect(await objectsOf(db)).toEqual(before)
  })

  it('holds while the type of its column changes', async () => {
    const db = await createDatabase()
    await db.sql(create)
    await migratorOn(db, (op) => op.alterColumn('t', 'short', { type: varchar(200) })).upgrade()
    await expect(db.sql("INSERT INTO t (id, short) VALUES (1, 'no json')")).rejects.toMatchObject({ errno: 4025 })
  })
})
