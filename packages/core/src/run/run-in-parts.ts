import { historyTable, journalTable, preservedTable } from '../bookkeeping/tables.ts'
import { statementError } from '../compile/statement-error.ts'
import type { Session } from '../dialect/session.ts'
import { describedSession } from '../history/described-session.ts'
import { reportLostLock } from '../lock/fence.ts'
import { present } from '../model/edit.ts'
import { counterLabel } from '../operations/preserved-label.ts'
import type { StepReport } from '../options/events.ts'
import type { ResolvedOptions } from '../options/resolve-options.ts'
import { fingerprintBefore } from '../planning/journal/fingerprint.ts'
import type { ExecutablePlan } from '../planning/plan-route.ts'
import { type ExecutableStep, stepIdentity } from '../planning/prepare.ts'
import { ensureTables } from '../planning/recording/record-step.ts'
import { applyStep } from './apply-step.ts'
import { JournaledParts } from './journal/journaled-parts.ts'
import { begin, type PlanExecution, retryStep } from './plan-execution.ts'
import { type DatabaseState, type RevalidatedStep, revalidateStep } from './revalidate-step.ts'

/**
 * A statement that cannot run in a transaction is the only one of its step: it runs alone, the step's row follows. Whether it
 * is still due is asked under the write lock, as for every step.
 */
export async function runNonTransactionalStep(
  execution: PlanExecution,
  executableStep: ExecutableStep,
  at: number,
): Promise<void> {
  const { resolved, session, options, state } = execution
  const scope = await begin(execution, false)
  let due: RevalidatedStep
  try {
    due = await revalidateStep(execution, executableStep, at)
  } finally {
    await scope.rollback()
  }
  if ('skip' in due) return
  for (const planned of execution.planned.plan.steps[at]?.operations ?? []) {
    const { describe } = planned
    for (const { sql } of planned.statements) {
      options.emit({ type: 'statement', ...stepIdentity(executableStep), describe, sql })
      try {
        await session.execute(sql)
      } catch (cause) {
        const location = { operation: describe, sql, ...present({ source: planned.source }) }
        throw statementError(resolved.dialect, cause, location)
      }
      state.isPartial = true
    }
  }
}

export function isNonTransactionalStep({ dialect }: ResolvedOptions, planned: ExecutablePlan, at: number): boolean {
  if (dialect.capabilities.nonTransactional === 'segments') return false
  return (planned.plan.steps[at]?.operations ?? []).some((each) =>
    each.statements.some((s) => s.transaction === 'none'),
  )
}

type PartsResult = { readonly skip: string } | { readonly reports: readonly StepReport[]; readonly preserved: number }

/**
 * A step that commits more than once: its progress is journaled, and the next run resumes a run that stopped in between. As long as
 * nothing is committed it is done again where only a lock was not to be had, or a deadlock took it back.
 */
export async function runInParts(
  execution: PlanExecution,
  executableStep: ExecutableStep,
  at: number,
): Promise<PartsResult> {
  const { state } = execution
  state.isInterrupted = false
  const progress = { committed: false }
  const undone = (): boolean => !progress.committed && !state.isPartial
  return retryStep(execution, executableStep, undone, () => attempt(execution, executableStep, at, progress))
}

async function attempt(
  execution: PlanExecution,
  executableStep: ExecutableStep,
  at: number,
  progress: { committed: boolean },
): Promise<PartsResult> {
  const { resolved, session, state, preserved } = execution
  const { dialect, names } = resolved
  const due = await revalidateStep(execution, executableStep, at)
  if ('skip' in due) return due
  const {
    tier: { tier },
    reverts,
  } = executableStep.route
  await ensureTables(dialect, session, state.present, [tier.store.table, historyTable(names), journalTable(names)])
  const parts = new JournaledParts({
    dialect,
    session: describedSession(dialect, session, `noting what is done of ${due.step.revision}`),
    names,
    step: { ...stepIdentity(executableStep), ...(reverts && { reverts: true }) },
    recorded: executableStep.recorded ?? executableStep.operations,
    begin: () => begin(execution, false),
    fingerprint: (statements) => fingerprintBefore(resolved, session, statements),
    ...present({ resumed: executableStep.resumed, fence: execution.fence }),
  })
  const [tables, count, losses] = [new Set(state.present), preserved.count, execution.losses.length]
  try {
    const reports = await applyStep(execution, executableStep, at, due.step, 'on', { journal: parts })
    return { reports, preserved: preserved.count - count }
  } catch (error) {
    await parts.rollback()
    state.isInterrupted = parts.isJournaled
    progress.committed = parts.committed
    if (!parts.committed) {
      execution.losses.length = losses
      state.present = tables
      preserved.setExists(tables.has(names.preserved))
    }
    await reportLostLock(execution, error)
    throw error
  }
}

/** Where DDL ends the transaction, tables of ours cannot be made inside one. */
export async function ensureAll(
  { dialect, names }: ResolvedOptions,
  session: Session,
  state: DatabaseState,
  steps: readonly ExecutableStep[],
): Promise<void> {
  const stores = steps.map(({ route }) => route.tier.tier.store.table)
  const preserves = steps.some(
    ({ route, operations }) =>
      route.step.direction === 'down' ||
      operations.some(({ operation }) => operation.kind === 'run' || counterLabel(operation) !== undefined),
  )
  const tables = [
    ...new Set(stores),
    historyTable(names),
    journalTable(names),
    ...(preserves ? [preservedTable(names)] : []),
  ]
  await ensureTables(dialect, session, state.present, tables)
}
