import {
  type ColumnType,
  MigrateError,
  type SqlFragment,
  sql,
  type TableRef,
  verbatim,
} from '@org/migrate-core/dialect'
import { quote } from '../sql/quote.ts'
import { toSql } from '../types/types.ts'
import { refText } from './statements.ts'

const numbers = ['smallint', 'integer', 'bigint', 'numeric', 'real', 'double precision'] as const
const strings = ['text', 'character varying', 'character', 'name'] as const
const [date, time, timetz] = ['date', 'time without time zone', 'time with time zone']
const [timestamp, timestamptz] = ['timestamp without time zone', 'timestamp with time zone']

/**
 * What ALTER COLUMN TYPE converts by itself: the implicit and assignment casts of `pg_cast` (read on 15 and 18). To a string
 * everything goes: https://www.postgresql.org/docs/current/sql-createcast.html
 */
const automatic: ReadonlyMap<string, readonly string[]> = new Map<string, readonly string[]>([
  ...numbers.map((name) => [name, numbers] as const),
  ...strings.map((name) => [name, strings] as const),
  [date, [timestamp, timestamptz]],
  [timestamp, [date, time, timestamptz]],
  [timestamptz, [date, time, timetz, timestamp]],
  [time, ['interval', timetz]],
  [timetz, [time]],
  ['interval', [time]],
  ['json', ['jsonb']],
  ['jsonb', ['json']],
  ['bit', ['bit varying']],
  ['bit varying', ['bit']],
  ['cidr', ['inet']],
  ['inet', ['cidr']],
  ['boolean', []],
  ['uuid', []],
  ['bytea', []],
  ['point', ['box']],
  ['line', []],
  ['lseg', []],
  ['box', ['polygon']],
  ['path', ['polygon']],
  ['polygon', ['path']],
  ['circle', []],
  ['macaddr', ['macaddr8']],
  ['macaddr8', ['macaddr']],
  ...['int4range', 'int8range', 'numrange', 'daterange', 'tsrange', 'tstzrange'].map((name) => [name, []] as const),
  ...['xml', 'tsvector', 'tsquery'].map((name) => [name, []] as const),
])

/** Explicit casts of `pg_cast` between these, which say what is meant; all others have none, not even through text. */
const explicit: ReadonlyMap<string, readonly string[]> = new Map([
  ['lseg', ['point']],
  ['box', ['point', 'lseg', 'circle']],
  ['polygon', ['point', 'box', 'circle']],
  ['circle', ['point', 'box', 'polygon']],
])

/** The type's name without its sizes. */
function baseOf(type: ColumnType): string {
  return toSql(type).replaceAll(/\(\d+(?:,-?\d+)?\)/g, '')
}

const isNumber = (base: string): boolean => (numbers as readonly string[]).includes(base)
const isString = (base: string): boolean => (strings as readonly string[]).includes(base)
const isDateOrTimestamp = (base: string): boolean => [date, timestamp, timestamptz].includes(base)
const isNamedEnum = (type: ColumnType): boolean => type.kind === 'enum' && type.name !== undefined

/** Whether the server converts by itself; undefined for types that are not known here (domains, types of extensions). */
export function convertsByItself(from: ColumnType, to: ColumnType): boolean | undefined {
  const [source, target] = [baseOf(from), baseOf(to)]
  if (source === target || isString(target)) return true
  // An array goes as its elements go.
  const [inner, outer] = [source.replace(/\[\]$/, ''), target.replace(/\[\]$/, '')]
  if ((inner === source) !== (outer === target)) return false
  if (isString(outer)) return true
  if (isNamedEnum(to)) return false
  const hasKnownCasts = (type: ColumnType, base: string): boolean => automatic.has(base) || isNamedEnum(type)
  if (!hasKnownCasts(from, inner) || !hasKnownCasts(to, outer)) return undefined
  return automatic.get(inner)?.includes(outer) ?? false
}

/** An expression that does what is most likely meant. */
function proposal(
  column: SqlFragment,
  from: ColumnType,
  to: ColumnType,
  { target, wasArray }: { readonly target: SqlFragment; readonly wasArray: boolean },
): SqlFragment {
  const [source, base] = [baseOf(from), baseOf(to)]
  // An ordinary value is no array literal: it becomes the one element, and no value stays none.
  if (base.endsWith('[]') && !source.endsWith('[]') && !wasArray) {
    return sql`CASE WHEN ${column} IS NOT NULL THEN ARRAY[${column}]::${target} END`
  }
  if (isNumber(source) && base === 'boolean') return sql`${column} <> 0`
  if (source === 'boolean' && isNumber(base)) {
    return base === 'integer' ? sql`${column}::integer` : sql`${column}::integer::${target}`
  }
  if (isNumber(source) && isDateOrTimestamp(base)) {
    const converted = sql`to_timestamp(${column})`
    if (base === timestamptz) return converted
    return base === date ? sql`${converted}::date` : sql`${converted} AT TIME ZONE 'UTC'`
  }
  if (isDateOrTimestamp(source) && isNumber(base)) return sql`extract(epoch FROM ${column})::${target}`
  if (isString(source) && base === 'bytea') return sql`convert_to(${column}, 'UTF8')`
  if (source === 'bytea') return sql`convert_from(${column}, 'UTF8')::${target}`
  return isString(source) || explicit.get(source)?.includes(base) === true
    ? sql`${column}::${target}`
    : sql`${column}::text::${target}`
}

/** Whether an array of texts becomes an array of a type that is not known here, as of an enum: only a schema has the names of those. */
function isArrayOfUnknown(from: ColumnType, to: ColumnType): boolean {
  const [source, target] = [baseOf(from), baseOf(to)]
  return target.endsWith('[]') && source.endsWith('[]') && isString(source.slice(0, -2))
}

/** What a generated revision says in `using`; undefined where the server converts by itself, or may know a way that is not known here. */
export function conversion(column: string, from: ColumnType, to: ColumnType, back?: 'back'): string | undefined {
  const converts = convertsByItself(from, to)
  if (converts === true || (converts === undefined && !isArrayOfUnknown(from, to))) return undefined
  return proposal(quote.identifier(column), from, to, { target: verbatim(toSql(to)), wasArray: back === 'back' }).text
}

interface Conversion {
  readonly table: TableRef
  readonly column: string
  readonly from: ColumnType
  readonly to: ColumnType
  /** The new type's SQL. */
  readonly target: string
  /** Whether it is an array of an enum that the old one is none of: only a schema has the names of its enums. */
  readonly toEnumArray: boolean
}

/** Throws CAST_NEEDED where the server would refuse to convert the values by itself, with the expression that it wants. */
export function requireCast({ table, column, from, to, target, toEnumArray }: Conversion): void {
  if (!toEnumArray && convertsByItself(from, to) !== false) return
  const using = proposal(quote.identifier(column), from, to, { target: verbatim(target), wasArray: false }).text
  const object = `column ${refText(table)}.${column}`
  const source = toSql(from)
  throw new MigrateError(
    'CAST_NEEDED',
    { object, from: source, to: target, using },
    `${object}: PostgreSQL does not turn ${source} into ${target} by itself.`,
    { remedy: `Say how with \`using\`, for example ${JSON.stringify(using)}.` },
  )
}
