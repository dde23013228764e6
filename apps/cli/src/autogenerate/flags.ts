import { MigrateError } from '@org/migrate-core'
import type { GenerateFlags } from './generate.ts'

/** The options of `revision` that have to do with --autogenerate. */
export interface AutogenerateFlags extends GenerateFlags {
  readonly autogenerate?: true
  readonly dryRun?: true
  readonly empty?: true
  readonly sqlFile?: true
}

/** The options that mean something with --autogenerate alone, and whether one was given. */
const ofAutogenerate: { readonly [flag: string]: (settings: AutogenerateFlags) => boolean } = {
  '--from': ({ from }) => from !== undefined,
  '--no-database': ({ database }) => !database,
  '--rename': ({ rename }) => rename !== undefined,
  '--dropped': ({ dropped }) => dropped !== undefined,
  '--no-renames': ({ renames }) => !renames,
  '--fill': ({ fill }) => fill !== undefined,
  '--allow-destructive': ({ allowDestructive }) => allowDestructive === true,
  '--explicit-downgrade': ({ explicitDowngrade }) => explicitDowngrade === true,
  '--dry-run': ({ dryRun }) => dryRun === true,
  '--empty': ({ empty }) => empty === true,
}

function usage(problem: string, remedy: string): MigrateError<'USAGE'> {
  return new MigrateError('USAGE', { problem }, problem, { remedy })
}

/** Throws USAGE where the database is to be asked, and nothing to be connected to. */
export function requireOneSide({ from, database }: Pick<AutogenerateFlags, 'from' | 'database'>): void {
  if (database || from !== 'database') return
  throw usage('--no-database leaves no database to compare with', 'Leave one of --from database and --no-database out.')
}

/** Throws USAGE for options that would be passed by without a word. */
export function requireFitting(settings: AutogenerateFlags): void {
  if (settings.autogenerate !== true) {
    const given = Object.keys(ofAutogenerate).filter((flag) => ofAutogenerate[flag]?.(settings))
    if (given.length === 0) return
    throw usage(`${given.join(', ')} is for --autogenerate, which was not asked for`, 'Add --autogenerate.')
  }
  if (settings.sqlFile === true) {
    throw usage(
      'what --autogenerate writes is no SQL',
      'Leave --sql-file out; the SQL of a revision is printed by `migrate plan` and by `migrate upgrade --sql`.',
    )
  }
  requireOneSide(settings)
}
