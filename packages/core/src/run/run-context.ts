import type { ForecastStep } from '../compile/compile-step.ts'
import type { PreservedStore } from '../data-steps/preserved/store.ts'
import type { Dialect } from '../dialect/dialect.ts'
import type { Session, StatementLimits } from '../dialect/session.ts'
import type { SchemaModel } from '../model/schema-model.ts'
import type { Operation } from '../operations/operation.ts'
import type { MigrationEvent, StepLoss, StepReport } from '../options/events.ts'
import type { PreserveLimits } from '../options/migrator-options.ts'
import type { ExecutableStep } from '../planning/prepare.ts'
import type { StepParts } from './journal/step-parts.ts'

/** What a step is called in events and errors. */
interface StepIdentity {
  readonly tier: string
  readonly revision: string
  readonly direction: 'up' | 'down'
}

export function stepIdentity({ route }: ExecutableStep): StepIdentity {
  return { tier: route.tier.tier.name, revision: route.step.revision, direction: route.step.direction }
}

export function stepName(executableStep: ExecutableStep): string {
  const { tier, revision } = stepIdentity(executableStep)
  return `${tier}:${revision}`
}

/** A step while it runs, with all that its parts need. */
export interface RunContext {
  readonly executableStep: ExecutableStep
  readonly named: StepIdentity
  /** Whose values are preserved and restored. */
  readonly owner: Pick<StepIdentity, 'tier' | 'revision'>
  readonly dialect: Dialect
  readonly session: Session
  readonly preserved: PreservedStore
  readonly arguments: Readonly<Record<string, string>>
  readonly emit: (event: MigrationEvent) => void
  /** What the run took away so far. */
  readonly losses: StepLoss[]
  /** What its data steps and the work on preserved values reported so far. */
  readonly reports: StepReport[]
  readonly stepIdleMs: number
  /** Whether they are enforced while the step runs. */
  readonly foreignKeys: 'on' | 'off'
  readonly signal?: AbortSignal
  /** Objects of the plan whose rows are over the limits and may be lost. */
  readonly lost: ReadonlySet<string>
  readonly acceptDrift: boolean
  /** The step as the plan has it compiled; absent where it was not kept. */
  readonly compiled: ForecastStep | undefined
  readonly preserveLimits: PreserveLimits
  readonly parts: StepParts
  /** The tables that the steps name, as they stand. */
  readonly reintrospect: () => Promise<SchemaModel>
  /** Before what commits by itself is sent. Throws LOCK_LOST. */
  readonly checkLock: () => Promise<void>
  /** Runs code of an author, and proves afterwards that it left the lock and the bookkeeping alone. Throws LOCK_LOST, BOOKKEEPING_INVALID. */
  readonly guarded: <T>(what: string, work: () => Promise<T>) => Promise<T>
  /** The same for SQL of an author that could write the bookkeeping; other operations just run. */
  readonly guardedSql: <T>(operations: readonly Operation[], work: () => Promise<T>) => Promise<T>
  readonly limits: StatementLimits
  readonly lockRetries: number
}
