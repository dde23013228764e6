import { deepFreeze, foreignType, MigrateError, present } from '@org/migrate-core/connection'
import type { ColumnType, ColumnTypeKind, DialectTypes } from '@org/migrate-core/dialect'
import { significant, tokenize } from '../sql/tokenize.ts'

export type Affinity = 'integer' | 'text' | 'blob' | 'real' | 'numeric'

/** The affinity of a declared type, by the five rules of SQLite's manual ("Determination Of Column Affinity"), in order. */
export function affinityOf(sqlType: string): Affinity {
  const type = sqlType.toUpperCase()
  if (type.includes('INT')) return 'integer'
  if (type.includes('CHAR') || type.includes('CLOB') || type.includes('TEXT')) return 'text'
  if (type.includes('BLOB') || type.trim() === '') return 'blob'
  if (type.includes('REAL') || type.includes('FLOA') || type.includes('DOUB')) return 'real'
  return 'numeric'
}

/** Upper case, single spaces, none around parentheses and commas: two spellings of one type are one text. */
function typeText(sqlType: string): string {
  let text = ''
  for (const token of significant(tokenize(sqlType))) {
    const part = token.kind === 'word' ? token.text.toUpperCase() : token.text
    const tight = text === '' || '(,)'.includes(part) || text.endsWith('(') || text.endsWith(',') || /[-+]$/.test(text)
    text += tight ? part : ` ${part}`
  }
  return text
}

const sized = (name: string, ...sizes: readonly (number | undefined)[]): string => {
  const given = sizes.filter((size) => size !== undefined)
  return given.length === 0 ? name : `${name}(${given.join(',')})`
}

type Writers = { readonly [K in ColumnTypeKind]: (type: Extract<ColumnType, { readonly kind: K }>) => string }

/**
 * The declared text of each logical kind. The text decides the affinity, so each has the right letters in it:
 * - UUID alone would have NUMERIC affinity, and an id such as `1234e567` would be stored as a number: `UUID TEXT`;
 * - FLOAT and DOUBLE both have REAL affinity; `real` is REAL, the only such name that a STRICT table takes;
 * - DATE, TIME, DATETIME and JSON have NUMERIC affinity, which leaves texts alone that do not look like a number.
 *   For JSON this means that the bare document `42` is stored as an integer; it is what every SQLite tool does;
 * - an enum is TEXT: its values stand in a CHECK that `write` puts into the column.
 */
const writers: Writers = {
  integer: ({ bits }) => (bits === 16 ? 'SMALLINT' : bits === 32 ? 'INTEGER' : 'BIGINT'),
  boolean: () => 'BOOLEAN',
  text: () => 'TEXT',
  varchar: ({ length }) => sized('VARCHAR', length),
  char: ({ length }) => sized('CHAR', length),
  decimal: ({ precision, scale }) => (precision === undefined ? 'DECIMAL' : sized('DECIMAL', precision, scale)),
  real: () => 'REAL',
  double: () => 'DOUBLE',
  date: () => 'DATE',
  time: ({ precision }) => sized('TIME', precision),
  timestamp: ({ withTimezone, precision }) => sized(withTimezone ? 'TIMESTAMPTZ' : 'DATETIME', precision),
  json: () => 'JSON',
  uuid: () => 'UUID TEXT',
  bytes: ({ length }) => sized('BLOB', length),
  enum: () => 'TEXT',
  native: (type) => {
    if (type.dialect === 'sqlite') return type.sql
    throw foreignType('sqlite', 'SQLite', type)
  },
}

type Reader = (sizes: readonly number[]) => ColumnType | undefined

/** A reader that takes at most `most` sizes; with more the text is not ours. */
const upTo =
  (most: number, least: number, read: (...sizes: readonly number[]) => ColumnType): Reader =>
  (sizes) =>
    sizes.length <= most && sizes.length >= least ? read(...sizes) : undefined

const plain = (type: ColumnType): Reader => upTo(0, 0, () => type)

const timestampReader = (withTimezone: boolean): Reader =>
  upTo(1, 0, (precision) => ({ kind: 'timestamp', withTimezone, ...present({ precision }) }))

const decimalReader = upTo(2, 0, (precision, scale) => ({ kind: 'decimal', ...present({ precision, scale }) }))

/** Each text that a logical kind is written as, and the synonyms that mean the same to SQLite and to its users. */
const readers: ReadonlyMap<string, Reader> = new Map<string, Reader>([
  ['SMALLINT', plain({ kind: 'integer', bits: 16 })],
  ['INTEGER', plain({ kind: 'integer', bits: 32 })],
  ['INT', plain({ kind: 'integer', bits: 32 })],
  ['BIGINT', plain({ kind: 'integer', bits: 64 })],
  ['BOOLEAN', plain({ kind: 'boolean' })],
  ['BOOL', plain({ kind: 'boolean' })],
  ['TEXT', plain({ kind: 'text' })],
  ['VARCHAR', upTo(1, 0, (length) => ({ kind: 'varchar', ...present({ length }) }))],
  ['CHARACTER VARYING', upTo(1, 0, (length) => ({ kind: 'varchar', ...present({ length }) }))],
  ['CHAR', upTo(1, 1, (length) => ({ kind: 'char', length: length as number }))],
  ['CHARACTER', upTo(1, 1, (length) => ({ kind: 'char', length: length as number }))],
  ['DECIMAL', decimalReader],
  ['NUMERIC', decimalReader],
  ['REAL', plain({ kind: 'real' })],
  ['FLOAT', plain({ kind: 'real' })],
  ['DOUBLE', plain({ kind: 'double' })],
  ['DOUBLE PRECISION', plain({ kind: 'double' })],
  ['DATE', plain({ kind: 'date' })],
  ['TIME', upTo(1, 0, (precision) => ({ kind: 'time', ...present({ precision }) }))],
  ['DATETIME', timestampReader(false)],
  ['TIMESTAMP', timestampReader(false)],
  ['TIMESTAMPTZ', timestampReader(true)],
  ['JSON', plain({ kind: 'json' })],
  ['UUID TEXT', plain({ kind: 'uuid' })],
  ['BLOB', upTo(1, 0, (length) => ({ kind: 'bytes', ...present({ length }) }))],
])

const shape = /^([A-Z][A-Z ]*)(?:\((\d+)(?:,(\d+))?\))?$/

const parsedTypes = new Map<string, ColumnType>()
/** More spellings than any schema has. */
const maxParsedTypes = 1_000

export function fromSql(sqlType: string): ColumnType {
  const cached = parsedTypes.get(sqlType)
  if (cached !== undefined) return cached
  const type = deepFreeze(readType(sqlType))
  if (parsedTypes.size < maxParsedTypes) parsedTypes.set(sqlType, type)
  return type
}

function readType(sqlType: string): ColumnType {
  const sql = typeText(sqlType)
  const match = shape.exec(sql)
  const sizes = [match?.[2], match?.[3]].flatMap((size) => (size === undefined ? [] : [Number(size)]))
  const read = match?.[1] === undefined ? undefined : readers.get(match[1])
  return read?.(sizes) ?? { kind: 'native', dialect: 'sqlite', sql }
}

export function toSql(type: ColumnType): string {
  return (writers[type.kind] as (type: ColumnType) => string)(type)
}

/**
 * Logical types to declared texts and back. `fromSql` gives a `native` type for a text that no logical kind is written
 * as; case and spaces do not matter. `toSql` throws UNSUPPORTED for the native type of another database.
 */
export const types: DialectTypes = { toSql, fromSql }

// "The datatype must be one of INT, INTEGER, REAL, TEXT, BLOB, ANY" (SQLite manual, STRICT Tables).
const strictNames = new Set(['INT', 'INTEGER', 'REAL', 'TEXT', 'BLOB', 'ANY'])
export const isStrictName = (type: string): boolean => strictNames.has(type.toUpperCase())
const strictTexts: { readonly [A in Affinity]: string } = {
  integer: 'INTEGER',
  text: 'TEXT',
  blob: 'BLOB',
  real: 'REAL',
  numeric: 'TEXT',
}

/**
 * The type that a column of a STRICT table gets, where only six names exist: booleans and integers INTEGER, numbers
 * REAL, decimals and all that is text in a value TEXT. Throws UNSUPPORTED for a native type that is none of them.
 */
export function strictType(type: ColumnType): ColumnType {
  if (type.kind === 'boolean') return { kind: 'integer', bits: 32 }
  if (type.kind === 'enum') return type
  const text = toSql(type)
  if (isStrictName(text)) return fromSql(text)
  if (type.kind !== 'native') return fromSql(strictTexts[affinityOf(text)])
  throw new MigrateError(
    'UNSUPPORTED',
    { dialect: 'sqlite', operation: `type ${text} in a STRICT table`, why: 'STRICT tables know six type names only' },
    `the type ${text} cannot stand in a STRICT table`,
    { remedy: 'Use INT, INTEGER, REAL, TEXT, BLOB or ANY, or leave `strict` out.' },
  )
}
