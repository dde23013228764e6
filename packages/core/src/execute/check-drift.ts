import { driftSince } from '../compile/drift.ts'
import type { Dialect } from '../dialect/dialect.ts'
import { MigrateError } from '../errors/migrate-error.ts'
import type { SchemaModel } from '../model/schema-model.ts'
import type { PreparedStep } from './prepare.ts'

/** What stands in the way of going down by inverses. Throws DRIFT unless it is accepted. */
export function checkDrift(
  dialect: Dialect,
  model: SchemaModel,
  prepared: PreparedStep,
  accept: boolean,
): readonly string[] {
  if (prepared.undoes === undefined) return []
  const { revision } = prepared.route.header
  const upgrade = prepared.undoes.map((each) => each.operation)
  const inverses = prepared.operations.map((each) => each.operation)
  const differences = driftSince(dialect, model, inverses, upgrade)
  if (differences.length === 0 || accept) return differences
  const lines = differences.map((line) => `  - ${line}`).join('\n')
  const message = `What revision ${revision} made has been changed since:\n${lines}`
  throw new MigrateError('DRIFT', { revision, object: revision, differences }, message)
}
