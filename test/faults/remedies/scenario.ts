import { join } from 'node:path'
import {
  type ErrorCode,
  isMigrateError,
  type MigrateError,
  type MigratorOptions,
  type Revision,
} from '@org/migrate-core'
import type { Driver } from '../../kit/sqlite-client/needs-driver.ts'
import { executeIn, migratorOn } from '../../unit/run/kit.ts'

/** Where a scenario takes place: a folder of its own, with the file of a SQLite database that is not there yet. */
export interface Sandbox {
  readonly folder: string
  readonly file: string
  readonly up: (chain: readonly Revision[], options?: Partial<MigratorOptions>) => Promise<unknown>
  readonly sql: (text: string) => void
}

export function createSandbox(folder: string): Sandbox {
  const file = join(folder, 'app.db')
  return {
    folder,
    file,
    up: (chain, options = {}) => migratorOn(file, chain, options).upgrade(),
    sql: (text) => executeIn(file, text),
  }
}

/** One advice: the state that gives the error, and the call after the advice was followed. */
export interface Scenario {
  /** The words of the remedy that are followed. */
  readonly follows: string
  /** The driver that the state is made with; where this Node cannot load it the scenario is NOT RUN. */
  readonly needs?: Driver
  readonly before?: (sandbox: Sandbox) => unknown
  /** Throws the error. */
  readonly call: (sandbox: Sandbox) => unknown
  /** Does what the remedy says, to the state. */
  readonly follow?: (sandbox: Sandbox) => unknown
  /** The call as the remedy says it has to be; default: the same once more. */
  readonly afterwards?: (sandbox: Sandbox) => unknown
}

/** A test that gets the error on a server, or between processes, and does there what the remedy says. */
export interface Pointer {
  readonly file: string
  /** As the test is called; one that ends in a space is the beginning. */
  readonly title: string
  /** What the test does of the remedy. */
  readonly follows: string
}

export const isPointer = (each: Scenario | Pointer): each is Pointer => 'title' in each
export const pointer = (file: string, title: string, follows: string): Pointer => ({
  file: `test/${file}`,
  title,
  follows,
})

/** What is executed of the remedies of a code. */
export type Answers = { readonly [C in ErrorCode]?: readonly (Scenario | Pointer)[] }

/** Gets the error, proves what it is, and follows it. */
export async function executed(
  sandbox: Sandbox,
  each: Scenario,
  expected: (error: MigrateError) => void,
): Promise<void> {
  await each.before?.(sandbox)
  let error: unknown
  try {
    await each.call(sandbox)
  } catch (thrown) {
    error = thrown
  }
  if (!isMigrateError(error)) throw new Error(`no error of ours was thrown, but ${String(error)}`, { cause: error })
  expected(error)
  await each.follow?.(sandbox)
  await (each.afterwards ?? each.call)(sandbox)
}
