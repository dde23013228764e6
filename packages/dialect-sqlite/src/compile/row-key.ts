import { present } from '@org/migrate-core/connection'
import type { DialectCompiler, Operation, SchemaModel, TableModel } from '@org/migrate-core/dialect'
import { findTable } from '@org/migrate-core/dialect'
import { slice } from '../ddl/cursor.ts'
import { parseTable } from '../ddl/parse-table.ts'
import type { ParsedTable } from '../ddl/table-tree.ts'
import { hasOption, primaryKeyOf, rowidAlias, typeTextOf } from '../introspect/columns.ts'
import { moduleOption } from '../introspect/virtual.ts'
import { quoteName } from '../sql/quote.ts'
import { rowidNames } from '../sql/rowid-names.ts'
import { foldName, isKeyword, sameName, tokenize } from '../sql/tokenize.ts'
import { sourceOf } from './statements.ts'

/** How the rows of a table are told apart and ordered on disk. */
export interface RowKey {
  readonly withoutRowid: boolean
  /** The column that is the rowid (INTEGER PRIMARY KEY). */
  readonly alias?: string
  /** A name by which the rowid can be said, where no column has taken all three. */
  readonly rowid?: string
  /** The key columns of a WITHOUT ROWID table, quoted; absent where their order is not that of the columns alone. */
  readonly key?: readonly string[]
  /** AUTOINCREMENT: the table has a row in sqlite_sequence. */
  readonly countsUp: boolean
}

/** The name that says the rowid: any of three, unless a column is called so. */
export function freeRowid(table: TableModel): string | undefined {
  if (table.options.withoutRowid === true || table.opaque !== undefined) return undefined
  const taken = new Set(table.columns.map((column) => foldName(column.name)))
  return rowidNames.find((name) => !taken.has(name))
}

/**
 * Full-text indexes that find the rows of this table by a rowid which they don't have any more once they were dropped, preserved and
 * restored by another key: https://www.sqlite.org/fts5.html#external_content_tables
 */
export function indexesByRowid(schema: SchemaModel, table: TableModel): readonly string[] {
  const { constraints, indexes, opaque } = table
  const hasKey =
    constraints.some(({ kind }) => kind === 'primaryKey' || kind === 'unique') || indexes.some((each) => each.unique)
  if (opaque !== undefined || !hasKey) return []
  const readers = [...schema.tables.values()].filter(({ opaque: kind, source = '' }) => {
    if (kind !== 'virtual' || !sameName(moduleOption(source, 'CONTENT') ?? '', table.ref.name)) return false
    const key = foldName(moduleOption(source, 'CONTENT_ROWID') ?? 'rowid')
    return rowidNames.includes(key) && !table.columns.some(({ name }) => foldName(name) === key)
  })
  const { alias, withoutRowid } = readers.length === 0 ? { alias: '', withoutRowid: false } : rowKeyOf(table)
  return alias === undefined && !withoutRowid ? readers.map(({ ref }) => ref.name) : []
}

/** A key column may compare otherwise than its column does: then `(a, b) > (?, ?)` would not follow the key's order. */
function isCollated(table: ParsedTable): boolean {
  return table.constraints.some(
    (constraint) =>
      constraint.kind === 'primaryKey' &&
      constraint.columns.some((column) =>
        tokenize(slice(table.source, column)).some((token) => isKeyword(token, 'COLLATE')),
      ),
  )
}

/** Read from the text, since only the text says whether a column is the rowid. */
export function rowKeyOf(table: TableModel): RowKey {
  const parsed = parseTable(sourceOf(table))
  const primary = primaryKeyOf(parsed)
  const countsUp = primary?.autoIncrement === true
  if (hasOption(parsed, 'withoutRowid')) {
    const key = primary === undefined || isCollated(parsed) ? undefined : primary.columns.map(quoteName)
    return { withoutRowid: true, countsUp, ...present({ key }) }
  }
  const alias = rowidAlias(parsed)
  const rowid = freeRowid(table)
  return { withoutRowid: false, countsUp, ...present({ alias, rowid }) }
}

/** Whether the column is `INT PRIMARY KEY`, which is no rowid: https://www.sqlite.org/lang_createtable.html#rowids_and_the_integer_primary_key */
function isIntKey({ source }: TableModel, column: string): boolean {
  if (source === undefined) return false
  const parsed = parseTable(source)
  const key = primaryKeyOf(parsed)?.columns ?? []
  const [only] = parsed.columns.filter(({ name }) => sameName(name.name, column))
  if (key.length !== 1 || !sameName(key[0] ?? '', column) || only === undefined) return false
  return typeTextOf(parsed, only).toUpperCase() === 'INT'
}

/** A key of the type INT stays one when its old type comes back: INTEGER would make it the rowid. */
export const inverseWithIntKey: NonNullable<DialectCompiler['invert']> = ({ operation, before }, inverse) => {
  if (operation.kind !== 'alterColumn' || operation.change.type === undefined) return inverse
  const { table: ref, column } = operation
  const table = findTable(before, ref)
  if (table === undefined || !isIntKey(table, column)) return inverse
  return inverse.map((each): Operation => {
    if (each.kind !== 'alterColumn' || each.change.type?.kind !== 'integer') return each
    return { ...each, change: { ...each.change, type: { kind: 'native', dialect: 'sqlite', sql: 'INT' } } }
  })
}
