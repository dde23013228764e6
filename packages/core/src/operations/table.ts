import type { SchemaModel } from '../model/schema-model.ts'
import type { Irreversible, Operation, OperationKind, OperationTable, OperationTraits } from './operation.ts'
import { checkTraits } from './traits/checks.ts'
import { columnTraits } from './traits/columns.ts'
import { commentTraits } from './traits/comments.ts'
import { constraintTraits } from './traits/constraints.ts'
import { enumTraits } from './traits/enums.ts'
import { indexTraits } from './traits/indexes.ts'
import { moveTraits } from './traits/moves.ts'
import { opaqueTraits } from './traits/opaque.ts'
import { policyTraits } from './traits/policies.ts'
import { rowTraits } from './traits/rows.ts'
import { schemaTraits } from './traits/schemas.ts'
import { sequenceTraits } from './traits/sequences.ts'
import { tableTraits } from './traits/tables.ts'
import { triggerTraits } from './traits/triggers.ts'
import { viewTraits } from './traits/views.ts'

/** Every kind with its four answers; a kind without them does not compile. */
export const operationTable: OperationTable = {
  ...tableTraits,
  ...columnTraits,
  ...constraintTraits,
  ...indexTraits,
  ...schemaTraits,
  ...enumTraits,
  ...moveTraits,
  ...viewTraits,
  ...triggerTraits,
  ...policyTraits,
  ...sequenceTraits,
  ...commentTraits,
  ...rowTraits,
  ...checkTraits,
  ...opaqueTraits({ apply, invert, touches }),
}

/** The traits of an operation's own kind. TypeScript does not see that they belong together, so this one place says it. */
function traitsOf(operation: Operation): OperationTraits<OperationKind> {
  return operationTable[operation.kind] as unknown as OperationTraits<OperationKind>
}

/**
 * The schema after an operation. Pure.
 *
 * Throws OBJECT_MISSING, OBJECT_EXISTS, DEPENDENT_OBJECTS, INVALID_OPERATION or INVALID_NAME where there is none. A guard
 * (`ifExists`, `ifNotExists`) that finds nothing to do leaves the schema as it is.
 *
 * ```ts
 * const after = apply(before, { kind: 'renameColumn', table: { name: 'users' }, column: 'mail', to: 'email' })
 * ```
 */
export function apply(before: SchemaModel, operation: Operation): SchemaModel {
  return traitsOf(operation).apply(before, operation)
}

/**
 * The operations that lead back to `before`, in the order to run them; empty where the operation changes nothing. Where
 * there are none, `{ irreversible: true, why }`.
 */
export function invert(before: SchemaModel, operation: Operation): readonly Operation[] | Irreversible {
  return traitsOf(operation).invert(before, operation)
}

/** The footprints of an operation: paths such as `table:users/column:email`. */
export function touches(operation: Operation): readonly string[] {
  return traitsOf(operation).touches(operation)
}

/** One line for people: `add column users.email`. */
export function describe(operation: Operation): string {
  // Texts of the author (checks, enum values) may have several lines.
  return traitsOf(operation).describe(operation).replaceAll(/\s+/g, ' ')
}
