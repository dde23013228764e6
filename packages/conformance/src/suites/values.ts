import { match } from 'node:assert/strict'
import {
  bigint,
  boolean,
  bytes,
  char,
  date,
  decimal,
  double,
  enumeration,
  integer,
  json,
  real,
  type SqlValue,
  type StepDatabase,
  smallint,
  text,
  time,
  timestamp,
  uuid,
  varchar,
} from '@org/migrate-core'
import { equal } from '../assert.ts'
import { migratorOn, type Recorded, testOn } from '../database.ts'
import type { ConformanceTest, Subject, SubjectDatabase } from '../subject.ts'

const table: Recorded = (op) =>
  op.createTable('v', (t) => {
    t.column('id', integer(), { nullable: false })
    t.column('i16', smallint())
    t.column('i64', bigint())
    t.column('yes', boolean())
    t.column('txt', text())
    t.column('vc', varchar(200))
    t.column('ch', char(4))
    t.column('dec', decimal(20, 4))
    t.column('rea', real())
    t.column('dbl', double())
    t.column('day', date())
    t.column('tim', time())
    t.column('tms', timestamp())
    t.column('tmz', timestamp({ withTimezone: true }))
    t.column('doc', json())
    t.column('uid', uuid())
    t.column('raw', bytes())
    t.column('enu', enumeration(['s', "it's"]))
    t.primaryKey(['id'])
  })

/** Runs the body as the data step of a second revision; gives what it gave. */
async function inStep<T>(
  database: SubjectDatabase,
  given: Recorded,
  body: (db: StepDatabase) => Promise<T>,
): Promise<T> {
  const answers: T[] = []
  await migratorOn(database, given, (op) => op.run('step', async (db) => void answers.push(await body(db)))).upgrade()
  const [answer] = answers
  if (answers.length !== 1) throw new Error('the step ran more or less than once')
  return answer as T
}

/** What goes in, and what comes out where that is another value: the same on every server. */
const values: readonly (readonly [column: string, given: SqlValue, expected?: SqlValue])[] = [
  ['i16', -32768n],
  ['i16', 7, 7n],
  ['i16', '12', 12n],
  ['i16', true, 1n],
  ['i64', 9223372036854775807n],
  ['i64', -9223372036854775808n],
  ['i64', 9007199254740993n],
  ['i64', 0, 0n],
  ['yes', true],
  ['yes', false],
  ['yes', 1n, true],
  ['yes', 0, false],
  ['txt', ''],
  ['txt', 'line\r\nline\tend\\'],
  ['txt', 'größe 日本 🦊'],
  ['txt', "it's ? ?? $1 :a %s"],
  ['txt', ' spaces  '],
  ['txt', '42'],
  ['vc', 'x'.repeat(200)],
  ['vc', 'null'],
  ['ch', 'abcd'],
  ['dec', '12345678901.5678'],
  ['dec', '-0.25', '-0.2500'],
  ['rea', 0.5],
  ['rea', 3n, 3],
  ['dbl', 0.1],
  ['dbl', 1e308],
  ['dbl', -5e-324],
  ['dbl', 3, 3],
  ['dbl', 2n, 2],
  ['day', '2026-02-28'],
  ['tim', '08:09:10'],
  ['tms', '2026-11-20 08:09:10'],
  ['doc', '{"a": [1, 2.5, "x"], "b": null}'],
  ['doc', '[12345678901234567890]'],
  ['uid', '0c0ffee0-1234-4abc-8def-0123456789ab'],
  ['raw', Buffer.from([0, 39, 92, 255])],
  ['raw', Buffer.alloc(0)],
  ['enu', "it's"],
]

/** JSON by what it says: a server may change its blanks. Zeros at the end of a fraction are kept by some and not by others. */
function comparable(column: string, value: SqlValue | undefined): unknown {
  if (typeof value !== 'string') return value
  if (column === 'doc') return value.replaceAll(/\s/g, '')
  return ['dec', 'tim', 'tms'].includes(column)
    ? value.replace(/\.?0+$/, (end) => (value.includes('.') ? '' : end))
    : value
}

const computed = `SELECT COUNT(*) AS "n", "i16" + 1 AS "more", "i16" > 1 AS "truth", "dbl" * 2 AS "double", 1 AS "one", 'a?' AS "why?",
  LENGTH("txt") AS "long", MAX("id") AS "most" FROM "v" GROUP BY "i16", "dbl", "txt"`

export function valueTests(subject: Subject): readonly ConformanceTest[] {
  const test = testOn(subject)
  return [
    test('every type comes back in the JavaScript type that it has everywhere', async (database) => {
      const actual = await inStep(database, table, async (db) => {
        const answers: (SqlValue | undefined)[] = []
        for (const [at, [column, given]] of values.entries()) {
          await db.execute(`INSERT INTO "v" ("id", "${column}") VALUES (?, ?)`, [BigInt(at), given])
          const [row] = await db.query(`SELECT "${column}" FROM "v" WHERE "id" = ?`, [at])
          answers.push(row?.[column])
        }
        return answers
      })
      equal(
        values.map(([column, given], at) => [column, given, comparable(column, actual[at])]),
        values.map(([column, given, expected = given]) => [column, given, comparable(column, expected)]),
      )
    }),
    test('a time with its zone is text in UTC', async (database) => {
      const [row] = await inStep(database, table, async (db) => {
        await db.execute('INSERT INTO "v" ("id", "tmz") VALUES (1, ?)', ['2026-11-20 08:09:10'])
        return db.query('SELECT "tmz" FROM "v"')
      })
      match(String(row?.tmz), /^2026-11-20 08:09:10(?:\.0+)?(?:\+00)?$/)
    }),
    test('NULL is null in every column', async (database) => {
      const [row] = await inStep(database, table, async (db) => {
        await db.execute('INSERT INTO "v" ("id", "txt", "doc", "raw") VALUES (?, ?, ?, ?)', [1, null, null, null])
        return db.query('SELECT * FROM "v"')
      })
      equal(Object.values(row ?? {}), [1n, ...Array.from({ length: 17 }, () => null)])
    }),
    test('what is computed is typed by what it is: whole numbers bigint, a truth 0 or 1', async (database) => {
      const rows = await inStep(database, table, async (db) => {
        const given = [1, 2, 0.5, 'ab', true]
        await db.execute('INSERT INTO "v" ("id", "i16", "dbl", "txt", "yes") VALUES (?, ?, ?, ?, ?)', given)
        return db.query(computed)
      })
      const expected = { n: 1n, more: 3n, truth: 1n, double: 1, one: 1n, 'why?': 'a?', long: 2n, most: 1n }
      equal(
        rows.map((row) => ({ ...row })),
        [expected],
      )
    }),
    test('a row is an object without a prototype, whatever its columns are called', async (database) => {
      const [row = {}] = await inStep(database, table, async (db) =>
        db.query('SELECT 1 AS "constructor", 2 AS "__proto__"'),
      )
      equal(Object.getPrototypeOf(row), null)
      equal(Object.entries(row), [
        ['constructor', 1n],
        ['__proto__', 2n],
      ])
    }),
    test('changes are counted as rows that matched', async (database) => {
      const counts = await inStep(database, table, async (db) => [
        await db.execute('INSERT INTO "v" ("id", "i16") VALUES (?, ?), (?, ?), (?, ?)', [1, 1, 2, 1, 3, 2]),
        await db.execute('UPDATE "v" SET "i16" = ? WHERE "i16" = ?', [1, 1]),
        await db.execute('DELETE FROM "v" WHERE "id" > ?', [1]),
        await db.execute('DELETE FROM "v" WHERE "id" > ?', [1]),
      ])
      equal(
        counts.map(({ changes }) => changes),
        [3, 2, 2, 0],
      )
    }),
  ]
}
