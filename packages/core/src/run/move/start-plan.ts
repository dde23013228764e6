import { presentOf, readPresentRows } from '../../bookkeeping/history.ts'
import type { Plan } from '../../compile/plan.ts'
import type { Session } from '../../dialect/session.ts'
import type { RunOptions } from '../../options/migrator-options.ts'
import type { UnloadedOptions } from '../../options/resolve-options.ts'
import {
  editedWarning,
  findEdited,
  findUnrecorded,
  readRecorded,
  refuseEdited,
  unrecordedWarning,
} from '../../planning/edited-revisions.ts'
import type { DueRoute, ExecutablePlan, PlanningOptions } from '../../planning/plan-route.ts'
import type { Route } from '../../planning/route.ts'
import { textOfRows } from '../../planning/same-answers.ts'
import type { ExecutionResult } from '../executor.ts'
import type { observeRun } from '../observe-run.ts'

export interface MoveOptions
  extends RunOptions,
    Pick<PlanningOptions, 'direction' | 'onlyInterrupted' | 'revert' | 'sharing'> {
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
  const { emit, warn, warnings } = move.observer
  const { plan } = planned
  await refuseOther(move, plan)
  warnings.push(...plan.warnings, ...(await checkEdited(here, session, planned, move.run)))
  for (const message of warnings) emit({ type: 'warning', message })
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
  { dialect }: UnloadedOptions,
  session: Session,
  recorded: ReturnType<typeof readRecorded>,
): Promise<readonly string[]> {
  const { missingColumns, missingWarning } = await import('./verify-columns.ts')
  const columns = recorded.then((present) => present.columns)
  return missingWarning(dialect.connection.database, await missingColumns(dialect, session, columns))
}

interface Differences {
  readonly edited: Awaited<ReturnType<typeof findEdited>>
  readonly unrecorded: readonly string[]
}

/** What the files and the history differ in. */
async function differencesOf(
  resolved: UnloadedOptions,
  { tiers }: Route,
  { hashes }: Awaited<ReturnType<typeof readRecorded>>,
): Promise<Differences> {
  const unrecorded = unrecordedWarning(resolved.names.history, findUnrecorded(tiers, hashes))
  return { edited: await findEdited(resolved, tiers, hashes), unrecorded }
}

/** By the rows of the history: databases that share a plan share its route, and mostly the rows. */
const differencesBySharing = new WeakMap<Route, Map<string, Promise<Differences>>>()
const mostDifferences = 50

async function sharedDifferences(
  resolved: UnloadedOptions,
  session: Session,
  { inspection, route }: Pick<ExecutablePlan, 'inspection' | 'route'>,
): Promise<Differences> {
  const { dialect, names } = resolved
  const rows = inspection.present.has(names.history) ? await readPresentRows(dialect, names, session) : []
  const known = differencesBySharing.get(route) ?? new Map<string, Promise<Differences>>()
  differencesBySharing.set(route, known)
  const key = textOfRows(rows)
  const differences = known.get(key) ?? differencesOf(resolved, route, presentOf(rows, names))
  if (known.size < mostDifferences) known.set(key, differences)
  return differences
}

/** Warnings of what differs from the files and from the history. Throws REVISION_EDITED with `strict`. */
export async function checkEdited(
  resolved: UnloadedOptions,
  session: Session,
  planned: Pick<ExecutablePlan, 'inspection' | 'route'>,
  options: MoveOptions,
): Promise<readonly string[]> {
  let found: Differences
  let missed: readonly string[] = []
  if (options.sharing !== undefined && options.verifyColumns !== true) {
    found = await sharedDifferences(resolved, session, planned)
  } else {
    const recorded = readRecorded(resolved, session, planned.inspection)
    const missing = options.verifyColumns === true ? missingOf(resolved, session, recorded) : []
    ;[found, missed] = await Promise.all([
      recorded.then((present) => differencesOf(resolved, planned.route, present)),
      missing,
    ])
  }
  if (options.strict) refuseEdited(found.edited)
  return [...editedWarning(found.edited), ...found.unrecorded, ...missed]
}
