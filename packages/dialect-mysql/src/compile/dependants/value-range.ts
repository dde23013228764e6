import { type SqlFragment, type Statement, sql, type TableModel, verbatim } from '@org/migrate-core/dialect'
import type { Server } from '../../flavour.ts'
import { quote } from '../../sql/quote.ts'
import { noRows, textValue } from '../row-checks.ts'

interface NumberType {
  readonly least: bigint
  /** The whole part of the largest number. */
  readonly most: bigint
  readonly scale: number
}

const bits: { readonly [type: string]: bigint } = { tinyint: 8n, smallint: 16n, mediumint: 24n, int: 32n, bigint: 64n }

function numberType(sqlType: string): NumberType | undefined {
  const isUnsigned = / unsigned\b/i.test(sqlType)
  const [, name = '', digits = '10', scale = '0'] = /^([a-z]+)(?:\((\d+)(?:,(\d+))?\))?/i.exec(sqlType) ?? []
  const size = bits[name.toLowerCase()]
  if (size !== undefined) {
    const half = 2n ** (size - 1n)
    return isUnsigned ? { least: 0n, most: half * 2n - 1n, scale: 0 } : { least: -half, most: half - 1n, scale: 0 }
  }
  // Of 64 bits, an integer below 0 is one too: the BIT of its bits. See `onlySafeNumbers` for the others.
  if (name.toLowerCase() === 'bit')
    return digits === '64' ? undefined : { least: 0n, most: 2n ** BigInt(digits) - 1n, scale: 0 }
  if (name.toLowerCase() !== 'decimal') return undefined
  const most = 10n ** BigInt(Number(digits) - Number(scale)) - 1n
  return { least: isUnsigned ? 0n : -most, most, scale: Number(scale) }
}

/** Times are numbers where the new type is one: 20240229120000. */
const timeNumbers = new Map([
  ...['datetime', 'timestamp'].map((type) => [type, { least: 0n, most: 99_991_231_235_959n, scale: 6 }] as const),
  ['date', { least: 0n, most: 99_991_231n, scale: 0 }],
  ['year', { least: 0n, most: 2155n, scale: 0 }],
  ['time', { least: -8_385_959n, most: 8_385_959n, scale: 6 }],
])

/** Whether each number of a type has room in another one: what is rounded up has one more digit at most. */
function holds(to: NumberType, from: NumberType): boolean {
  const more = from.scale > to.scale ? 1n : 0n
  return from.most + more <= to.most && from.least - (from.least < 0n ? more : 0n) >= to.least
}

const withFraction = (whole: bigint, scale: number): SqlFragment =>
  verbatim(scale === 0 ? String(whole) : `${whole}.${'9'.repeat(scale)}`)

export const floating = /^(?:float|double)\b/i

/**
 * The numbers that the server refuses. A floating number is compared as one: the nearest to the largest decimal is above it. Measured on
 * 9.7 and 10.11: MySQL makes a FLOAT of 2^63 the BIGINT -2^63, without a warning, and refuses a DOUBLE of 2^63-1024, of -2^63, and what is
 * beyond; MariaDB makes a DOUBLE of 2^63 the BIGINT 2^63-1.
 */
function outside(
  { flavour }: Server,
  name: SqlFragment,
  [from, to]: readonly [string, string],
  target: NumberType,
): SqlFragment | undefined {
  const time = timeNumbers.get(/^\w+/.exec(from)?.[0].toLowerCase() ?? '')
  const source = time ?? numberType(from)
  const isDecimal = /^decimal/i.test(to)
  const bounds = sql`${withFraction(target.least, target.least < 0n ? target.scale : 0)} AND ${withFraction(target.most, target.scale)}`
  if (source !== undefined) {
    if (holds(target, source)) return undefined
    const beyond = sql`ROUND(${name} + 0, ${target.scale}) NOT BETWEEN ${bounds}`
    // MariaDB takes no part of a decimal below 0 either.
    const isCut = flavour === 'mariadb' && target.least === 0n && source.least < 0n && source.scale > 0
    return isCut ? sql`(${name} < 0 OR ${beyond})` : beyond
  }
  const text = textValue(name, from)
  if (!floating.test(from) && text === undefined) return undefined
  const number = text === undefined ? name : sql`CAST(${text} AS DOUBLE)`
  const below = target.least < 0n ? undefined : sql`${number} < 0`
  if (isDecimal) {
    const large = sql`ABS(${number}) >= ${verbatim(String(target.most + 1n))}`
    return below === undefined ? large : sql`(${below} OR ${large})`
  }
  if (flavour === 'mysql' && /^bigint(?!.*unsigned)/i.test(to)) {
    if (/^float\b/i.test(from)) return sql`(${number} < -9223372036854775808 OR ${number} >= 9223372036854775808)`
    if (/^double\b/i.test(from)) return sql`(${number} <= -9223372036854775808 OR ${number} >= 9223372036854774784)`
  }
  return sql`ROUND(${number}) NOT BETWEEN ${bounds}`
}

/** Numbers beyond the new type: the server would name the first one by its place, after it has committed what the revision did before. */
function onlyInRange(
  server: Server,
  table: TableModel,
  column: string,
  types: readonly [string, string],
): readonly Statement[] {
  const [, to] = types
  const target = numberType(to)
  const condition = target && outside(server, quote.identifier(column), types, target)
  if (condition === undefined) return []
  return [
    noRows(
      table,
      condition,
      `with a number in ${column} that is beyond ${to}`,
      'Give those rows another value in a data step before.',
    ),
  ]
}

/**
 * Years: 0, those of two digits, and from 1901 to 2155. MariaDB takes no number below 0, also where it is rounded to 0, rounds no floating one,
 * and makes no time a year (measured on 9.7, 10.11 and 11.8).
 */
function onlyYears(
  { flavour }: Server,
  table: TableModel,
  column: string,
  [from, to]: readonly [string, string],
): readonly Statement[] {
  if (!/^year\b/i.test(to) || /^year\b/i.test(from)) return []
  const name = quote.identifier(column)
  const text = textValue(name, from)
  const number = text === undefined ? sql`${name} + 0` : sql`CAST(${text} AS DECIMAL(65,10))`
  const isMariadb = flavour === 'mariadb'
  const isCut = isMariadb && floating.test(from)
  const hasSign = isMariadb && text === undefined
  const year = isCut ? sql`TRUNCATE(${number}, 0)` : sql`ROUND(${number})`
  const outer = hasSign ? sql`${number} < 0 OR ${isCut ? number : year} > 2155` : sql`${year} NOT BETWEEN 0 AND 2155`
  const condition =
    isMariadb && /^time\b/i.test(from) ? sql`${name} IS NOT NULL` : sql`${outer} OR ${year} BETWEEN 100 AND 1900`
  return [
    noRows(
      table,
      condition,
      `with a value in ${column} that is no ${to}`,
      'Give those rows another value in a data step before.',
    ),
  ]
}

const fraction = /^(datetime|timestamp)(?:\((\d)\))?/i
const lastSecond = { datetime: '9999-12-31 23:59:59', timestamp: '2038-01-19 03:14:07' }

/** MySQL rounds a fraction of the last second up to a time that it does not have; MariaDB cuts it off (measured on 9.7 and 10.11). */
function onlyRoundable(
  { flavour }: Server,
  table: TableModel,
  column: string,
  [from, to]: readonly [string, string],
): readonly Statement[] {
  const [before, after] = [fraction.exec(from), fraction.exec(to)]
  const digits = Number(after?.[2] ?? 0)
  if (flavour !== 'mysql' || before === null || after === null || Number(before[2] ?? 0) <= digits) return []
  const type = after[1]?.toLowerCase() === 'timestamp' ? 'timestamp' : 'datetime'
  const first = `${lastSecond[type]}.${'9'.repeat(digits)}5`
  return [
    noRows(
      table,
      sql`${quote.identifier(column)} >= ${quote.literal(first)}`,
      `with a time in ${column} that would be rounded beyond the last one`,
      'Give those rows another value in a data step before.',
    ),
  ]
}

export const rangeChecks = [onlyInRange, onlyRoundable, onlyYears] as const
