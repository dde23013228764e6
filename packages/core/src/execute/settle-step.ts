import type { Session } from '../dialect/session.ts'
import { MigrateError } from '../errors/migrate-error.ts'
import type { SchemaModel } from '../model/schema-model.ts'
import { followHeads } from '../plan/head-moves.ts'
import type { RevisionStep } from '../plan/plan.ts'
import { checkDrift } from './check-drift.ts'
import { look } from './look.ts'
import type { Settled } from './options.ts'
import type { Planned } from './planning.ts'
import type { PreparedStep } from './prepare.ts'
import type { PreservedStore } from './preserved/store.ts'

/** What is known of the database between steps; whatever somebody else did meanwhile is found out under the write lock. */
export interface Standing {
  model: SchemaModel
  token: string | undefined
  present: Set<string>
  /** Something of the step that failed is committed, and noted in the journal. */
  begun: boolean
  /** By tier: the rows as the plan expects them before the next step. */
  readonly rows: Map<string, Set<string>>
}

export interface Settling {
  readonly settled: Settled
  readonly session: Session
  readonly planned: Planned
  readonly standing: Standing
  readonly preserved: PreservedStore
  readonly acceptDrift: boolean
  /** The run lock is held: nobody else moves the database, and it has been looked at since. */
  readonly locked: boolean
}

/** A step as it has to run now, and whether its tables may be others than planned; or why it has not to run at all. */
export type SettledStep = { readonly step: RevisionStep; readonly unproven: boolean } | { readonly skip: string }

function sameRows(expected: ReadonlySet<string>, found: readonly string[]): boolean {
  return expected.size === found.length && found.every((row) => expected.has(row))
}

/** The plan's own rows, whoever made them. */
export function advanceRows(standing: Standing, tier: string, step: RevisionStep): void {
  const rows = standing.rows.get(tier) ?? new Set<string>()
  for (const head of step.removed) rows.delete(head)
  for (const head of step.added) rows.add(head)
  standing.rows.set(tier, rows)
}

/** A tier is not taken from under those that stand on it, also where they went up since the plan was made. */
async function refuseBlocked({ settled, session, standing }: Settling, tier: string): Promise<void> {
  const at = settled.tiers.findIndex((each) => each.name === tier)
  for (const later of settled.tiers.slice(at + 1)) {
    const applied = standing.present.has(later.store.table.ref.name) ? await later.store.read(session) : []
    if (applied.length === 0) continue
    const message = `Tier ${tier} cannot be downgraded: ${later.name} stands at ${applied.join(', ')} now.`
    throw new MigrateError('TIER_BLOCKED', { tier, by: later.name, applied }, message)
  }
}

/**
 * Under the write lock: has anybody moved the database since it was looked at? The tables are read again where the schema
 * changed, and what was proven of them is proven again.
 */
export async function settleStep(running: Settling, prepared: PreparedStep, at: number): Promise<SettledStep> {
  const { standing, session, settled, planned, preserved } = running
  const { step } = prepared.route
  if (running.locked) {
    const unproven = planned.uncertain[at] === true
    if (unproven) checkDrift(settled.dialect, standing.model, prepared, running.acceptDrift)
    return { step, unproven }
  }
  const token = await session.schemaToken?.()
  const moved = token === undefined || token !== standing.token
  const unproven = moved || planned.uncertain[at] === true
  if (moved) {
    standing.present = new Set((await look(settled, session)).present)
    standing.model = await planned.introspect(session)
    standing.token = token
    preserved.look(standing.present.has(settled.names.preserved))
  }
  const { tier, graph } = prepared.route.tier
  const expected = standing.rows.get(tier.name) ?? new Set<string>()
  const found = standing.present.has(tier.store.table.ref.name) ? await tier.store.read(session) : []
  const proven = (due: RevisionStep): SettledStep => {
    if (unproven) checkDrift(settled.dialect, standing.model, prepared, running.acceptDrift)
    return { step: due, unproven }
  }
  if (tier.kind === 'sequential') {
    if (found.includes(step.revision) === (step.direction === 'up')) return meanwhile(step)
    if (step.direction === 'down') await refuseBlocked(running, tier.name)
    return proven(step)
  }
  if (sameRows(expected, found)) return proven(step)
  if (found.some((revision) => !graph.has(revision))) throw stale([...expected], found)
  const heads = followHeads(graph, found)
  if (heads.isApplied(step.revision) === (step.direction === 'up')) return meanwhile(step)
  const ready =
    step.direction === 'up'
      ? graph.beforeOf(step.revision).every((revision) => heads.isApplied(revision))
      : graph.afterOf(step.revision).every((revision) => !heads.isApplied(revision))
  if (!ready) throw stale([...expected], found)
  return proven({ ...step, ...heads[step.direction](step.revision) })
}

export function stale(planned: readonly string[], found: readonly string[], why?: string): MigrateError {
  const moved = `was at ${planned.join(', ') || 'base'} when the run was planned, and is at ${found.join(', ') || 'base'} now`
  return new MigrateError('PLAN_STALE', { planned, found }, `The database ${why ?? moved}.`)
}

function meanwhile(step: RevisionStep): SettledStep {
  return { skip: step.direction === 'up' ? 'another run applied it meanwhile' : 'another run reverted it meanwhile' }
}
