import type { PlannedRestore } from '../compile/plan.ts'
import { baseText } from '../data-steps/preserved/base-text.ts'
import { eachGroup, type PreservedGroup } from '../data-steps/preserved/groups.ts'
import { judgeBases } from '../data-steps/preserved/restore/hold-changed.ts'
import { downgradeStep, type PreservedStore } from '../data-steps/preserved/store.ts'
import type { Session } from '../dialect/session.ts'
import { describedSession } from '../history/described-session.ts'
import { isMovedByScript } from '../history/moved-by-script.ts'
import { createYield } from '../lock/create-yield.ts'
import { operationsOf } from '../operations/recording.ts'
import type { ResolvedOptions } from '../options/resolve-options.ts'
import type { ExecutableStep } from './prepare.ts'

/**
 * Counts what an upgrade would restore. Only the first step of a plan stands on the tables as they are now; what a later one restores
 * depends on those before it.
 */
export async function plannedRestore(
  { dialect, names }: ResolvedOptions,
  session: Session,
  store: PreservedStore,
  { route, operations, resumed }: ExecutableStep,
  at: number,
): Promise<PlannedRestore | undefined> {
  const labelledSession = describedSession(dialect, session, 'counting preserved values')
  if (!store.exists) return undefined
  const preserved = store.through(labelledSession)
  const owner = { tier: route.tier.tier.name, revision: route.step.revision }
  let [values, undecided, superseded] = [0, 0, 0]
  const count = ({ entries }: PreservedGroup): void => {
    values += entries.length
    undecided += entries.filter(({ base }) => base?.startsWith(baseText.replay(''))).length
  }
  if (!(await preserved.hasValues(owner, { step: downgradeStep }))) return undefined
  const isOutdated = resumed === undefined && (await isMovedByScript({ dialect, names }, labelledSession, owner))
  if (at > 0 || isOutdated) {
    await eachGroup({ preserved, owner }, async (group) => count(group))
    return isOutdated ? { values, superseded: values } : { values }
  }
  const yieldNow = createYield()
  const upgrade = operationsOf(operations)
  await judgeBases(
    { dialect, session: labelledSession, preserved, owner, upgrade, breathe: () => yieldNow() },
    async (held, group) => {
      count(group)
      superseded += held.length
    },
    (proven) => {
      values += proven
    },
  )
  return values === 0 ? undefined : { values, superseded, ...(undecided === 0 ? {} : { undecided }) }
}
