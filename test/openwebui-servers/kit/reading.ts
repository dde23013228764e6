import {
  differencesOf,
  type ExpectedRow,
  parses,
  type Reading,
  readExpected,
  tokens,
} from '../../openwebui/kit/expected.ts'
import { quoted, type Row } from './client.ts'
import type { Opened } from './database.ts'
import { canonicalJson } from './exact-json.ts'

const boolean: Reading['boolean'] = (found) => (typeof found === 'boolean' ? found : undefined)

/** PostgreSQL and MariaDB keep JSON as the text it is. */
const textReading: Reading = {
  boolean,
  tokens: (expected, found) => typeof found === 'string' && tokens(found) === expected,
  value: (expected, found) => typeof found === 'string' && parses(found, expected),
}

/** What a server's JSON cannot hold, as `migrate_preserved` has it: the text that stood there, and what the server makes of it. */
interface KeptText {
  readonly text: string
  readonly held: unknown
}

const keptName = (table: string, column: string, id: unknown): string => JSON.stringify([table, column, id])

/** The most levels that either server could read; the question after deeper ones is an error on MySQL. */
const levels = 100

/** What the server says of a JSON text; of one that it refuses for a lone surrogate, what it says with U+FFFD in its place. */
async function heldOf(db: Opened, text: string): Promise<unknown> {
  if (canonicalJson(text) === undefined || (text.match(/[{[]/g) ?? []).length > levels) return null
  const type = db.database.server === 'mysql' ? 'JSON' : 'CHAR'
  for (const given of [text, text.replace(/\\u(?:d83e|dd8a)/g, '\\ufffd')]) {
    const found = await db.one(
      `SELECT CASE WHEN JSON_VALID(${quoted(given)}) THEN CAST(CAST(${quoted(given)} AS ${type}) AS CHAR) END`,
    )
    if (found !== null) return found
  }
  return null
}

/** The kept texts of JSON columns. What a server holds of them it says itself. */
async function keptTexts(db: Opened): Promise<ReadonlyMap<string, KeptText>> {
  const rows = await db.rows(
    `SELECT "table_name" AS "table", "column", "key", "value" AS "text" FROM "migrate_preserved"
     WHERE "revision" IN ('242a2047eae0', 'c29facfe716b') AND "encoding" = 'text'`,
  )
  const kept = new Map<string, KeptText>()
  for (const { table, column, key, text } of rows) {
    const name = keptName(String(table), String(column), keyId(String(key)))
    kept.set(name, { text: String(text), held: await heldOf(db, String(text)) })
  }
  return kept
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
export async function readingOf(db: Opened): Promise<Reading> {
  const { server } = db.database
  if (server === 'postgres' || server === 'postgres-next') return textReading
  const kept = await keptTexts(db)
  const same = (one: string, other: unknown): boolean =>
    typeof other === 'string' && canonicalJson(one) !== undefined && canonicalJson(one) === canonicalJson(other)
  const isKept: Reading['tokens'] = (expected, found, { table, row, column }) => {
    const text = kept.get(keptName(table, column, row.id))
    if (text === undefined || !same(text.text, expected)) return false
    return typeof text.held === 'string' ? same(text.held, found) : found === null || found === 'null'
  }
  const holds: Reading['tokens'] =
    server === 'mysql'
      ? (expected, found) => same(expected, found)
      : (expected, found) => textReading.tokens(expected, found, noCell)
  const readsTokens: Reading['tokens'] = (expected, found, cell) =>
    holds(expected, found, cell) || isKept(expected, found, cell)
  return {
    boolean,
    tokens: readsTokens,
    value: (expected, found, cell) =>
      textReading.value(expected, found, cell) || isKept(JSON.stringify(expected), found, cell),
  }
}

const noCell = { table: '', row: {}, column: '' }

export interface ExpectedTable {
  readonly key: readonly string[]
  readonly rows: readonly ExpectedRow[]
}

/** What differs of the rows of a table, a line each. */
export async function differences(
  db: Opened,
  table: string,
  { key, rows }: ExpectedTable,
  only = false,
): Promise<readonly string[]> {
  const found: readonly Row[] = await db.rows(`SELECT * FROM "${table}"`)
  return differencesOf({ table, key, expected: rows, only }, found, await readingOf(db))
}

export interface ExpectedHead {
  readonly tables: Readonly<Record<string, ExpectedTable>>
  readonly unchanged_tables: Readonly<Record<string, { readonly rows: number }>>
  readonly empty_tables: readonly string[]
  readonly row_counts: { readonly head: Readonly<Record<string, number>> }
}

/** What differs from the rows that the legacy fixture has at head. */
export async function headDifferences(db: Opened, only = false): Promise<readonly string[]> {
  const { tables } = readExpected<ExpectedHead>('expected-head.json')
  const lines: string[] = []
  for (const [table, expected] of Object.entries(tables)) lines.push(...(await differences(db, table, expected, only)))
  return lines
}
