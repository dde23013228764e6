import {
  findColumn,
  type Operation,
  type OperationOf,
  type SchemaModel,
  type Statement,
  type TableModel,
  tableKey,
} from '@org/migrate-core/dialect'
import { columnsIn } from '../ddl/column-uses.ts'
import { parseTable } from '../ddl/parse-table.ts'
import { unsupported } from '../ddl/unsupported.ts'
import { isRowidName } from '../sql/rowid-names.ts'
import { sameName } from '../sql/tokenize.ts'
import { applyToModel } from './apply-to-model.ts'
import { ColumnMap } from './column-map.ts'
import { requireUncounted } from './ddl/require-valid.ts'
import { expressionsOf } from './ddl/retarget.ts'
import { requireColumnUnread } from './dependants.ts'
import { type Mergeable, MergeRules, type OperationInContext } from './merge-rules.ts'
import { renameColumn } from './native/rename-column.ts'
import { rebuild } from './rebuild.ts'
import { sourceOf, tableOf } from './statements.ts'

/** Whether a change needs a rebuild. */
type RebuildRules = { readonly [K in Mergeable]: (at: OperationInContext<OperationOf<K>>) => boolean }

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

/** Asked for each operation from each of those before it, and the answer can take the whole text of the table. */
const answers = new WeakMap<OperationInContext, boolean>()

/** The question of the operation's own kind. TypeScript does not see that they belong together. */
export function needsRebuild(at: OperationInContext<OperationOf<Mergeable>>): boolean {
  const answer = answers.get(at) ?? (rebuildRules[at.operation.kind] as (at: OperationInContext) => boolean)(at)
  answers.set(at, answer)
  return answer
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
  const isBarrier = (at: OperationInContext): boolean => !isMergeable(at) || tableKey(at.operation.table) !== table
  const barrier = operations.findIndex(isBarrier)
  const changes = (barrier === -1 ? operations : operations.slice(0, barrier)).filter(isMergeable)
  const rebuilt = changes.findIndex((at) => needsRebuild(at) && !isNative(at))
  if (rebuilt === -1) return 1
  const map = new ColumnMap(tableOf(first.before, first.operation.table))
  const rules = new MergeRules()
  const refused = changes.findIndex((at) => !rules.take(at) || !map.take(at))
  const size = refused === -1 ? changes.length : refused
  return rebuilt < size ? size : 1
}

/** Refuses what the rebuild would not show: SQLite stores no comments. */
export function requireNoComment(operation: Operation): void {
  if (operation.kind !== 'alterColumn' || operation.change.comment === undefined || operation.change.comment === null)
    return
  const subject = `comment on ${operation.table.name}.${operation.column}`
  unsupported(subject, 'SQLite stores no comments', 'Record the comment with op.on() for the others.')
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
    if (at.operation.kind === 'dropConstraint') requireUncounted(at.before, at.after, table)
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
