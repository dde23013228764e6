import { type ColumnType, type ConversionLoss, join, type SqlFragment, sql, verbatim } from '@org/migrate-core/dialect'
import type { Server } from '../flavour.ts'
import { quotedString } from '../sql/quote.ts'
import { folded, toSql } from '../types/types.ts'

type Family = 'integer' | 'decimal' | 'floating' | 'string' | 'bytes' | 'enum' | 'json' | 'temporal' | 'other'

interface TypeFacts {
  readonly family: Family
  readonly name: string
  readonly sizes: readonly number[]
  readonly values: readonly string[]
}

const families: { readonly [name: string]: Family } = {
  tinyint: 'integer',
  smallint: 'integer',
  mediumint: 'integer',
  int: 'integer',
  bigint: 'integer',
  bit: 'integer',
  decimal: 'decimal',
  float: 'floating',
  double: 'floating',
  char: 'string',
  varchar: 'string',
  tinytext: 'string',
  text: 'string',
  mediumtext: 'string',
  longtext: 'string',
  varbinary: 'bytes',
  tinyblob: 'bytes',
  blob: 'bytes',
  mediumblob: 'bytes',
  longblob: 'bytes',
  json: 'json',
  date: 'temporal',
  datetime: 'temporal',
  timestamp: 'temporal',
  time: 'temporal',
}

function typeFactsFor({ flavour }: Server): (type: ColumnType) => TypeFacts {
  return (type) => {
    const shown = folded(type)
    if (shown.kind === 'enum') return { family: 'enum', name: 'enum', sizes: [], values: shown.values }
    const text = toSql(shown).toLowerCase()
    const [, name = '', sizes = '', rest = ''] = /^([a-z]+)(?:\(([\d,]+)\))?(.*)$/.exec(text) ?? []
    const plain = /^(?: unsigned)?$/.test(rest) || shown.kind === 'uuid'
    const family = plain ? (families[name] ?? 'other') : 'other'
    return {
      // MariaDB's JSON is a longtext with a check: https://mariadb.com/kb/en/json-data-type/
      ...(family === 'json' && flavour === 'mariadb' ? { family: 'string', name: 'longtext' } : { family, name: name }),
      sizes: sizes === '' ? [] : sizes.split(',').map(Number),
      values: [],
    }
  }
}

type RuleResult = Omit<ConversionLoss, 'what'> & { readonly what?: string }
/** What is lost between two families; undefined: nothing. */
type Rule = (column: SqlFragment, from: TypeFacts, to: TypeFacts) => RuleResult | undefined

/** Lengths of strings in bytes; CHAR and VARCHAR count characters. */
const textBytes: { readonly [name: string]: number } = { tinytext: 255, text: 65_535, mediumtext: 16_777_215 }

const unknown: Rule = () => ({})
const nothing: Rule = () => undefined
const text = (column: SqlFragment): SqlFragment => sql`CAST(${column} AS CHAR)`
/** Letters are compared byte by byte, whatever the collation. */
const differ = (a: SqlFragment, b: SqlFragment): SqlFragment => sql`(CAST(${a} AS BINARY) <> CAST(${b} AS BINARY))`

/** The server takes a string for a number where all of it is one; the rest is refused in strict mode. */
const numberText = (column: SqlFragment): SqlFragment =>
  sql`${column} REGEXP ${verbatim("'^ *[-+]?([0-9]+[.]?[0-9]*|[.][0-9]+)([eE][-+]?[0-9]+)? *$'")}`
const integerText = (column: SqlFragment): SqlFragment => sql`${column} REGEXP ${verbatim("'^(0|-?[1-9][0-9]*)$'")}`

const decimalOf = ({ sizes: [precision = 10, scale = 0] }: TypeFacts): SqlFragment =>
  sql`DECIMAL(${precision},${scale})`
const fits = (column: SqlFragment, { sizes: [precision = 10, scale = 0] }: TypeFacts): SqlFragment =>
  sql`ABS(${column}) < POW(10, ${precision - scale})`

/**
 * A string that is too long is refused, unless only spaces at its end are too many:
 * https://dev.mysql.com/doc/refman/8.4/en/char.html. CHAR gives none of them back.
 */
const stringToString: Rule = (column, from, to) => {
  const bare = sql`TRIM(TRAILING ' ' FROM ${column})`
  const what = 'spaces at the end'
  if (from.name === 'char') return undefined
  const bytes = textBytes[to.name]
  const [longest] = from.name === 'varchar' ? from.sizes : []
  if (to.name === 'varchar' && longest !== undefined && longest <= (to.sizes[0] ?? 0)) return undefined
  // A character has up to four bytes.
  const longestBytes = longest === undefined ? textBytes[from.name] : longest * 4
  if (bytes !== undefined && longestBytes !== undefined && longestBytes <= bytes) return undefined
  if (bytes !== undefined)
    return { what, changed: sql`(OCTET_LENGTH(${column}) > ${bytes} AND OCTET_LENGTH(${bare}) <= ${bytes})` }
  if (to.name === 'longtext') return undefined
  const length = to.sizes[0] ?? 1
  const more = to.name === 'char' ? sql`CHAR_LENGTH(${bare})` : sql`${length}`
  return { what, changed: sql`(CHAR_LENGTH(${column}) > ${more} AND CHAR_LENGTH(${bare}) <= ${length})` }
}

const spelling = 'the spelling of the values'
const afterPoint = 'the digits after the point'

const decimalToDecimal: Rule = (column, from, to) => {
  const scale = to.sizes[1] ?? 0
  if (scale >= (from.sizes[1] ?? 0)) return undefined
  return { what: `digits after the point beyond ${scale}`, changed: sql`(${column} <> ROUND(${column}, ${scale}))` }
}

/** BIT(64) takes the bits of a negative number. */
const integerToInteger: Rule = (column, from, to) =>
  to.name === 'bit' && from.name !== 'bit' ? { what: 'the sign', changed: sql`(${column} < 0)` } : undefined

const toFloating: Rule = (column, from, to) => {
  const isExact =
    to.name === 'double' ? !['bigint', 'bit'].includes(from.name) : ['tinyint', 'smallint'].includes(from.name)
  if (from.family === 'integer' && isExact) return undefined
  const type = verbatim(to.name.toUpperCase())
  // With more digits than the column: a number that is rounded up beyond it would be cut down to its own value.
  const back = sql`DECIMAL(65,${from.family === 'integer' ? 0 : (from.sizes[1] ?? 0)})`
  return { what: 'digits', changed: sql`(CAST(CAST(${column} AS ${type}) AS ${back}) <> ${column})` }
}

const floatingToFloating: Rule = (column, from, to) => {
  if (from.name === to.name || to.name === 'double') return undefined
  return { what: 'digits', changed: sql`(CAST(${column} AS FLOAT) <> ${column})` }
}

/** Equal to 0, and no exact number has its sign. MariaDB stores none. */
const isNegativeZero = (column: SqlFragment): SqlFragment =>
  sql`(${column} = 0 AND CONCAT(${column}, '') LIKE ${verbatim("'-%'")})`

/** What comes back into a FLOAT is a FLOAT again: 99.99 is the same one as before. */
const floatingToDecimal: Rule = (column, from, to) => {
  const type = verbatim(from.name.toUpperCase())
  const changed = sql`CAST(CAST(${column} AS ${decimalOf(to)}) AS ${type}) <> ${column}`
  return { what: 'digits', changed: sql`(${fits(column, to)} AND (${changed} OR ${isNegativeZero(column)}))` }
}

const temporalTypes = ['date', 'time', 'datetime', 'timestamp']
const fractionOf = ({ name, sizes }: TypeFacts): number => (name === 'date' ? 0 : (sizes[0] ?? 0))

const temporalToTemporal: Rule = (column, from, to) => {
  if (to.name === 'date' && from.name !== 'time')
    return from.name === 'date'
      ? undefined
      : { what: 'the time of day', changed: sql`(CAST(${column} AS DATE) <> ${column})` }
  const bothTimes = from.name === 'time' && to.name === 'time'
  if (!bothTimes && [from, to].some(({ name }) => name === 'time' || !temporalTypes.includes(name))) return {}
  const digits = fractionOf(to)
  if (digits >= fractionOf(from)) return undefined
  return {
    what: 'digits of the seconds',
    changed: sql`(MICROSECOND(${column}) % ${10 ** (6 - digits)} <> 0)`,
  }
}

const cast =
  (type: SqlFragment): ((column: SqlFragment) => SqlFragment) =>
  (column) =>
    sql`CAST(${column} AS ${type})`

const stringToTemporal: Rule = (column, _from, to) => {
  const name = to.name === 'timestamp' ? 'datetime' : to.name
  const type = verbatim(`${name.toUpperCase()}${to.sizes.length === 0 ? '' : `(${to.sizes[0]})`}`)
  return { what: spelling, changed: differ(text(cast(type)(column)), column) }
}

const isAscii = (value: string): boolean => /^\p{ASCII}*$/u.test(value)

/** A value is found by the column's collation, and gets the letters of the declared one. */
const stringToEnum: Rule = (column, _from, { values }) => {
  if (values.length === 0) return {}
  const list = values.map((value) => verbatim(quotedString(value)))
  const exact = join(list.map((value) => sql`CAST(${value} AS BINARY)`))
  // A column of another character set could not be compared with letters beyond it: "Illegal mix of collations".
  const found = values.every(isAscii) ? column : sql`CONVERT(${column} USING utf8mb4)`
  return {
    what: spelling,
    changed: sql`(CAST(${found} AS BINARY) NOT IN (${exact}) AND TRIM(TRAILING ' ' FROM ${found}) IN (${join(list)}))`,
  }
}

const rules: { readonly [F in Family]: { readonly [T in Family]?: Rule } } = {
  integer: {
    integer: integerToInteger,
    decimal: nothing,
    floating: toFloating,
    string: nothing,
    bytes: nothing,
  },
  decimal: {
    integer: (column, { sizes }) =>
      (sizes[1] ?? 0) === 0 ? undefined : { what: afterPoint, changed: sql`(${column} <> ROUND(${column}, 0))` },
    decimal: decimalToDecimal,
    floating: toFloating,
    string: nothing,
  },
  floating: {
    integer: (column) => ({
      what: afterPoint,
      changed: sql`(${column} <> ROUND(${column}) OR ${isNegativeZero(column)})`,
    }),
    decimal: floatingToDecimal,
    floating: floatingToFloating,
    // A FLOAT is printed with six digits: https://dev.mysql.com/doc/refman/8.4/en/problems-with-float.html
    string: (column, from) =>
      from.name === 'double'
        ? undefined
        : { what: 'digits', changed: sql`(CAST(CAST(CONCAT(${column}, '') AS DOUBLE) AS FLOAT) <> ${column})` },
  },
  string: {
    integer: (column) => ({
      what: spelling,
      changed: sql`(${numberText(column)} AND NOT ${integerText(column)})`,
    }),
    decimal: (column, _from, to) => ({
      what: spelling,
      changed: sql`(${numberText(column)} AND ${differ(text(cast(decimalOf(to))(column)), column)})`,
    }),
    floating: (column, _from, to) => ({
      what: spelling,
      changed: sql`(${numberText(column)} AND ${differ(sql`CONCAT(CAST(${column} AS ${verbatim(to.name.toUpperCase())}), '')`, column)})`,
    }),
    string: stringToString,
    bytes: nothing,
    enum: stringToEnum,
    json: (column) => ({
      what: 'the spelling of the JSON (spaces, order of keys, repeated keys)',
      // CAST refuses what is no JSON, which a check names in its turn.
      changed: sql`CASE WHEN JSON_VALID(${column}) THEN ${differ(text(sql`CAST(${column} AS JSON)`), column)} END`,
    }),
    temporal: stringToTemporal,
  },
  bytes: { string: nothing, bytes: nothing },
  enum: { string: nothing, enum: nothing },
  json: { string: nothing, json: nothing },
  temporal: { string: nothing, temporal: temporalToTemporal },
  other: {},
}

/**
 * What a conversion loses that the server does by itself in strict mode; undefined: nothing. What is out of range is refused. Types with
 * a character set of their own, and those that have no rule here, may lose anything.
 */
export function conversionLossFor(
  server: Server,
): (column: SqlFragment, from: ColumnType, to: ColumnType) => ConversionLoss | undefined {
  const factsOf = typeFactsFor(server)
  return (column, from, to) => {
    if (toSql(folded(from)) === toSql(folded(to))) return undefined
    const [fromFacts, toFacts] = [factsOf(from), factsOf(to)]
    const loss = (rules[fromFacts.family][toFacts.family] ?? unknown)(column, fromFacts, toFacts)
    return loss === undefined ? undefined : { ...loss, what: loss.what ?? 'what the new type cannot store' }
  }
}

const stringTypes = /^(?:(?:var)?(?:char|binary)\(|(?:tiny|medium|long)?(?:text|blob)\b|json\b)/i
const bytesOrText = /^(?:tiny|medium|long)?(?:text|blob)\b|^json\b/i
const bitType = /^bit\b/i
const numberTypes = /^(?:bit|(?:tiny|small|medium|big)?int|decimal|float|double|year)\b/i

/**
 * A type between two others where the server's own conversion from the one to the other is not that of the values; undefined: no need.
 * Measured on MySQL 9.7 and MariaDB 10.11:
 *
 * - BIT becomes digits in a VARCHAR, but raw bytes in a TEXT or BLOB, and these come back as 0.
 * - MySQL reads a text up to 2^63-1 into a BIT(64) and takes that number for every larger one.
 * - MariaDB refuses a text beyond 2^63-1 for BIGINT UNSIGNED and BIT(64).
 * - A number becomes the value of an enum at that place: on MariaDB always, on MySQL a BIT, and any that is no value itself.
 * - A value of an enum becomes the number of its place: '1.5' the DOUBLE 6.
 * - MariaDB reads a BIT(64) beyond 2^63-1 into a FLOAT or DOUBLE as a negative number.
 */
export function interimType({ flavour }: Server, from: string, to: string): string | undefined {
  if (/^enum\b/i.test(to)) {
    const isByPosition = flavour === 'mariadb' ? numberTypes.test(from) : bitType.test(from)
    return isByPosition ? 'varchar(67)' : undefined
  }
  if (/^enum\b/i.test(from)) return numberTypes.test(to) ? 'varchar(255)' : undefined
  if (bitType.test(from)) {
    const isMisread = flavour === 'mariadb' && /^bit\(64\)/i.test(from) && /^(?:float|double)\b/i.test(to)
    return isMisread || bytesOrText.test(to) ? 'bigint unsigned' : undefined
  }
  if (!stringTypes.test(from)) return undefined
  const isBit = /^bit\(64\)/i.test(to)
  if (flavour === 'mysql') return isBit ? 'bigint unsigned' : undefined
  return isBit || /^bigint(?:\(\d+\))? unsigned/i.test(to) ? 'decimal(20,0)' : undefined
}
