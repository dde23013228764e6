import { requireArguments } from '../errors/option-check.ts'
import { isSchemaModel } from '../model/model-check.ts'
import type { SchemaModel } from '../model/schema-model.ts'
import { isOperation } from './argument-checks.ts'
import type { Irreversible, Operation } from './operation.ts'
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
