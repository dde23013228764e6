import { setTimeout as sleep } from 'node:timers/promises'
import { forecastStep } from '../compile/compile-step.ts'
import type { Plan, PlanStep, TierHeads } from '../compile/plan.ts'
import { tablesNamed } from '../compile/tables-named.ts'
import type { Session } from '../dialect/session.ts'
import { isMigrateError, locate, MigrateError } from '../errors/migrate-error.ts'
import type { RevisionHeader } from '../graph/revision.ts'
import { compareIds } from '../graph/vertex.ts'
import { deepFreeze } from '../model/canonical.ts'
import { emptySchema } from '../model/edit.ts'
import type { SchemaModel } from '../model/schema-model.ts'
import type { Operation } from '../operations/operation.ts'
import { readEffective, readMissingHeader } from './bookkeeping/history.ts'
import { checkDrift } from './check-drift.ts'
import { dropsOf } from './kept/drops.ts'
import { plannedLosses, refuseLosses } from './kept/losses.ts'
import { type Look, look } from './look.ts'
import type { PlanOptions } from './migrator-types.ts'
import type { Settled } from './options.ts'
import { type PreparedStep, prepareStep } from './prepare.ts'
import { planRoute, type Route, type TierGraph, tierGraphs } from './route.ts'

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

export function readTierGraphs(settled: Settled, session: Session, found: Look): Promise<readonly TierGraph[]> {
  const hasHistory = found.present.has(settled.names.history)
  const missing = async (tier: string, revision: string): Promise<RevisionHeader | undefined> =>
    hasHistory ? readMissingHeader(settled.dialect, settled.names, session, tier, revision) : undefined
  return tierGraphs(settled, found, missing)
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

function operationsOf(steps: readonly PreparedStep[]): readonly Operation[] {
  return steps.flatMap((step) => [
    ...step.operations.map((each) => each.operation),
    ...(step.undoes ?? []).map((each) => each.operation),
  ])
}

interface Forecast {
  readonly step: PlanStep
  readonly after: SchemaModel
}

async function forecast(
  settled: Settled,
  session: Session,
  prepared: PreparedStep,
  model: SchemaModel,
  live: SchemaModel,
  options: PlanOptions,
  earlier: readonly Operation[],
): Promise<Forecast> {
  const { dialect } = settled
  const { header, step, tier } = prepared.route
  const notes: string[] = []
  const drift = checkDrift(dialect, model, prepared, options.acceptDrift === true)
  if (drift.length > 0) notes.push(`accepted drift: ${drift.join('; ')}`)
  const compiled = forecastStep(dialect, model, prepared.operations)
  const drops = dropsOf(
    model,
    compiled.operations.map((each) => each.operation),
    prepared.recomputes,
  )
  const losses =
    step.direction === 'down' ? await plannedLosses(dialect, session, live, drops, settled.keep, earlier) : []
  const off = compiled.foreignKeys === undefined ? {} : { foreignKeys: compiled.foreignKeys }
  if (compiled.foreignKeys === 'off' && compiled.operations.some((each) => each.operation.kind === 'run')) {
    notes.push('its data steps run with foreign keys off; the end checks them')
  }
  return {
    step: {
      tier: tier.tier.name,
      revision: header.revision,
      message: header.message,
      source: header.source,
      direction: step.direction,
      removed: step.removed,
      added: step.added,
      operations: compiled.operations,
      ...off,
      losses,
      notes,
    },
    after: compiled.after,
  }
}

async function see(
  settled: Settled,
  session: Session,
  target: string,
  options: PlanOptions,
): Promise<Seen | undefined> {
  const { dialect } = settled
  const token = await session.schemaToken?.()
  const found = await look(settled, session)
  refuseForeign(found)
  const tiers = await readTierGraphs(settled, session, found)
  const route = planRoute(tiers, target, options)
  const hasHistory = found.present.has(settled.names.history)
  const effective = async (tier: string, revision: string) =>
    hasHistory ? readEffective(dialect, settled.names, session, tier, revision) : undefined
  const steps: PreparedStep[] = []
  for (const step of route.steps) steps.push(await prepareStep({ dialect, tiers, effective }, step))
  const named = tablesNamed(operationsOf(steps))
  const introspect = (of: Session): Promise<SchemaModel> =>
    steps.length === 0 ? Promise.resolve(emptySchema) : dialect.introspect(of, { tables: named, referrers: true })
  const live = await introspect(session)
  // The heads and the tables are read one after the other: where another run changed the schema in between, they are of two
  // moments, and nothing may be concluded from them.
  if ((await session.schemaToken?.()) !== token) return undefined
  return { look: found, route, steps, live, token, introspect }
}

const lookAgainMs = 10

/** Looks and plans. Nothing is written, no table is made; everything that can be refused is refused here. */
export async function makePlan(
  settled: Settled,
  session: Session,
  target: string,
  options: PlanOptions,
): Promise<Planned> {
  const { dialect } = settled
  let seen = await see(settled, session, target, options)
  while (seen === undefined) {
    await sleep(lookAgainMs)
    seen = await see(settled, session, target, options)
  }
  const { route, steps, live, look: found } = seen
  const planned: PlanStep[] = []
  const earlier: Operation[] = []
  let model = live
  for (const prepared of steps) {
    const { header, tier } = prepared.route
    try {
      const next = await forecast(settled, session, prepared, model, live, options, earlier)
      planned.push(next.step)
      earlier.push(...next.step.operations.flatMap((each) => (each.skipped === undefined ? [each.operation] : [])))
      model = next.after
    } catch (error) {
      if (!isMigrateError(error)) throw error
      throw locate(error, { tier: tier.tier.name, revision: header.revision, direction: prepared.route.step.direction })
    }
  }
  refuseLosses(
    planned.flatMap((step) => step.losses),
    options.allowDataLoss === true,
  )
  const outside = planned.some((step) =>
    step.operations.some((each) => each.statements.some((s) => s.transaction === 'outside')),
  )
  const plan: Plan = deepFreeze({
    version: 1,
    dialect: dialect.name,
    database: dialect.database,
    target,
    direction: route.direction,
    from: route.tiers.map((each) => headsOf(each, each.applied)),
    to: headsAfter(route),
    transaction: outside ? 'revision' : (settled.transaction ?? (found.empty ? 'run' : 'revision')),
    steps: planned,
    warnings: route.warnings,
  })
  return { plan, ...seen }
}
