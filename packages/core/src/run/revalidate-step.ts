import type { PreservedStore } from '../data-steps/preserved/store.ts'
import type { Session } from '../dialect/session.ts'
import { MigrateError } from '../errors/migrate-error.ts'
import { requireRowsInGraph } from '../graph/selection/applied-rows.ts'
import { followHeads } from '../graph/selection/head-moves.ts'
import type { RevisionStep } from '../graph/selection/plan.ts'
import { inspectBookkeeping } from '../history/inspect-bookkeeping.ts'
import type { SchemaModel } from '../model/schema-model.ts'
import type { RunOptions } from '../options/migrator-options.ts'
import type { ResolvedOptions } from '../options/resolve-options.ts'
import type { CatalogState } from '../planning/catalog-state.ts'
import { checkDrift } from '../planning/check-drift.ts'
import type { ExecutablePlan } from '../planning/plan-route.ts'
import type { ExecutableStep } from '../planning/prepare.ts'

/** What is known of the database between steps; changes by other sessions are detected under the write lock. */
export interface DatabaseState {
  /** Undefined: not known since SQL of an author or a data step ran. Read again where something needs it. */
  model: SchemaModel | undefined
  /** Undefined: not known. */
  catalog: CatalogState | undefined
  /** The schemas in which the history has tables, and those that SQL of the run has named. Undefined: not read yet. */
  schemas: Set<string> | undefined
  token: string | undefined
  present: Set<string>
  /** Something of the step that failed is committed, and noted in the journal. */
  isInterrupted: boolean
  /** Something of the step stays behind its rollback. */
  isPartial: boolean
  /** By tier: the rows as the plan expects them before the next step. */
  readonly rows: Map<string, Set<string>>
}

export interface RevalidationContext {
  readonly resolved: ResolvedOptions
  readonly session: Session
  readonly planned: ExecutablePlan
  readonly state: DatabaseState
  readonly preserved: PreservedStore
  readonly options: Pick<RunOptions, 'acceptDrift'>
  /** The run lock is held: no other run changes the heads, and the database was inspected since. */
  readonly locked: boolean
}

/** A step as it has to run now, and whether its tables may be others than planned; or why it has not to run at all. */
export type RevalidatedStep = { readonly step: RevisionStep; readonly unproven: boolean } | { readonly skip: string }

function sameRows(expected: ReadonlySet<string>, actual: readonly string[]): boolean {
  return expected.size === actual.length && actual.every((row) => expected.has(row))
}

/** The plan's own rows, written by this run or another. */
export function applyStepToRows(state: DatabaseState, tier: string, step: RevisionStep): void {
  const rows = state.rows.get(tier) ?? new Set<string>()
  for (const head of step.removed) rows.delete(head)
  for (const head of step.added) rows.add(head)
  state.rows.set(tier, rows)
}

/** A tier is not taken from under those that stand on it, also where they went up since the plan was made. */
async function refuseBlocked({ resolved, session, state }: RevalidationContext, tier: string): Promise<void> {
  const at = resolved.tiers.findIndex((each) => each.name === tier)
  for (const later of resolved.tiers.slice(at + 1)) {
    const applied = state.present.has(later.store.table.ref.name) ? await later.store.read(session) : []
    if (applied.length === 0) continue
    const message = `Tier ${tier} cannot be downgraded: ${later.name} is at ${applied.join(', ')} now.`
    throw new MigrateError('TIER_BLOCKED', { tier, by: later.name, applied }, message)
  }
}

/**
 * Under the write lock: has anybody moved the database since it was looked at? The tables are read again where the schema
 * changed, and what was proven of them is proven again.
 */
export async function revalidateStep(
  running: RevalidationContext,
  executableStep: ExecutableStep,
  at: number,
): Promise<RevalidatedStep> {
  const { state, session, resolved, planned, preserved } = running
  const { step } = executableStep.route
  if (running.locked) {
    const unproven = planned.uncertain[at] === true
    if (unproven) await checkLiveDrift(running, executableStep)
    return { step, unproven }
  }
  const token = await session.schemaToken?.()
  const moved = token === undefined || token !== state.token
  const unproven = moved || planned.uncertain[at] === true
  if (moved) {
    state.present = new Set((await inspectBookkeeping(resolved, session)).present)
    state.model = undefined
    state.catalog = undefined
    state.token = token
    preserved.setExists(state.present.has(resolved.names.preserved))
  }
  const { tier, graph } = executableStep.route.tier
  const expected = state.rows.get(tier.name) ?? new Set<string>()
  const actual = state.present.has(tier.store.table.ref.name) ? await tier.store.read(session) : []
  const proven = async (due: RevisionStep): Promise<RevalidatedStep> => {
    if (unproven) await checkLiveDrift(running, executableStep)
    return { step: due, unproven }
  }
  if (tier.kind === 'sequential') {
    if (actual.includes(step.revision) === (step.direction === 'up')) return skipMovedStep(step)
    if (step.direction === 'down') await refuseBlocked(running, tier.name)
    return proven(step)
  }
  if (sameRows(expected, actual)) return proven(step)
  // A newer program was here meanwhile: it is as if this one had begun after it.
  requireRowsInGraph(graph, actual, tier.store.table.ref.name)
  const heads = followHeads(graph, actual)
  if (heads.isApplied(step.revision) === (step.direction === 'up')) return skipMovedStep(step)
  const ready =
    step.direction === 'up'
      ? graph.beforeOf(step.revision).every((revision) => heads.isApplied(revision))
      : graph.afterOf(step.revision).every((revision) => !heads.isApplied(revision))
  if (!ready) throw stale([...expected], actual)
  return proven({ ...step, ...heads[step.direction](step.revision) })
}

/** Only a step that is taken back by its inverses is compared with the tables. */
async function checkLiveDrift(running: RevalidationContext, executableStep: ExecutableStep): Promise<void> {
  if (executableStep.undoes === undefined) return
  const { resolved, options } = running
  await checkDrift(resolved.dialect, await currentModel(running), executableStep, options.acceptDrift === true)
}

/** The tables that the steps name. Inspected where they are not known. */
export async function currentModel({
  state,
  planned,
  session,
}: Pick<RevalidationContext, 'state' | 'planned' | 'session'>): Promise<SchemaModel> {
  state.model ??= await planned.introspect(session)
  return state.model
}

export function stale(planned: readonly string[], actual: readonly string[], why?: string): MigrateError {
  const moved = `was at ${planned.join(', ') || 'base'} when the run was planned, and is at ${actual.join(', ') || 'base'} now`
  return new MigrateError('PLAN_STALE', { planned, actual }, `The database ${why ?? moved}.`)
}

function skipMovedStep(step: RevisionStep): RevalidatedStep {
  return { skip: step.direction === 'up' ? 'another run applied it meanwhile' : 'another run reverted it meanwhile' }
}
