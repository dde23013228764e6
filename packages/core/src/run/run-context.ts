import type { ForecastStep } from '../compile/compile-step.ts'
import type { PreservedStore } from '../data-steps/preserved/store.ts'
import type { Dialect } from '../dialect/dialect.ts'
import type { Session } from '../dialect/session.ts'
import type { SchemaModel } from '../model/schema-model.ts'
import type { Operation } from '../operations/operation.ts'
import { operationsOf } from '../operations/recording.ts'
import type { MigrationEvent, StepLoss, StepReport } from '../options/events.ts'
import type { ResolvedOptions } from '../options/resolve-options.ts'
import { type ExecutableStep, type StepIdentity, stepIdentity } from '../planning/prepare.ts'
import { type GuardedRun, guardBookkeeping, mayWriteBookkeeping } from './guard-bookkeeping.ts'
import type { StepParts } from './journal/step-parts.ts'

export function stepName(executableStep: ExecutableStep): string {
  const { tier, revision } = stepIdentity(executableStep)
  return `${tier}:${revision}`
}

/** What the interrupted step has done that this one takes back; undefined: it takes none back. */
export const revertedBy = ({ route }: ExecutableStep): readonly Operation[] | undefined =>
  route.reverts?.parts.flatMap((part) => operationsOf(part.resolvedOperations))

/** A step while it runs, with all that its parts need. */
export interface RunContext {
  readonly executableStep: ExecutableStep
  readonly named: StepIdentity
  /** Whose values are preserved and restored. */
  readonly owner: Pick<StepIdentity, 'tier' | 'revision'>
  readonly dialect: Dialect
  readonly session: Session
  readonly preserved: PreservedStore
  readonly resolved: ResolvedOptions
  readonly arguments: Readonly<Record<string, string>>
  readonly emit: (event: MigrationEvent) => void
  /** What the run took away so far. */
  readonly losses: StepLoss[]
  /** What its data steps and the work on preserved values reported so far. */
  readonly reports: StepReport[]
  /** Whether they are enforced while the step runs. */
  readonly foreignKeys: 'on' | 'off'
  readonly signal?: AbortSignal
  /** Objects of the plan whose rows are over the limits and may be lost. */
  readonly lost: ReadonlySet<string>
  readonly acceptDrift: boolean
  /** The step as the plan has it compiled; absent where it was not kept. */
  readonly compiled: ForecastStep | undefined
  readonly parts: StepParts
  /** The tables that the steps name, as they stand. */
  readonly reintrospect: () => Promise<SchemaModel>
  /** Before what commits by itself is sent. Throws LOCK_LOST. */
  readonly checkLock: () => Promise<void>
  /** Runs code of an author, and proves afterwards that it left the lock and the bookkeeping alone. Throws LOCK_LOST, BOOKKEEPING_INVALID. */
  readonly guarded: <T>(what: string, work: () => Promise<T>) => Promise<T>
  /** The same for SQL of an author that could write the bookkeeping; other operations just run. */
  readonly guardedSql: <T>(operations: readonly Operation[], work: () => Promise<T>) => Promise<T>
}

/** What is made of the run itself. */
type OwnParts = 'named' | 'owner' | 'reports' | 'checkLock' | 'guarded' | 'guardedSql'

/** `sqlName`: what the SQL of its author is called where it wrote the bookkeeping. */
export function runContextOf(
  run: GuardedRun,
  sqlName: string,
  given: Omit<RunContext, OwnParts | 'resolved' | 'dialect' | 'session' | 'arguments'>,
): RunContext {
  const { resolved, session, fence } = run
  const named = stepIdentity(given.executableStep)
  return {
    ...given,
    resolved,
    named,
    owner: { tier: named.tier, revision: named.revision },
    dialect: resolved.dialect,
    session,
    arguments: resolved.arguments,
    reports: [],
    checkLock: async () => fence?.check(),
    guarded: (what, work) => guardBookkeeping(run, what, work),
    guardedSql: (operations, work) =>
      mayWriteBookkeeping(resolved, operations) ? guardBookkeeping(run, sqlName, work) : work(),
  }
}
