import {
  type ConstraintOf,
  enclosed,
  equalKeys,
  findColumn,
  type IndexModel,
  join,
  type Statement,
  sql,
  type TableModel,
  verbatim,
} from '@org/migrate-core/dialect'
import { quoteName } from '../sql/quote.ts'
import { toSql } from '../types/types.ts'
import type { CopiedColumn } from './column-map.ts'
import { type RowKey, rowKeyOf } from './row-key.ts'
import { inMain, statement } from './statements.ts'

/** What names a row to people: its primary key, or its place, where a key may be NULL. */
function identity(key: RowKey, before: TableModel): readonly string[] {
  if (key.alias !== undefined) return [quoteName(key.alias)]
  const primary = before.constraints.find((each) => each.kind === 'primaryKey')?.columns ?? []
  const isNamed = primary.length > 0 && primary.every((name) => findColumn(before, name)?.nullable === false)
  if (isNamed) return primary.map(quoteName)
  return key.rowid === undefined ? before.columns.map(({ name }) => quoteName(name)) : [key.rowid]
}

const rowsWhere = (table: TableModel, key: RowKey, condition: string) =>
  sql`SELECT ${join(identity(key, table).map(verbatim))} FROM ${inMain(table.ref)} WHERE ${verbatim(condition)} LIMIT 5`

type BlockingRows = NonNullable<Statement['blockingRows']>

/** The rows that a change in place is refused for: its error names none. */
export function blockingRows(table: TableModel, condition: string, what: string): BlockingRows {
  return [{ sql: rowsWhere(table, rowKeyOf(table), condition).text, expectEmpty: what }]
}

/** What makes rows equal: the columns of a key, and what they hold before a rebuild. */
interface Key {
  readonly columns: readonly string[]
  readonly sources: readonly string[]
  readonly where?: string
}

function equalRows(table: TableModel, name: string, { columns, sources, where }: Key): BlockingRows[number] {
  const from = inMain(table.ref)
  const condition = equalKeys(from, sources.map(verbatim), where === undefined ? undefined : verbatim(where))
  const shown = [...new Set([...identity(rowKeyOf(table), table), ...sources])].map(verbatim)
  return {
    sql: sql`SELECT ${join(shown)} FROM ${from} WHERE ${condition} LIMIT 5`.text,
    expectEmpty: `rows of ${name} with equal values in the unique key (${columns.join(', ')})`,
  }
}

/** The rows that a unique index is refused for. */
export function equalRowsOfIndex(table: TableModel, { unique, elements, where }: IndexModel): BlockingRows {
  const columns = elements.flatMap((each) => (each.collation === undefined ? (each.column ?? []) : []))
  if (!unique || columns.length < elements.length) return []
  const key = { columns, sources: columns.map(quoteName), ...(where === undefined ? {} : { where }) }
  return [equalRows(table, table.ref.name, key)]
}

/** The rows that the copy into a table with a new key is refused for: its error names the table that a rebuild makes. */
export function equalRowsOfCopy(before: TableModel, after: TableModel, copied: readonly CopiedColumn[]): BlockingRows {
  const sources = new Map(copied.map(({ column, source }) => [column.name, source]))
  const keysOf = ({ constraints }: TableModel) =>
    constraints.flatMap((each) => (each.kind === 'unique' || each.kind === 'primaryKey' ? [each.columns] : []))
  const former = new Set(keysOf(before).map((columns) => columns.join('\0')))
  return keysOf(after).flatMap((columns) => {
    const own = columns.flatMap((name) => sources.get(name) ?? [])
    return former.has(columns.join('\0')) || own.length < columns.length
      ? []
      : [equalRows(before, before.ref.name, { columns, sources: own })]
  })
}

/** What rows are called that a CHECK refuses. */
export function violating(table: TableModel, { name, expression }: ConstraintOf<'check'>): string {
  return `rows that violate ${name === undefined ? `CHECK (${expression})` : `CHECK ${name}`} of ${table.ref.name}`
}

/** The rows whose values, as the copy gives them, a CHECK of the new table refuses: its error names the CHECK and no row. */
export function refusedByChecks(before: TableModel, after: TableModel, copied: readonly CopiedColumn[]): BlockingRows {
  const values = copied.map(({ column, source }) => `${source} AS ${quoteName(column.name)}`).join(', ')
  return after.constraints.flatMap((one) => {
    if (one.kind !== 'check') return []
    const condition = `EXISTS (SELECT 1 FROM (SELECT ${values}) WHERE NOT ${enclosed(one.expression).text})`
    return blockingRows(before, condition, violating(after, one))
  })
}

/**
 * Values that a STRICT column certainly refuses, by its type. Not all of them: SQLite first converts what converts without
 * loss, so this says only what cannot, and the copy itself refuses the rest.
 */
function refusedByStrict(type: string, value: string): string | undefined {
  const noNumber = `(typeof(${value}) = 'text' AND ${value} NOT GLOB '*[0-9]*')`
  if (type === 'INT' || type === 'INTEGER') {
    return `typeof(${value}) = 'blob' OR (typeof(${value}) = 'real' AND ${value} <> CAST(${value} AS INTEGER)) OR ${noNumber}`
  }
  if (type === 'REAL') return `typeof(${value}) = 'blob' OR ${noNumber}`
  if (type === 'TEXT') return `typeof(${value}) = 'blob'`
  if (type === 'BLOB') return `typeof(${value}) NOT IN ('blob', 'null')`
  return undefined
}

/**
 * Values that no INTEGER PRIMARY KEY takes: it converts a number or a text of one that is whole and in 64 bits, and of all others it says
 * "datatype mismatch". https://www.sqlite.org/lang_createtable.html#rowid The comparison with a NUMERIC one converts only a whole text.
 */
function refusedAsRowid(value: string): string {
  const number = `CAST(${value} AS NUMERIC)`
  const isWhole = `${number} = CAST(${number} AS INTEGER) AND NOT (typeof(${number}) = 'real' AND ${number} <= -9223372036854775808)`
  return `${value} IS NOT NULL AND (typeof(${value}) = 'blob' OR ${value} <> ${number} OR NOT (${isWhole}))`
}

/**
 * Queries that find the rows which the new table would refuse, so that the error can name them: the copy would only say which
 * column it was.
 */
export function checksBefore(
  before: TableModel,
  after: TableModel,
  copied: readonly CopiedColumn[],
  keys: { readonly before: RowKey; readonly after: RowKey },
): readonly Statement[] {
  const find = (condition: string, what: string): Statement =>
    statement(rowsWhere(before, keys.before, condition), [after.ref], { expectEmpty: what })
  const name = (column: string): string => `${after.ref.name}.${column}`
  const columnsBefore = new Map(before.columns.map((column) => [column.name, column]))
  const statements: Statement[] = []
  for (const { column, source } of copied) {
    const columnBefore = columnsBefore.get(column.name)
    const isCopiedAsIs = columnBefore !== undefined && source === quoteName(column.name)
    if (!column.nullable && column.name !== keys.before.alias && !(isCopiedAsIs && !columnBefore.nullable)) {
      statements.push(find(`${source} IS NULL`, `rows with NULL in ${name(column.name)}`))
    }
    if (column.name === keys.after.alias && source !== keys.before.rowid && column.name !== keys.before.alias) {
      statements.push(find(refusedAsRowid(source), `rows whose value in ${name(column.name)} is no integer of 64 bits`))
    }
    if (after.options.strict !== true) continue
    if (before.options.strict === true && isCopiedAsIs && toSql(columnBefore.type) === toSql(column.type)) continue
    const type = toSql(column.type).toUpperCase()
    const refused = refusedByStrict(type, source)
    if (refused !== undefined) {
      statements.push(find(refused, `rows whose value in ${name(column.name)} is no ${type}`))
    }
  }
  const copiedNames = new Set(copied.map(({ column }) => column.name))
  for (const column of after.columns) {
    if (copiedNames.has(column.name) || column.generated !== undefined || column.nullable) continue
    const none = column.default === undefined || (column.default.kind === 'literal' && column.default.value === null)
    // A new INTEGER PRIMARY KEY takes the rowid as its value.
    if (none && column.name !== keys.after.alias) {
      statements.push(
        find('true', `rows that would have no value in ${name(column.name)}, which is NOT NULL without a default`),
      )
    }
  }
  return statements
}
