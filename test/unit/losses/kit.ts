import type { Migrator, MigratorOptions } from '@org/migrate-core'
import { line, migratorOf, type RevisionBody } from '../../kit/migrator.ts'
import type { Ground } from '../ensure/ground.ts'

export { describeEverywhere, type Ground } from '../ensure/ground.ts'

/** A line of revisions r1 <- r2 <- … on a database of one test. */
export function migratorOn(
  ground: Ground,
  chain: readonly RevisionBody[],
  options: Partial<MigratorOptions> = {},
): Migrator {
  return migratorOf(ground.dialect(), line(...chain), options)
}

/** The values of one column, as strings, in the order of the key. */
export async function valuesOf(ground: Ground, column: string, table = 't'): Promise<readonly (string | null)[]> {
  const rows = await ground.sql(`SELECT ${column} AS v FROM ${table} ORDER BY id`)
  return rows.map(({ v }) => (v === null ? null : String(v)))
}
