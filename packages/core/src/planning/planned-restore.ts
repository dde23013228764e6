import type { PlannedRestore } from '../compile/plan.ts'
import { eachGroup } from '../data-steps/preserved/groups.ts'
import { baseText } from '../data-steps/preserved/record-bases.ts'
import { judgeBases } from '../data-steps/preserved/restore/hold-changed.ts'
import type { PreservedStore } from '../data-steps/preserved/store.ts'
import type { Dialect } from '../dialect/dialect.ts'
import type { Session } from '../dialect/session.ts'
import { describedSession } from '../history/described-session.ts'
import { createYield } from '../lock/create-yield.ts'
import type { ExecutableStep } from './prepare.ts'

/**
 * Counts what an upgrade would restore. Only the first step of a plan stands on the tables as they are now; what a later one restores
 * depends on those before it.
 */
export async function plannedRestore(
  dialect: Dialect,
  session: Session,
  store: PreservedStore,
  { route, operations }: ExecutableStep,
  at: number,
): Promise<PlannedRestore | undefined> {
  const labelledSession = describedSession(dialect, session, 'counting preserved values')
  if (!store.exists) return undefined
  const preserved = store.through(labelledSession)
  const owner = { tier: route.tier.tier.name, revision: route.step.revision }
  let [values, undecided] = [0, 0]
  await eachGroup(preserved, owner, async ({ entries }) => {
    values += entries.length
    undecided += entries.filter(({ base }) => base?.startsWith(baseText.replay(''))).length
  })
  if (values === 0) return undefined
  if (at > 0) return { values }
  let superseded = 0
  const yieldNow = createYield()
  const upgrade = operations.map(({ operation }) => operation)
  await judgeBases(
    { dialect, session: labelledSession, preserved, owner, upgrade, breathe: () => yieldNow() },
    async () => {
      superseded += 1
    },
  )
  return { values, superseded, ...(undecided === 0 ? {} : { undecided }) }
}
