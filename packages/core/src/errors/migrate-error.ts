import { type ErrorCode, type ErrorDetails, pageOf, remedies } from './codes.ts'

/** Where in a run an error happened. Filled in where it is known, innermost first. */
export interface ErrorLocation {
  readonly tier?: string
  readonly revision?: string
  readonly direction?: 'up' | 'down'
  /** One line that names the operation, as `describe` gives it. */
  readonly operation?: string
  readonly sql?: string
  /** `file:line:column` of the user's code that recorded the operation. */
  readonly source?: string
}

/**
 * What a revision that failed left of itself. `unchanged`: it changed nothing; `rolledBack`: the run was one transaction, and none of
 * its revisions stays; `interrupted`: its progress is recorded, and the next run resumes it; `unknown`: its commit got
 * no answer; it is applied or not, never in part; `partial`: it was rolled back, but what it did outside a transaction stayed.
 */
export type ErrorOutcome = 'unchanged' | 'rolledBack' | 'interrupted' | 'unknown' | 'partial'

/**
 * Two copies of this module can be loaded into one process (a bundled command line next to a revision's own import), so
 * identity is a registered symbol that carries a version, never `instanceof`.
 */
const brand: unique symbol = Symbol.for('@org/migrate-core/MigrateError/1') as never

export interface MigrateErrorOptions {
  readonly cause?: unknown
  /** Replaces the catalogue's general remedy by one that knows the case. */
  readonly remedy?: string | undefined
  readonly location?: ErrorLocation
  readonly outcome?: ErrorOutcome
}

/**
 * The one error of this library. `code` is from a closed catalogue, `details` is typed by the code, `remedy` says what
 * to do next, `cause` is the driver's error where there is one.
 *
 * ```ts
 * try {
 *   await migrator.upgrade()
 * } catch (error) {
 *   if (isMigrateError(error, 'MULTIPLE_HEADS')) console.error(error.details.heads)
 *   throw error
 * }
 * ```
 */
export class MigrateError<C extends ErrorCode = ErrorCode> extends Error {
  override readonly name = 'MigrateError'
  readonly [brand] = true
  readonly code: C
  readonly details: ErrorDetails[C]
  readonly remedy: string
  readonly location: ErrorLocation
  /** Absent: no revision was running. */
  readonly outcome?: ErrorOutcome

  constructor(code: C, details: ErrorDetails[C], message: string, options: MigrateErrorOptions = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause })
    this.code = code
    this.details = details
    this.remedy = options.remedy ?? remedies[code]
    this.location = options.location ?? {}
    if (options.outcome !== undefined) this.outcome = options.outcome
  }

  /** Where the code is explained. */
  get docs(): string {
    return pageOf(this.code)
  }

  /** What `--json` prints; the cause is left out, it may hold anything. */
  toJSON(): Record<string, unknown> {
    const { code, message, remedy, details, outcome, location, docs } = this
    return { code, message, remedy, docs, details, ...(outcome === undefined ? {} : { outcome }), ...location }
  }
}

/** Whether `error` is a MigrateError (of `code`, if given), also when it comes from another copy of this package. */
export function isMigrateError<C extends ErrorCode = ErrorCode>(error: unknown, code?: C): error is MigrateError<C> {
  try {
    return (
      typeof error === 'object' &&
      error !== null &&
      (error as { readonly [brand]?: unknown })[brand] === true &&
      (code === undefined || (error as { readonly code?: unknown }).code === code)
    )
  } catch {
    // A proxy, or a getter of the thrown value, that throws.
    return false
  }
}

/** Whether an error says itself why a run ended. */
const namesReason = (error: unknown): boolean =>
  (['ABORTED', 'LOCK_LOST', 'HOOK_FAILED'] as const).some((code) => isMigrateError(error, code))

/** The reason of the abort that cut off what failed with `error`; else the error itself. */
export function reasonOf(error: unknown, signal: AbortSignal | undefined): unknown {
  const isCutOff = signal?.aborted && isMigrateError(error) && error.cause === signal.reason && !namesReason(error)
  return isCutOff ? signal.reason : error
}

/** Whether `error` comes of the abort of `signal`, which was asked for and is no failure. */
export function isAbort(error: unknown, signal: AbortSignal | undefined): boolean {
  const reason = reasonOf(error, signal)
  return signal?.aborted === true && reason === signal.reason && !namesReason(reason)
}

/** The same error with what `location` and `outcome` add; what the error already knows stays. */
export function locate(
  error: MigrateError,
  location: ErrorLocation,
  outcome: ErrorOutcome | undefined = error.outcome,
): MigrateError {
  const located = new MigrateError(error.code, error.details, error.message, {
    remedy: error.remedy,
    location: { ...location, ...error.location },
    ...(outcome === undefined ? {} : { outcome }),
    ...(error.cause === undefined ? {} : { cause: error.cause }),
  })
  // The lines of the user's code that it came from.
  return Object.assign(located, { stack: error.stack })
}
