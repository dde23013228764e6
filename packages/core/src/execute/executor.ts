import { forecastStep } from '../compile/compile-step.ts'
import type { Session, TransactionScope } from '../dialect/session.ts'
import { isMigrateError, locate, MigrateError } from '../errors/migrate-error.ts'
import type { Hold } from '../lock/hold.ts'
import { isSentAsItIs } from '../operations/operation.ts'
import { applyStep } from './apply-step.ts'
import { describedSession } from './described-session.ts'
import type { StepLoss, StepReport } from './events.ts'
import type { Settled } from './options.ts'
import type { Planned } from './planning.ts'
import type { PreparedStep } from './prepare.ts'
import { createPreservedStore } from './preserved/store.ts'
import { retryLocked } from './retry-locked.ts'
import { ensureAll, runInParts } from './run-in-parts.ts'
import { isOutside, runOutside } from './run-outside.ts'
import { begin, type ExecuteOptions, namedOf, type Running, rollBack, tellWhoWasFirst } from './running.ts'
import { advanceRows, type Standing, settleStep, stale } from './settle-step.ts'
import { createYield } from './yielding.ts'

export interface Executed {
  readonly applied: readonly string[]
  readonly reports: readonly StepReport[]
  readonly losses: readonly StepLoss[]
  readonly preserved: number
}

/** Tables are others than planned, and what compiled to a change in place may be a rebuild now. */
function needsForeignKeysOff(running: Running, prepared: PreparedStep): boolean {
  return forecastStep(running.settled.dialect, running.standing.model, prepared.operations).foreignKeys === 'off'
}

/**
 * Runs a plan on one session. Each step with its data functions and its history row is one transaction (or all of them one,
 * where the plan says so); whatever throws, and an abort, leaves the database at a step's boundary.
 */
export async function execute(
  settled: Settled,
  session: Session,
  planned: Planned,
  options: ExecuteOptions,
  hold: Hold,
): Promise<Executed> {
  const { plan, steps } = planned
  const fence = await hold.fence(steps[0]?.route.step.revision)
  const standing: Standing = {
    model: planned.live,
    token: planned.token,
    present: new Set(planned.look.present),
    begun: false,
    rows: new Map([...planned.look.applied].map(([tier, rows]) => [tier, new Set(rows)])),
  }
  const preserving = describedSession(settled.dialect, session, 'preserving old values')
  if (settled.limits.lockMs !== undefined || settled.limits.statementMs !== undefined)
    await session.limit?.(settled.limits)
  if (settled.dialect.capabilities.transactionalDdl === 'implicitCommit')
    await ensureAll(settled, preserving, standing, steps)
  const preserved = createPreservedStore(
    settled.dialect,
    preserving,
    settled.names,
    standing.present.has(settled.names.preserved),
  )
  const acceptDrift = options.acceptDrift === true
  const running: Running = {
    settled,
    session,
    planned,
    options,
    standing,
    preserved,
    acceptDrift,
    losses: [],
    fence,
    locked: hold.exclusive,
  }
  const whole = plan.transaction === 'run'
  const applied: string[] = []
  const pending: string[] = []
  const reports: StepReport[] = []
  // Any of a step that stands on opaque SQL may become a rebuild.
  const anyOff = plan.steps.some(
    (step, at) =>
      step.foreignKeys === 'off' ||
      (planned.uncertain[at] === true && step.operations.some((each) => !isSentAsItIs(each.operation))),
  )
  let preservedCount = 0
  let scope: TransactionScope | undefined
  let off = false
  const yieldNow = createYield()
  for (const [at, prepared] of steps.entries()) {
    const { tier, step, header } = prepared.route
    const named = namedOf(prepared)
    const begunAt = performance.now()
    try {
      await yieldNow(options.signal)
      options.emit({ type: 'stepStarted', ...named, message: header.message, index: at + 1, total: steps.length })
      if (
        plan.steps[at]?.parts !== undefined ||
        prepared.resumed !== undefined ||
        prepared.route.reverts !== undefined
      ) {
        const ran = await runInParts(running, prepared, at)
        advanceRows(standing, tier.tier.name, step)
        if ('skip' in ran) {
          options.emit({ type: 'stepSkipped', ...named, why: ran.skip })
          continue
        }
        reports.push(...ran.reports)
        preservedCount += ran.preserved
        applied.push(`${named.tier}:${named.revision}`)
        options.emit({ type: 'stepFinished', ...named, ms: Math.round(performance.now() - begunAt) })
        continue
      }
      let skipped = true
      const present = new Set(standing.present)
      const lossesBefore = running.losses.length
      const attempt = async (): Promise<void> => {
        if (isOutside(settled, planned, at)) await runOutside(running, prepared, at)
        if (scope === undefined) {
          off = whole ? anyOff : plan.steps[at]?.foreignKeys === 'off'
          scope = await begin(running, off)
        }
        let due = await settleStep(running, prepared, at)
        if ('step' in due && due.unproven && !off && needsForeignKeysOff(running, prepared)) {
          if (pending.length > 0) throw stale([], [], 'has other tables than when the run was planned')
          const open: TransactionScope = scope
          scope = undefined
          await open.rollback()
          off = true
          scope = await begin(running, off)
          due = await settleStep(running, prepared, at)
        }
        const countBefore = running.preserved.count
        skipped = true
        if ('skip' in due) options.emit({ type: 'stepSkipped', ...named, why: due.skip })
        else {
          reports.push(...(await applyStep(running, prepared, at, due.step, off ? 'off' : 'on')))
          pending.push(`${named.tier}:${named.revision}`)
          skipped = false
        }
        advanceRows(standing, tier.tier.name, step)
        preservedCount += running.preserved.count - countBefore
        if (!whole || at === steps.length - 1) {
          const open: TransactionScope = scope
          scope = undefined
          await open.commit()
          applied.push(...pending.splice(0))
        }
      }
      // Rolled back it has changed nothing; but what a data function did elsewhere nobody can roll back.
      const repeatable = !whole && !prepared.operations.some((each) => each.operation.kind === 'run')
      const retries = repeatable ? settled.lockRetries : 0
      await retryLocked(
        { ...options, dialect: settled.dialect, retries, what: `revision ${named.revision}` },
        async () => {
          try {
            await attempt()
          } catch (error) {
            const open = scope
            scope = undefined
            if (!whole) pending.length = 0
            running.losses.length = lossesBefore
            standing.present = present
            preserved.look(present.has(settled.names.preserved))
            if (open !== undefined) await rollBack(running, open)
            await tellWhoWasFirst(running, error)
            throw error
          }
        },
      )
      if (!skipped) options.emit({ type: 'stepFinished', ...named, ms: Math.round(performance.now() - begunAt) })
    } catch (error) {
      throw failure(options, named, applied, error, { whole: whole && steps.length > 1, begun: standing.begun })
    }
  }
  return { applied, reports, losses: running.losses, preserved: preservedCount }
}

/** Earlier steps were reported as done: that they went back as well has to be said. */
function tookAllBack({ code, details, message, remedy, location, cause }: MigrateError): MigrateError {
  const all = 'The run was one transaction: none of its revisions stays.'
  return new MigrateError(code, details, message, { remedy: `${remedy} ${all}`, location, cause })
}

function failure(
  options: ExecuteOptions,
  named: { readonly tier: string; readonly revision: string; readonly direction: 'up' | 'down' },
  applied: readonly string[],
  thrown: unknown,
  { whole, begun }: { readonly whole: boolean; readonly begun: boolean },
): unknown {
  // What stopped the run may have stopped a statement of the bookkeeping, which then says so in words of its own.
  const error =
    options.signal?.aborted && isMigrateError(thrown) && thrown.cause === options.signal.reason ? thrown.cause : thrown
  const aborted =
    options.signal?.aborted === true &&
    !isMigrateError(error, 'LOCK_LOST') &&
    !isMigrateError(error, 'HOOK_FAILED') &&
    (error === options.signal.reason || isMigrateError(error, 'ABORTED'))
  const located = aborted
    ? new MigrateError(
        'ABORTED',
        { applied },
        begun
          ? `Stopped inside ${named.revision}; what is done of it stands and is noted.`
          : `Stopped before ${named.revision}; it changed nothing.`,
        {
          ...(begun ? { remedy: 'Run it again: it resumes where it stopped.' } : {}),
          cause: error,
          location: named,
        },
      )
    : isMigrateError(error)
      ? locate(whole ? tookAllBack(error) : error, named)
      : error
  const code = isMigrateError(located) ? located.code : 'INTERNAL'
  options.emit({
    type: 'stepFailed',
    ...named,
    code,
    message: located instanceof Error ? located.message : String(located),
  })
  return located
}
