import { setTimeout as sleep } from 'node:timers/promises'
import { isDeepStrictEqual } from 'node:util'
import { endsPart } from '../compile/parts.ts'
import type { Plan, TierHeads } from '../compile/plan.ts'
import type { Session } from '../dialect/session.ts'
import { MigrateError } from '../errors/migrate-error.ts'
import type { RevisionHeader } from '../graph/revision.ts'
import { compareIds } from '../graph/vertex.ts'
import { deepFreeze } from '../model/canonical.ts'
import { emptySchema } from '../model/edit.ts'
import type { SchemaModel, TableRef } from '../model/schema-model.ts'
import { readMissingHeader } from './bookkeeping/history.ts'
import type { ForecastSteps } from './forecast.ts'
import { type OpenStep, revertOf } from './journal/entries.ts'
import { type Look, look } from './look.ts'
import type { PlanOptions, RunOptions } from './migrator-types.ts'
import { planOpen } from './open-route.ts'
import type { Settled } from './options.ts'
import { absentTables, refuseObstacles } from './own-tables.ts'
import type { PreparedStep } from './prepare.ts'
import { type Gaps, planRoute, type Route, type TierGraph, tierGraphs } from './route.ts'
import { refuseUnversioned } from './unversioned.ts'

/** What was read of the database, all of it from one moment. */
interface Seen {
  readonly look: Look
  readonly route: Route
  readonly steps: readonly PreparedStep[]
  /** The tables that the steps name, as they stand. */
  readonly live: SchemaModel
  readonly token: string | undefined
  introspect(session: Session): Promise<SchemaModel>
}

/** A plan with what running it needs besides: functions, the schema that was seen, how to see it again. */
export interface Planned extends Seen {
  readonly plan: Plan
  /** By step: opaque SQL of an earlier one may have changed what it stands on. */
  readonly uncertain: readonly boolean[]
}

export function refuseForeign(found: Look): void {
  const { foreign } = found
  if (foreign === undefined) return
  throw new MigrateError(
    'FOREIGN_HISTORY',
    { table: foreign.table, stamp: foreign.stamp, differences: foreign.differences },
    foreign.message,
    foreign.remedy === undefined ? {} : { remedy: foreign.remedy },
  )
}

/** Throws TIER_UNKNOWN for an optional tier that the database was begun without. */
export function refuseWithout({ without, applied }: Look, tier: string | undefined): void {
  if (tier === undefined || !without.has(tier)) return
  const tiers = [...applied.keys()].filter((name) => !without.has(name))
  const message = `The history of this database began without tier ${tier}: its steps never run here.`
  throw new MigrateError('TIER_UNKNOWN', { tier, tiers }, message, { remedy: 'Run the command without --tier.' })
}

export function readTierGraphs(
  settled: Settled,
  session: Session,
  found: Look,
  gaps?: Gaps,
): Promise<readonly TierGraph[]> {
  const hasHistory = found.present.has(settled.names.history)
  const missing = async (tier: string, revision: string): Promise<RevisionHeader | undefined> =>
    hasHistory ? readMissingHeader(settled.dialect, settled.names, session, tier, revision) : undefined
  return tierGraphs(settled, found, missing, gaps)
}

/** For a sequential tier people want to see where it stands, not every name. */
export function headsOf(each: TierGraph, applied: readonly string[]): TierHeads {
  const last = [...applied].sort().at(-1)
  const heads = each.tier.kind === 'graph' ? applied : last === undefined ? [] : [last]
  return { tier: each.tier.name, heads }
}

function headsAfter(route: Route): readonly TierHeads[] {
  return route.tiers.map((each) => {
    const applied = new Set(each.applied)
    for (const { tier, step } of route.steps) {
      if (tier !== each) continue
      for (const head of step.removed) applied.delete(head)
      for (const head of step.added) applied.add(head)
    }
    return headsOf(each, [...applied].sort(compareIds))
  })
}

interface Prepared {
  readonly steps: readonly PreparedStep[]
  readonly named: readonly TableRef[]
}

async function prepare(settled: Settled, session: Session, found: Look, route: Route): Promise<Prepared> {
  if (route.steps.length === 0) return { steps: [], named: [] }
  const [{ prepareStep }, { tablesOf }, { readEffective }] = await Promise.all([
    import('./prepare.ts'),
    import('./forecast.ts'),
    import('./bookkeeping/effective.ts'),
  ])
  const { dialect, names } = settled
  const hasHistory = found.present.has(names.history)
  const effective = async (tier: string, revision: string) =>
    hasHistory ? readEffective(dialect, names, session, tier, revision) : undefined
  const steps: PreparedStep[] = []
  const context = {
    dialect,
    preserves: settled.preserve.upgrades,
    tiers: route.tiers,
    effective,
    replays: new Map<string, SchemaModel>(),
  }
  for (const step of route.steps) steps.push(await prepareStep(context, step))
  return { steps, named: tablesOf(steps) }
}

async function forecast(settled: Settled, session: Session, seen: Seen, options: PlanOptions): Promise<ForecastSteps> {
  if (seen.steps.length === 0) return { planned: [], uncertain: [] }
  const { forecastSteps } = await import('./forecast.ts')
  return forecastSteps(settled, session, seen, options)
}

async function see(
  settled: Settled,
  session: Session,
  target: string | undefined,
  options: Planning,
): Promise<Seen | 'begun' | undefined> {
  const { dialect } = settled
  const token = await session.schemaToken?.()
  const found = await look(settled, session)
  refuseForeign(found)
  refuseWithout(found, options.tier)
  await refuseUnversioned(settled, session, found)
  if (options.unlessBegun && found.open.length > 0) return 'begun'
  const tiers = await readTierGraphs(settled, session, found, 'fill')
  const open = options.revert === true ? found.open.map(revertOf) : found.open
  const route = options.onlyBegun ? planOpen(tiers, open) : planRoute(tiers, target, options)
  const { steps, named } = await prepare(settled, session, found, route)
  if (steps.length > 0) await refuseObstacles(dialect, session, absentTables(settled, found.present))
  const introspect = (of: Session): Promise<SchemaModel> =>
    steps.length === 0
      ? Promise.resolve(emptySchema)
      : dialect.introspect(of, { tables: named, referrers: true, whole: true })
  const live = await introspect(session)
  const begun = open.filter(({ parts }) => parts.length > 0)
  const due = begun.length === 0 ? steps : await resumeSteps(settled, session, begun, live, steps, options.assume)
  // The heads and the tables are read one after the other: where another run changed the schema in between, they are of two
  // moments, and nothing may be concluded from them.
  if ((await session.schemaToken?.()) !== token) return undefined
  return { look: found, route, steps: due, live, token, introspect }
}

async function resumeSteps(
  settled: Settled,
  session: Session,
  open: readonly OpenStep[],
  live: SchemaModel,
  steps: readonly PreparedStep[],
  assume: RunOptions['assume'],
): Promise<readonly PreparedStep[]> {
  const [{ resumeSteps: resumed }, { schemaFingerprint }] = await Promise.all([
    import('./journal/resume-steps.ts'),
    import('./journal/fingerprint.ts'),
  ])
  const asked = open.some(({ parts }) => parts.some((part) => part.state === 'begun' && part.fingerprint !== undefined))
  const findings = {
    ...(asked ? { fingerprint: await schemaFingerprint(settled, session) } : {}),
    ...(assume === undefined ? {} : { assume }),
  }
  return resumed(settled.dialect, live, steps, open, findings)
}

/** Options of a plan, and those of the run that it is made for. */
export interface Planning extends PlanOptions, Pick<RunOptions, 'assume'> {
  /** Without the lock a step that is open may be one that another run is in the middle of: nothing is concluded of it. */
  readonly unlessBegun?: boolean
  /** What stands half-way is finished, and nothing else. */
  readonly onlyBegun?: boolean
  /** With `onlyBegun`: in the other direction. */
  readonly revert?: boolean
}

const lookAgainMs = 10

/**
 * Looks and plans. Nothing is written, no table is made; everything that can be refused is refused here. Not what another run
 * has brought about that went on between the look at the history and the one at the tables: where it has, both are looked at
 * again.
 */
export async function makePlan(
  settled: Settled,
  session: Session,
  target: string | undefined,
  options: Planning,
): Promise<Planned> {
  const planned = await planUnlessBegun(settled, session, target, { ...options, unlessBegun: false })
  if (planned !== undefined) return planned
  throw new MigrateError('INTERNAL', { where: 'makePlan' }, 'A plan was put off that nobody wanted to put off.')
}

/** The same; with `unlessBegun` nothing where a step is open: then it is planned under the lock. */
export async function planUnlessBegun(
  settled: Settled,
  session: Session,
  target: string | undefined,
  options: Planning,
): Promise<Planned | undefined> {
  for (;;) {
    const seen = await see(settled, session, target, options)
    if (seen === 'begun') return undefined
    if (seen !== undefined) {
      try {
        return await planOf(settled, session, options, seen)
      } catch (error) {
        if (!session.isOpen || isDeepStrictEqual(await look(settled, session), seen.look)) throw error
      }
    }
    await sleep(lookAgainMs)
  }
}

async function planOf(settled: Settled, session: Session, options: PlanOptions, seen: Seen): Promise<Planned> {
  const { dialect } = settled
  const { route, look: found } = seen
  const { planned, uncertain } = await forecast(settled, session, seen, options)
  const outside = planned.some((step) =>
    step.operations.some((each) => each.statements.some((s) => s.transaction === 'outside')),
  )
  // What a step makes usable only by its commit, the steps behind it may use.
  const commits = planned.slice(0, -1).some((step) => step.operations.some(endsPart))
  const plan: Plan = deepFreeze({
    version: 1,
    dialect: dialect.name,
    database: dialect.database,
    tier: options.tier ?? settled.tiers.at(-1)?.name ?? '',
    target: route.target,
    direction: route.direction,
    from: route.tiers.map((each) => headsOf(each, each.applied)),
    to: headsAfter(route),
    transaction:
      outside || commits || planned.some((step) => step.parts !== undefined)
        ? 'revision'
        : (settled.transaction ?? (found.empty ? 'run' : 'revision')),
    steps: planned,
    warnings: route.warnings,
  })
  return { plan, uncertain, ...seen }
}

/** The plan as it stands under the lock: the same one where nothing has moved since it was made, else a new one. */
export async function planAgain(
  settled: Settled,
  session: Session,
  planned: Planned,
  options: Planning,
): Promise<Planned> {
  const [found, live] = await Promise.all([look(settled, session), planned.introspect(session)])
  if (isDeepStrictEqual(found, planned.look) && isDeepStrictEqual(live, planned.live)) return planned
  return makePlan(settled, session, planned.plan.target, { ...options, direction: planned.plan.direction })
}
