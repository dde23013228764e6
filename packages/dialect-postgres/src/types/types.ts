import {
  type ColumnType,
  type ColumnTypeKind,
  type DialectTypes,
  deepFreeze,
  foreignType,
  isSignificant,
  lexSql,
  present,
  type SqlToken,
} from '@org/migrate-core/dialect'
import { grammar } from '../sql/grammar.ts'
import { quote } from '../sql/quote.ts'

const sized = (name: string, ...sizes: readonly (number | undefined)[]): string => {
  const given = sizes.filter((size) => size !== undefined)
  return given.length === 0 ? name : `${name}(${given.join(',')})`
}

type Writers = { readonly [K in ColumnTypeKind]: (type: Extract<ColumnType, { readonly kind: K }>) => string }

/**
 * Each logical kind in the words of `format_type`.
 * - `json` is json, not jsonb: json keeps the text byte for byte, with duplicate keys, any number and `\u0000`, and jsonb
 *   refuses or rewrites those. For jsonb write `native: { postgres: 'jsonb' }`.
 * - bytea has no length.
 * - an enum without a name has no type of its own: it is text, and `compile` puts its values into a CHECK.
 */
const writers: Writers = {
  integer: ({ bits }) => (bits === 16 ? 'smallint' : bits === 32 ? 'integer' : 'bigint'),
  boolean: () => 'boolean',
  text: () => 'text',
  varchar: ({ length }) => sized('character varying', length),
  char: ({ length }) => sized('character', length),
  decimal: ({ precision, scale }) => (precision === undefined ? 'numeric' : sized('numeric', precision, scale)),
  real: () => 'real',
  double: () => 'double precision',
  date: () => 'date',
  time: ({ precision }) => `${sized('time', precision)} without time zone`,
  timestamp: ({ withTimezone, precision }) =>
    `${sized('timestamp', precision)} ${withTimezone ? 'with' : 'without'} time zone`,
  json: () => 'json',
  uuid: () => 'uuid',
  bytes: () => 'bytea',
  enum: ({ name, schema }) => (name === undefined ? 'text' : quote.table({ name, ...present({ schema }) }).text),
  native: (type) => {
    if (type.dialect === 'postgres') return type.sql
    throw foreignType('postgres', 'PostgreSQL', type)
  },
}

export function toSql(type: ColumnType): string {
  return (writers[type.kind] as (type: ColumnType) => string)(type)
}

type Reader = (sizes: readonly number[]) => ColumnType | undefined

/** A reader that takes at most `most` sizes; with more the text is not one of ours. */
const upTo =
  (most: number, read: (...sizes: readonly number[]) => ColumnType): Reader =>
  (sizes) =>
    sizes.length <= most ? read(...sizes) : undefined

const plain = (type: ColumnType): Reader => upTo(0, () => type)
const integer = (bits: 16 | 32 | 64): Reader => plain({ kind: 'integer', bits })
const varchar = upTo(1, (length) => ({ kind: 'varchar', ...present({ length }) }))
// Without a length it is one character: https://www.postgresql.org/docs/current/datatype-character.html
const char = upTo(1, (length) => ({ kind: 'char', length: length ?? 1 }))
const decimal = upTo(2, (precision, scale) => ({ kind: 'decimal', ...present({ precision, scale }) }))
const precise = (precision: number | undefined) => (precision === undefined ? {} : { precision })
const time = upTo(1, (precision) => ({ kind: 'time', ...precise(precision) }))
const timestamp = (withTimezone: boolean): Reader =>
  upTo(1, (precision) => ({ kind: 'timestamp', withTimezone, ...precise(precision) }))
const native = (sql: string): ColumnType => ({ kind: 'native', dialect: 'postgres', sql })

/** The names that mean a logical kind, as they stand without sizes. */
const readers: ReadonlyMap<string, Reader> = new Map<string, Reader>([
  ...['smallint', 'int2'].map((name) => [name, integer(16)] as const),
  ...['integer', 'int', 'int4'].map((name) => [name, integer(32)] as const),
  ...['bigint', 'int8'].map((name) => [name, integer(64)] as const),
  ...['boolean', 'bool'].map((name) => [name, plain({ kind: 'boolean' })] as const),
  ['text', plain({ kind: 'text' })],
  ...['character varying', 'varchar', 'char varying'].map((name) => [name, varchar] as const),
  ...['character', 'char', 'nchar', 'national character', 'national char'].map((name) => [name, char] as const),
  ...['numeric', 'decimal', 'dec'].map((name) => [name, decimal] as const),
  ...['real', 'float4'].map((name) => [name, plain({ kind: 'real' })] as const),
  ...['double precision', 'float8'].map((name) => [name, plain({ kind: 'double' })] as const),
  ['float', upTo(1, (bits = 53) => ({ kind: bits <= 24 ? 'real' : 'double' }))],
  ['date', plain({ kind: 'date' })],
  ...['time', 'time without time zone'].map((name) => [name, time] as const),
  ...['timestamp', 'timestamp without time zone'].map((name) => [name, timestamp(false)] as const),
  ...['timestamptz', 'timestamp with time zone'].map((name) => [name, timestamp(true)] as const),
  ['json', plain({ kind: 'json' })],
  ['uuid', plain({ kind: 'uuid' })],
  ['bytea', plain({ kind: 'bytes' })],
  ...['timetz', 'time with time zone'].map((name): readonly [string, Reader] => [
    name,
    upTo(1, (size) => native(`${sized('time', size)} with time zone`)),
  ]),
  ...['varbit', 'bit varying'].map((name): readonly [string, Reader] => [
    name,
    upTo(1, (size) => native(sized('bit varying', size))),
  ]),
  ['bit', upTo(1, (size = 1) => native(`bit(${size})`))],
])

/** The tokens before the array marks; `integer[3][]` and `integer ARRAY[3]` are `integer[]`: sizes and dimensions are ignored. */
function withoutArray(tokens: readonly SqlToken[]): { readonly element: readonly SqlToken[]; readonly array: boolean } {
  const at = tokens.findIndex(({ text }) => text === '[' || text.toLowerCase() === 'array')
  return at > 0 ? { element: tokens.slice(0, at), array: true } : { element: tokens, array: false }
}

function spelled(tokens: readonly SqlToken[]): string {
  let text = ''
  for (const { kind, text: token } of tokens) {
    const part = kind === 'word' ? token.toLowerCase() : token
    const tight = text === '' || '(),.'.includes(part) || /[(,.]$/.test(text)
    text += tight ? part : ` ${part}`
  }
  return text
}

function readElement(tokens: readonly SqlToken[]): ColumnType {
  const qualified = tokens[0]?.text.toLowerCase() === 'pg_catalog' && tokens[1]?.text === '.'
  const own = qualified ? tokens.slice(2) : tokens
  const openAt = own.findIndex(({ text }) => text === '(')
  const closeAt = own.findIndex(({ text }) => text === ')')
  const inside = openAt === -1 || closeAt < openAt ? [] : own.slice(openAt + 1, closeAt)
  const names = openAt === -1 ? own : [...own.slice(0, openAt), ...own.slice(closeAt + 1)]
  const sizes = inside.length === 0 ? [] : spelled(inside).replaceAll(' ', '').split(',').map(Number)
  const isPlain = names.every(({ kind }) => kind === 'word') && sizes.every(Number.isInteger)
  const name = names.map(({ text }) => text.toLowerCase()).join(' ')
  return (isPlain ? readers.get(name)?.(sizes) : undefined) ?? native(spelled(own))
}

function readType(text: string): ColumnType {
  const tokens = lexSql(text, grammar).filter(isSignificant)
  const setof = withoutArray(tokens)
  const type = readElement(setof.element)
  return setof.array ? native(`${toSql(type)}[]`) : type
}

const cache = new Map<string, ColumnType>()
/** More spellings than any schema has. */
const cacheLimit = 1_000

export function fromSql(text: string): ColumnType {
  const cached = cache.get(text)
  if (cached !== undefined) return cached
  const type = deepFreeze(readType(text))
  if (cache.size < cacheLimit) cache.set(text, type)
  return type
}

/**
 * Logical types to the words of `format_type` and back. `fromSql` gives a `native` type for what no logical kind says, in one
 * spelling. `toSql` throws UNSUPPORTED for the native type of another database.
 */
export const types: DialectTypes = { toSql, fromSql }
