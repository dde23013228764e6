import { presentOf, readPresentRows } from '../../bookkeeping/history.ts'
import type { Plan } from '../../compile/plan.ts'
import type { Session } from '../../dialect/session.ts'
import type { RunOptions } from '../../options/migrator-options.ts'
import type { UnloadedOptions } from '../../options/resolve-options.ts'
import {
  editedWarning,
  findEdited,
  refuseEdited,
  refuseMoved,
  unrecordedWarning,
} from '../../planning/edited-revisions.ts'
import type { DueRoute, ExecutablePlan, PlanningOptions } from '../../planning/plan-route.ts'
import type { ExecutionResult } from '../executor.ts'
import type { observeRun } from '../observe-run.ts'

export interface MoveOptions
  extends RunOptions,
    Pick<PlanningOptions, 'direction' | 'onlyInterrupted' | 'revert' | 'runsNext' | 'sharing'> {
  /** Warns of tables and columns that the history recorded and the database does not have. */
  readonly verifyColumns?: boolean
}

/** A move of a database to a target. */
export interface Move {
  readonly resolved: UnloadedOptions
  readonly target: string | undefined
  readonly run: MoveOptions
  /** The plan that it runs, and no other. */
  readonly expected: Plan | undefined
  readonly observer: ReturnType<typeof observeRun>
}

/** What was found before the lock. Undefined: a revision is interrupted. */
export type FirstPlan = ExecutablePlan | DueRoute | undefined

/** Nothing is to be run. */
export const isDone = (first: FirstPlan): first is ExecutablePlan =>
  first?.state === 'planned' && first.plan.steps.length === 0

export interface Moved {
  /** The last plan that was made. */
  readonly planned: ExecutablePlan | undefined
  readonly result: ExecutionResult
}

export const nothing: ExecutionResult = { applied: [], reports: [], losses: [], preserved: 0 }

/** The results of two executions of one run. */
export const both = (first: ExecutionResult, second: ExecutionResult): ExecutionResult => ({
  applied: [...first.applied, ...second.applied],
  reports: [...first.reports, ...second.reports],
  losses: [...first.losses, ...second.losses],
  preserved: first.preserved + second.preserved,
})

/** Throws PLAN_STALE where another plan is expected. */
export async function refuseOther({ expected }: Move, plan: Plan): Promise<void> {
  if (expected === undefined) return
  const { refuseStale } = await import('../../planning/refuse-stale.ts')
  refuseStale(expected, plan)
}

/** Reports what a plan says before it runs. */
export async function startPlan(
  move: Move,
  session: Session,
  here: UnloadedOptions,
  planned: ExecutablePlan,
): Promise<ExecutablePlan> {
  const { emit, warn } = move.observer
  const { plan } = planned
  await refuseOther(move, plan)
  // Those of a plan that ran before this one have been reported.
  for (const message of [...plan.warnings, ...(await checkEdited(here, session, planned, move.run))]) warn(message)
  // On an empty database there are no rows to bring back.
  if (plan.transaction !== 'run') {
    for (const { tier, revision, notes } of plan.steps) {
      for (const note of notes) warn(`${tier}:${revision}: ${note}`)
    }
  }
  const { database } = move.resolved.dialect.connection
  emit({ type: 'started', database, steps: plan.steps.length, from: plan.from })
  return planned
}

/** Warnings of what differs from the files and from the history. Throws REVISION_MOVED, and EDITED_REVISION with `strict`. */
export async function checkEdited(
  resolved: UnloadedOptions,
  session: Session,
  planned: Pick<ExecutablePlan, 'inspection' | 'route'>,
  options: MoveOptions,
): Promise<readonly string[]> {
  const { inspection, route } = planned
  const { dialect, names } = resolved
  const { sharing, verifyColumns } = options
  const reading = inspection.present.has(names.history) ? readPresentRows(dialect, names, session) : Promise.resolve([])
  const missing = async (): Promise<readonly string[]> => {
    const { missingColumns } = await import('./verify-columns.ts')
    return missingColumns(
      resolved,
      session,
      reading.then((rows) => ({ rows })),
    )
  }
  const [history, missed] = await Promise.all([reading, verifyColumns === true ? missing() : []])
  const compare = async () => {
    const recorded = presentOf(history, names)
    await refuseMoved(resolved, session, route.tiers, recorded.hashes)
    const unrecorded = await unrecordedWarning(resolved, route.tiers, recorded)
    return { edited: await findEdited(resolved, route.tiers, recorded.hashes), unrecorded }
  }
  const found = await (sharing === undefined ? compare() : sharing.ofHistory(route, history, compare))
  if (options.strict) refuseEdited(found.edited)
  return [...editedWarning(found.edited), ...found.unrecorded, ...missed]
}
