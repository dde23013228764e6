import { compare, type FillAnswer } from '@org/migrate-autogenerate'
import { column, type DeclaredSchema, integer, readDeclared, table, varchar } from '@org/migrate-core'
import { expect, test } from 'vitest'
import { errorOf, line, migratorOf } from '../../kit/migrator.ts'
import { revisionWriter } from '../../kit/written-revision.ts'
import { describeEverywhere } from '../../unit/ensure/ground.ts'

const id = column(integer(), { nullable: false })
const b = column(integer())
const chain = line((op) =>
  op.createTable('t', (t) => {
    t.column('id', integer(), { nullable: false })
    t.column('b', integer())
    t.primaryKey(['id'])
  }),
)

const withDefault = column(varchar(9), { nullable: false, default: 'x' })
const withoutDefault = column(varchar(9), { nullable: false })
const fill: FillAnswer = ({ column: name }) => (name === 'a' ? "'y'" : undefined)

/** What keeps rows apart by a column that comes with the revision, and the rows that it cannot. */
const keys: readonly (readonly [string, DeclaredSchema, string])[] = [
  [
    'a unique constraint on a column with a default',
    readDeclared([
      table('t', { id, b, a: withDefault }, { primaryKey: ['id'], uniques: [{ name: 'u', columns: ['a'] }] }),
    ]),
    'rows of t with the same a, which the unique constraint u keeps apart: 1 row: rows 2',
  ],
  [
    'a primary key on a column with one value for all rows',
    readDeclared([table('t', { id, b, a: withoutDefault }, { primaryKey: ['a'] })]),
    'rows of t with the same a, which the primary key keeps apart: 1 row: rows 2',
  ],
  [
    'a unique constraint on it and on a column that is there',
    readDeclared([
      table('t', { id, b, a: withDefault }, { primaryKey: ['id'], uniques: [{ name: 'u', columns: ['a', 'b'] }] }),
    ]),
    'rows of t with the same a, b, which the unique constraint u keeps apart: 1 row: b 7, rows 2',
  ],
]

describeEverywhere('rows that a new column does not keep apart', (openGround) => {
  const write = revisionWriter()
  test.each(keys)('are named before anything changes: %s', async (_, schema, message) => {
    const ground = await openGround()
    await migratorOf(ground.dialect(), chain).upgrade()
    await ground.sql('INSERT INTO t VALUES (1, 7), (2, 7)')
    const comparison = await compare(migratorOf(ground.dialect(), chain), schema, { answers: { none: true }, fill })
    const migrator = migratorOf(ground.dialect(), await write(comparison, chain))
    expect(await errorOf(migrator.upgrade())).toMatchObject({ code: 'BLOCKING_ROWS', message })
    expect((await migrator.status()).interrupted).toEqual([])
    expect(await ground.sql('SELECT * FROM t ORDER BY id')).toEqual([
      { id: 1, b: 7 },
      { id: 2, b: 7 },
    ])
    await ground.sql('DELETE FROM t WHERE id = 2')
    await migrator.upgrade()
    expect((await compare(migrator, schema, { answers: { none: true } })).changes).toEqual([])
  })
})
