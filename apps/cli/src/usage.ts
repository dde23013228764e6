import { MigrateError } from '@org/migrate-core'

/** A call of the program that asks for what it cannot do, and what to call instead. */
export function usage(problem: string, remedy?: string): MigrateError<'USAGE'> {
  return new MigrateError('USAGE', { problem }, problem, remedy === undefined ? {} : { remedy })
}
