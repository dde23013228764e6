import { join, type SqlFragment, type Statement, sql, type TableModel, verbatim } from '@org/migrate-core/dialect'
import type { Server } from '../flavour.ts'
import { quote } from '../sql/quote.ts'
import { keyTextLength } from '../types/canonicalise.ts'
import { refText, statement } from './statements.ts'

/** What names a row to people: its primary key, else the whole of what is there would be too much. */
function shown(table: TableModel): SqlFragment {
  const key = table.constraints.find(({ kind }) => kind === 'primaryKey')
  return key?.kind === 'primaryKey' ? join(key.columns.map(quote.identifier)) : verbatim('1')
}

/** A query that gives the first rows for which the condition holds, and must give none. */
function noRows(table: TableModel, condition: SqlFragment, what: string, remedy?: string): Statement {
  const text = sql`SELECT ${shown(table)} FROM ${quote.table(table.ref)} WHERE ${condition} LIMIT 5`
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

/**
 * Rows with a value that the list is to lose: the server would say no more than that data was truncated. A value that the collation takes
 * for one of the new list becomes that one.
 */
export function noneOf(
  table: TableModel,
  column: string,
  removed: readonly string[],
  remaining: readonly string[],
): readonly Statement[] {
  if (removed.length === 0) return []
  const listed = (values: readonly string[]): SqlFragment => join(values.map((value) => quote.literal(value)))
  const name = quote.identifier(column)
  return [
    noRows(
      table,
      sql`${name} IN (${listed(removed)}) AND ${name} NOT IN (${listed(remaining)})`,
      `with a value in ${column} that the enum is to lose (${removed.join(', ')})`,
      'Give those rows another value in a data step before; a value that is to have another name is added first.',
    ),
  ]
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

/** Values that the new type has no room for: the server would refuse the whole change without naming them. */
export function noLonger(table: TableModel, column: string, from: string, to: string): readonly Statement[] {
  const [before, after] = [roomOf(from), roomOf(to)]
  const sized = before !== undefined || /^(?:medium|long)?(?:text|blob)$/i.test(from)
  if (after === undefined || !sized) return []
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

const texts = /^(?:(?:var)?char\(|(?:tiny|medium|long)?text\b)/i
const integers = /^(?:(?:tiny|small|medium|big)?int|bit)\b/i
const numbers = /^(?:decimal|float|double)\b/i

/**
 * Texts that are no numbers: the server would name the first one, after it has committed what the revision did before. Neither server
 * takes anything else here, and MariaDB takes neither a point nor an exponent for an integer (measured on 9.7 and 10.11).
 */
export function onlyNumbers(
  { flavour }: Server,
  table: TableModel,
  column: string,
  [from, to]: readonly [string, string],
): readonly Statement[] {
  const isInteger = integers.test(to)
  if (!texts.test(from) || !(isInteger || numbers.test(to))) return []
  const digits = isInteger && flavour === 'mariadb' ? '[0-9]+' : '([0-9]+[.]?[0-9]*|[.][0-9]+)([eE][-+]?[0-9]*)?'
  const number = quote.literal(`^[[:space:]]*[-+]?${digits}[[:space:]]*$`)
  return [
    noRows(table, sql`${quote.identifier(column)} NOT REGEXP ${number}`, `with a text in ${column} that is no ${to}`),
  ]
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
 * floating number beyond 2^63-1 a BIGINT UNSIGNED or BIT, and MariaDB no floating one. MySQL makes -3 the BIT of its bits.
 */
export function onlySafeNumbers(
  { flavour }: Server,
  table: TableModel,
  column: string,
  [from, to]: readonly [string, string],
): readonly Statement[] {
  const isDecimal = /^decimal\b/i.test(from)
  if (!numbers.test(from) || (isDecimal && flavour === 'mariadb') || !/^(?:bit\b|bigint.* unsigned)/i.test(to))
    return []
  const name = quote.identifier(column)
  return [
    noRows(
      table,
      sql`(${name} < 0 OR ${name} >= 9223372036854775808)`,
      `with a number in ${column} that is below 0 or above 9223372036854775807`,
      isDecimal
        ? `Give those rows another value. Those above 9223372036854775807 become ${to} if the column becomes a varchar(67) before.`
        : undefined,
    ),
  ]
}

/** Texts that are no JSON: MySQL would name a table of its own instead of the row, and MariaDB the check that makes it one. */
export function onlyJson(table: TableModel, column: string, from: string, toJson: boolean): readonly Statement[] {
  if (!toJson || !texts.test(from)) return []
  return [noRows(table, sql`NOT JSON_VALID(${quote.identifier(column)})`, `with a text in ${column} that is no JSON`)]
}
