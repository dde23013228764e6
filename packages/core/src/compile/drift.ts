import type { Dialect } from '../dialect/dialect.ts'
import { isMigrateError } from '../errors/migrate-error.ts'
import { tableKey, triggerKey } from '../model/edit.ts'
import { schemaDifferences } from '../model/schema-differences.ts'
import type { PolicyModel, SchemaModel, TableModel, TriggerModel, ViewModel } from '../model/schema-model.ts'
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
  /** Policies whose roles are not compared. */
  readonly ofSessions: ReadonlySet<string>
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

/** The server stores the role that each of these names in the session that creates the policy: no later session can say which. */
const sessionRoles: ReadonlySet<string> = new Set(['current_user', 'session_user', 'current_role'])

const policyKey = (table: TableModel, policy: PolicyModel): string => `${tableKey(table.ref)}/${policy.name}`

/** The policies whose roles depend on the session that created them. */
function policiesOfSessions({ tables }: SchemaModel): ReadonlySet<string> {
  return new Set(
    [...tables.values()].flatMap((table) =>
      (table.policies ?? []).flatMap((policy) =>
        policy.to.some((role) => sessionRoles.has(role)) ? [policyKey(table, policy)] : [],
      ),
    ),
  )
}

/** A server that rewrites texts stores subqueries in its own words: that the expressions are there counts. */
function withBarePolicies(table: TableModel, ofSessions: ReadonlySet<string>): TableModel {
  if (table.policies === undefined) return table
  const policies = table.policies.map(({ using, withCheck, ...policy }) => ({
    ...policy,
    to: ofSessions.has(policyKey(table, policy)) ? ['public'] : policy.to,
    ...(using === undefined ? {} : { using: 'true' }),
    ...(withCheck === undefined ? {} : { withCheck: 'true' }),
  }))
  return { ...table, policies }
}

/**
 * The part of a model that the operations are about. Triggers of its tables go with them, so that they are there counts; what
 * they say counts where an operation names them.
 */
function partOf(dialect: Dialect, model: SchemaModel, { keys, objects, ofSessions }: ComparisonScope): SchemaModel {
  const tables = new Map<string, TableModel>()
  const rewritten = dialect.capabilities.storedTexts === 'rewritten'
  for (const [key, table] of model.tables) {
    if (keys.has(key)) tables.set(key, dialect.model.normalise(rewritten ? withBarePolicies(table, ofSessions) : table))
  }
  const views = new Map<string, ViewModel>()
  for (const [key, view] of model.views) {
    if (objects.views.has(key)) views.set(key, rewritten ? { ...view, definition: '' } : view)
  }
  const triggers = new Map<string, TriggerModel>()
  for (const [key, trigger] of model.triggers) {
    if (objects.triggers.has(key) && !rewritten) triggers.set(key, trigger)
    else if (objects.triggers.has(key) || keys.has(tableKey(trigger.table)))
      triggers.set(key, { ...trigger, definition: '' })
  }
  return { ...model, tables, views, triggers }
}

/**
 * What stands in the way of reverting an upgrade by its inverses: the live objects are not what it left. What it
 * left isn't recorded, but a downgrade and an upgrade must lead back to the current schema. If they do not, the schema was changed
 * since. Pure: nothing is run.
 */
export function driftSince(
  dialect: Dialect,
  live: SchemaModel,
  inverses: readonly Operation[],
  upgrade: readonly Operation[],
): readonly string[] {
  const operations = withEffects([...inverses, ...upgrade])
  const keys = new Set(namedTables(operations).map(tableKey))
  const objects = namedObjects(operations)
  let model = live
  try {
    for (const operation of [...inverses, ...upgrade]) model = dialect.model.apply(model, operation)
  } catch (error) {
    if (isMigrateError(error)) return [error.message]
    throw error
  }
  const scope: ComparisonScope = { keys, objects, ofSessions: policiesOfSessions(model) }
  return schemaDifferences(partOf(dialect, model, scope), partOf(dialect, live, scope))
}
