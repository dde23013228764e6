import { integer, varchar } from '@org/migrate-core'
import { equal } from '../assert.ts'
import { migratorOn, type Recorded, rowsOf, testOn } from '../database.ts'
import type { ConformanceTest, Subject } from '../subject.ts'

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
export function keyTests(subject: Subject): readonly ConformanceTest[] {
  const test = testOn(subject)
  return [
    test('keys that differ only in case, accents or a blank at the end stay apart', async (database) => {
      const positions: unknown[] = []
      let count = 0
      const step: Recorded = (op) =>
        op.run('step', async (db) => {
          for (const key of keys) {
            const rows = await db.query('SELECT "at" FROM "k" WHERE "id" = ? AND "other" = ?', [key, key])
            positions.push([key, ...rows.map((row) => row.at)])
          }
          await db.backfill({
            table: 'k',
            columns: ['at'],
            batch: 4,
            step: async (rows) => {
              count += rows.length
            },
          })
        })
      await migratorOn(database, table, step).upgrade()
      equal(
        positions,
        keys.map((key, at) => [key, BigInt(at)]),
      )
      equal(count, keys.length, 'the rows of the backfill')
      equal(await rowsOf(database, 'SELECT COUNT(*) AS n FROM k'), [[String(keys.length)]])
    }),
    test('what is preserved by such keys comes back to the row it is of', async (database) => {
      const replacing: Recorded = (op) =>
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
      const rows = keys.map((key, at) => [key, key, `${at}`])
      await migratorOn(database, table).upgrade()
      equal(await rowsOf(database, all), rows)
      const migrator = migratorOn(database, table, replacing)
      await migrator.upgrade()
      equal(
        await rowsOf(database, all),
        keys.map((key, at) => [key, `w${at}`, `${at}`]),
      )
      await migrator.downgrade('-1')
      equal(await rowsOf(database, all), rows)
    }),
  ]
}
