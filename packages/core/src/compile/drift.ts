import type { Dialect } from '../dialect/dialect.ts'
import { isMigrateError } from '../errors/migrate-error.ts'
import { schemaDifferences } from '../model/differences.ts'
import { tableKey } from '../model/edit.ts'
import type { SchemaModel, TableModel } from '../model/schema-model.ts'
import type { Operation } from '../operations/operation.ts'
import { tablesNamed } from './tables-named.ts'

function normalised(dialect: Dialect, model: SchemaModel, keys: ReadonlySet<string>): SchemaModel {
  const tables = new Map<string, TableModel>()
  for (const [key, table] of model.tables) if (keys.has(key)) tables.set(key, dialect.normalise(table))
  return { ...model, tables, views: new Map(), triggers: new Map() }
}

/**
 * What stands in the way of reverting an upgrade by its inverses: the live objects are not what it left. Nobody recorded
 * what it left, but going back and forward again must come out where we are; where it does not, somebody changed something
 * since. Pure: nothing is run.
 */
export function driftSince(
  dialect: Dialect,
  live: SchemaModel,
  inverses: readonly Operation[],
  upgrade: readonly Operation[],
): readonly string[] {
  const keys = new Set(tablesNamed([...inverses, ...upgrade]).map(tableKey))
  let model = live
  try {
    for (const operation of [...inverses, ...upgrade]) model = dialect.advance(model, operation)
  } catch (error) {
    if (isMigrateError(error)) return [error.message]
    throw error
  }
  return schemaDifferences(normalised(dialect, model, keys), normalised(dialect, live, keys))
}
