import type { MigrateError } from '@org/migrate-core'
import { usage } from '../usage.ts'

/** Throws USAGE where two options, or an option and a target, name what is to run. */
export function bothGiven(option: string, other: string): MigrateError<'USAGE'> {
  return usage(`${option} does not go with ${other}`, 'Leave one of the two out.')
}

/** The target of `--last-run`. Throws USAGE for another one beside it. */
export function lastRunTarget(target: string | undefined): string {
  if (target !== undefined) throw bothGiven('--last-run', `the target ${target}`)
  return 'last-run'
}
