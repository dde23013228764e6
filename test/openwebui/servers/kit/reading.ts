import {
  differencesOf,
  type ExpectedRow,
  parses,
  type Reading,
  readExpected,
  tokens,
} from '../../chain/kit/expected.ts'
import { quoted, type Row } from './client.ts'
import type { MigratedDatabase } from './database.ts'
import { canonicalJson } from './exact-json.ts'

const boolean: Reading['boolean'] = (actual) => (typeof actual === 'boolean' ? actual : undefined)

/** PostgreSQL and MariaDB keep JSON as the text it is. */
const textReading: Reading = {
  boolean,
  tokens: (expected, actual) => typeof actual === 'string' && tokens(actual) === expected,
  value: (expected, actual) => typeof actual === 'string' && parses(actual, expected),
}

/** What a server's JSON cannot hold, as `migrate_preserved` has it: the text that stood there, and what the server makes of it. */
interface PreservedText {
  readonly text: string
  readonly held: unknown
}

const preservedKey = (table: string, column: string, id: unknown): string => JSON.stringify([table, column, id])

/** The most levels that either server could read; the question after deeper ones is an error on MySQL. */
const levels = 100

/** What the server says of a JSON text; of one that it refuses for a lone surrogate, what it says with U+FFFD in its place. */
async function heldOf(db: MigratedDatabase, text: string): Promise<unknown> {
  if (canonicalJson(text) === undefined || (text.match(/[{[]/g) ?? []).length > levels) return null
  const type = db.database.server === 'mysql' ? 'JSON' : 'CHAR'
  for (const given of [text, text.replace(/\\u(?:d83e|dd8a)/g, '\\ufffd')]) {
    const actual = await db.one(
      `SELECT CASE WHEN JSON_VALID(${quoted(given)}) THEN CAST(CAST(${quoted(given)} AS ${type}) AS CHAR) END`,
    )
    if (actual !== null) return actual
  }
  return null
}

/** The kept texts of JSON columns. What a server holds of them it says itself. */
async function preservedTexts(db: MigratedDatabase): Promise<ReadonlyMap<string, PreservedText>> {
  const rows = await db.rows(
    `SELECT "table_name" AS "table", "column", "key", "value" AS "text" FROM "migrate_preserved"
     WHERE "revision" IN ('242a2047eae0', 'c29facfe716b') AND "encoding" = 'text'`,
  )
  const preserved = new Map<string, PreservedText>()
  for (const { table, column, key, text } of rows) {
    const name = preservedKey(String(table), String(column), keyId(String(key)))
    preserved.set(name, { text: String(text), held: await heldOf(db, String(text)) })
  }
  return preserved
}

/** `[["id",["text","c1"]]]` */
function keyId(key: string): unknown {
  const [[, [, id]]] = JSON.parse(key) as [[string, [string, unknown]]]
  return id
}

/**
 * How this server shows JSON. Where it holds less than a text says, the text must be kept to the letter, and the column must have
 * just what the server makes of it: null where that is nothing.
 */
async function readingOf(db: MigratedDatabase): Promise<Reading> {
  const { server } = db.database
  if (server === 'postgres' || server === 'postgres-next') return textReading
  const preserved = await preservedTexts(db)
  const same = (one: string, other: unknown): boolean =>
    typeof other === 'string' && canonicalJson(one) !== undefined && canonicalJson(one) === canonicalJson(other)
  const isPreserved: Reading['tokens'] = (expected, actual, { table, row, column }) => {
    const text = preserved.get(preservedKey(table, column, row.id))
    if (text === undefined || !same(text.text, expected)) return false
    return typeof text.held === 'string' ? same(text.held, actual) : actual === null || actual === 'null'
  }
  const holds: Reading['tokens'] =
    server === 'mysql'
      ? (expected, actual) => same(expected, actual)
      : (expected, actual) => textReading.tokens(expected, actual, noCell)
  const readsTokens: Reading['tokens'] = (expected, actual, cell) =>
    holds(expected, actual, cell) || isPreserved(expected, actual, cell)
  return {
    boolean,
    tokens: readsTokens,
    value: (expected, actual, cell) =>
      textReading.value(expected, actual, cell) || isPreserved(JSON.stringify(expected), actual, cell),
  }
}

const noCell = { table: '', row: {}, column: '' }

export interface ExpectedTable {
  readonly key: readonly string[]
  readonly rows: readonly ExpectedRow[]
}

/** What differs of the rows of a table, a line each. */
export async function differences(
  db: MigratedDatabase,
  table: string,
  { key, rows }: ExpectedTable,
  only = false,
): Promise<readonly string[]> {
  const actual: readonly Row[] = await db.rows(`SELECT * FROM "${table}"`)
  return differencesOf({ table, key, expected: rows, only }, actual, await readingOf(db))
}

export interface ExpectedHead {
  readonly tables: Readonly<Record<string, ExpectedTable>>
  readonly unchanged_tables: Readonly<Record<string, { readonly rows: number }>>
  readonly empty_tables: readonly string[]
  readonly row_counts: { readonly head: Readonly<Record<string, number>> }
}

/** What differs from the rows that the legacy fixture has at head. */
export async function headDifferences(db: MigratedDatabase, only = false): Promise<readonly string[]> {
  const { tables } = readExpected<ExpectedHead>('expected-head.json')
  const lines: string[] = []
  for (const [table, expected] of Object.entries(tables)) lines.push(...(await differences(db, table, expected, only)))
  return lines
}
