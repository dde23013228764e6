import { isMigrateError, type Migrator, type RunOptions, type RunResult, type StepLoss } from '@org/migrate-core'
import type { FleetEvent } from '@org/migrate-fleet'

/** How a run on one database ended. */
export interface RunEnd {
  /** `tier:revision` of what ran; undefined: it failed. */
  readonly applied?: readonly string[]
  /** Code, revision and what is left of it. */
  readonly failure?: string
  readonly message?: string
  readonly losses: readonly StepLoss[]
  readonly reports: readonly unknown[]
}

/** Errors of a bug, or of the test, and not of rows. */
const isUnexpected = (code: string): boolean => ['INTERNAL', 'PLAN_STALE', 'INVALID_OPTION'].includes(code)

const failureText = (code: string, revision: string | undefined, outcome: string | undefined): string =>
  [code, revision, outcome].join(' ')

/** By the library. Losses are those of its events: those of a failed run too. */
export async function runByLibrary(
  migrator: Migrator,
  work: (migrator: Migrator, options: Omit<RunOptions, 'tier'>) => Promise<RunResult>,
  signal?: AbortSignal,
  onStatement: () => void = () => undefined,
): Promise<RunEnd> {
  const losses: StepLoss[] = []
  const onEvent: RunOptions['onEvent'] = (event) => {
    if (event.type === 'loss') {
      const { type: _, ...loss } = event
      losses.push(loss)
    }
    if (event.type === 'statement') onStatement()
  }
  try {
    const { applied, reports } = await work(migrator, { onEvent, ...(signal === undefined ? {} : { signal }) })
    return { applied, losses, reports }
  } catch (error) {
    if (!isMigrateError(error) || isUnexpected(error.code)) throw error
    const failure = failureText(error.code, error.location?.revision, error.outcome)
    return { failure, message: error.message, losses, reports: [] }
  }
}

/** The same of members, as the events of a fleet tell it. */
export class MemberEnds {
  readonly #ends = new Map<string, RunEnd>()
  #unexpected: string | undefined

  readonly onEvent = (event: FleetEvent): void => {
    if (event.type !== 'memberFinished' && event.type !== 'memberFailed') return
    const { losses = [], reports = [] } = event
    if (event.type === 'memberFinished') {
      this.#ends.set(event.id, { applied: event.applied, losses, reports })
      return
    }
    const { id, code, revision, outcome, message } = event.failure
    if (isUnexpected(code)) this.#unexpected ??= `${id}: ${code}: ${message}`
    this.#ends.set(id, { failure: failureText(code, revision, outcome), message, losses, reports })
  }

  get size(): number {
    return this.#ends.size
  }

  of(id: string): RunEnd | undefined {
    if (this.#unexpected !== undefined) throw new Error(this.#unexpected)
    return this.#ends.get(id)
  }
}
