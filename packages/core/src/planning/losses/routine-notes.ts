import { withEffects } from '../../compile/named-tables.ts'
import type { PlannedOperation } from '../../compile/plan.ts'
import { mentions, textFor } from '../../data-steps/preserved/bases.ts'
import { followNames } from '../../data-steps/preserved/drops.ts'
import type { Dialect } from '../../dialect/dialect.ts'
import type { Session } from '../../dialect/session.ts'
import { nameOfKey, tableKey } from '../../model/edit.ts'
import type { SchemaModel } from '../../model/schema-model.ts'
import { renamedTable } from '../../operations/object-moves.ts'
import type { Operation } from '../../operations/operation.ts'

/** A name that an operation takes away, as it is before the plan runs. */
interface RemovedName {
  readonly key: string
  readonly table: string
  readonly column?: string
}

/** The table and column whose name is gone after the operation. */
function removedName(operation: Operation): { readonly key: string; readonly column?: string } | undefined {
  const from = operation.kind === 'dropTable' ? operation.table : renamedTable(operation)?.from
  if (from !== undefined) return { key: tableKey(from) }
  const isColumn = operation.kind === 'renameColumn' || operation.kind === 'dropColumn'
  return isColumn ? { key: tableKey(operation.table), column: operation.column } : undefined
}

/** `earlier`: the operations of the steps before. */
function removedNames(
  live: SchemaModel,
  earlier: readonly Operation[],
  own: readonly Operation[],
): readonly RemovedName[] {
  const names = followNames()
  for (const operation of withEffects(earlier)) names.follow(operation)
  return withEffects(own).flatMap((operation) => {
    const removed = removedName(operation)
    const key = removed && names.table(removed.key)
    const table = key === undefined ? undefined : live.tables.get(key)
    const column = removed?.column === undefined || key === undefined ? undefined : names.column(key, removed.column)
    names.follow(operation)
    if (key === undefined || table === undefined) return []
    if (removed?.column === undefined) return [{ key, table: table.ref.name }]
    return column === undefined ? [] : [{ key, table: table.ref.name, column }]
  })
}

/**
 * Functions whose body has a name that the step takes away, a line for each: the server keeps the body as text, and it fails when it is
 * called next. A function that SQL of the step names is its author's.
 */
export async function routineNotes(
  dialect: Dialect,
  session: Session,
  live: SchemaModel,
  earlier: readonly Operation[],
  planned: readonly PlannedOperation[],
): Promise<readonly string[]> {
  if (dialect.introspection.routines === undefined) return []
  const own = planned.flatMap(({ operation, skipped }) => (skipped === undefined ? [operation] : []))
  const removed = removedNames(live, earlier, own)
  if (removed.length === 0) return []
  const sqlText = own.map((operation) => (operation.kind === 'sql' ? textFor(operation.text, dialect) : '')).join('\n')
  const routines = await dialect.introspection.routines(session)
  return routines.flatMap(({ name, body = '' }) => {
    const bare = new Set([name.replace(/\(.*$/s, '').replace(/^.*\./s, '')])
    if (mentions(sqlText, bare)) return []
    const isTriggered = (key: string): boolean =>
      [...live.triggers.values()].some(({ table, definition }) => tableKey(table) === key && mentions(definition, bare))
    const matches = removed.filter(
      ({ key, table, column }) =>
        mentions(body, new Set([column ?? table])) &&
        (column === undefined || mentions(body, new Set([table])) || isTriggered(key)),
    )
    const affectedNames = new Set(
      matches.map(({ key, column }) => (column === undefined ? nameOfKey(key) : `${nameOfKey(key)}.${column}`)),
    )
    return affectedNames.size === 0
      ? []
      : [
          `function ${name} names ${[...affectedNames].join(', ')} in its body, which a rename or drop does not change: create it again in this revision if it uses ${affectedNames.size === 1 ? 'it' : 'them'}`,
        ]
  })
}
