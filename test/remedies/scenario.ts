import { join } from 'node:path'
import type { ErrorCode, MigratorOptions, Revision } from '@org/migrate-core'
import { executeIn, migratorOf } from '../execute/kit.ts'

/** Where a scenario takes place: a folder of its own, with the file of a SQLite database that is not there yet. */
export interface Place {
  readonly folder: string
  readonly file: string
  readonly up: (chain: readonly Revision[], options?: Partial<MigratorOptions>) => Promise<unknown>
  readonly sql: (text: string) => void
}

export function placeIn(folder: string): Place {
  const file = join(folder, 'app.db')
  return {
    folder,
    file,
    up: (chain, options = {}) => migratorOf(file, chain, options).upgrade(),
    sql: (text) => executeIn(file, text),
  }
}

/** One advice: the state that gives the error, and the call after the advice was followed. */
export interface Scenario {
  /** The words of the remedy that are followed. */
  readonly follows: string
  readonly before?: (place: Place) => unknown
  /** Throws the error. */
  readonly call: (place: Place) => unknown
  /** Does what the remedy says, to the state. */
  readonly follow?: (place: Place) => unknown
  /** The call as the remedy says it has to be; default: the same once more. */
  readonly afterwards?: (place: Place) => unknown
}

/** What is executed of the remedies of a code; a text says why none can be. */
export type Answers = { readonly [C in ErrorCode]?: readonly Scenario[] | string }
