import { readFileSync } from 'node:fs'
import { isDeepStrictEqual } from 'node:util'
import type { TestDatabase } from './database.ts'

type Notation = unknown

export interface ExpectedRow {
  readonly [column: string]: Notation
}

/** Reads an expected file; whole numbers that a double cannot hold become bigint. */
export function readExpected<T>(name: string): T {
  const text = readFileSync(new URL(`../../../kit/fixtures/openwebui/${name}`, import.meta.url), 'utf8')
  // The files are written with one value a line, so that such a number stands at the end of one.
  const exact = text.replace(/: (-?\d{16,})(?=,?$)/gm, ': {"$integer": "$1"}')
  return JSON.parse(exact, (_key, value: unknown) =>
    typeof value === 'object' && value !== null && '$integer' in value ? BigInt(String(value.$integer)) : value,
  ) as T
}

/** White space outside of strings. */
export function tokens(json: string): string {
  return json.replace(/("(?:[^"\\]|\\.)*")|[ \t\n\r]+/g, '$1')
}

function jsonText(actual: unknown): string | undefined {
  if (typeof actual === 'string') return actual
  // A JSON column of SQLite stores a bare number as a number.
  return typeof actual === 'bigint' || typeof actual === 'number' ? String(actual) : undefined
}

export function parses(text: string, value: unknown): boolean {
  try {
    return isDeepStrictEqual(JSON.parse(text), value)
  } catch {
    return false
  }
}

/** How a database shows a value of a kind that not every database has; `place` names the cell. */
export interface Reading {
  boolean(actual: unknown): boolean | undefined
  /** Whether what was found is JSON of these tokens, to the letter. */
  tokens(expected: string, actual: unknown, address: CellAddress): boolean
  /** Whether what was found is JSON of this value. */
  value(expected: unknown, actual: unknown, address: CellAddress): boolean
}

interface CellAddress {
  readonly table: string
  readonly row: Readonly<Record<string, unknown>>
  readonly column: string
}

const sqliteReading: Reading = {
  boolean: (actual) => (actual === 1n ? true : actual === 0n ? false : undefined),
  tokens(expected, actual) {
    const text = jsonText(actual)
    return text !== undefined && tokens(text) === expected
  },
  value(expected, actual) {
    const text = jsonText(actual)
    return text !== undefined && parses(text, expected)
  },
}

/** Whether a stored value is what the notation of the expected files says. */
function matches(expected: Notation, actual: unknown, address: CellAddress, reading: Reading): boolean {
  if (expected === null) return actual === null
  if (typeof expected === 'boolean') return reading.boolean(actual) === expected
  if (typeof expected === 'number') {
    // The steps of the sequential tier have whole numbers for booleans on SQLite.
    return actual === BigInt(expected) || (typeof actual === 'boolean' && Number(actual) === expected)
  }
  if (typeof expected !== 'object') return actual === expected
  if ('$any_of' in expected)
    return (expected.$any_of as unknown[]).some((one) => matches(one, actual, address, reading))
  if ('$json_tokens' in expected) return reading.tokens(String(expected.$json_tokens), actual, address)
  if ('$json' in expected) return reading.value(expected.$json, actual, address)
  throw new Error(`unknown notation ${JSON.stringify(expected)}`)
}

const notColumns = new Set(['why', 'source_text', 'name_any_of'])

/** What differs, a line each. Rows beyond the expected ones count too, unless `only` is set. */
export function differencesOf(
  what: {
    readonly table: string
    readonly key: readonly string[]
    readonly expected: readonly ExpectedRow[]
    readonly only?: boolean
  },
  rows: readonly Readonly<Record<string, unknown>>[],
  reading: Reading,
): readonly string[] {
  const { table, key, expected } = what
  const name = (row: Readonly<Record<string, unknown>>): string =>
    JSON.stringify(key.map((column) => String(row[column])))
  const actual = new Map(rows.map((row) => [name(row), row]))
  const lines: string[] = []
  for (const row of expected) {
    const other = actual.get(name(row))
    actual.delete(name(row))
    if (other === undefined) {
      lines.push(`${table} ${name(row)} is missing`)
      continue
    }
    for (const [column, value] of Object.entries(row)) {
      if (notColumns.has(column)) continue
      const names = column === 'name' ? (row.name_any_of as unknown[] | undefined) : undefined
      const address = { table, row: other, column }
      const right = names?.includes(other[column]) ?? matches(value, other[column], address, reading)
      if (!right)
        lines.push(`${table} ${name(row)}.${column} is ${String(other[column])}, expected ${JSON.stringify(value)}`)
    }
  }
  return what.only === true
    ? lines
    : [...lines, ...[...actual.keys()].map((row) => `${table} ${row} should not be there`)]
}

/** The same of a SQLite database. */
export function rowDifferences(
  db: TestDatabase,
  table: string,
  key: readonly string[],
  expected: readonly ExpectedRow[],
  only = false,
): readonly string[] {
  return differencesOf({ table, key, expected, only }, db.rows(`SELECT * FROM "${table}"`), sqliteReading)
}
