import { inOwnSchema } from '../declare/own-schema.ts'
import type { Dialect } from '../dialect/dialect.ts'
import { isMigrateError } from '../errors/migrate-error.ts'
import { tableKey, triggerKey } from '../model/edit.ts'
import type { SchemaModel, TriggerModel } from '../model/schema-model.ts'
import type { Operation } from '../operations/operation.ts'
import { namedTables, withEffects } from './named-tables.ts'

/** What operations name besides tables. */
interface NamedObjects {
  readonly views: ReadonlySet<string>
  readonly triggers: ReadonlySet<string>
}

/** What of a model is compared. */
interface ComparisonScope {
  readonly keys: ReadonlySet<string>
  readonly objects: NamedObjects
}

function namedObjects(operations: readonly Operation[]): NamedObjects {
  const views = new Set<string>()
  const triggers = new Set<string>()
  for (const operation of operations) {
    if (operation.kind === 'createView' || operation.kind === 'replaceView') views.add(tableKey(operation.view.ref))
    else if (operation.kind === 'dropView' || operation.kind === 'renameView') views.add(tableKey(operation.view))
    else if (operation.kind === 'createTrigger')
      triggers.add(triggerKey(operation.trigger.table, operation.trigger.name))
    else if (operation.kind === 'dropTrigger') triggers.add(triggerKey(operation.table, operation.trigger))
    if (operation.kind === 'renameView') views.add(tableKey({ ...operation.view, name: operation.to }))
  }
  return { views, triggers }
}

/**
 * The part of a model that the operations are about. Triggers of its tables go with them, so that they are there counts; what
 * they say counts where an operation names them.
 */
function partOf(model: SchemaModel, { keys, objects }: ComparisonScope): SchemaModel {
  const triggers = new Map<string, TriggerModel>()
  for (const [key, trigger] of model.triggers) {
    if (objects.triggers.has(key)) triggers.set(key, trigger)
    else if (keys.has(tableKey(trigger.table))) triggers.set(key, { ...trigger, definition: '' })
  }
  return {
    ...model,
    tables: new Map([...model.tables].filter(([key]) => keys.has(key))),
    views: new Map([...model.views].filter(([key]) => objects.views.has(key))),
    triggers,
  }
}

/** What operations are about, as a downgrade and an upgrade would leave it and as it is; or why it can't be reverted. */
type RoundTrip = { readonly expected: SchemaModel; readonly actual: SchemaModel } | { readonly refused: string }

/**
 * Whether an upgrade can be reverted by its inverses: the live objects are what it left. What it left isn't recorded, but a downgrade and
 * an upgrade must lead back to the current schema. If they do not, the schema was changed since. Pure: nothing is run. Throws
 * DEPENDENT_OBJECTS.
 */
export function roundTrip(
  dialect: Dialect,
  live: SchemaModel,
  inverses: readonly Operation[],
  upgrade: readonly Operation[],
): RoundTrip {
  const operations = withEffects([...inverses, ...upgrade])
  const keys = new Set(namedTables(operations).map(tableKey))
  const objects = namedObjects(operations)
  let model = live
  try {
    for (const operation of [...inverses, ...upgrade]) model = dialect.model.apply(model, operation)
  } catch (error) {
    // What depends on an object is no change of it, and is there whether drift is accepted or not.
    if (isMigrateError(error) && !isMigrateError(error, 'DEPENDENT_OBJECTS')) return { refused: error.message }
    throw error
  }
  const part = (of: SchemaModel): SchemaModel => inOwnSchema(partOf(of, { keys, objects }), dialect.model.ownSchema)
  return { expected: part(model), actual: part(live) }
}
