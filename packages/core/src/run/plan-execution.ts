import type { ForecastStep } from '../compile/compile-step.ts'
import { type IsProvenRow, provenRows } from '../data-steps/preserved/restore/rows-before.ts'
import type { PreservedStore } from '../data-steps/preserved/store.ts'
import type { Session, TransactionOptions, TransactionScope } from '../dialect/session.ts'
import { isMigrateError, locate } from '../errors/migrate-error.ts'
import { thrownMessage } from '../errors/thrown-value.ts'
import { createYield } from '../lock/create-yield.ts'
import { type Fence, stampLock } from '../lock/fence.ts'
import { present } from '../model/edit.ts'
import type { Operation } from '../operations/operation.ts'
import { operationsOf } from '../operations/recording.ts'
import type { MigrationEvent, StepLoss } from '../options/events.ts'
import type { RunOptions } from '../options/migrator-options.ts'
import type { ResolvedOptions } from '../options/resolve-options.ts'
import type { ExecutablePlan } from '../planning/plan-route.ts'
import { type ExecutableStep, stepIdentity } from '../planning/prepare.ts'
import { type Closing, closingOf, commitWith } from '../planning/recording/record-step.ts'
import { retryLocked } from './retry-locked.ts'
import type { RevalidationContext } from './revalidate-step.ts'
import { stepName } from './run-context.ts'

export interface ExecuteOptions extends Pick<RunOptions, 'acceptDrift' | 'signal'> {
  readonly emit: (event: MigrationEvent) => void
}

export interface PlanExecution extends RevalidationContext {
  readonly options: ExecuteOptions
  /** What the run took away so far. */
  readonly losses: StepLoss[]
  /** By `stepName`: the rows of what a later step restores, as they were when the run began. */
  readonly provenRows: ReadonlyMap<string, IsProvenRow>
  /** What bookkeeping is written under; undefined where the dialect has no row of the lock. */
  readonly fence: Fence | undefined
}

/** The rows of what later steps of an upgrade restore, before the first step. */
export async function rowsBefore(
  { dialect }: ResolvedOptions,
  session: Session,
  preserved: PreservedStore,
  { steps }: ExecutablePlan,
  { signal }: ExecuteOptions,
): Promise<ReadonlyMap<string, IsProvenRow>> {
  const proven = new Map<string, IsProvenRow>()
  if (!preserved.exists) return proven
  const yieldNow = createYield()
  const breathe = (): Promise<void> => yieldNow(signal)
  const earlier: Operation[] = []
  for (const step of steps) {
    const { tier, revision, direction } = stepIdentity(step)
    const upgrade = operationsOf(step.operations)
    if (direction === 'up' && earlier.length > 0) {
      const owner = { tier, revision }
      const isProven = await provenRows({ dialect, session, preserved, owner, breathe, earlier, upgrade })
      if (isProven !== undefined) proven.set(stepName(step), isProven)
    }
    for (const operation of upgrade) earlier.push(operation)
  }
  return proven
}

/** Tries a step again that locks alone ended. What a data function did outside the database cannot be rolled back. */
export function retryStep<T>(
  { options, resolved }: PlanExecution,
  { operations, route }: ExecutableStep,
  undone: () => boolean,
  work: () => Promise<T>,
): Promise<T> {
  const retries = operations.some(({ operation }) => operation.kind === 'run') ? 0 : resolved.lockRetries
  const what = `revision ${route.step.revision}`
  return retryLocked({ ...options, dialect: resolved.dialect, retries, what, undone }, work)
}

/** The step as it was compiled for the plan, if it was for this dialect. */
export function compiledStep({ planned, resolved }: PlanExecution, at: number): ForecastStep | undefined {
  return planned.dialect === resolved.dialect ? planned.compiled[at] : undefined
}

function transactionOptions({ options, resolved }: PlanExecution, off: boolean): TransactionOptions {
  // After opaque SQL a rebuild has to be possible, where there are rebuilds.
  const rebuilds = resolved.dialect.capabilities.rebuildsTables === true
  return {
    ...present({ foreignKeys: off && rebuilds ? ('off' as const) : undefined, signal: options.signal }),
    waitMs: resolved.waitMs,
    onWait: (waitedMs) => options.emit({ type: 'waiting', what: resolved.dialect.connection.database, waitedMs }),
  }
}

export async function begin(execution: PlanExecution, off: boolean): Promise<TransactionScope> {
  const scope = await execution.session.begin(transactionOptions(execution, off))
  return stampFirst(execution, withKnownEnds(execution, scope))
}

/**
 * A commit that is sent and not answered may have been done all the same. A rollback's own failure must not hide what made it
 * necessary.
 */
function withKnownEnds(execution: PlanExecution, scope: TransactionScope): TransactionScope {
  const { options, state } = execution
  const answered = <T>(commit: Promise<T>): Promise<T> =>
    commit.catch((error: unknown) => {
      throw isMigrateError(error, 'CONNECTION_LOST') ? locate(error, {}, 'unknown') : error
    })
  const { commitWith } = scope
  return {
    commit: () => answered(scope.commit()),
    ...(commitWith === undefined
      ? {}
      : {
          commitWith: async (statements, next) => {
            const following = await answered(commitWith(statements, next))
            return following && withKnownEnds(execution, following)
          },
        }),
    rollback: async () => {
      try {
        await scope.rollback()
      } catch (error) {
        state.isPartial ||= isMigrateError(error) && error.outcome === 'partial'
        options.emit({ type: 'warning', message: `The transaction could not be rolled back: ${thrownMessage(error)}` })
      }
    },
  }
}

/** Where the lock is a lease, a transaction that was begun touches its row before anything else. */
async function stampFirst(execution: PlanExecution, scope: TransactionScope): Promise<TransactionScope> {
  const { session, fence } = execution
  if (fence?.stampFirst !== true) return scope
  try {
    await stampLock(session, fence)
    return scope
  } catch (error) {
    await scope.rollback()
    throw error
  }
}

/** The transaction of a run, from its begin to its end, again and again. */
export class RunTransaction {
  readonly #execution: PlanExecution
  #scope: TransactionScope | undefined
  #foreignKeys: 'on' | 'off' = 'on'
  #closing: Closing | undefined

  constructor(execution: PlanExecution) {
    this.#execution = execution
  }

  /** Whether they are enforced in it. */
  get foreignKeys(): 'on' | 'off' {
    return this.#foreignKeys
  }

  /** The one that is open already is used as it is. */
  async open(off: boolean): Promise<void> {
    if (this.#scope !== undefined) return
    this.#foreignKeys = off ? 'off' : 'on'
    this.#use(await begin(this.#execution, off))
  }

  #use(scope: TransactionScope): void {
    this.#scope = scope
    this.#closing = closingOf(scope)
  }

  /** What is sent together with the commit. Undefined: nothing is. */
  get closing(): Closing | undefined {
    return this.#closing
  }

  /** Begins it again, with foreign keys off. */
  async reopenUnchecked(): Promise<void> {
    await this.#take()?.rollback()
    await this.open(true)
  }

  /** With `next` the transaction of the next step is begun in the same go, where the session can. */
  async commit(next: boolean): Promise<void> {
    const closing = this.#closing
    const scope = this.#take()
    const { resolved, options } = this.#execution
    const nextOptions = next ? transactionOptions(this.#execution, false) : undefined
    const following = await commitWith(resolved.dialect, scope, closing, nextOptions, options.signal)
    if (following !== undefined) this.#use(await stampFirst(this.#execution, following))
  }

  async rollBack(): Promise<void> {
    await this.#take()?.rollback()
  }

  /** A commit that failed is not rolled back. */
  #take(): TransactionScope | undefined {
    const scope = this.#scope
    this.#scope = undefined
    this.#closing = undefined
    return scope
  }
}
