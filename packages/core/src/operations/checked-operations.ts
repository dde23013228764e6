import { schemaDifferences as differences } from '../compare/schema-differences.ts'
import { tableDifferences as differencesOfTables } from '../compare/table-differences.ts'
import { isFunction, optional, requireArguments } from '../errors/option-check.ts'
import { isSchemaModel, isTableModel } from '../model/model-check.ts'
import type { SchemaModel, TableModel } from '../model/schema-model.ts'
import { isOperation, isOperations } from './argument-checks.ts'
import { type Conflict, conflicts as conflictsOf } from './conflict.ts'
import type { Irreversible, Operation } from './operation.ts'
import { replay as replayOf } from './replay.ts'
import * as operations from './table.ts'

// What a program calls with operations and models of its own making. Runs call the functions behind these once for each operation,
// with what was checked when it was recorded.

/**
 * The schema after an operation. Pure.
 *
 * Throws OBJECT_MISSING, OBJECT_EXISTS, DEPENDENT_OBJECTS, INVALID_OPERATION, INVALID_NAME or INVALID_OPTION where there is none. A
 * guard (`ifExists`, `ifNotExists`) that finds nothing to do leaves the schema as it is.
 *
 * ```ts
 * const after = apply(before, { kind: 'renameColumn', table: { name: 'users' }, column: 'mail', to: 'email' })
 * ```
 */
export function apply(before: SchemaModel, operation: Operation): SchemaModel {
  requireArguments('apply', { before, operation }, { before: isSchemaModel, operation: isOperation })
  return operations.apply(before, operation)
}

/**
 * The operations that lead back to `before`, in the order to run them; empty where the operation changes nothing. Where
 * there are none, `{ irreversible: true, why }`. Throws INVALID_OPTION.
 */
export function invert(before: SchemaModel, operation: Operation): readonly Operation[] | Irreversible {
  requireArguments('invert', { before, operation }, { before: isSchemaModel, operation: isOperation })
  return operations.invert(before, operation)
}

/** The footprints of an operation: paths such as `table:users/column:email`. Throws INVALID_OPTION. */
export function touches(operation: Operation): readonly string[] {
  requireArguments('touches', { operation }, { operation: isOperation })
  return operations.touches(operation)
}

/** One line for people: `add column users.email`. Throws INVALID_OPTION. */
export function describe(operation: Operation): string {
  requireArguments('describe', { operation }, { operation: isOperation })
  return operations.describe(operation)
}

/**
 * The schema after a list of operations. `applyToModel` is the dialect's, where the texts that a server keeps matter.
 * Throws INVALID_OPTION, and what `apply` throws, with the operation in its location.
 *
 * ```ts
 * const head = replay(emptySchema, recording.operations.map((recorded) => recorded.operation))
 * ```
 */
export function replay(
  model: SchemaModel,
  list: readonly Operation[],
  applyToModel?: (before: SchemaModel, operation: Operation) => SchemaModel,
): SchemaModel {
  const checks = { model: isSchemaModel, operations: isOperations, applyToModel: optional(isFunction) }
  requireArguments('replay', { model, operations: list, applyToModel }, checks)
  return replayOf(model, list, applyToModel)
}

/** Which operations of one side touch what one of the other side touches. Throws INVALID_OPTION. */
export function conflicts(a: readonly Operation[], b: readonly Operation[]): readonly Conflict[] {
  requireArguments('conflicts', { a, b }, { a: isOperations, b: isOperations })
  return conflictsOf(a, b)
}

/** What differs between two schemas, a line each; empty: nothing. Throws INVALID_OPTION. */
export function schemaDifferences(expected: SchemaModel, actual: SchemaModel): readonly string[] {
  requireArguments('schemaDifferences', { expected, actual }, { expected: isSchemaModel, actual: isSchemaModel })
  return differences(expected, actual)
}

/** What differs between two tables, a line each; empty: nothing. Throws INVALID_OPTION. */
export function tableDifferences(expected: TableModel, actual: TableModel): readonly string[] {
  requireArguments('tableDifferences', { expected, actual }, { expected: isTableModel, actual: isTableModel })
  return differencesOfTables(expected, actual)
}
