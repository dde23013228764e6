import type { Row, SqlValue } from '@org/migrate-core'
import { findColumn, findTable, type SchemaModel, type TableModel, type TableRef } from '@org/migrate-core/dialect'
import type { RecogniserInspection } from './recogniser.ts'

/** Also under a name that differs in case: MySQL on Windows and macOS folds `SequelizeMeta`. */
export function tableAt(model: SchemaModel, ref: TableRef): TableModel | undefined {
  const exact = findTable(model, ref)
  if (exact !== undefined) return exact
  const folded = [...model.tables.values()].filter(
    (table) => table.ref.schema === ref.schema && table.ref.name.toLowerCase() === ref.name.toLowerCase(),
  )
  return folded.length === 1 ? folded[0] : undefined
}

/** The table of a tool, by what the tool calls it by itself, where it has at least these columns. */
export function ownTable(
  { tables, named }: RecogniserInspection,
  name: string,
  columns: readonly string[],
  otherwise: TableRef = { name },
): TableModel | undefined {
  const table = tableAt(tables, named.get(name) ?? otherwise)
  if (table === undefined || !columns.every((column) => findColumn(table, column) !== undefined)) return undefined
  return table
}

/** The lock beside a history: what it is called follows the history, unless it was named itself. */
export function lockTable(inspection: RecogniserInspection, name: string, history: TableModel): TableModel | undefined {
  return ownTable(inspection, name, ['is_locked'], { ...history.ref, name: `${history.ref.name}_lock` })
}

/** Whether it has these columns and no other. */
export function hasOnly(table: TableModel, columns: readonly string[]): boolean {
  return table.columns.length === columns.length && columns.every((column) => findColumn(table, column) !== undefined)
}

/** Portable SQL has names in double quotes. */
function quoted({ schema, name }: TableRef): string {
  return [schema, name].flatMap((part) => (part === undefined ? [] : [`"${part.replaceAll('"', '""')}"`])).join('.')
}

/** All its rows, by a column that numbers them or says what they are. */
export async function rowsOf(inspection: RecogniserInspection, table: TableModel, by: string): Promise<readonly Row[]> {
  const rows = await inspection.query(`SELECT * FROM ${quoted(table.ref)}`)
  return [...rows].sort((a, b) => compareValues(a[by], b[by]))
}

function compareValues(a: SqlValue | undefined, b: SqlValue | undefined): number {
  if (isNumber(a) && isNumber(b)) return a < b ? -1 : a > b ? 1 : 0
  const [first, second] = [textOf(a), textOf(b)]
  return first < second ? -1 : first > second ? 1 : 0
}

function isNumber(value: SqlValue | undefined): value is number | bigint {
  return typeof value === 'bigint' || typeof value === 'number'
}

/** A value as text; NULL, and a column that is not there, is the empty text. */
export function textOf(value: SqlValue | undefined): string {
  if (value === undefined || value === null) return ''
  return value instanceof Uint8Array ? new TextDecoder().decode(value) : String(value)
}

/** Whether a flag is set: a boolean here, a number there. */
export function isSet(value: SqlValue | undefined): boolean {
  return value !== undefined && value !== null && !['', '0', 'false', 'f'].includes(textOf(value).toLowerCase())
}

const zoned = /^(\d{4}-\d\d-\d\d)[ T](\d\d:\d\d:\d\d(?:\.\d+)?)\s*(?:Z|([+-]\d\d)(?::?(\d\d))?)$/

/**
 * A time as a tool has stored it: milliseconds since 1970 and times with a zone as ISO 8601 in UTC; times without a zone as they
 * stand there, since the time zone is unknown.
 */
export function timestampOf(value: SqlValue | undefined): { readonly at?: string } {
  const text = textOf(value)
  if (text === '') return {}
  const [, day, time, hours, minutes] = zoned.exec(text) ?? []
  const date = /^-?\d+$/.test(text)
    ? new Date(Number(text))
    : day === undefined
      ? undefined
      : new Date(`${day}T${time}${hours === undefined ? 'Z' : `${hours}:${minutes ?? '00'}`}`)
  if (date === undefined) return { at: text }
  return Number.isNaN(date.getTime()) ? { at: text } : { at: date.toISOString() }
}
