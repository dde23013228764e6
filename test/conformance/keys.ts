import { integer, varchar } from '@org/migrate-core'
import { expect, test } from 'vitest'
import { migratorOn, on, type Recorded, rowsOf } from './chain.ts'
import type { Subject } from './subject.ts'

/** Keys that some servers call equal by themselves: by case, accents, blanks at the end, or how characters are put together. */
const keys = ['a', 'A', 'a ', ' a', 'ä', 'Ä', 'a\u0308', 'ss', 'ß', 'ﬀ', 'ff', 'é', 'e', '', ' ', '１', '1', 'а']

/** MySQL's own collations take some of them for one: that they stay apart is declared. */
const exact = { mysql: 'varchar(20) COLLATE utf8mb4_0900_bin' }

const table: Recorded = (op) => {
  op.createTable('k', (t) => {
    t.column('id', varchar(20), { nullable: false, native: exact })
    t.column('other', varchar(20), { native: exact })
    t.column('at', integer())
    t.primaryKey(['id'])
    t.unique(['other'], { name: 'k_other' })
  })
  op.insertRows(
    'k',
    keys.map((key, at) => ({ id: key, other: key, at })),
    { key: ['id'] },
  )
}

/** Keys that differ in anything are different keys. */
export function distinctKeys(subject: Subject): void {
  test('keys that differ only in case, accents or a blank at the end stay apart', async () => {
    await on(subject.open, async (database) => {
      const readKeys: unknown[] = []
      const step: Recorded = (op) =>
        op.run('step', async (db) => {
          for (const [at, key] of keys.entries()) {
            const rows = await db.query('SELECT "at" FROM "k" WHERE "id" = ? AND "other" = ?', [key, key])
            readKeys.push(rows.map((row) => [key, row.at]))
            expect(rows.map((row) => row.at)).toEqual([BigInt(at)])
          }
          let count = 0
          await db.backfill({
            table: 'k',
            columns: ['at'],
            batch: 4,
            step: async (rows) => {
              count += rows.length
            },
          })
          expect(count).toBe(keys.length)
        })
      await migratorOn(database, table, step).upgrade()
      expect(readKeys).toHaveLength(keys.length)
      expect(await rowsOf(database, 'SELECT COUNT(*) AS n FROM k')).toEqual([[String(keys.length)]])
    })
  })

  test('what is preserved by such keys comes back to the row it is of', async () => {
    await on(subject.open, async (database) => {
      const shout: Recorded = (op) =>
        op.run('step', {
          up: async (db) => {
            for (const [at, key] of keys.entries()) {
              await db.preserve({ table: 'k', key: { id: key }, column: 'other', value: key, written: `w${at}` })
              await db.execute('UPDATE "k" SET "other" = ? WHERE "id" = ?', [`w${at}`, key])
            }
          },
          down: 'restore',
        })
      const all = 'SELECT id, other, at FROM k ORDER BY at'
      await migratorOn(database, table).upgrade()
      const before = await rowsOf(database, all)
      expect(before).toEqual(keys.map((key, at) => [key, key, `${at}`]))
      const migrator = migratorOn(database, table, shout)
      await migrator.upgrade()
      expect((await rowsOf(database, all)).map(([, other]) => other)).toEqual(keys.map((_, at) => `w${at}`))
      await migrator.downgrade('-1')
      expect(await rowsOf(database, all)).toEqual(before)
    })
  })
}
