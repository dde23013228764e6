import { formatOf } from '../bookkeeping/format.ts'
import { isPush, pushColumn } from '../bookkeeping/push.ts'
import type { PushRecord } from '../bookkeeping/push-record.ts'
import { historyTable, journalTable, preservedTable } from '../bookkeeping/tables.ts'
import { readOf, selectRows } from '../compile/own-rows.ts'
import type { UnloadedDialect } from '../dialect/dialect.ts'
import type { CatalogColumn } from '../dialect/introspection.ts'
import type { ReadStatement, Session } from '../dialect/session.ts'
import { lockTable } from '../lock/lock-table.ts'
import type { TableModel } from '../model/schema-model.ts'
import type { Row } from '../model/sql-value.ts'
import type { UnloadedOptions } from '../options/resolve-options.ts'

/** Every table that a run may read or make for itself, each once. */
export function ownTables({ dialect, names, tiers }: UnloadedOptions): readonly TableModel[] {
  const tables = [
    ...tiers.map(({ store }) => store.table),
    historyTable(names),
    preservedTable(names),
    journalTable(names),
    ...(dialect.sql.clock === undefined ? [] : [lockTable(names.lock)]),
  ]
  return [...new Map(tables.map((table) => [table.ref.name, table])).values()]
}

const formatColumn = 'format'
const runColumn = 'run'
/** Columns that tables of earlier versions do not have. */
const laterColumns: readonly string[] = [formatColumn, runColumn]

/** Whether a table of ours is of format 1, which has no column for the number of the format. */
export function isOutdated(expected: TableModel, actual: readonly CatalogColumn[]): boolean {
  return hasFormat(expected.columns) && !hasFormat(actual)
}

/** Whether a table of ours has no column for the run that wrote a row. */
export function lacksRun(expected: TableModel, actual: readonly CatalogColumn[]): boolean {
  return expected.columns.some(({ name }) => name === runColumn) && !actual.some(({ name }) => name === runColumn)
}

function hasFormat(columns: readonly { readonly name: string }[] = []): boolean {
  return columns.some(({ name }) => name === formatColumn)
}

export function newestFormatRead(dialect: UnloadedDialect, table: TableModel): ReadStatement {
  const newest = { orderBy: 'id', descending: true, limit: 1 } as const
  // A push stands while its row is the newest one.
  const columns = [formatColumn, pushColumn].filter((name) => table.columns.some((column) => column.name === name))
  return readOf(selectRows(dialect, table.ref.name, columns, newest), table, columns)
}

/**
 * Refuses rows of a format that only a newer program knows. The newest row of a table has the highest format: once a newer program
 * wrote one, an older one is refused. Entries of the journal are checked where they are read. Gives the push that stands.
 *
 * Throws BOOKKEEPING_NEWER.
 */
export async function refuseNewer(
  { dialect, names }: UnloadedOptions,
  session: Session,
  existing: ReadonlyMap<string, readonly CatalogColumn[]>,
): Promise<PushRecord | undefined> {
  const newestRow = async (table: TableModel): Promise<Row | undefined> => {
    if (!hasFormat(existing.get(table.ref.name))) return undefined
    const { sql, params } = newestFormatRead(dialect, table)
    const [row] = await session.query(sql, params)
    if (row !== undefined) formatOf(row, table.ref.name)
    return row
  }
  const [row] = await Promise.all([newestRow(historyTable(names)), newestRow(preservedTable(names))])
  if (row === undefined || !isPush(row)) return undefined
  return (await import('../bookkeeping/push-record.ts')).readPush(dialect, names.history, session)
}

export const absentTables = (resolved: UnloadedOptions, present: ReadonlySet<string>): readonly TableModel[] =>
  ownTables(resolved).filter(({ ref }) => !present.has(ref.name))

/** The columns of those of these tables that exist, by name. */
export async function readTableColumns(
  { introspection }: UnloadedDialect,
  session: Session,
  names: readonly string[],
): Promise<ReadonlyMap<string, readonly CatalogColumn[]>> {
  if (introspection.tableColumns !== undefined) return introspection.tableColumns(session, names)
  const { tables } = await introspection.schema(session, { tables: names.map((name) => ({ name })), only: 'tables' })
  return new Map(
    [...tables.values()].map(({ ref, columns }) => [
      ref.name,
      columns.map(({ name, nullable, default: value, generated, identity }) => ({
        name,
        required: !nullable && value === undefined && generated === undefined && identity === undefined,
      })),
    ]),
  )
}

/** A table of our name with other columns belongs to another program: reading it as ours would start from zero. */
export async function refuseForeignShape(
  dialect: UnloadedDialect,
  session: Session,
  expected: TableModel,
  actual: readonly CatalogColumn[],
): Promise<void> {
  const has = new Set(actual.map(({ name }) => name))
  const missing = expected.columns
    .filter(({ name }) => !has.has(name) && !laterColumns.includes(name))
    .map(({ name }) => name)
  const expectedNames = new Set(expected.columns.map(({ name }) => name))
  const unexpected = actual.filter(({ name, required }) => required && !expectedNames.has(name))
  if (missing.length + unexpected.length === 0) return
  const { foreignTable, refuseObstacles } = await import('./obstacles.ts')
  if (missing.length > 0) {
    // Some servers show a user the columns only that they may read.
    await refuseObstacles(dialect, session, [expected])
    throw foreignTable(dialect, expected.ref.name, `it has no column ${missing.join(', ')}`)
  }
  const columns = unexpected.map(({ name }) => name).join(', ')
  throw foreignTable(dialect, expected.ref.name, `it needs values for ${columns}`)
}
