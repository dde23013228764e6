import { presentOf, type RecordedPresent, readPresentRows } from '../../bookkeeping/history.ts'
import type { Plan } from '../../compile/plan.ts'
import type { Session } from '../../dialect/session.ts'
import type { Row } from '../../model/sql-value.ts'
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
import type { Route } from '../../planning/route.ts'
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

async function missingOf(
  { dialect, names }: UnloadedOptions,
  session: Session,
  rows: Promise<readonly Row[]>,
): Promise<readonly string[]> {
  const { missingColumns, missingWarning } = await import('./verify-columns.ts')
  const present = rows.then((history) => ({ rows: history }))
  return missingWarning(dialect.connection.database, await missingColumns(dialect, session, present, names))
}

interface Differences {
  readonly edited: Awaited<ReturnType<typeof findEdited>>
  readonly unrecorded: readonly string[]
}

/** What the files and the history differ in. Throws REVISION_MOVED. */
async function differencesOf(
  resolved: UnloadedOptions,
  session: Session,
  { tiers }: Route,
  recorded: RecordedPresent,
): Promise<Differences> {
  const { hashes } = recorded
  await refuseMoved(resolved, session, tiers, hashes)
  const unrecorded = await unrecordedWarning(resolved, tiers, recorded)
  return { edited: await findEdited(resolved, tiers, hashes), unrecorded }
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
  const rows = inspection.present.has(names.history) ? readPresentRows(dialect, names, session) : Promise.resolve([])
  const missing = verifyColumns === true ? missingOf(resolved, session, rows) : []
  const [history, missed] = await Promise.all([rows, missing])
  const compare = (): Promise<Differences> => differencesOf(resolved, session, route, presentOf(history, names))
  const found = await (sharing === undefined ? compare() : sharing.ofHistory(route, history, compare))
  if (options.strict) refuseEdited(found.edited)
  return [...editedWarning(found.edited), ...found.unrecorded, ...missed]
}
