import {
  type ColumnType,
  type ColumnTypeKind,
  type DialectTypes,
  deepFreeze,
  foreignType,
} from '@org/migrate-core/dialect'
import type { Server } from '../flavour.ts'
import { quotedString, unsupported } from '../sql/quote.ts'
import { significant, stringValue, typeTextOf } from '../sql/tokens.ts'
import { shownType } from './type-synonyms.ts'

/** The character set and collation of a column of UUIDs: 36 letters that are all in ASCII, a byte each. */
const uuidText = 'char(36) CHARACTER SET ascii COLLATE ascii_bin'

const sized = (name: string, size: number | undefined): string => (size === undefined ? name : `${name}(${size})`)

type Writers = { readonly [K in ColumnTypeKind]: (type: Extract<ColumnType, { readonly kind: K }>) => string }

/**
 * What each logical kind is here:
 * - text is LONGTEXT: it alone has no length that the other databases do not have (TEXT ends at 65,535 bytes);
 * - a time stamp with a zone is DATETIME in UTC, as our sessions are: TIMESTAMP ends in January 2038;
 * - times have six digits where nothing is said, as PostgreSQL has, and not none;
 * - DECIMAL alone would be DECIMAL(10,0), without a fraction: the most digits that there are, 30 of them behind the point;
 * - a UUID is its text: MySQL has no type of that name, and both flavours should hold the same.
 */
const writers: Writers = {
  integer: ({ bits }) => (bits === 16 ? 'smallint' : bits === 32 ? 'int' : 'bigint'),
  boolean: () => 'tinyint(1)',
  text: () => 'longtext',
  varchar: ({ length }) => (length === undefined ? 'longtext' : `varchar(${length})`),
  char: ({ length }) => `char(${length})`,
  decimal: ({ precision, scale }) =>
    precision === undefined ? 'decimal(65,30)' : `decimal(${precision},${scale ?? 0})`,
  real: () => 'float',
  double: () => 'double',
  date: () => 'date',
  time: ({ precision }) => fractional('time', precision),
  timestamp: ({ precision }) => fractional('datetime', precision),
  json: () => 'json',
  uuid: () => uuidText,
  bytes: ({ length }) => (length === undefined ? 'longblob' : `varbinary(${length})`),
  enum: ({ values, name = '' }) => {
    // Only a named type of PostgreSQL can have none: https://dev.mysql.com/doc/refman/8.4/en/enum.html
    if (values.length === 0) throw unsupported(`type ${name}`, 'it is an enum without values')
    return `enum(${values.map(quotedString).join(',')})`
  },
  native: (type) => {
    if (type.dialect === 'mysql') return type.sql
    throw foreignType('mysql', 'MySQL', type)
  },
}

function fractional(name: string, precision: number | undefined): string {
  return sized(name, precision === 0 ? undefined : (precision ?? 6))
}

type Reader = (sizes: readonly number[]) => ColumnType | undefined

const plain =
  (type: ColumnType): Reader =>
  (sizes) =>
    sizes.length === 0 ? type : undefined

/** A display width says nothing about the values (MySQL dropped it in 8.0.19, MariaDB still shows it). */
const integer =
  (bits: 16 | 32 | 64): Reader =>
  () => ({ kind: 'integer', bits })

const precise = (sizes: readonly number[]): { readonly precision?: number } | undefined => {
  const [precision = 0, more] = sizes
  if (more !== undefined) return undefined
  return precision === 6 ? {} : { precision }
}

const readers: ReadonlyMap<string, Reader> = new Map<string, Reader>([
  ['smallint', integer(16)],
  ['int', integer(32)],
  ['integer', integer(32)],
  ['bigint', integer(64)],
  ['tinyint', ([width]) => (width === 1 ? { kind: 'boolean' } : undefined)],
  ['bool', plain({ kind: 'boolean' })],
  ['boolean', plain({ kind: 'boolean' })],
  ['longtext', plain({ kind: 'text' })],
  ['varchar', ([length]) => (length === undefined ? undefined : { kind: 'varchar', length })],
  ['char', ([length = 1]) => ({ kind: 'char', length })],
  ['float', plain({ kind: 'real' })],
  ['double', plain({ kind: 'double' })],
  ['date', plain({ kind: 'date' })],
  ['json', plain({ kind: 'json' })],
  ['longblob', plain({ kind: 'bytes' })],
  ['varbinary', ([length]) => (length === undefined ? undefined : { kind: 'bytes', length })],
  ['time', (sizes) => ({ kind: 'time', ...precise(sizes) })],
  ['datetime', (sizes) => ({ kind: 'timestamp', withTimezone: false, ...precise(sizes) })],
  ['decimal', readDecimal],
  ['numeric', readDecimal],
])

function readDecimal([precision = 10, scale = 0]: readonly number[]): ColumnType {
  return precision === 65 && scale === 30 ? { kind: 'decimal' } : { kind: 'decimal', precision, scale }
}

const shape = /^([a-z]+)(?:\((\d+)(?:,(\d+))?\))?$/

function readType(sql: string): ColumnType {
  const tokens = significant(sql).map((token) =>
    token.kind === 'word' ? { ...token, text: token.text.toLowerCase() } : token,
  )
  // MariaDB shows `varchar(300) /*M!100301 COMPRESSED*/` for what is written without the comment.
  const text = shownType(typeTextOf(tokens)).replace(/\/\*M!\d+\s+(compressed)\s*\*\/$/i, (_, word: string) =>
    word.toLowerCase(),
  )
  if (text === uuidText.toLowerCase()) return { kind: 'uuid' }
  if (tokens[0]?.text === 'enum' && tokens.at(-1)?.text === ')') {
    const values = tokens.flatMap((token) => (token.kind === 'string' ? [stringValue(token.text)] : []))
    // https://dev.mysql.com/doc/refman/8.4/en/enum.html: trailing spaces are deleted.
    return { kind: 'enum', values: values.map((value) => value.replace(/ +$/, '')) }
  }
  const match = shape.exec(text)
  const sizes = [match?.[2], match?.[3]].flatMap((size) => (size === undefined ? [] : [Number(size)]))
  const type = match?.[1] === undefined ? undefined : readers.get(match[1])?.(sizes)
  if (type !== undefined) return type
  // `int(10) unsigned` is `int unsigned`; with ZEROFILL the width says how many zeros are shown.
  const narrow = /zerofill/.test(text) ? text : text.replace(/^((?:tiny|small|medium|big)?int)\(\d+\)/, '$1')
  return { kind: 'native', dialect: 'mysql', sql: narrow === 'year(4)' ? 'year' : narrow }
}

const parsedTypes = new Map<string, ColumnType>()
/** More spellings than any schema has. */
const maxParsedTypes = 1_000

export function fromSql(sql: string): ColumnType {
  const cached = parsedTypes.get(sql)
  if (cached !== undefined) return cached
  const type = deepFreeze(readType(sql))
  if (parsedTypes.size < maxParsedTypes) parsedTypes.set(sql, type)
  return type
}

export function toSql(type: ColumnType): string {
  return (writers[type.kind] as (type: ColumnType) => string)(type)
}

/** A type as it comes back from the server. */
export function folded(type: ColumnType): ColumnType {
  return fromSql(toSql(type))
}

const types: DialectTypes = { toSql, fromSql }

/**
 * Logical types to SQL and back, the same on both flavours. `fromSql` gives a `native` type for what no logical kind is written as
 * (`int unsigned`, `mediumtext`, `set(…)`).
 */
export function typesFor(_server: Server): DialectTypes {
  return types
}

/** Whether values of the type have a character set and a collation that can be said. */
export function isText(type: ColumnType): boolean {
  if (type.kind === 'native')
    return /^(?:(?:national |n)?(?:var)?char|(?:tiny|medium|long)?text|set|enum)\b/i.test(type.sql)
  return type.kind === 'text' || type.kind === 'varchar' || type.kind === 'char' || type.kind === 'enum'
}

/** Whether values of the type are bytes of their own, with a default that is no expression. */
export function isBytes(type: ColumnType): boolean {
  return (
    (type.kind === 'bytes' && type.length !== undefined) ||
    (type.kind === 'native' && /^(?:var)?binary\b/i.test(type.sql))
  )
}

/** Whether the type is one that is stored beside the row: no default but an expression, no index over the whole of it. */
export function isLarge(type: ColumnType): boolean {
  const sql = toSql(type)
  return /^(?:tiny|medium|long)?(?:text|blob)\b/i.test(sql) || sql === 'json'
}

export const isGeometry = (type: ColumnType): boolean =>
  /^(?:geometry|point|linestring|polygon|multi|geomcollection)/i.test(toSql(type))

export function isTemporal(type: ColumnType): boolean {
  return type.kind === 'timestamp' || (type.kind === 'native' && /^(?:timestamp|datetime)\b/i.test(type.sql))
}

/** The digits of a second that a type holds. */
export function precisionOf(type: ColumnType): number {
  return Number(/^(?:datetime|timestamp|time)\((\d)\)/i.exec(toSql(type))?.[1] ?? 0)
}
