import type { Dialect } from '../dialect/dialect.ts'
import { isMigrateError } from '../errors/migrate-error.ts'
import { schemaDifferences } from '../model/differences.ts'
import { tableKey, triggerKey } from '../model/edit.ts'
import type { SchemaModel, TableModel, TriggerModel, ViewModel } from '../model/schema-model.ts'
import type { Operation } from '../operations/operation.ts'
import { tablesNamed, withEffects } from './tables-named.ts'

/** What operations name besides tables. */
interface NamedTexts {
  readonly views: ReadonlySet<string>
  readonly triggers: ReadonlySet<string>
}

function textsNamed(operations: readonly Operation[]): NamedTexts {
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

/** A server that rewrites texts stores the role that `current_user` names, and subqueries in its own words: that both are there counts. */
function withBarePolicies(table: TableModel): TableModel {
  if (table.policies === undefined) return table
  const policies = table.policies.map(({ using, withCheck, ...policy }) => ({
    ...policy,
    to: ['public'],
    ...(using === undefined ? {} : { using: 'true' }),
    ...(withCheck === undefined ? {} : { withCheck: 'true' }),
  }))
  return { ...table, policies }
}

/**
 * The part of a model that the operations are about. Triggers of its tables go with them, so that they are there counts; what
 * they say counts where an operation names them.
 */
function partOf(dialect: Dialect, model: SchemaModel, keys: ReadonlySet<string>, texts: NamedTexts): SchemaModel {
  const tables = new Map<string, TableModel>()
  const rewritten = dialect.capabilities.storedTexts === 'rewritten'
  for (const [key, table] of model.tables) {
    if (keys.has(key)) tables.set(key, dialect.normalise(rewritten ? withBarePolicies(table) : table))
  }
  const views = new Map<string, ViewModel>()
  for (const [key, view] of model.views) {
    if (texts.views.has(key)) views.set(key, rewritten ? { ...view, definition: '' } : view)
  }
  const triggers = new Map<string, TriggerModel>()
  for (const [key, trigger] of model.triggers) {
    if (texts.triggers.has(key) && !rewritten) triggers.set(key, trigger)
    else if (texts.triggers.has(key) || keys.has(tableKey(trigger.table)))
      triggers.set(key, { ...trigger, definition: '' })
  }
  return { ...model, tables, views, triggers }
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
  const operations = withEffects([...inverses, ...upgrade])
  const keys = new Set(tablesNamed(operations).map(tableKey))
  const texts = textsNamed(operations)
  let model = live
  try {
    for (const operation of [...inverses, ...upgrade]) model = dialect.advance(model, operation)
  } catch (error) {
    if (isMigrateError(error)) return [error.message]
    throw error
  }
  return schemaDifferences(partOf(dialect, model, keys, texts), partOf(dialect, live, keys, texts))
}
