import { downgradeStep, type PreservedStore } from '../data-steps/preserved/store.ts'
import type { Dialect } from '../dialect/dialect.ts'
import type { Session } from '../dialect/session.ts'
import { refOfKey, refText, tableKey } from '../model/edit.ts'
import { preservingLabel } from '../operations/preserved-label.ts'
import type { ExecutableStep } from './prepare.ts'

/** Of a plan: the triggers that will run when the step restores values, where the server cannot switch them off. */
export async function triggerNotes(
  dialect: Dialect,
  session: Session,
  preserved: PreservedStore,
  { route, operations, upgraded = [] }: ExecutableStep,
): Promise<readonly string[]> {
  if (dialect.rows?.silenceTriggers !== undefined || !preserved.exists) return []
  const owner = { tier: route.tier.tier.name, revision: route.step.revision }
  const restoring = operations.flatMap(({ operation }) =>
    operation.kind === 'run' && operation.direction === 'down' && operation.down === 'restore' ? [operation.label] : [],
  )
  // What an operation of the upgrade preserved comes back with a written downgrade, too.
  const labels = upgraded.flatMap((operation) => preservingLabel(operation) ?? [])
  const steps = route.step.direction === 'up' ? [downgradeStep] : new Set([...restoring, ...labels])
  const keys = new Set<string>()
  for (const step of steps) for (const key of await preserved.tables(owner, step)) keys.add(key)
  if (keys.size === 0) return []
  const { triggers } = await dialect.introspection.schema(session, { tables: [...keys].map(refOfKey) })
  return [...keys].flatMap((key) => {
    const names = [...triggers.values()].flatMap(({ name, table }) => (tableKey(table) === key ? [name] : []))
    return names.length === 0
      ? []
      : [`restoring values of ${refText(refOfKey(key))} runs its triggers: ${names.join(', ')}`]
  })
}
