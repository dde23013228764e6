import { type ColumnOptions, expression, integer } from '@org/migrate-core'
import { expect, it } from 'vitest'
import { errorOf, type Recorded } from '../../../kit/migrator.ts'
import { describeOnEach } from '../../../kit/servers.ts'
import { migratorOn, objectsOf } from './kit.ts'

const expressionIndex: Recorded = (op) => op.createIndex('t', 'i', [expression('(id + 1)')])
const added =
  (options: ColumnOptions): Recorded =>
  (op) =>
    op.addColumn('t', 'g', integer(), options)
const generated = (stored: boolean) => ({ generated: { as: expression('id + 1'), stored } })

/** Measured on MySQL 9.7 (3818, 3109, 3768, 3754) and MariaDB 10.11 (1901): the statement by itself. */
const readers: readonly (readonly [string, Recorded, Recorded, readonly string[]])[] = [
  [
    'check c',
    (op) => op.addCheck('t', expression('id <> 5'), { name: 'c' }),
    (op) => op.dropConstraint('t', 'c'),
    ['mysql', 'mariadb'],
  ],
  ['column g', added(generated(true)), (op) => op.dropColumn('t', 'g'), ['mysql', 'mariadb']],
  ['column g', added(generated(false)), (op) => op.dropColumn('t', 'g'), ['mysql']],
  ['column g', added({ default: expression('(id + 1)') }), (op) => op.dropColumn('t', 'g'), ['mysql', 'mariadb']],
  ['index i', expressionIndex, (op) => op.dropIndex('t', 'i'), ['mysql']],
]

describeOnEach(['mysql', 'mariadb'], 'a column that counts', (createDatabase, server) => {
  // MariaDB has no index over an expression.
  it.each(readers.filter(([reader]) => server === 'mysql' || reader !== 'index i'))(
    'is not read by another part of its table, in either order: %s %#',
    async (reader, read, drop, refusing) => {
      const counts: Recorded = (op) => op.alterColumn('t', 'id', { identity: { mode: 'autoIncrement' } })
      for (const [first, second] of [
        [counts, read],
        [read, counts],
      ] as const) {
        const db = await createDatabase()
        await db.sql('CREATE TABLE t (id INTEGER PRIMARY KEY)')
        await migratorOn(db, first).upgrade()
        const before = await objectsOf(db)
        const migrator = migratorOn(db, first, (op) => {
          op.addColumn('t', 'extra', integer())
          second(op)
        })
        if (!refusing.includes(server)) {
          await migrator.upgrade()
          continue
        }
        const error = await errorOf(migrator.upgrade())
        expect(error.code).toBe('INVALID_OPERATION')
        expect(error.message).toContain(
          `: the column id counts by itself (AUTO_INCREMENT), and the ${reader} reads it, which the server refuses`,
        )
        expect(await objectsOf(db)).toEqual(before)
        if (first !== read) continue
        await migratorOn(db, first, (op) => {
          drop(op)
          counts(op)
        }).upgrade()
      }
    },
  )

  it('is not read by a part that comes with its table', async () => {
    const db = await createDatabase()
    const migrator = migratorOn(
      db,
      (op) => op.createTable('before', (t) => t.column('id', integer())),
      (op) =>
        op.createTable('t', (t) => {
          t.column('id', integer(), { nullable: false, identity: { mode: 'autoIncrement' } })
          t.primaryKey(['id'])
          t.check(expression('id <> 5'), { name: 'c' })
        }),
    )
    expect((await errorOf(migrator.upgrade())).message).toContain(
      'create table t: the column id counts by itself (AUTO_INCREMENT), and the check c reads it, which the server refuses',
    )
    expect((await migrator.status()).interrupted).toEqual([])
  })
})
