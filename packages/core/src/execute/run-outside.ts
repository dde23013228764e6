import { statementError } from '../compile/statement-error.ts'
import type { Settled } from './options.ts'
import type { Planned } from './planning.ts'
import type { PreparedStep } from './prepare.ts'
import { begin, namedOf, type Running } from './running.ts'
import { type SettledStep, settleStep } from './settle-step.ts'

/**
 * A statement that cannot run in a transaction is the only one of its step: it runs alone, the step's row follows. Whether it
 * is still due is asked under the write lock, as for every step.
 */
export async function runOutside(running: Running, prepared: PreparedStep, at: number): Promise<void> {
  const { settled, session, options } = running
  const scope = await begin(running, false)
  let due: SettledStep
  try {
    due = await settleStep(running, prepared, at)
  } finally {
    await scope.rollback()
  }
  if ('skip' in due) return
  for (const { describe, statements, source } of running.planned.plan.steps[at]?.operations ?? []) {
    for (const { sql } of statements) {
      options.emit({ type: 'statement', ...namedOf(prepared), describe, sql })
      const location = { operation: describe, sql, ...(source === undefined ? {} : { source }) }
      try {
        await session.execute(sql)
      } catch (cause) {
        throw statementError(settled.dialect, cause, location)
      }
    }
  }
}

export function isOutside({ dialect }: Settled, planned: Planned, at: number): boolean {
  if (dialect.capabilities.nonTransactional === 'segments') return false
  return (planned.plan.steps[at]?.operations ?? []).some((each) =>
    each.statements.some((s) => s.transaction === 'outside'),
  )
}
