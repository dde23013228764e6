import type { Plan } from '../compile/plan.ts'
import type { ServerSession } from '../dialect/dialect.ts'
import { isMigrateError, MigrateError } from '../errors/migrate-error.ts'
import { reportLock } from '../history/lock-report.ts'
import { holderText } from '../lock/wait.ts'
import type { PlanOptions } from '../options/migrator-options.ts'
import type { ResolvedOptions } from '../options/resolve-options.ts'
import { findEdited, readRecorded, refuseEdited, refuseMoved } from './edited-revisions.ts'
import { makePlan } from './plan-route.ts'

/**
 * The plan as the database stands, without the lock. An interrupted revision may be one that another run is
 * executing: that is reported instead. Throws LOCKED, REVISION_MOVED, and EDITED_REVISION
 * with `strict`.
 */
export async function planNow(
  resolved: ResolvedOptions,
  session: ServerSession,
  target: string | undefined,
  options: PlanOptions,
): Promise<Plan> {
  try {
    const { plan, inspection, route } = await makePlan(resolved, session, target, options)
    const { hashes } = await readRecorded(resolved, session, inspection)
    await refuseMoved(resolved, session, route.tiers, hashes)
    if (options.strict === true) refuseEdited(await findEdited(resolved, route.tiers, hashes))
    return plan
  } catch (error) {
    if (!isMigrateError(error, 'REVISION_INTERRUPTED')) throw error
    const { held, holder = holderText({}), database } = await reportLock(resolved, session)
    if (!held) throw error
    const message = `Nothing can be planned while a run is in the middle of ${error.details.revision}: ${holder}.`
    throw new MigrateError('LOCKED', { database, waitedMs: 0, holder }, message, { cause: error })
  }
}
