import type { Dialect } from '../dialect/dialect.ts'
import type { IntrospectRequest } from '../dialect/introspection.ts'
import { tableKey } from '../model/edit.ts'
import type { SequenceModel, TableModel, TableRef } from '../model/schema-model.ts'
import { renamedTable } from '../operations/object-moves.ts'
import type { Operation, OperationKind } from '../operations/operation.ts'
import { namedSchemas } from './named-schemas.ts'

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

/** The constraints that operations add to tables, or give a name. */
function addedConstraints(operations: readonly Operation[]): readonly Pick<TableModel, 'ref' | 'constraints'>[] {
  return withEffects(operations).flatMap((operation): Pick<TableModel, 'ref' | 'constraints'>[] => {
    if (operation.kind === 'createTable') return [operation.table]
    if (operation.kind === 'addConstraint') return [{ ref: operation.table, constraints: [operation.constraint] }]
    if (operation.kind !== 'renameConstraint') return []
    return [{ ref: operation.table, constraints: [{ kind: 'check', name: operation.to, expression: '' }] }]
  })
}

/** They change nothing that depends on their table, and make no name that something else may have. */
const additions: ReadonlySet<OperationKind> = new Set(['addColumn', 'createIndex', 'expectNone', 'run'])

/**
 * What is read of a database before the operations are compiled. `related`: what else is compiled on that model, as the operations that
 * one undoes.
 */
export function requestFor(
  operations: readonly Operation[],
  tables: readonly TableRef[] = namedTables(operations),
  related: readonly unknown[] = [],
): IntrospectRequest {
  return {
    tables,
    schemas: namedSchemas([operations, related]),
    referrers: true,
    constraints: addedConstraints(operations),
    additive: related.length === 0 && operations.every(({ kind }) => additions.has(kind)),
    counters: withEffects(operations).some(({ kind }) => kind === 'dropTable'),
  }
}

/** With what opaque SQL declares to amount to. */
export function withEffects(operations: readonly Operation[]): readonly Operation[] {
  return operations.flatMap((operation) =>
    operation.kind === 'sql' && operation.effects !== undefined ? withEffects(operation.effects) : [operation],
  )
}
