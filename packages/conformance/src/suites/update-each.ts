import { equal } from '../assert.ts'
import { migratorOn, rowsOf, testOn } from '../database.ts'
import type { ConformanceTest, Subject } from '../subject.ts'
import { pairs, step } from './data-steps.ts'

/** Rows that get values of their own, many with a statement. */
export function updateEachTests(subject: Subject): readonly ConformanceTest[] {
  const test = testOn(subject)
  return [
    test('updateEach gives each row values of its own, by a key of several columns, where a condition holds', async (database) => {
      const found: number[] = []
      const numbering = step(async (db) => {
        const rows = Array.from({ length: 300 }, (_, at) => ({
          key: { a: `k${at % 7}`, b: BigInt(at) },
          set: { v: at % 5 === 0 ? null : BigInt(at * 2) },
        }))
        const missing = { key: { a: 'none', b: 1n }, set: { v: 1n } }
        found.push(await db.updateEach({ table: 'pair', rows: [...rows, missing] }))
        const [first] = rows.slice(7)
        if (first === undefined) return
        found.push(await db.updateEach({ table: 'pair', rows: [first], where: '"v" = ?', params: [15] }))
        found.push(await db.updateEach({ table: 'pair', rows: [] }))
        // Ids change places: what is compared with is the key as it was.
        const renamed = { key: { a: 'k1', b: 1n }, set: { a: 'moved', b: 1000n, v: 7n } }
        found.push(await db.updateEach({ table: 'pair', rows: [renamed] }))
      })
      await migratorOn(database, pairs, numbering).upgrade()
      equal(found, [300, 0, 0, 1])
      const { sql, rows } = {
        sql: 'SELECT COUNT(*) AS n, SUM(v) AS s FROM pair WHERE v IS NOT NULL',
        rows: [['240', '72005']],
      }
      equal(await rowsOf(database, sql), rows)
      equal(await rowsOf(database, "SELECT b, v FROM pair WHERE a = 'moved'"), [['1000', '7']])
    }),
    test('updateEach refuses rows that it cannot tell apart, before it changes any', async (database) => {
      const refusals: unknown[] = []
      const wrong = step(async (db) => {
        const v = 1n
        const lists = [
          [
            { key: { a: 'k0', b: 0n }, set: { v } },
            { key: { a: 'k0', b: 0n }, set: { v } },
          ],
          [{ key: { a: 'k0', b: null }, set: { v } }],
          [{ key: {}, set: { v } }],
          [{ key: { a: 'k0', b: 0n }, set: {} }],
          [{ key: { a: 'k0', b: 0n }, set: { w: v } }],
          [
            { key: { a: 'k0', b: 0n }, set: { v } },
            { key: { a: 'k1' }, set: { v } },
          ],
          // More than one statement: the last row's key is what the first one gets.
          Array.from({ length: 7000 }, (_, at) => ({
            key: { a: 'k0', b: BigInt(at * 7) },
            set: { b: at === 0 ? 48_993n : BigInt(at * 7 + 100_000) },
          })),
        ]
        for (const rows of lists) {
          await db
            .updateEach({ table: 'pair', rows: rows as never })
            .catch((error: { readonly code?: unknown }) => refusals.push(error.code))
        }
      })
      await migratorOn(database, pairs, wrong).upgrade()
      equal(
        refusals,
        Array.from({ length: 7 }, () => 'INVALID_OPTION'),
      )
      equal(await rowsOf(database, 'SELECT COUNT(*) AS n FROM pair WHERE v = 1 OR b > 299'), [['1']])
    }),
  ]
}
