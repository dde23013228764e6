import type { Dialect } from '../dialect/dialect.ts'
import type { IntrospectRequest } from '../dialect/introspection.ts'
import { tableKey } from '../model/edit.ts'
import type { SequenceModel, TableRef } from '../model/schema-model.ts'
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

type NamedParts = NonNullable<IntrospectRequest['constraints']>[number]

/** The names that operations give: of constraints and indexes by their table, of views and sequences as if each were a table. */
function addedNames(operations: readonly Operation[]): readonly NamedParts[] {
  const none = { constraints: [], indexes: [] }
  return withEffects(operations).flatMap((operation): NamedParts | readonly NamedParts[] => {
    const { kind } = operation
    if (kind === 'createTable') return operation.table
    if (kind === 'addConstraint') return { ...none, ref: operation.table, constraints: [operation.constraint] }
    if (kind === 'createIndex') return { ...none, ref: operation.table, indexes: [operation.index] }
    if (kind === 'renameIndex')
      return { ...none, ref: operation.table, indexes: [{ name: operation.to, unique: false, elements: [] }] }
    if (kind === 'renameConstraint')
      return { ...none, ref: operation.table, constraints: [{ kind: 'check', name: operation.to, expression: '' }] }
    if (kind === 'renameTable') return { ...none, ref: { ...operation.table, name: operation.to } }
    if (kind === 'createView') return { ...none, ref: operation.view.ref }
    if (kind === 'renameView') return { ...none, ref: { ...operation.view, name: operation.to } }
    return kind === 'createSequence' ? { ...none, ref: operation.sequence.ref } : []
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
    constraints: addedNames(operations),
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
