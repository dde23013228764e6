import {
  createMigrator,
  graphOf,
  isMigrateError,
  type MigrateError,
  type Migrator,
  type MigratorOptions,
  revisions,
} from '@org/migrate-core'
import type { Ground } from '../ensure/ground.ts'
import { line, type Recorded } from '../execute/kit.ts'

export { describeEverywhere, type Ground } from '../ensure/ground.ts'
export type { Recorded } from '../execute/kit.ts'

export type RevisionBody = Recorded | { readonly up: Recorded; readonly down: Recorded }

/** A line of revisions r1 <- r2 <- … on a database of one test. */
export function migratorOn(
  ground: Ground,
  chain: readonly RevisionBody[],
  options: Partial<MigratorOptions> = {},
): Migrator {
  return createMigrator({ dialect: ground.dialect(), tiers: [graphOf(revisions(line(...chain)))], ...options })
}

export async function errorOf(work: Promise<unknown>): Promise<MigrateError> {
  const error = await work.then(
    () => undefined,
    (reason: unknown) => reason,
  )
  if (!isMigrateError(error)) throw new Error(`no MigrateError but ${String(error)}`)
  return error
}

/** The values of one column, as strings, in the order of the key. */
export async function valuesOf(ground: Ground, column: string, table = 't'): Promise<readonly (string | null)[]> {
  const rows = await ground.sql(`SELECT ${column} AS v FROM ${table} ORDER BY id`)
  return rows.map(({ v }) => (v === null ? null : String(v)))
}
