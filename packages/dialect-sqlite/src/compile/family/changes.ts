import { type SchemaModel, type Statement, type TableRef, tableKey } from '@org/migrate-core/dialect'
import { foldName } from '../../sql/tokenize.ts'
import { applyToModel } from '../apply-to-model.ts'
import { isMergeable, needsRebuild, requireNoComment } from '../batch.ts'
import { ColumnMap } from '../column-map.ts'
import { requireColumnUnread } from '../dependants.ts'
import { MergeRules, type OperationInContext } from '../merge-rules.ts'
import { renameColumn } from '../native/rename-column.ts'
import { sqliteText, tableOf } from '../statements.ts'
import { familyRebuild, rebuildWithFamily } from './family-rebuild.ts'
import { referrersOf } from './members.ts'

/** What one rebuild of a family does to one of its tables. */
class TableChanges {
  readonly map: ColumnMap
  readonly rules = new MergeRules()
  readonly table: TableRef

  constructor(before: SchemaModel, table: TableRef) {
    this.table = table
    this.map = new ColumnMap(tableOf(before, table))
  }
}

/** The changes of each table of a list of operations, or of as many as can be made together. */
class FamilyChanges {
  readonly #tables = new Map<string, TableChanges>()
  readonly #before: SchemaModel

  constructor(before: SchemaModel) {
    this.#before = before
  }

  get tables(): readonly TableChanges[] {
    return [...this.#tables.values()]
  }

  of(table: TableRef): TableChanges {
    const key = tableKey(table)
    const known = this.#tables.get(key) ?? new TableChanges(this.#before, table)
    this.#tables.set(key, known)
    return known
  }

  /** Whether a table is rebuilt with these, or these with it. */
  sharesFamily(table: TableRef): boolean {
    const names = referrersOf(
      this.#before,
      this.tables.map((each) => each.table),
    )
    return names.has(foldName(table.name)) || [...referrersOf(this.#before, [table])].some((name) => names.has(name))
  }
}

/** An expression of the author that reads rows of other tables, which are as they were before all changes. */
const readsTables = ({ operation }: OperationInContext): boolean =>
  operation.kind === 'alterColumn' && operation.using !== undefined && /\bselect\b/i.test(sqliteText(operation.using))

/** How many of the leading operations are changes of one table that can be made together; none of them may need a rebuild. */
function sizeOfRun(
  operations: readonly OperationInContext[],
  changes: FamilyChanges,
  isNative: (at: OperationInContext) => boolean,
): { readonly size: number; readonly rebuilds: boolean } {
  const [first] = operations
  if (first === undefined || !isMergeable(first)) return { size: 0, rebuilds: false }
  const { table } = first.operation
  const { map, rules } = changes.of(table)
  let size = 0
  let rebuilds = false
  for (const at of operations) {
    if (!isMergeable(at) || tableKey(at.operation.table) !== tableKey(table) || !rules.take(at) || !map.take(at)) break
    size += 1
    rebuilds ||= needsRebuild(at) && !isNative(at)
  }
  return { size, rebuilds }
}

/**
 * How many of the leading operations one rebuild of a family makes: adjacent changes of one table as in `batchSize`, and those of further
 * tables that are rebuilt along anyway.
 */
export function familySize(
  operations: readonly OperationInContext[],
  isNative: (at: OperationInContext) => boolean,
): number {
  const [first] = operations
  if (first === undefined) return 1
  const changes = new FamilyChanges(first.before)
  const run = sizeOfRun(operations, changes, isNative)
  if (!run.rebuilds) return 1
  let { size } = run
  while (!operations.slice(0, size).some(readsTables)) {
    const rest = operations.slice(size)
    const [next] = rest
    if (next === undefined || !isMergeable(next) || readsTables(next)) break
    if (first.before.tables.get(tableKey(next.operation.table)) === undefined) break
    if (!changes.sharesFamily(next.operation.table)) break
    const more = sizeOfRun(rest, changes, isNative)
    if (!more.rebuilds || rest.slice(0, more.size).some(readsTables)) break
    size += more.size
  }
  return size
}

/** One rebuild of the family for all of them; renames of columns go before it, by SQLite itself. */
export function compileFamily(operations: readonly OperationInContext[]): readonly Statement[] {
  const [first] = operations
  const last = operations.at(-1)
  if (first === undefined || last === undefined) return []
  const changes = new FamilyChanges(first.before)
  for (const at of operations) {
    if (!isMergeable(at)) continue
    const { operation } = at
    requireNoComment(operation)
    if (operation.kind === 'dropColumn') requireColumnUnread(at.before, operation.table, operation.column)
    changes.of(operation.table).map.take(at)
  }
  let { before } = first
  const renames = changes.tables.flatMap(({ table, map }) =>
    map.renames.flatMap(({ column, to }) => {
      const statements = renameColumn(before, { table, column, to }, rebuildWithFamily)
      before = applyToModel(before, { kind: 'renameColumn', table, column, to })
      return statements
    }),
  )
  const { after } = last
  const rebuilt = changes.tables.map(({ table, map }) => ({ table, copied: map.copied(tableOf(after, table)) }))
  return [...renames, ...familyRebuild({ before, after, changes: rebuilt })]
}
