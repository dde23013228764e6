import type { Dialect } from '../dialect/dialect.ts'
import { tableKey } from '../model/edit.ts'
import type { SequenceModel, TableRef } from '../model/schema-model.ts'
import { renamedTable } from '../operations/object-moves.ts'
import type { Operation } from '../operations/operation.ts'

const ownersOf = (owner: SequenceModel['ownedBy'] | null): readonly TableRef[] =>
  owner === undefined || owner === null ? [] : [owner.table]

function refsOf(operation: Operation): readonly TableRef[] {
  if (operation.kind === 'createTable') {
    const targets = operation.table.constraints.flatMap((constraint) =>
      constraint.kind === 'foreignKey' ? [constraint.references.table] : [],
    )
    return [operation.table.ref, ...targets]
  }
  const renamed = renamedTable(operation)
  if (renamed !== undefined) return [renamed.from, renamed.to]
  if (operation.kind === 'addConstraint' && operation.constraint.kind === 'foreignKey') {
    return [operation.table, operation.constraint.references.table]
  }
  if (operation.kind === 'createSequence') return ownersOf(operation.sequence.ownedBy)
  if (operation.kind === 'alterSequence') return ownersOf(operation.change.ownedBy)
  if (operation.kind === 'setComment') return [operation.on.table]
  if (operation.kind === 'createTrigger') return [operation.trigger.table]
  if (operation.kind === 'sql') return (operation.effects ?? []).flatMap(refsOf)
  return 'table' in operation ? [operation.table] : []
}

/** Every table that the operations name, once each: what has to be looked at before they can be compiled. */
export function namedTables(operations: Iterable<Operation>): readonly TableRef[] {
  const refByKey = new Map<string, TableRef>()
  for (const operation of operations) {
    for (const ref of refsOf(operation)) refByKey.set(tableKey(ref), ref)
  }
  return [...refByKey.values()]
}

/** What new tables inherit from, which only the dialect reads from their options. */
export function parentTables({ model }: Dialect, operations: readonly Operation[]): readonly TableRef[] {
  return withEffects(operations).flatMap((operation) =>
    operation.kind === 'createTable' ? (model.parentsOf?.(operation.table) ?? []) : [],
  )
}

/** With what opaque SQL declares to amount to. */
export function withEffects(operations: readonly Operation[]): readonly Operation[] {
  return operations.flatMap((operation) =>
    operation.kind === 'sql' && operation.effects !== undefined ? withEffects(operation.effects) : [operation],
  )
}
