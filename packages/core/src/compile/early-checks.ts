import type { Dialect } from '../dialect/dialect.ts'
import { refText, tableKey } from '../model/edit.ts'
import { mayName } from '../model/may-name.ts'
import type { TableRef } from '../model/schema-model.ts'
import type { Operation, OperationKind, OperationOf } from '../operations/operation.ts'
import { isPreservedLabel } from '../operations/preserved-label.ts'
import type { RecordedOperation } from '../operations/recording.ts'
import type { Statement } from '../sql/statement.ts'
import { join, sql } from '../sql/tag.ts'
import type { CompiledGroup, CompiledOperation } from './compile.ts'
import { statement } from './dialect-statements.ts'
import { isNonTransactional } from './parts.ts'

/** Changes of a column that leave its values, and how they compare. */
const leavesValues: ReadonlySet<string> = new Set(['nullable', 'default', 'comment'])

/** The names that have another meaning behind an operation, or none before it. */
const namesChanged: { readonly [K in OperationKind]?: (operation: OperationOf<K>) => readonly string[] } = {
  createTable: ({ table }) => [table.ref.name],
  renameTable: ({ to }) => [to],
  alterTableOptions: ({ table }) => [table.name],
  addColumn: ({ column }) => [column.name],
  renameColumn: ({ to }) => [to],
  alterColumn: ({ column, change, using }) =>
    using === undefined && Object.keys(change).every((fact) => leavesValues.has(fact)) ? [] : [column],
  setSchema: ({ ref }) => [ref.name],
  createEnum: ({ enum: { ref, values } }) => [ref.name, ...values],
  alterEnum: ({ add = [], rename = [] }) => [...add.map(({ value }) => value), ...rename.map(({ to }) => to)],
  renameEnum: ({ to }) => [to],
  createView: ({ view }) => [view.ref.name],
  replaceView: ({ view }) => [view.ref.name],
  renameView: ({ to }) => [to],
}

function changedBy({ operation, skipped }: CompiledOperation): readonly string[] {
  const names = namesChanged[operation.kind] as ((operation: Operation) => readonly string[]) | undefined
  return skipped === undefined ? (names?.(operation) ?? []) : []
}

const changesRows: ReadonlySet<OperationKind> = new Set<OperationKind>(['insertRows', 'deleteRows', 'sql'])

/** What restores preserved values fills only what the operation ahead of it has brought back. */
const mayChangeRows = ({ operation }: CompiledOperation): boolean =>
  operation.kind === 'run' ? !isPreservedLabel(operation.label) : changesRows.has(operation.kind)

/**
 * What is checked before the first statement of a group. A derived downgrade also checks what its statement may be refused for: an upgrade has
 * its checks from its author, as operations.
 */
function checksOf({ statements, operations }: CompiledGroup, isDerived: boolean): readonly Statement[] {
  const first = statements.findIndex(({ expectEmpty }) => expectEmpty === undefined)
  const leading = statements.slice(0, Math.max(0, first)).filter(({ tables = [] }) => tables.length > 0)
  const { blockingRows = [], tables, remedy } = statements[first] ?? {}
  const rows = (isDerived ? blockingRows : []).map(
    (each): Statement => ({ ...each, transaction: 'any', ...(tables && { tables }), ...(remedy && { remedy }) }),
  )
  const describe = operations.map((each) => each.describe).join('; ')
  return [...leading, ...rows].map((check) => ({ ...check, checkFor: describe }))
}

/** Rows that refer to a table which a downgrade makes again, and fills with nothing before the key: the key is refused whatever they refer to. */
function refersToNothing(
  { operations }: CompiledGroup,
  emptyTables: ReadonlyMap<string, TableRef>,
  { quote }: Dialect['sql'],
): readonly Statement[] {
  return operations.flatMap(({ operation, describe }) => {
    if (operation.kind !== 'addConstraint' || operation.constraint.kind !== 'foreignKey') return []
    const { table, constraint } = operation
    // PostgreSQL takes such a key over whatever rows there are.
    if (constraint.notValid === true) return []
    const target = constraint.references.table
    if (!emptyTables.has(tableKey(target)) || emptyTables.has(tableKey(table))) return []
    const columns = constraint.columns.map((column) => quote.identifier(column))
    const given = columns.map((column) => sql`${column} IS NOT NULL`)
    const text = sql`SELECT ${join(columns)} FROM ${quote.table(table)} WHERE ${join(given, ' AND ')} LIMIT 5`
    const expectEmpty = `rows of ${refText(table)} that refer to ${refText(target)}, which is made without rows`
    return { ...statement(text, [table], { expectEmpty }), transaction: 'any', checkFor: describe }
  })
}

/**
 * Checks that also run before what commits by itself ahead of their own operation: a revision that they refuse has changed nothing then. Only
 * where no operation between has changed rows, or what a name of the check means.
 *
 * @param recorded the operations of the groups' step; with one of a derived downgrade among them, the step is one
 */
export function withEarlyChecks(
  groups: readonly CompiledGroup[],
  recorded: readonly RecordedOperation[],
  dialect: Dialect,
): readonly CompiledGroup[] {
  const early = new Map<CompiledGroup, Statement[]>()
  let first: CompiledGroup | undefined
  let commits = false
  let changed: string[] = []
  const emptyTables = new Map<string, TableRef>()
  let derived: boolean | undefined
  // All operations are passed over at most once, and only where there may be a check: a long series of SQL comes here with each of its statements.
  const isDerived = (): boolean => {
    derived ??= recorded.some((each) => each.derived)
    return derived
  }
  for (const group of groups) {
    if (group.operations.every(({ skipped }) => skipped !== undefined)) continue
    if (first !== undefined && commits && !group.operations.some(({ operation }) => operation.kind === 'expectNone')) {
      // What an empty table is called is no name of these checks, though a column may be called the same.
      const changedElsewhere = changed.filter((name) => ![...emptyTables.values()].some((ref) => ref.name === name))
      const checks = [
        ...checksOf(group, isDerived()).filter((check) => !changed.some(mayName(check.sql))),
        // An author of an upgrade may have turned foreign keys off.
        ...(isDerived() ? refersToNothing(group, emptyTables, dialect.sql) : []).filter(
          (check) => !changedElsewhere.some(mayName(check.sql)),
        ),
      ]
      if (checks.length > 0) early.set(first, [...(early.get(first) ?? []), ...checks])
    }
    const mayChange = group.operations.some(mayChangeRows)
    // Preserved rows may be restored to them.
    if (mayChange || group.operations.some(({ operation }) => operation.kind === 'run')) emptyTables.clear()
    if (mayChange) {
      first = undefined
      commits = false
      changed = []
      continue
    }
    first ??= group
    commits ||= group.statements.some(isNonTransactional)
    changed.push(...group.operations.flatMap(changedBy))
    for (const { operation, skipped } of group.operations)
      if (operation.kind === 'createTable' && skipped === undefined && operation.ifNotExists !== true)
        emptyTables.set(tableKey(operation.table.ref), operation.table.ref)
  }
  return early.size === 0
    ? groups
    : groups.map((group) => ({ ...group, statements: [...(early.get(group) ?? []), ...group.statements] }))
}
