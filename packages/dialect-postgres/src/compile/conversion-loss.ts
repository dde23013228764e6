import { type ColumnType, type ConversionLoss, type SqlFragment, sql, verbatim } from '@org/migrate-core/dialect'
import { toSql } from '../types/types.ts'
import { convertsByItself } from './casts.ts'

interface TypeTraits {
  readonly name: string
  readonly sizes: readonly number[]
  readonly array: boolean
}

function typeTraits(type: ColumnType): TypeTraits {
  const text = toSql(type)
  const array = text.endsWith('[]')
  const sizes = /\((-?\d+)(?:,(-?\d+))?\)/.exec(text)
  return {
    name: text.replace(/\[\]$/, '').replace(/\(-?\d+(?:,-?\d+)?\)/, ''),
    sizes: (sizes?.slice(1) ?? []).flatMap((size) => (size === undefined ? [] : [Number(size)])),
    array,
  }
}

const integers: readonly string[] = ['smallint', 'integer', 'bigint']
const times: readonly string[] = [
  'time without time zone',
  'time with time zone',
  'timestamp without time zone',
  'timestamp with time zone',
  'interval',
]
const strings: readonly string[] = ['text', 'character varying', 'character']

/** Characters of the longest text of a value. */
const longestTexts: { readonly [name: string]: number } = { boolean: 5, smallint: 6, integer: 11, bigint: 20 }

/** Digits of a number that a type stores exactly, whatever the number: 24 and 53 bits. */
const isExactIn: { readonly [floating: string]: readonly string[] } = {
  real: ['smallint'],
  'double precision': ['smallint', 'integer', 'real'],
}

/** Other types whose every value the target stores, so that the same value comes back. */
const wider: ReadonlyMap<string, readonly string[]> = new Map([
  ['date', ['timestamp without time zone', 'timestamp with time zone']],
  // Sessions are in UTC.
  ['timestamp without time zone', ['timestamp with time zone']],
  ['timestamp with time zone', ['timestamp without time zone']],
  ['time without time zone', ['interval', 'time with time zone']],
  ['jsonb', ['json']],
  ['cidr', ['inet']],
  ['bit', ['bit varying']],
  ['bit varying', ['bit']],
])

/** https://www.postgresql.org/docs/current/datatype-numeric.html: without a scale every digit is stored. */
function scaleOf({ name, sizes }: TypeTraits): number {
  if (integers.includes(name)) return 0
  return name === 'numeric' && sizes.length > 0 ? (sizes[1] ?? 0) : Number.POSITIVE_INFINITY
}

const fractionOf = ({ name, sizes }: TypeTraits): number => (name === 'date' ? 0 : (sizes[0] ?? 6))

/** Whether each value comes back from the target type, where the server converts it at all. */
function preservesAll(from: TypeTraits, to: TypeTraits): boolean {
  if (to.name === 'text' || (to.name === 'character varying' && to.sizes.length === 0)) return true
  if (from.name === 'character' && strings.includes(to.name)) return true
  const longest = longestTexts[from.name] ?? (from.name === 'character varying' ? from.sizes[0] : undefined)
  if (to.name === 'character varying' && longest !== undefined) return (to.sizes[0] ?? 0) >= longest
  if (integers.includes(from.name) && integers.includes(to.name)) return true
  if (to.name === 'numeric' && (integers.includes(from.name) || from.name === 'numeric'))
    return scaleOf(to) >= scaleOf(from)
  if (integers.includes(to.name) && from.name === 'numeric') return scaleOf(from) <= 0
  if (isExactIn[to.name]?.includes(from.name)) return true
  const same = from.name === to.name
  if (times.includes(to.name) && (same || wider.get(from.name)?.includes(to.name)))
    return fractionOf(to) >= fractionOf(from)
  // What a sized bit string cannot hold is refused, and so is a number that is too large.
  return (same && !strings.includes(to.name)) || wider.get(from.name)?.includes(to.name) === true
}

const whats: readonly (readonly [(from: TypeTraits, to: TypeTraits) => boolean, string])[] = [
  [(_from, to) => strings.includes(to.name), 'spaces at the end'],
  [
    (from, to) => from.name === 'json' && to.name === 'jsonb',
    'the spelling of the JSON (spaces, order of keys, repeated keys)',
  ],
  [(_from, to) => to.name === 'date', 'the time of day'],
  [(from, to) => from.name.startsWith('timestamp') && to.name.startsWith('time '), 'the date'],
  [(from, to) => times.includes(from.name) && from.name === to.name, 'digits of the seconds'],
  [(_from, to) => integers.includes(to.name), 'the digits after the point'],
  [(_from, to) => ['numeric', 'real', 'double precision'].includes(to.name), 'digits'],
]

/**
 * A string that is too long is refused, unless only spaces are too many, which go:
 * https://www.postgresql.org/docs/current/datatype-character.html. An explicit cast cuts the rest off as well, so it tells nothing here.
 */
function cutSpaces(column: SqlFragment, to: TypeTraits): SqlFragment {
  const length = to.sizes[0] ?? 1
  const text = sql`${column}::text`
  const bare = sql`rtrim(${text}, ' ')`
  const longer = to.name === 'character' ? sql`length(${text}) > length(${bare})` : sql`length(${text}) > ${length}`
  return sql`(${longer} AND length(${bare}) <= ${length})`
}

const cannotStore = 'what the new type cannot store'

/**
 * From a type whose casts are not known here (a domain), or to one. Nothing is cast back: a domain may refuse what the conversion makes
 * of a value.
 */
function lossOfUnknown(column: SqlFragment, from: TypeTraits, to: TypeTraits): ConversionLoss {
  if (!integers.includes(to.name) || from.array || to.array) return { what: cannotStore }
  const number = sql`regexp_replace(${column}::text, '[.]0*$', '')`
  return {
    what: 'the digits after the point, if there are any',
    changed: sql`(${column}::${verbatim(to.name)}::text IS DISTINCT FROM ${number})`,
  }
}

/** What the largest number of each is below; the least is that with its sign. */
const integerBounds: { readonly [name: string]: string } = {
  smallint: '32768',
  integer: '2147483648',
  bigint: '9223372036854775808',
}

/**
 * What comes back of a value, as text; NULL where its old type has no room for what the conversion makes of it, as for 99.99 of a
 * numeric(4,2) that becomes 100. The server takes such a value, and casting it back would end the statement.
 */
function comesBack(converted: SqlFragment, { name, sizes, array }: TypeTraits, source: string): SqlFragment {
  const back = sql`(${converted}::${verbatim(source)})::text`
  if (array) return back
  // A cast to numeric(p,s) rounds in the same way: https://www.postgresql.org/docs/current/datatype-numeric.html
  if (name === 'numeric' && sizes.length > 0) return sql`round(${converted}::numeric, ${sizes[1] ?? 0})::text`
  const bound = integerBounds[name]
  if (bound === undefined) return back
  const limit = verbatim(bound)
  return sql`CASE WHEN ${converted} >= -${limit} AND ${converted} < ${limit} THEN ${back} END`
}

const numbers = ['numeric', 'real', 'double precision', ...integers]

/** What a conversion loses that the server does by itself; undefined: nothing. */
export function conversionLoss(column: SqlFragment, from: ColumnType, to: ColumnType): ConversionLoss | undefined {
  const [source, target] = [toSql(from), toSql(to)]
  if (source === target) return undefined
  const [sourceTraits, targetTraits] = [typeTraits(from), typeTraits(to)]
  if (sourceTraits.array === targetTraits.array && preservesAll(sourceTraits, targetTraits)) return undefined
  const converts = convertsByItself(from, to)
  if (converts === undefined) return lossOfUnknown(column, sourceTraits, targetTraits)
  const what = whats.find(([applies]) => applies(sourceTraits, targetTraits))?.[1] ?? cannotStore
  if (strings.includes(targetTraits.name))
    return targetTraits.array ? { what } : { what, changed: cutSpaces(column, targetTraits) }
  // The server itself shows what comes back, as text: some types have no equality, and 1.50 is not 1.5.
  if (!converts) return { what }
  const converted = sql`(${column}::${verbatim(target)})`
  const back = numbers.includes(targetTraits.name)
    ? comesBack(converted, sourceTraits, source)
    : sql`(${converted}::${verbatim(source)})::text`
  return { what, changed: sql`(${back}) IS DISTINCT FROM ${column}::text` }
}
