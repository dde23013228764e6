import {
  findColumn,
  type Operation,
  type OperationOf,
  type SchemaModel,
  type Statement,
  sql,
  type TableModel,
  tableKey,
} from '@org/migrate-core/dialect'
import { columnsIn } from '../ddl/column-uses.ts'
import { parseTable } from '../ddl/parse-table.ts'
import { unsupported } from '../ddl/unsupported.ts'
import { quote } from '../sql/quote.ts'
import { rowidNames } from '../sql/rowid-names.ts'
import { foldName, sameName } from '../sql/tokenize.ts'
import { applyToModel } from './apply-to-model.ts'
import { ColumnMap } from './column-map.ts'
import { expressionsOf } from './ddl/retarget.ts'
import { renamedInViews, requireColumnUnread, requireNoTextIndex } from './dependants.ts'
import { type Mergeable, MergeRules, type OperationInContext } from './merge-rules.ts'
import { type Rebuild, rebuild } from './rebuild.ts'
import { inMain, sourceOf, statement, tableOf } from './statements.ts'

/** Whether a change needs a rebuild. */
type RebuildRules = { readonly [K in Mergeable]: (at: OperationInContext<OperationOf<K>>) => boolean }

/** SQLite 3.54 adds no column of these names, and drops none: "cannot drop rowid alias". */
const isRowidName = (name: string): boolean => rowidNames.includes(foldName(name))

/** Rows are assumed: SQLite takes some of these on an empty table, and a revision must not depend on that. */
function addsNatively(table: TableModel, column: OperationOf<'addColumn'>['column']): boolean {
  if (isRowidName(column.name)) return false
  const { default: value, generated, identity } = findColumn(table, column.name) ?? column
  if (generated !== undefined) return !generated.stored
  if (identity !== undefined) return false
  if (value !== undefined && value.kind !== 'literal') return false
  return column.nullable || (value !== undefined && value.value !== null)
}

/** Whether a CHECK or a generated column of the table names the column: SQLite then does not drop it. */
function isUsed(table: TableModel, column: string): boolean {
  const source = sourceOf(table)
  return expressionsOf(parseTable(source)).some((span) =>
    columnsIn(source, span).some((use) => sameName(use.name, column)),
  )
}

const rebuildRules: RebuildRules = {
  addColumn: ({ operation, after }) => !addsNatively(tableOf(after, operation.table), operation.column),
  dropColumn: ({ operation: { table, column }, before }) =>
    isRowidName(column) || isUsed(tableOf(before, table), column),
  alterColumn: ({ operation, before, after }) => {
    const old = tableOf(before, operation.table).source
    return operation.using !== undefined || old === undefined || old !== tableOf(after, operation.table).source
  },
  renameColumn: () => false,
  addConstraint: () => true,
  dropConstraint: () => true,
  renameConstraint: () => true,
  alterTableOptions: () => true,
  createIndex: () => false,
  dropIndex: () => false,
  renameIndex: () => false,
}

export function isMergeable(at: OperationInContext): at is OperationInContext<OperationOf<Mergeable>> {
  return Object.hasOwn(rebuildRules, at.operation.kind)
}

/** The question of the operation's own kind. TypeScript does not see that they belong together. */
export function needsRebuild(at: OperationInContext<OperationOf<Mergeable>>): boolean {
  return (rebuildRules[at.operation.kind] as (at: OperationInContext) => boolean)(at)
}

/**
 * How many of the leading operations one rebuild makes together: adjacent changes of one table, if any of them needs one.
 * Everything else is a barrier, as is a change whose result depends on how the rows were in between (`MergeRules`) and a rename
 * that cannot be made beforehand. `isNative`: whether SQLite makes the change by itself.
 */
export function batchSize(
  operations: readonly OperationInContext[],
  isNative: (at: OperationInContext) => boolean,
): number {
  const [first] = operations
  if (first === undefined || !isMergeable(first)) return 1
  const table = tableKey(first.operation.table)
  const map = new ColumnMap(tableOf(first.before, first.operation.table))
  const rules = new MergeRules()
  let size = 0
  let rebuilds = false
  for (const at of operations) {
    if (!isMergeable(at) || tableKey(at.operation.table) !== table || !rules.take(at) || !map.take(at)) break
    size += 1
    rebuilds ||= needsRebuild(at) && !isNative(at)
  }
  return rebuilds ? size : 1
}

/** Refuses what the rebuild would not show: SQLite stores no comments. */
export function requireNoComment(operation: Operation): void {
  if (operation.kind !== 'alterColumn' || operation.change.comment === undefined || operation.change.comment === null)
    return
  const subject = `comment on ${operation.table.name}.${operation.column}`
  unsupported(subject, 'SQLite stores no comments', 'Record the comment with op.on() for the others.')
}

/**
 * SQLite's RENAME COLUMN fails with "no such column" where the column is INTEGER, alone the primary key of a WITHOUT ROWID table, and in
 * a UNIQUE of the table, too (measured on 3.50 and 3.53).
 */
function keysWithoutRename(table: TableModel, column: string): readonly OperationOf<'dropConstraint'>[] {
  if (table.options.withoutRowid !== true) return []
  const key = table.constraints.find(({ kind }) => kind === 'primaryKey')
  const isKey = key?.kind === 'primaryKey' && key.columns.length === 1 && sameName(key.columns[0] ?? '', column)
  if (!isKey || findColumn(table, column)?.type.kind !== 'integer') return []
  return parseTable(sourceOf(table)).constraints.flatMap((one) => {
    const columns = one.kind === 'unique' ? one.columns.map(({ name }) => name.name) : []
    return columns.some((name) => sameName(name, column))
      ? [{ kind: 'dropConstraint', table: table.ref, constraint: { kind: 'unique', columns } }]
      : []
  })
}

/** RENAME COLUMN by SQLite, which follows in triggers, views and foreign keys; around it, the constraints that it fails on go and come. */
export function renameColumn(
  before: SchemaModel,
  { table, column, to }: Omit<OperationOf<'renameColumn'>, 'kind'>,
  rebuildTable: (change: Rebuild) => readonly Statement[] = rebuild,
): readonly Statement[] {
  requireNoTextIndex(before, table, to, column)
  const caution = renamedInViews(before, table, column, to)
  const rename = statement(
    sql`ALTER TABLE ${inMain(table)} RENAME COLUMN ${quote.identifier(column)} TO ${quote.identifier(to)}`,
    [table],
    caution === undefined ? {} : { caution },
  )
  const drops = keysWithoutRename(tableOf(before, table), column)
  if (drops.length === 0) return [rename]
  const operation = { kind: 'renameColumn', table, column, to } as const
  const rebuilt = (from: SchemaModel, after: SchemaModel): readonly Statement[] => {
    const copied = new ColumnMap(tableOf(from, table)).copied(tableOf(after, table))
    return rebuildTable({ before: from, after, table, copied })
  }
  const without = drops.reduce<SchemaModel>(applyToModel, before)
  return [
    ...rebuilt(before, without),
    rebuildTable === rebuild ? { ...rename, foreignKeys: 'off' } : rename,
    ...rebuilt(applyToModel(without, operation), applyToModel(before, operation)),
  ]
}

/** One rebuild for all of them; renames of columns go before it, by SQLite itself. */
export function compileBatch(operations: readonly OperationInContext[]): readonly Statement[] {
  const [first] = operations
  const last = operations.at(-1)
  if (first === undefined || last === undefined || !isMergeable(first)) return []
  const { table } = first.operation
  const map = new ColumnMap(tableOf(first.before, table))
  for (const at of operations) {
    requireNoComment(at.operation)
    if (at.operation.kind === 'dropColumn') requireColumnUnread(at.before, table, at.operation.column)
    map.take(at)
  }
  let before: SchemaModel = first.before
  const renames = map.renames.flatMap(({ column, to }) => {
    const statements = renameColumn(before, { table, column, to })
    before = applyToModel(before, { kind: 'renameColumn', table, column, to })
    return statements.map((each): Statement => ({ ...each, foreignKeys: 'off' }))
  })
  const copied = map.copied(tableOf(last.after, table))
  return [...renames, ...rebuild({ before, after: last.after, table, copied })]
}

/** One change alone: by a rebuild, or by what `natively` gives. */
export function change(
  at: OperationInContext<OperationOf<Mergeable>>,
  natively: () => readonly Statement[],
): readonly Statement[] {
  if (needsRebuild(at)) return compileBatch([at])
  if (at.operation.kind === 'dropColumn') requireColumnUnread(at.before, at.operation.table, at.operation.column)
  return natively()
}
