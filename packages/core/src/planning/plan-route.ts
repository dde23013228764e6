import { setTimeout as sleep } from 'node:timers/promises'
import { isDeepStrictEqual } from 'node:util'
import { endsPart } from '../compile/parts.ts'
import type { Plan, TierHeads } from '../compile/plan.ts'
import type { UnloadedDialect } from '../dialect/dialect.ts'
import type { Session } from '../dialect/session.ts'
import { MigrateError } from '../errors/migrate-error.ts'
import type { HeaderOptions } from '../files/revision-source.ts'
import type { RevisionHeader } from '../graph/revision.ts'
import { compareIds } from '../graph/vertex.ts'
import { type BookkeepingInspection, inspectBookkeeping } from '../history/inspect-bookkeeping.ts'
import { absentTables } from '../history/own-tables.ts'
import { deepFreeze } from '../model/deep-freeze.ts'
import { emptySchema } from '../model/edit.ts'
import type { SchemaModel } from '../model/schema-model.ts'
import type { Row } from '../model/sql-value.ts'
import type { RunOptions } from '../options/migrator-options.ts'
import { loadParts, type UnloadedOptions } from '../options/resolve-options.ts'
import type { ForecastOptions, ForecastSteps } from './forecast.ts'
import { revertOf } from './journal/interrupted-revision.ts'
import type { ExecutableStep } from './prepare.ts'
import { refuseWithout } from './refuse-without.ts'
import { type Gaps, planRoute, type Route, type TierGraph, tierGraphs } from './route.ts'
import { rulesOf } from './tier-rules.ts'
import { refuseUnversioned } from './unversioned-tiers.ts'

/** What is due, before a revision is read: nothing of it is planned yet. */
export interface DueRoute {
  readonly state: 'due'
  readonly inspection: BookkeepingInspection
  readonly route: Route
}

/** What was read of the database, all of it from one moment. */
interface PlanSnapshot {
  readonly state: 'planned'
  readonly inspection: BookkeepingInspection
  readonly route: Route
  readonly steps: readonly ExecutableStep[]
  /** The tables that the steps name, as they stand. */
  readonly live: SchemaModel
  readonly token: string | undefined
  introspect(session: Session): Promise<SchemaModel>
}

/** A plan with what running it needs besides: functions, the schema that was seen, how to see it again. */
export interface ExecutablePlan extends PlanSnapshot, Pick<ForecastSteps, 'uncertain' | 'compiled'> {
  readonly plan: Plan
  /** The one that it was compiled for. */
  readonly dialect: UnloadedDialect
}

export function refuseForeign(inspection: BookkeepingInspection): void {
  const { foreign } = inspection
  if (foreign === undefined) return
  throw new MigrateError(
    'FOREIGN_HISTORY',
    { table: foreign.table, stamp: foreign.stamp, differences: foreign.differences },
    foreign.message,
    foreign.remedy === undefined ? {} : { remedy: foreign.remedy },
  )
}

export async function readTierGraphs(
  resolved: UnloadedOptions,
  session: Session,
  inspection: BookkeepingInspection,
  gaps?: Gaps,
  options?: HeaderOptions,
): Promise<readonly TierGraph[]> {
  const missing = async (tier: string, revision: string): Promise<RevisionHeader | undefined> =>
    (await import('../bookkeeping/missing-header.ts')).readMissingHeader(resolved, inspection, session, tier, revision)
  const tiers = await tierGraphs(resolved, inspection, missing, gaps, options)
  if (tiers.every(({ squashed }) => squashed === undefined)) return tiers
  return (await import('./squashed-tier.ts')).withUnrecorded(resolved, session, inspection, tiers)
}

export function headsOf(each: TierGraph, applied: readonly string[]): TierHeads {
  return { tier: each.tier.name, heads: rulesOf(each).position(applied) }
}

/** Where the tiers are when the steps have run. */
export function headsAfter(route: Route): readonly TierHeads[] {
  return route.tiers.map((each) => {
    const applied = new Set(each.applied)
    for (const { tier, step } of route.steps) {
      if (tier !== each) continue
      // The row of a squashed revision that is not recorded yet has another name.
      if (step.direction === 'down') applied.delete(step.revision)
      for (const head of step.removed) applied.delete(head)
      for (const head of step.added) applied.add(head)
    }
    return headsOf(each, [...applied].sort(compareIds))
  })
}

async function readSnapshot(
  resolved: UnloadedOptions,
  session: Session,
  target: string | undefined,
  options: PlanningOptions,
): Promise<PlanSnapshot | DueRoute | { readonly state: 'interrupted' } | undefined> {
  const { dialect } = resolved
  const token = await session.schemaToken?.()
  const inspection = await inspectBookkeeping(resolved, session)
  refuseForeign(inspection)
  refuseWithout(inspection, options.tier)
  const reading = options.reading?.(session, 'steps') ?? session
  await refuseUnversioned(resolved, reading, inspection)
  if (options.unlessInterrupted && inspection.interrupted.length > 0) return { state: 'interrupted' }
  const readAll = options.strict === true
  const tiers = await readTierGraphs(resolved, reading, inspection, 'fill', { readAll })
  const interrupted = options.revert === true ? inspection.interrupted.map(revertOf) : inspection.interrupted
  const selected = options.onlyInterrupted
    ? (await import('./interrupted-route.ts')).planInterrupted(tiers, interrupted)
    : target === 'last-run' && options.direction !== 'up'
      ? await (await import('./downgrade/last-run-route.ts')).routeOfLastRun(resolved, reading, tiers)
      : planRoute(tiers, target, options)
  const isDown = selected.direction === 'down' && !options.onlyInterrupted && selected.steps.length > 1
  const route = isDown
    ? await (await import('./downgrade/latest-first.ts')).latestFirst(resolved, reading, inspection, selected)
    : selected
  if (inspection.pushed !== undefined && route.direction === 'up') {
    const { refusePushed } = await import('./refuse-pushed.ts')
    refusePushed(inspection.pushed, dialect.connection.database, route.steps.length)
  }
  if (route.steps.length > 0 && options.unlessDue?.(inspection)) return { state: 'due', inspection, route }
  const { steps, request } =
    route.steps.length === 0
      ? { steps: [], request: {} }
      : await (await import('./prepare-route.ts')).prepareRoute(resolved, reading, inspection, route)
  const absent = steps.length > 0 ? absentTables(resolved, inspection.present) : []
  if (absent.length > 0) await (await import('../history/obstacles.ts')).refuseObstacles(dialect, reading, absent)
  const introspect = (of: Session): Promise<SchemaModel> =>
    steps.length === 0 ? Promise.resolve(emptySchema) : dialect.introspection.schema(of, { ...request, whole: true })
  const live = await introspect(session)
  const journaled = interrupted.filter(({ parts }) => parts.length > 0)
  const due =
    journaled.length === 0
      ? steps
      : await (await import('./journal/resume-steps.ts')).resumeSteps(
          await loadParts(resolved),
          session,
          { steps, live, interrupted: journaled },
          options.assume,
        )
  // The heads and the tables are read one after the other: where another run changed the schema in between, they are of two
  // moments, and nothing may be concluded from them.
  if ((await session.schemaToken?.()) !== token) return undefined
  return { state: 'planned', inspection, route, steps: due, live, token, introspect }
}

/** Options of a plan, and those of the run that it is made for. */
export interface PlanningOptions extends ForecastOptions, Pick<RunOptions, 'assume'> {
  /** Without the lock a step that is open may be one that another run is in the middle of: nothing is concluded of it. */
  readonly unlessInterrupted?: boolean
  /** Where it holds, steps that are due are only named: they are planned under the lock. */
  readonly unlessDue?: (inspection: BookkeepingInspection) => boolean
  /** Only interrupted revisions are finished. */
  readonly onlyInterrupted?: boolean
  /** With `onlyBegun`: in the other direction. */
  readonly revert?: boolean
  /** Plans are taken from databases in the same state. */
  readonly sharing?: PlanSharing
  /**
   * The session for what is read besides the bookkeeping and the tables: what decides over the steps, and what they do to the rows.
   * Default: the same one.
   */
  readonly reading?: (session: Session, of: 'steps' | 'rows') => Session
}

/** Plans that databases in one state share. */
export interface PlanSharing {
  /** Whether steps were due in one of them. */
  readonly isDue: boolean
  /** As `planUnlessDeferred`, with the plan of another database where that is the plan of this one. */
  readonly plan: typeof planUnlessDeferred
  /** What is concluded of the rows of a history, once for all databases that have the route and the rows. */
  ofHistory<T>(route: Route, rows: readonly Row[], conclude: () => Promise<T>): Promise<T>
}

const retryDelayMs = 10

/** Inspects and plans, and writes nothing. Where another run changed something between the reads of history and tables, both are read again. */
export async function makePlan(
  resolved: UnloadedOptions,
  session: Session,
  target: string | undefined,
  options: PlanningOptions,
): Promise<ExecutablePlan> {
  const planned = await planUnlessDeferred(resolved, session, target, { ...options, unlessInterrupted: false })
  if (planned?.state === 'planned') return planned
  throw new MigrateError('INTERNAL', { where: 'makePlan' }, 'A plan was deferred without a request to defer it.')
}

/**
 * The same. With `unlessInterrupted` undefined where a revision is interrupted, with `unlessDue` the route alone where steps are due:
 * then it is planned under the lock.
 */
export async function planUnlessDeferred(
  resolved: UnloadedOptions,
  session: Session,
  target: string | undefined,
  given: PlanningOptions,
): Promise<ExecutablePlan | DueRoute | undefined> {
  const { sharing, ...options } = given
  if (sharing !== undefined) return sharing.plan(resolved, session, target, options)
  for (;;) {
    const snapshot = await readSnapshot(resolved, session, target, options)
    if (snapshot?.state === 'interrupted') return undefined
    if (snapshot?.state === 'due') return snapshot
    const planned = snapshot && (await planUnlessMoved(resolved, session, options, snapshot))
    if (planned !== undefined) return planned
    await sleep(retryDelayMs)
  }
}

/** The plan of a snapshot. Undefined where that fails, and another run has moved the database meanwhile. */
export async function planUnlessMoved(
  resolved: UnloadedOptions,
  session: Session,
  options: PlanningOptions,
  snapshot: PlanSnapshot | ExecutablePlan,
): Promise<ExecutablePlan | undefined> {
  try {
    return await planOf(resolved, options.reading?.(session, 'rows') ?? session, options, snapshot)
  } catch (error) {
    if (!session.isOpen || isDeepStrictEqual(await inspectBookkeeping(resolved, session), snapshot.inspection))
      throw error
    return undefined
  }
}

/** Of a snapshot, or of the plan of another database whose steps and tables are the same: those are not compiled again. */
async function planOf(
  resolved: UnloadedOptions,
  session: Session,
  options: ForecastOptions,
  snapshot: PlanSnapshot | ExecutablePlan,
): Promise<ExecutablePlan> {
  const { dialect } = resolved
  const { route, inspection } = snapshot
  const { planned, uncertain, compiled }: ForecastSteps =
    snapshot.steps.length === 0
      ? { planned: [], uncertain: [], compiled: [] }
      : await (await import('./forecast.ts')).forecastSteps(await loadParts(resolved), session, snapshot, options)
  const hasNonTransactional = planned.some((step) =>
    step.operations.some((each) => each.statements.some((s) => s.transaction === 'none')),
  )
  // What a step makes usable only by its commit, the steps behind it may use.
  const commits = planned.slice(0, -1).some((step) => step.operations.some(endsPart))
  const isPerRevision = dialect.capabilities.statementList || hasNonTransactional || commits
  const plan: Plan = deepFreeze({
    version: 2,
    dialect: dialect.name,
    database: dialect.connection.database,
    tier: options.tier ?? resolved.tiers.at(-1)?.name ?? '',
    target: route.target,
    direction: route.direction,
    from: route.tiers.map((each) => headsOf(each, each.applied)),
    to: headsAfter(route),
    transaction:
      isPerRevision || planned.some((step) => step.parts !== undefined)
        ? 'revision'
        : (resolved.transaction ?? (inspection.empty ? 'run' : 'revision')),
    steps: planned,
    warnings: route.warnings,
  })
  return { ...snapshot, plan, uncertain, compiled, dialect: planned.length === 0 ? dialect : await dialect.load() }
}

/** The plan as it stands under the lock: the same one where nothing has moved since it was made, else a new one. */
export async function revalidatePlan(
  resolved: UnloadedOptions,
  session: Session,
  planned: ExecutablePlan,
  options: PlanningOptions,
): Promise<ExecutablePlan> {
  const [inspection, live] = await Promise.all([inspectBookkeeping(resolved, session), planned.introspect(session)])
  if (isDeepStrictEqual(inspection, planned.inspection) && isDeepStrictEqual(live, planned.live)) return planned
  return makePlan(resolved, session, planned.plan.target, { ...options, direction: planned.plan.direction })
}
