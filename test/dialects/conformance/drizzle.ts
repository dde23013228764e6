import type { SubjectDatabase } from '@org/migrate-conformance'
import { column, integer, type StepDatabase, table, varchar } from '@org/migrate-core'
import { expect, test } from 'vitest'
import { introspected, migratorOn, on, rowsOf } from '../../../packages/conformance/src/database.ts'
import { item } from '../../../packages/conformance/src/operations/cases/world.ts'

/** The table of most cases, declared, for Drizzle. */
export const declaredItem = table(
  'item',
  { id: column(integer(), { nullable: false }), name: column(varchar(40)), n: column(integer()) },
  { primaryKey: ['id'] },
)

/** `drizzle` puts a row into `item` in a transaction of its own through Drizzle on the step, and throws `out of the transaction`. */
export function drizzleTransaction(
  open: () => Promise<SubjectDatabase>,
  drizzle: (db: StepDatabase) => Promise<void>,
): void {
  test('a transaction of Drizzle that throws leaves nothing', () =>
    on(open, async (database) => {
      let message = ''
      const migrator = migratorOn(
        database,
        (op) => item(op),
        (op) =>
          op.run('step', async (db) => {
            await drizzle(db).catch((error: Error) => {
              message = error.message
            })
            await db.execute('INSERT INTO "item" ("id", "name") VALUES (?, ?)', [20, 'n20'])
          }),
      )
      await migrator.upgrade()
      expect(message).toBe('out of the transaction')
      expect(await rowsOf(database, 'SELECT id FROM item ORDER BY id')).toEqual([['1'], ['2'], ['3'], ['20']])
      expect((await introspected(database)).tables.size).toBe(1)
    }))
}
