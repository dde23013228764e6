import {
  type ColumnModel,
  type ConstraintOf,
  enclosed,
  join,
  refText,
  type SqlFragment,
  type StatementExtras,
  sql,
  type TableModel,
} from '@org/migrate-core/dialect'
import { quote } from '../sql/quote.ts'

/**
 * What names a row to people. A partition, and a table that inherits, have rows of their own under the same keys and places: so the table that
 * a row is in is named too. `tableoid`: https://www.postgresql.org/docs/current/ddl-system-columns.html
 */
function rowsOf(table: TableModel, condition: SqlFragment, what: string, only = false): StatementExtras {
  const key = table.constraints.find(({ kind }) => kind === 'primaryKey')
  const shown = key?.kind === 'primaryKey' ? key.columns.map((name) => quote.identifier(name)) : [sql`ctid`]
  const readsHeirs = !only && (table.hasHeirs === true || table.options.partitionBy !== undefined)
  const columns = readsHeirs
    ? [sql`tableoid::pg_catalog.regclass::text AS ${quote.identifier('table')}`, ...shown]
    : shown
  const from = only ? sql`ONLY ${quote.table(table.ref)}` : quote.table(table.ref)
  const rows = sql`SELECT ${join(columns)} FROM ${from} ${condition} LIMIT 5`
  return { blockingRows: [{ sql: rows.text, expectEmpty: `rows of ${refText(table.ref)} ${what}` }] }
}

/** A new CHECK names no row that it is refused for (23514: "check constraint … is violated by some row"). */
export function refusedByCheck(
  table: TableModel,
  { name, expression, noInherit }: Pick<ConstraintOf<'check'>, 'name' | 'expression' | 'noInherit'>,
): StatementExtras {
  const what = `that the check${name === undefined ? '' : ` ${name}`} (${expression.replaceAll(/\s+/g, ' ')}) refuses`
  return rowsOf(table, sql`WHERE NOT ${enclosed(expression)}`, what, noInherit === true)
}

/** NOT NULL and a primary key name no row that they are refused for (23502: "column … contains null values"). */
export function nullsOf(table: TableModel, columns: readonly string[], only = false): StatementExtras {
  const [names, what] = [columns.map((name) => quote.identifier(name)), columns.join(' or ')]
  const isNull = join(
    names.map((name) => sql`${name} IS NULL`),
    ' OR ',
  )
  return rowsOf(table, sql`WHERE ${isNull}`, `with NULL in ${what}, which is to be NOT NULL`, only)
}

/** The rows for which a new column has no value. */
export function rowsWithout(table: TableModel, column: ColumnModel): StatementExtras {
  const { name, nullable, default: value, generated, identity } = column
  const isFilled = nullable || generated !== undefined || identity !== undefined
  if (isFilled || (value !== undefined && !(value.kind === 'literal' && value.value === null))) return {}
  return rowsOf(table, sql``, `that would have no value in ${name}, which is NOT NULL without a default`)
}

const integers = new Map([
  ['smallint', 16n],
  ['integer', 32n],
  ['bigint', 64n],
])

interface Room {
  /** Digits before and behind the point, or bits. */
  readonly digits?: readonly [number, number]
  readonly bits?: bigint
}

/** Of a type of numbers; those without a limit have an empty one. */
function roomOf(type: string): Room | undefined {
  const bits = integers.get(type)
  if (bits !== undefined) return { bits }
  const [, digits, scale = '0'] = /^numeric\((\d+)(?:,(\d+))?\)$/.exec(type) ?? []
  if (digits !== undefined) return { digits: [Number(digits) - Number(scale), Number(scale)] }
  return /^(?:numeric|real|double precision)$/.test(type) ? {} : undefined
}

/** What an assignment to the type refuses; a text loses spaces at its end: https://www.postgresql.org/docs/current/datatype-character.html */
function refusedByType(column: SqlFragment, from: string, to: string): SqlFragment | undefined {
  const length = (type: string): number => Number(/^character(?: varying)?\((\d+)\)$/.exec(type)?.[1] ?? Number.NaN)
  // NaN: a type without a length has longer values.
  if (length(to) > 0)
    return length(from) <= length(to) ? undefined : sql`char_length(rtrim(${column}::text)) > ${length(to)}`
  const [before, after] = [roomOf(from), roomOf(to)]
  if (before === undefined || after === undefined) return undefined
  // An infinite one is no numeric before version 14.
  const isFloat = /^(?:real|double)/.test(from)
  const number = isFloat ? column : sql`${column}::numeric`
  if (after.bits !== undefined) {
    if (before.bits !== undefined && before.bits <= after.bits) return undefined
    const most = 2n ** (after.bits - 1n)
    return sql`round(${number}) NOT BETWEEN ${-most} AND ${most - 1n}`
  }
  if (after.digits === undefined) return undefined
  const [whole, scale] = after.digits
  const size = isFloat ? sql`abs(${number})` : sql`abs(round(${number}, ${scale}))`
  return sql`${column}::text <> 'NaN' AND ${size} >= 1e${whole}`
}

/**
 * The last part of a message in quotes, those of translated messages included: `invalid input syntax for type uuid: "x"`, `value "99999" is out of
 * range for type smallint`. Of json and bytea there is none.
 */
const value = [String.raw`: ["\u00ab\u00bb\u201e\u201c](.*)["\u00ab\u00bb\u201c\u201d]$`, '"(.*)"']

/** The rows with a value of a column, by its text: the server names the value that another type does not take, and no row. */
export function rowsWithValue(table: TableModel, { name, type }: ColumnModel, to: string): StatementExtras {
  const text = sql`${quote.identifier(name)}::text`
  // A cast to text removes the blanks at the end, which the server names.
  const condition = type.kind === 'char' ? sql`WHERE ${text} = rtrim(?, ' ')` : sql`WHERE ${text} = ?`
  const { blockingRows: [rows] = [] } = rowsOf(table, condition, `with a value in ${name} that ${to} does not take`)
  return rows === undefined ? {} : { rowsOfValue: { ...rows, value } }
}

/** Values that have no room in the new type of a column: the error names none (22001, 22003). */
export function rowsBeyond(table: TableModel, column: string, from: string, to: string): StatementExtras {
  const condition = refusedByType(quote.identifier(column), from, to)
  if (condition === undefined) return {}
  return rowsOf(table, sql`WHERE ${condition}`, `with a value in ${column} that is beyond ${to}`)
}
