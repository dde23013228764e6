import type { ServerSession } from '../dialect/dialect.ts'
import type { Session } from '../dialect/session.ts'
import { isText, requireArgument } from '../errors/option-check.ts'
import { type BookkeepingInspection, inspectBookkeeping } from '../history/inspect-bookkeeping.ts'
import { readingAhead } from '../history/read-ahead.ts'
import type { Readiness } from '../options/ensure-options.ts'
import type { MigratorStatus, TierPosition } from '../options/migrator-options.ts'
import type { UnloadedOptions } from '../options/resolve-options.ts'
import { findEdited, findMoved, readRecorded, unrecordedWarning } from '../planning/edited-revisions.ts'
import { hasFileOf } from '../planning/journal/interrupted-revision.ts'
import { headsOf, readTierGraphs, refuseForeign } from '../planning/plan-route.ts'
import { readPosition } from '../planning/readiness.ts'
import { refuseWithout } from '../planning/refuse-without.ts'
import { selectTier } from '../planning/route.ts'
import { rulesOf } from '../planning/tier-rules.ts'
import { findUnversioned, unversionedRemedy, unversionedText } from '../planning/unversioned-tiers.ts'
import { contextOf } from './context.ts'
import type { Migrator } from './types.ts'

/** Where the database stands, read without a lock and without writing. */
export async function readState(resolved: UnloadedOptions, own: ServerSession): Promise<MigratorStatus> {
  const session = readingAhead(own, true)
  const { inspection, graphs, state, ...position } = await readPosition(resolved, session, 'fill')
  const { reportLock } = await import('../history/lock-report.ts')
  // At once: on a server that takes them so they are one round trip.
  const [{ database: _database, ...lock }, recorded, unversioned, preserved] = await Promise.all([
    reportLock(resolved, session, inspection),
    readRecorded(resolved, session, inspection),
    findUnversioned(resolved, session, inspection),
    countPreserved(resolved, session, inspection),
  ])
  return {
    ...position,
    state,
    ...(inspection.foreign === undefined
      ? {}
      : { foreign: { table: inspection.foreign.table, stamp: inspection.foreign.stamp } }),
    database: resolved.dialect.connection.database,
    ...(own.isNew === true ? { isMissing: true } : {}),
    edited: await findEdited(resolved, graphs, recorded.hashes),
    warnings: [
      ...(await findMoved(resolved, session, graphs, recorded.hashes)).map(({ message }) => message),
      ...(await unrecordedWarning(resolved, graphs, recorded)),
      ...unversioned.map((each) => `${unversionedText(each)} ${unversionedRemedy}`),
    ],
    interrupted: inspection.interrupted.map(({ tier, revision, direction, startedAt }) => ({
      tier,
      revision,
      direction,
      startedAt,
      hasFile: hasFileOf(graphs, { tier, revision }),
    })),
    ...pushedAt(inspection),
    lock,
    ...preserved,
  }
}

function pushedAt({ pushed }: BookkeepingInspection): Pick<MigratorStatus, 'pushedAt' | 'interruptedLoadAt'> {
  if (pushed === undefined) return {}
  return pushed.isLoad ? { interruptedLoadAt: pushed.at } : { pushedAt: pushed.at }
}

/** Most databases have no table of preserved values: its part is loaded for those that have. */
async function countPreserved(
  resolved: UnloadedOptions,
  session: Session,
  { present }: BookkeepingInspection,
): Promise<Pick<MigratorStatus, 'preserved' | 'superseded'>> {
  if (!present.has(resolved.names.preserved)) return { preserved: 0, superseded: 0 }
  const records = await import('./records.ts')
  return records.countPreserved(resolved, session, present)
}

/** The part of it that a health route needs. */
export async function readReadiness(resolved: UnloadedOptions, session: ServerSession): Promise<Readiness> {
  const { state, revision, pending } = await readPosition(resolved, readingAhead(session))
  return { state, revision, pending }
}

/**
 * The graph of one tier with where the database is in it; default: the last tier. Nothing is written, no file imported; a revision that
 * is applied and whose file is missing is no error here. Throws INVALID_OPTION, TIER_UNKNOWN, FOREIGN_HISTORY, and what opening throws.
 */
export async function readTierPosition(migrator: Migrator, tier?: string): Promise<TierPosition> {
  const { withReadOnlySession } = contextOf('readTierPosition', migrator)
  if (tier !== undefined) requireArgument('readTierPosition', 'tier', tier, isText)
  return withReadOnlySession((session, here) => positionOf(here, session, tier))
}

async function positionOf(
  resolved: UnloadedOptions,
  session: Session,
  name: string | undefined,
): Promise<TierPosition> {
  const inspection = await inspectBookkeeping(resolved, session)
  refuseWithout(inspection, name)
  // What of our revisions is applied can't be said: "none" would be as wrong as any other answer.
  refuseForeign(inspection)
  const graphs = await readTierGraphs(resolved, session, inspection, 'fill')
  const each = selectTier(graphs, name)
  const { heads } = headsOf(each, each.applied)
  return {
    tier: each.tier.name,
    database: resolved.dialect.connection.database,
    graph: each.graph,
    heads,
    applied: rulesOf(each).applied(each),
    missing: rulesOf(each).missing(each),
    ...pushedAt(inspection),
  }
}
