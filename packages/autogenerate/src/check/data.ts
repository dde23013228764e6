import { type DeclaredSchema, isMigrateError, type RawText } from '@org/migrate-core'
import {
  type ColumnModel,
  findTable,
  nameOfKey,
  type Session,
  type TableModel,
  tableKey,
} from '@org/migrate-core/dialect'
import {
  type ExactRow,
  type ExactValue,
  isRawText,
  pagesByKey,
  type ResolvedOptions,
  rowKeyOf,
  wholeSchema,
  whyUnreadable,
} from '@org/migrate-core/internal'
import { ownTables } from '../compare/sources.ts'
import { spelledAs } from '../differences/spelled-as.ts'
import type { CheckFinding } from './types.ts'

/** Of one column so many rows are named; all are counted. */
const mostNamed = 100
const rowsAtOnce = 1_000
const shownCharacters = 100

interface UnreadableColumn {
  count: number
  readonly rows: string[]
}

const shown = (value: ExactValue | undefined): string => {
  const bytes = isRawText(value ?? null) ? (value as RawText).rawText : value
  const text = bytes instanceof Uint8Array ? `0x${Buffer.from(bytes).toString('hex')}` : String(bytes)
  return text.length > shownCharacters ? `${text.slice(0, shownCharacters)}…` : text
}

function notRead(table: string, why: string): CheckFinding {
  const what = `The rows of ${table} were not read: ${why}.`
  const next = 'Give the table a primary key, and check again.'
  return { kind: 'rows not read', level: 'information', revisions: [], what, next }
}

function finding(table: string, column: string, { count, rows }: UnreadableColumn): CheckFinding {
  const some = count === 1 ? '1 row' : `${count} rows`
  const more = count > rows.length ? [`and ${count - rows.length} more`] : []
  return {
    kind: 'unreadable rows',
    level: 'problem',
    revisions: [],
    what: `${some} of ${table} cannot be read: the values of ${column} are not of the declared type.`,
    next: `Correct ${table}.${column} in these rows: a query that reads them fails with VALUE_INVALID.`,
    differences: [...rows, ...more],
  }
}

async function tableFindings(
  resolved: ResolvedOptions,
  session: Session,
  live: TableModel,
  columns: readonly (ColumnModel & { readonly holds?: 'json' })[],
): Promise<readonly CheckFinding[]> {
  const { dialect } = resolved
  const name = nameOfKey(tableKey(live.ref))
  const key = rowKeyOf(dialect, live)
  if (key === undefined) return [notRead(name, 'it has no primary key and no unique index')]
  const unreadableByColumn = new Map<string, UnreadableColumn>()
  const addUnreadable = (row: ExactRow, column: string, why: string): void => {
    const unreadable = unreadableByColumn.get(column) ?? { count: 0, rows: [] }
    unreadableByColumn.set(column, unreadable)
    unreadable.count += 1
    if (unreadable.rows.length >= mostNamed) return
    const rowText = key.map((part) => `${part} ${shown(row[part])}`).join(', ')
    unreadable.rows.push(`${rowText}: ${why}`)
  }
  const request = {
    table: dialect.sql.quote.table(live.ref),
    model: live,
    key,
    columns: columns.map((column) => column.name),
    rows: rowsAtOnce,
    exact: true as const,
  }
  try {
    for await (const page of pagesByKey(dialect, session, request)) {
      for (const row of page) {
        for (const { name: column, type, holds } of columns) {
          const value = row[column] ?? null
          const why = isRawText(value) ? 'the text is not UTF-8' : whyUnreadable(type, value, holds)
          if (why !== undefined) addUnreadable(row, column, why)
        }
      }
    }
  } catch (error) {
    if (!isMigrateError(error, 'INVALID_OPTION')) throw error
    return [notRead(name, error.details.why)]
  }
  return [...unreadableByColumn].map(([column, unreadable]) => finding(name, column, unreadable))
}

/**
 * The rows that the declared types of their columns cannot read, on every table that is declared and there; without a declaration, by
 * the types of the database itself. Reads every row; nothing is written.
 */
export async function dataFindings(
  resolved: ResolvedOptions,
  session: Session,
  declared: DeclaredSchema | undefined,
): Promise<readonly CheckFinding[]> {
  const tables = await resolved.dialect.introspection.schema(session, { only: 'tables' })
  const live = declared === undefined ? tables : spelledAs(resolved.dialect, tables, declared.schema)
  const own = ownTables(resolved)
  const { schema, holdsJson } = declared ?? wholeSchema(live)
  const findings: CheckFinding[] = []
  for (const [key, { ref, columns }] of schema.tables) {
    const table = findTable(live, ref)
    if (table === undefined || own.has(ref.name) || table.opaque !== undefined) continue
    const existing = new Set(table.columns.map((column) => column.name))
    const json = new Set(holdsJson?.get(key))
    const read = columns
      .filter((column) => existing.has(column.name))
      .map((column) => (json.has(column.name) ? { ...column, holds: 'json' as const } : column))
    findings.push(...(await tableFindings(resolved, session, table, read)))
  }
  return findings
}
