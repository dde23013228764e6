import { AssertionError, deepStrictEqual, fail } from 'node:assert/strict'
import { type ErrorCode, isMigrateError, type MigrateError } from '@org/migrate-core'

/** `what` says which of the values of a test it is. */
export function equal(actual: unknown, expected: unknown, what?: string): void {
  try {
    deepStrictEqual(actual, expected)
  } catch (error) {
    if (what !== undefined && error instanceof AssertionError) error.message = `${what}: ${error.message}`
    throw error
  }
}

/** What the work throws; to throw nothing is a failure. */
export async function thrown(work: Promise<unknown>, what = 'the work'): Promise<unknown> {
  try {
    await work
  } catch (error) {
    return error
  }
  return fail(`${what} did not fail`)
}

/** The refusal of that code; another error is thrown on. */
export async function refusal<C extends ErrorCode>(work: Promise<unknown>, code: C): Promise<MigrateError<C>> {
  const error = await thrown(work)
  if (isMigrateError(error, code)) return error
  throw error
}

/** The messages of an error and of its causes. */
export const messageOf = (error: unknown): string =>
  error instanceof Error ? `${error.message}\n${messageOf(error.cause)}` : ''
