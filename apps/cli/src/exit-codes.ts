import { type ErrorCode, isMigrateError } from '@org/migrate-core'

export const exitCodes = {
  done: 0,
  failed: 1,
  /** Wrong usage or configuration: nothing was tried. */
  usage: 2,
  /** There is something to do: pending revisions, edited files. */
  todo: 3,
  /** Another run holds the lock of the database. */
  locked: 4,
  /** The lock was taken away during the run. */
  lockLost: 5,
  interrupted: 130,
  terminated: 143,
} as const

export type ExitCode = (typeof exitCodes)[keyof typeof exitCodes]

/** What is not listed is `failed`. */
const byCode: { readonly [C in ErrorCode]?: ExitCode } = {
  USAGE: exitCodes.usage,
  INVALID_OPTION: exitCodes.usage,
  NO_DATABASE: exitCodes.usage,
  DATABASE_PROTECTED: exitCodes.usage,
  INVALID_URL: exitCodes.usage,
  CONFIG_NOT_FOUND: exitCodes.usage,
  CONFIG_INVALID: exitCodes.usage,
  CONFIG_FAILED: exitCodes.usage,
  DIALECT_NOT_INSTALLED: exitCodes.usage,
  FILE_NOT_WRITTEN: exitCodes.usage,
  MIGRATIONS_NOT_FOUND: exitCodes.usage,
  RENAME_UNANSWERED: exitCodes.usage,
  TIER_UNKNOWN: exitCodes.usage,
  EDITED_REVISION: exitCodes.todo,
  REVISION_MOVED: exitCodes.todo,
  NOT_AT_HEAD: exitCodes.todo,
  DATABASE_BUSY: exitCodes.locked,
  LOCKED: exitCodes.locked,
  LOCK_LOST: exitCodes.lockLost,
}

/** The exit code of a command that threw; `signal` is what interrupted it. */
export function exitCodeOf(error: unknown, signal: NodeJS.Signals | undefined): ExitCode {
  if (isMigrateError(error, 'ABORTED') && signal !== undefined) return exitCodeOfSignal(signal)
  return (isMigrateError(error) ? byCode[error.code] : undefined) ?? exitCodes.failed
}

function exitCodeOfSignal(signal: NodeJS.Signals): ExitCode {
  return signal === 'SIGTERM' ? exitCodes.terminated : exitCodes.interrupted
}
