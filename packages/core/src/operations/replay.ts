import { isMigrateError, locate } from '../errors/migrate-error.ts'
import type { SchemaModel } from '../model/schema-model.ts'
import type { Operation } from './operation.ts'
import { apply, describe } from './table.ts'

/**
 * The schema after a list of operations. `applyToModel` is the dialect's, where the texts that a server keeps matter.
 * Throws what `apply` throws, with the operation in its location.
 *
 * ```ts
 * const { operations } = record({ revision: '4f2a91c07b3e', dialect: 'sqlite', build: upgrade })
 * const head = replay(emptySchema, operations.map(({ operation }) => operation))
 * ```
 */
export function replay(
  model: SchemaModel,
  operations: readonly Operation[],
  applyToModel: (before: SchemaModel, operation: Operation) => SchemaModel = apply,
): SchemaModel {
  let current = model
  for (const operation of operations) {
    try {
      current = applyToModel(current, operation)
    } catch (error) {
      throw isMigrateError(error) ? locate(error, { operation: describe(operation) }) : error
    }
  }
  return current
}
