import { statementError } from '../compile/statement-error.ts'
import type { ResolvedOptions } from '../options/resolve-options.ts'
import type { ExecutablePlan } from '../planning/plan-route.ts'
import type { ExecutableStep } from '../planning/prepare.ts'
import { begin, type PlanExecution, stepIdentity } from './plan-execution.ts'
import { type RevalidatedStep, revalidateStep } from './revalidate-step.ts'

/**
 * A statement that cannot run in a transaction is the only one of its step: it runs alone, the step's row follows. Whether it
 * is still due is asked under the write lock, as for every step.
 */
export async function runNonTransactionalStep(
  execution: PlanExecution,
  executableStep: ExecutableStep,
  at: number,
): Promise<void> {
  const { resolved, session, options } = execution
  const scope = await begin(execution, false)
  let due: RevalidatedStep
  try {
    due = await revalidateStep(execution, executableStep, at)
  } finally {
    await scope.rollback()
  }
  if ('skip' in due) return
  for (const { describe, statements, source } of execution.planned.plan.steps[at]?.operations ?? []) {
    for (const { sql } of statements) {
      options.emit({ type: 'statement', ...stepIdentity(executableStep), describe, sql })
      const location = { operation: describe, sql, ...(source === undefined ? {} : { source }) }
      try {
        await session.execute(sql)
      } catch (cause) {
        throw statementError(resolved.dialect, cause, location)
      }
    }
  }
}

export function isNonTransactionalStep({ dialect }: ResolvedOptions, planned: ExecutablePlan, at: number): boolean {
  if (dialect.capabilities.nonTransactional === 'segments') return false
  return (planned.plan.steps[at]?.operations ?? []).some((each) =>
    each.statements.some((s) => s.transaction === 'none'),
  )
}
