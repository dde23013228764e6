import { isMigrateError } from '@org/migrate-core'
import type { ServerSession } from '@org/migrate-core/dialect'
import { makePlan, pendingOf, type ResolvedOptions } from '@org/migrate-core/internal'
import { type DatabaseStatus, overlapping } from './database.ts'
import type { CheckFinding } from './types.ts'

const next =
  'See the numbers with `migrate plan`. `preserve: true` on the operation preserves what it takes away, for the downgrade.'

/**
 * What the pending revisions take away and do not preserve, as their plan tells it. A plan that cannot be made is what `upgrade` would
 * fail with.
 */
export async function lossFindings(
  resolved: ResolvedOptions,
  session: ServerSession,
  { graphs }: DatabaseStatus,
): Promise<readonly CheckFinding[]> {
  const hasNoOverlaps = graphs.every((each) => overlapping(each).length === 0)
  if (!hasNoOverlaps || graphs.every((each) => pendingOf(each).length === 0)) return []
  try {
    const { plan } = await makePlan(resolved, session, 'heads', { allowDataLoss: true })
    return plan.steps.flatMap(({ tier, revision, losses }): readonly CheckFinding[] => {
      const lost = losses.filter(({ preserved, rows }) => !preserved && rows !== 0)
      if (lost.length === 0) return []
      const objects = lost.map(({ object }) => object).join(', ')
      const what = `Revision ${revision}, which is pending, takes away what it does not preserve: ${objects}.`
      return [{ kind: 'loses values', level: 'information', tier, revisions: [revision], what, next, losses: lost }]
    })
  } catch (error) {
    if (!isMigrateError(error)) throw error
    const { revision, tier } = error.location ?? {}
    return [
      {
        kind: 'cannot be planned',
        level: 'problem',
        ...(tier === undefined ? {} : { tier }),
        revisions: revision === undefined ? [] : [revision],
        what: `The pending revisions cannot be planned: ${error.message}`,
        next: error.remedy,
      },
    ]
  }
}
