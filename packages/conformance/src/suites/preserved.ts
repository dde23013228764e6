import { isDeepStrictEqual } from 'node:util'
import { bigint, bytes, double, json, type SqlValue, text } from '@org/migrate-core'
import { equal } from '../assert.ts'
import { migratorOn, type Recorded, rowsOf, testOn } from '../database.ts'
import { keyed } from '../operations/cases/world.ts'
import type { ConformanceTest, Subject, SubjectDatabase } from '../subject.ts'

type Cell = readonly [column: 'num' | 'dbl' | 'txt' | 'doc' | 'raw', value: SqlValue]

const cells: readonly Cell[] = [
  ['num', null],
  ['num', 0n],
  ['num', 9223372036854775807n],
  ['num', -9223372036854775808n],
  ['dbl', 0],
  ['dbl', -0],
  ['dbl', 1e308],
  ['dbl', 5e-324],
  ['dbl', 0.1],
  ['txt', ''],
  ['txt', ' '],
  ['txt', '🦊 größe'],
  ['txt', 'line\r\nline\\n'],
  ['txt', 'it\'s "quoted" `so`'],
  ['txt', '12345678901234567890'],
  ['doc', '{"n":12345678901234567890,"f":0.10}'],
  ['doc', '"🦊\\n"'],
  ['doc', 'null'],
  ['doc', '42'],
  ['raw', Buffer.alloc(0)],
  ['raw', Buffer.from([0, 255, 39, 92, 10])],
]

const columns: Recorded = (op) => keyed(op, 'cell')
const valued: Recorded = (op) =>
  op.alterTable('cell', (t) => {
    t.addColumn('num', bigint())
    t.addColumn('dbl', double())
    t.addColumn('txt', text())
    t.addColumn('doc', json())
    t.addColumn('raw', bytes())
  })
const filled: Recorded = (op) =>
  op.run('fill', {
    up: async (db) => {
      for (const [at, [column, value]] of cells.entries()) {
        await db.execute(`INSERT INTO "cell" ("id", "${column}") VALUES (?, ?)`, [at, value])
      }
    },
    down: 'none',
  })
const all = 'SELECT id, num, dbl, txt, doc, raw FROM cell ORDER BY id'

const blank: Recorded = (op) =>
  op.run('blank', {
    up: async (db) => {
      for (const [at, [column]] of cells.entries()) {
        const [row] = await db.query(`SELECT "${column}" FROM "cell" WHERE "id" = ?`, [at])
        const written = column === 'num' ? 1n : column === 'dbl' ? 1.5 : column === 'raw' ? Buffer.from([1]) : '[]'
        await db.preserve({ table: 'cell', key: { id: BigInt(at) }, column, value: row?.[column] ?? null, written })
        await db.execute(`UPDATE "cell" SET "${column}" = ? WHERE "id" = ?`, [written, at])
      }
    },
    down: 'restore',
  })

/** The rows, which are as many as the cells. */
async function allCells(database: SubjectDatabase): Promise<readonly unknown[]> {
  const rows = await rowsOf(database, all)
  equal(rows.length, cells.length)
  return rows
}

/** What a step or a downgrade takes away comes back as it was, as the server's own client reads it. */
export function preservedValueTests(subject: Subject): readonly ConformanceTest[] {
  const test = testOn(subject)
  return [
    test('restore gives back every kind of value, NULL and the empty ones too', async (database) => {
      await migratorOn(database, columns, valued, filled).upgrade()
      const before = await allCells(database)
      const migrator = migratorOn(database, columns, valued, filled, blank)
      equal((await migrator.upgrade()).preserved, cells.length)
      equal(isDeepStrictEqual(await allCells(database), before), false, 'that the values are others')
      await migrator.downgrade('-1')
      equal(await allCells(database), before)
    }),
    test('columns that a downgrade drops come back with their values, and so does a whole table', async (database) => {
      const migrator = migratorOn(database, columns, valued)
      await migrator.upgrade()
      const session = await database.dialect.connection.connect({ purpose: 'run' })
      const { quote } = (session.dialect ?? database.dialect).sql
      const table = quote.table({ name: 'cell' }).text
      for (const [at, [column, value]] of cells.entries())
        await session.execute(`INSERT INTO ${table} (id, ${column}) VALUES (?, ?)`, [at, value])
      await session.close()
      const before = await allCells(database)
      await migrator.downgrade('r1')
      equal(
        await rowsOf(database, 'SELECT * FROM cell ORDER BY id'),
        cells.map((_, at) => [`${at}`]),
      )
      await migrator.upgrade()
      equal(await allCells(database), before)
      await migrator.downgrade('base')
      await migrator.upgrade()
      equal(await allCells(database), before)
    }),
  ]
}
