import { historyRow } from '../bookkeeping/history-row.ts'
import type { InterruptedStep } from '../bookkeeping/journal-entries.ts'
import { historyTable } from '../bookkeeping/tables.ts'
import type { Session } from '../dialect/session.ts'
import { MigrateError } from '../errors/migrate-error.ts'
import type { StampPlan } from '../graph/selection/plan.ts'
import { movedByStamp, planStamp } from '../graph/selection/plan-stamp.ts'
import { stampRange } from '../graph/selection/stamp-range.ts'
import { resolveTargets } from '../graph/target.ts'
import { describedSession } from '../history/described-session.ts'
import { type BookkeepingInspection, inspectBookkeeping } from '../history/inspect-bookkeeping.ts'
import { inTransaction } from '../history/with-session.ts'
import { stampLock } from '../lock/fence.ts'
import type { Hold } from '../lock/hold.ts'
import type { StampOptions } from '../options/migrator-options.ts'
import type { ResolvedOptions } from '../options/resolve-options.ts'
import { hasFileOf, interruptedError } from '../planning/journal/interrupted-revision.ts'
import { readTierGraphs, refuseForeign } from '../planning/plan-route.ts'
import { recordingHash, recordUpgrade } from '../planning/recording/record-file.ts'
import { ensureTables, entryOf } from '../planning/recording/record-step.ts'
import { refuseUnknown, type TierGraph } from '../planning/route.ts'
import type { callStampHook } from './hooks/stamp-hook.ts'
import { forgetPushes } from './push/forget-pushes.ts'

interface StampRequest extends Pick<StampOptions, 'tier' | 'purge' | 'acceptEdit'> {
  /** Revisions, one of which may say with `from:to` where the database has to stand. */
  readonly targets: readonly string[]
}

interface StampResult {
  readonly heads: readonly string[]
  /** Steps whose journal was deleted, with `purge`. */
  readonly interrupted: readonly InterruptedStep[]
  /** The values that no step restores any more, by their revision. */
  readonly left: ReadonlyMap<string, number>
}

function addressedTier(tiers: readonly TierGraph[], name: string | undefined): TierGraph {
  const addressed = name === undefined ? tiers.at(-1) : tiers.find((each) => each.tier.name === name)
  if (addressed?.tier.kind === 'graph') return addressed
  const why = name === undefined ? 'there is no graph tier' : `${name} is not a graph tier`
  throw new MigrateError('INVALID_OPTION', { option: 'tier', why }, `Only the graph tier can be stamped: ${why}.`)
}

interface StampPreparation extends Pick<BookkeepingInspection, 'without'> {
  readonly each: TierGraph
  readonly present: Set<string>
  readonly plan: StampPlan | undefined
  readonly revisions: readonly string[]
  /** Steps whose journal is deleted. */
  readonly interrupted: readonly InterruptedStep[]
}

/** Throws what a stamp is refused for. */
export async function prepareStamp(
  resolved: ResolvedOptions,
  session: Session,
  request: StampRequest,
): Promise<StampPreparation> {
  const purge = request.purge === true
  const inspection = await inspectBookkeeping(resolved, session, purge ? { unreadable: 'skip' } : {})
  refuseForeign(inspection)
  const each = addressedTier(
    await readTierGraphs(resolved, session, inspection, 'refuse', { readAll: true }),
    request.tier,
  )
  // A stamp deletes the journal of its tier: an interrupted revision would pass for applied, or for pending.
  const interrupted = request.acceptEdit ? [] : inspection.interrupted.filter(({ tier }) => tier === each.tier.name)
  const [first] = interrupted
  if (first !== undefined && !purge) throw interruptedError(first, hasFileOf([each], first))
  const undescribed = each.unknown.filter((revision) => !each.graph.has(revision))
  if (undescribed.length > 0 && !purge) refuseUnknown({ ...each, unknown: undescribed })
  const { without } = inspection
  const present = new Set(inspection.present)
  if (request.acceptEdit) {
    return {
      each,
      present,
      without,
      plan: undefined,
      interrupted,
      revisions: request.targets.flatMap((target) => appliedRevisions(each, target)),
    }
  }
  const plan = planStamp(each.graph, each.applied, stampRange(each.graph, each.applied, request.targets), { purge })
  return { each, present, without, plan, interrupted, revisions: plan.to }
}

/** What a target names has to be applied, all of it. */
function appliedRevisions({ graph, applied }: TierGraph, target: string): readonly string[] {
  const revisions = resolveTargets(graph, target, { current: applied.filter((id) => graph.has(id)) })
  const below = graph.ancestorsOf(applied.filter((id) => graph.has(id)))
  const missing = revisions.length === 0 ? target : revisions.find((revision) => !below.has(revision))
  if (missing === undefined) return revisions
  throw new MigrateError(
    'INVALID_DOWNGRADE_TARGET',
    { target, applied },
    `${missing === target ? `Revision ${target}` : `Revision ${missing}, which ${target} names,`} is not applied, so no edit of it can be accepted.`,
    { remedy: 'Run `migrate check` to see which applied revisions were edited, and name those.' },
  )
}

/** `stamp base` records nothing, so what it forgets is named. */
async function callHooks(
  stamping: Parameters<typeof callStampHook>[0],
  { tier, graph, applied }: TierGraph,
  { to }: StampPlan,
  purge: boolean,
): Promise<void> {
  if (stamping.resolved.hooks.afterRevision === undefined) return
  const { callStampHook } = await import('./hooks/stamp-hook.ts')
  const removed = applied.filter((head) => purge || !to.includes(head))
  const added = to.filter((head) => purge || !applied.includes(head))
  for (const revision of to.length === 0 ? removed : to) {
    const message = graph.has(revision) ? graph.get(revision).message : ''
    await callStampHook(stamping, { tier: tier.name, revision, message, removed, added })
  }
}

/** The revisions that are set aside with the stamp: those that it moves, and those that it purges. */
async function leaveMoved(
  resolved: ResolvedOptions,
  session: Session,
  { each: { tier, graph, applied }, present, plan, interrupted }: StampPreparation,
): Promise<ReadonlyMap<string, number>> {
  if (plan === undefined || !present.has(resolved.names.preserved)) return new Map()
  const { leaveRecorded } = await import('../data-steps/preserved/restore/leave.ts')
  const moved = movedByStamp(graph, applied, plan.to)
  const revisions = new Set([...moved, ...interrupted.map((step) => step.revision)])
  return leaveRecorded(resolved.dialect, session, resolved.names, { tier: tier.name, revisions })
}

/** Sets the recorded heads without running anything; or, with `acceptEdit`, records the present text of an applied file. */
export async function stamp(
  resolved: ResolvedOptions,
  session: Session,
  request: StampRequest,
  hold: Hold,
  signal: AbortSignal,
): Promise<StampResult> {
  const { dialect, names } = resolved
  if (dialect.capabilities.transactionalDdl === 'implicitCommit') {
    // Tables cannot be made in the transaction; what would be refused is refused before.
    const { each, present } = await prepareStamp(resolved, session, request)
    await ensureTables(dialect, session, present, [each.tier.store.table, historyTable(names)])
  }
  const fence = await hold.fence(undefined)
  return inTransaction(session, { waitMs: resolved.waitMs, signal }, async () => {
    await stampLock(session, fence)
    // From here on no other run can change the heads.
    const prepared = await prepareStamp(resolved, session, request)
    const { each, present, plan, revisions, interrupted } = prepared
    const own = describedSession(dialect, session, `stamping ${request.targets.join(', ')}`)
    await ensureTables(dialect, own, present, [each.tier.store.table, historyTable(names)])
    const left = await leaveMoved(resolved, own, prepared)
    const now = new Date()
    if (plan !== undefined) {
      const { store } = each.tier
      const target = new Set(plan.to)
      const current = request.purge === true ? [] : (each.squashed?.rows(each.applied) ?? each.applied)
      const removed = current.filter((head) => !target.has(head))
      const added = plan.to.filter((head) => !current.includes(head))
      const move = { revision: plan.to[0] ?? '', direction: 'up' as const, removed, added }
      // Rows that cannot be named, and those that are there twice, go with the rest.
      const statements = [...(request.purge === true ? [store.clear] : []), ...store.move(move, now.toISOString())]
      for (const { sql, params } of [...statements, forgetPushes(dialect, names)]) await own.execute(sql, params)
    }
    if (plan !== undefined && present.has(names.journal)) {
      const { deleteTier } = await import('../bookkeeping/journal-entries.ts')
      const { sql, params } = deleteTier(dialect, names, each.tier.name)
      await own.execute(sql, params)
    }
    for (const revision of revisions) {
      const done = {
        tier: each.tier.name,
        header: each.graph.get(revision),
        direction: request.acceptEdit ? 'edit' : 'stamp',
        operationsHash: recordingHash(await recordUpgrade(dialect, each, revision)),
        resolvedOperations: [],
        startedAt: now,
        finishedAt: now,
      } as const
      const { sql, params } = historyRow(dialect, names, entryOf(resolved, done, prepared.without))
      await own.execute(sql, params)
    }
    if (plan !== undefined)
      await callHooks({ resolved, session, state: { present }, fence, signal }, each, plan, request.purge === true)
    return { heads: plan?.to ?? each.applied, interrupted, left }
  })
}
