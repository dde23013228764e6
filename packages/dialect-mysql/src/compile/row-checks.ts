import {
  type ColumnModel,
  equalKeys,
  join,
  type SqlFragment,
  type Statement,
  sql,
  type TableModel,
  verbatim,
} from '@org/migrate-core/dialect'
import type { Server } from '../flavour.ts'
import { quote } from '../sql/quote.ts'
import { collationOf, keyTextLength } from '../types/canonicalise.ts'
import { refText, statement } from './statements.ts'

export const primaryColumns = ({ constraints }: TableModel): readonly string[] =>
  constraints.find((each) => each.kind === 'primaryKey')?.columns ?? []

/** What names a row to people: its primary key, else the whole of what is there would be too much. */
function shown(table: TableModel): SqlFragment {
  const columns = primaryColumns(table)
  return columns.length > 0 ? join(columns.map(quote.identifier)) : verbatim('1')
}

/** A query that gives the first rows for which the condition holds, and must give none. */
export function noRows(
  table: TableModel,
  condition: SqlFragment,
  what: string,
  remedy?: string,
  columns = shown(table),
): Statement {
  const text = sql`SELECT ${columns} FROM ${quote.table(table.ref)} WHERE ${condition} LIMIT 5`
  const extras = remedy === undefined ? {} : { remedy }
  return statement(text, [table.ref], { expectEmpty: `rows of ${refText(table.ref)} ${what}`, ...extras })
}

/** MODIFY would say so too, but not which rows. */
export function noNulls(table: TableModel, column: string, value: SqlFragment): Statement {
  return noRows(
    table,
    sql`${value} IS NULL`,
    `with NULL in ${column}, which is to be NOT NULL`,
    'Give those rows a value in a data step before.',
  )
}

/** Without a value, MySQL would fill a new NOT NULL column with '' or 0; the other databases refuse. */
export function noRowsWithout(table: TableModel, column: string): Statement {
  return noRows(
    table,
    verbatim('TRUE'),
    `that would have no value in ${column}, which is NOT NULL without a default`,
    'Add the column nullable, fill it in a data step, then make it NOT NULL.',
  )
}

interface Room {
  readonly most: number
  readonly unit: 'characters' | 'bytes'
}

/** How much of a string a type stores; what is larger has no values that are too long in practice. */
function roomOf(sqlType: string): Room | undefined {
  if (/^tiny(?:text|blob)$/i.test(sqlType)) return { most: 255, unit: 'bytes' }
  const [, binary, size] = /^(?:var)?(char|binary)\((\d+)\)/i.exec(sqlType) ?? []
  return size === undefined
    ? undefined
    : { most: Number(size), unit: binary?.toLowerCase() === 'char' ? 'characters' : 'bytes' }
}

/** The most characters of the texts that values of these types become. */
const textLengths = new Map(
  Object.entries({
    ...{ tinyint: 4, smallint: 6, mediumint: 9, int: 11, bigint: 20 },
    ...{ year: 4, date: 10, time: 17, datetime: 26, timestamp: 26, uuid: 36 },
  }),
)
const unlimited = /^(?:(?:medium|long)?(?:text|blob)|json|enum|set|decimal|float|double)\b/i

/** How long the texts are that a column has, or becomes. */
function lengthOf(sqlType: string): Room | undefined {
  const most = textLengths.get(/^\w+/.exec(sqlType)?.[0].toLowerCase() ?? '')
  return most === undefined ? roomOf(sqlType) : { most, unit: 'characters' }
}

/** Values that the new type has no room for: the server would refuse the whole change without naming them. */
export function noLonger(table: TableModel, column: string, from: string, to: string): readonly Statement[] {
  const [before, after] = [lengthOf(from), roomOf(to)]
  if (after === undefined || (before === undefined && !unlimited.test(from))) return []
  const { most, unit } = after
  // A character has up to four bytes.
  const perUnit = before?.unit === 'characters' && unit === 'bytes' ? 4 : 1
  if (before !== undefined && before.most * perUnit <= most) return []
  const name = quote.identifier(column)
  const length = unit === 'bytes' ? sql`LENGTH(${name})` : sql`CHAR_LENGTH(${name})`
  const why = most === keyTextLength && !/^tiny/i.test(to) ? ': more does not go into a key' : ''
  return [
    noRows(
      table,
      sql`${length} > ${most}`,
      `with more than ${most} ${unit} in ${column}`,
      `Shorten those values in a data step before${why}.`,
    ),
  ]
}

/** What the server shows of a type of texts. */
const texts = /^(?:(?:var)?char\(|(?:tiny|medium|long)?text\b)/i

/**
 * A value as the text from which the server converts it; undefined: it is none. The number of a value of an enum would be its place, and
 * LATIN1 takes any bytes.
 */
export function textValue(name: SqlFragment, sqlType: string): SqlFragment | undefined {
  if (texts.test(sqlType)) return name
  if (/^enum\b/i.test(sqlType)) return sql`CONCAT(${name}, '')`
  if (/^json\b/i.test(sqlType)) return sql`CAST(${name} AS CHAR)`
  return /^(?:(?:var)?binary|(?:tiny|medium|long)?blob)\b/i.test(sqlType)
    ? sql`CONVERT(${name} USING latin1)`
    : undefined
}

const integers = /^(?:(?:tiny|small|medium|big)?int|bit)\b/i
const numbers = /^(?:decimal|float|double)\b/i
const years = /^year\b/i

/**
 * Texts that are no numbers: the server would name the first one, after it has committed what the revision did before. Neither server
 * takes anything else here. MariaDB takes neither a point nor an exponent for an integer, and MySQL none of a text for a BIT, but for one of 64 bits,
 * which comes by way of an integer (measured on 9.7 and 10.11).
 */
export function onlyNumbers(
  { flavour }: Server,
  table: TableModel,
  column: string,
  [from, to]: readonly [string, string],
): readonly Statement[] {
  const text = textValue(quote.identifier(column), from)
  if (text === undefined || ![integers, numbers, years].some((each) => each.test(to))) return []
  // Of JSON, MySQL makes a DECIMAL of true and of "5" too.
  if (flavour === 'mysql' && /^json\b/i.test(from) && /^decimal\b/i.test(to)) return []
  const isWhole = flavour === 'mariadb' ? integers.test(to) : /^bit\b(?!\(64\))/i.test(to) && !/^json\b/i.test(from)
  const digits = isWhole ? '[0-9]+' : '([0-9]+[.]?[0-9]*|[.][0-9]+)([eE][-+]?[0-9]*)?'
  const number = quote.literal(`^[[:space:]]*[-+]?${digits}[[:space:]]*$`)
  return [noRows(table, sql`${text} NOT REGEXP ${number}`, `with a text in ${column} that is no ${to}`)]
}

/** Beyond the range of 64 bits, the type between takes the number, and the statement after it would refuse a column that is changed. */
export function only64Bits(table: TableModel, column: string): Statement {
  const number = sql`CAST(${quote.identifier(column)} AS DECIMAL(65,0))`
  return noRows(
    table,
    sql`${number} NOT BETWEEN 0 AND 18446744073709551615`,
    `with a number in ${column} that is below 0 or above 18446744073709551615`,
  )
}

/**
 * Numbers that the server refuses in the middle of a run, or reads as others, measured on 9.7 and 10.11: MySQL makes no DECIMAL or
 * floating number beyond 2^63-1 a BIGINT UNSIGNED or BIT, nor a DOUBLE of 2^63-1024, and MariaDB no floating one beyond. MySQL makes -3 the
 * BIT of its bits.
 */
export function onlySafeNumbers(
  { flavour }: Server,
  table: TableModel,
  column: string,
  [from, to]: readonly [string, string],
): readonly Statement[] {
  const isDecimal = /^decimal\b/i.test(from)
  if (!numbers.test(from) || (isDecimal && flavour === 'mariadb') || !/^(?:bit\(64\)|bigint.* unsigned)/i.test(to))
    return []
  const name = quote.identifier(column)
  const isNear = flavour === 'mysql' && /^double\b/i.test(from)
  const first = verbatim(isNear ? '9223372036854774784' : '9223372036854775808')
  return [
    noRows(
      table,
      sql`(${name} < 0 OR ${name} >= ${first})`,
      `with a number in ${column} that is below 0 or above ${isNear ? '9223372036854773760' : '9223372036854775807'}`,
      isDecimal
        ? `Give those rows another value. Those above 9223372036854775807 become ${to} if the column becomes a varchar(67) before.`
        : undefined,
    ),
  ]
}

/**
 * Values that are no JSON: MySQL would name a table of its own instead of the row, and MariaDB the check that makes it one. A number is
 * JSON. Of bytes, MySQL makes none.
 */
export function onlyJson(
  { flavour }: Server,
  table: TableModel,
  column: string,
  [from, to]: readonly [string, string],
): readonly Statement[] {
  if (!/^json\b/i.test(to) || /^json\b/i.test(from)) return []
  const name = quote.identifier(column)
  const isTime = /^(?:date|time)/i.test(from)
  const text = isTime ? sql`CAST(${name} AS CHAR)` : textValue(name, from)
  if (text === undefined) return []
  const isRefused = flavour === 'mysql' && /binary|blob/i.test(from)
  const condition = isRefused ? sql`${name} IS NOT NULL` : sql`NOT JSON_VALID(${text})`
  return [noRows(table, condition, `with ${isTime ? 'a value' : 'a text'} in ${column} that is no JSON`)]
}

/** The columns of the unique keys that name a column; of an index of expressions or of beginnings the server knows more than the model. */
const uniqueKeys = ({ constraints, indexes }: TableModel, column: string): readonly (readonly string[])[] =>
  [
    ...constraints.flatMap((each) => (each.kind === 'primaryKey' || each.kind === 'unique' ? [each.columns] : [])),
    ...indexes.flatMap(({ unique, elements }) => {
      const names = elements.flatMap((each) => (each.prefixLength === undefined ? (each.column ?? []) : []))
      return unique && names.length === elements.length ? [names] : []
    }),
  ].filter((columns) => columns.includes(column))

/** A text as another column compares it, whose character set may be another one. */
export function comparedBy(name: string, from: string, to: string): SqlFragment {
  // `utf8mb4_bin` is one of utf8mb4; `uca1400_ai_ci` (MariaDB) of any character set.
  const [charset = ''] = to.split('_')
  const isSame = from.startsWith(`${charset}_`) || charset === 'uca1400'
  const column = quote.identifier(name)
  return sql`${isSame ? column : sql`CONVERT(${column} USING ${verbatim(charset)})`} COLLATE ${verbatim(to)}`
}

/** Values that another collation takes for equal: in a unique key, MariaDB would name one as 'NULL', and MySQL only one of them. */
export function noEqualKeys(
  server: Server,
  table: TableModel,
  before: ColumnModel,
  after: ColumnModel,
): readonly Statement[] {
  const [from, to] = [before, after].map((column) => collationOf(server, table, column))
  if (from === undefined || to === undefined || from === to) return []
  return uniqueKeys(table, before.name).map((columns) => {
    const key = columns.map((name) => (name === before.name ? comparedBy(name, from, to) : quote.identifier(name)))
    return noRows(
      table,
      equalKeys(quote.table(table.ref), key),
      `whose values in the unique key (${columns.join(', ')}) are equal by ${to}`,
      'Give those rows other values in a data step before, or remove them.',
      join([...new Set([...primaryColumns(table), ...columns])].map(quote.identifier)),
    )
  })
}
