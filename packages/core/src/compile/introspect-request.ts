import type { IntrospectRequest, NewNames } from '../dialect/introspection.ts'
import { tableKey } from '../model/edit.ts'
import type { TableRef } from '../model/schema-model.ts'
import { movedTo } from '../operations/object-moves.ts'
import type { Operation, OperationKind } from '../operations/operation.ts'
import { namedSchemas } from './named-schemas.ts'
import { namedTables, withEffects } from './named-tables.ts'

/** The names that operations give: of constraints and indexes by their table, of views, sequences and enums as if each were a table. */
function newNames(operations: readonly Operation[]): readonly NewNames[] {
  const none = { constraints: [], indexes: [] }
  const given = withEffects(operations).flatMap((operation): NewNames | readonly NewNames[] => {
    const { kind } = operation
    if (kind === 'createTable') return operation.table
    if (kind === 'addColumn') return { ...none, ref: operation.table, columns: [operation.column] }
    if (kind === 'alterColumn')
      return operation.change.identity ? { ...none, ref: operation.table, columns: [{ name: operation.column }] } : []
    if (kind === 'renameColumn') return { ...none, ref: operation.table, columns: [{ name: operation.to }] }
    if (kind === 'addConstraint') return { ...none, ref: operation.table, constraints: [operation.constraint] }
    if (kind === 'createIndex') return { ...none, ref: operation.table, indexes: [operation.index] }
    if (kind === 'renameIndex')
      return { ...none, ref: operation.table, indexes: [{ name: operation.to, unique: false, elements: [] }] }
    if (kind === 'renameConstraint')
      return { ...none, ref: operation.table, constraints: [{ kind: 'check', name: operation.to, expression: '' }] }
    if (kind === 'renameTable') return { ...none, ref: { ...operation.table, name: operation.to } }
    if (kind === 'createView') return { ...none, ref: operation.view.ref }
    if (kind === 'renameView') return { ...none, ref: { ...operation.view, name: operation.to } }
    if (kind === 'createEnum') return { ...none, ref: operation.enum.ref }
    if (kind === 'renameEnum') return { ...none, ref: { ...operation.enum, name: operation.to } }
    if (kind === 'setSchema') return { ...none, ref: movedTo(operation) }
    return kind === 'createSequence' ? { ...none, ref: operation.sequence.ref } : []
  })
  // What a plan makes and then moves, with the names that it has afterwards.
  const moved = tableMoves(operations).flatMap(({ ref, to }) =>
    given.filter((parts) => tableKey(parts.ref) === tableKey(ref)).map((parts) => ({ ...parts, ref: to })),
  )
  return [...given, ...moved]
}

/** The tables that get another schema or another name. */
const tableMoves = (operations: readonly Operation[]): NonNullable<IntrospectRequest['moves']> =>
  withEffects(operations).flatMap((operation) => {
    if (operation.kind === 'renameTable')
      return [{ ref: operation.table, to: { ...operation.table, name: operation.to } }]
    return operation.kind === 'setSchema' && operation.object === 'table'
      ? [{ ref: operation.ref, to: movedTo(operation) }]
      : []
  })

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
    newNames: newNames(operations),
    moves: tableMoves(operations),
    additive: related.length === 0 && operations.every(({ kind }) => additions.has(kind)),
    counters: withEffects(operations).some(({ kind }) => kind === 'dropTable'),
  }
}
