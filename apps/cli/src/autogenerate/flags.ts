import { usage } from '../usage.ts'
import type { GenerateFlags } from './generate.ts'

/** The options of `revision` that have to do with --autogenerate. */
export interface AutogenerateFlags extends GenerateFlags {
  readonly autogenerate?: true
  readonly amend?: true
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

/** Throws USAGE where the database is to be asked, and nothing to be connected to. */
export function requireOneSide({ from, database }: Pick<AutogenerateFlags, 'from' | 'database'>): void {
  if (database || from !== 'database') return
  throw usage('--no-database leaves no database to compare with', 'Leave one of --from database and --no-database out.')
}

/** The options that say what an amended revision has already, or that it would not heed. */
const notOfAmend = {
  autogenerate: '--autogenerate',
  head: '--head',
  splice: '--splice',
  branchLabel: '--branch-label',
  versionPath: '--version-path',
  revId: '--rev-id',
  dependsOn: '--depends-on',
  sqlFile: '--sql-file',
  from: '--from',
  dryRun: '--dry-run',
  empty: '--empty',
} as const

function refuseWithAmend(settings: Readonly<Partial<Record<keyof typeof notOfAmend, unknown>>>): void {
  const keys = Object.keys(notOfAmend) as (keyof typeof notOfAmend)[]
  const given = keys.filter((key) => settings[key] !== undefined && settings[key] !== false)
  if (given.length === 0) return
  const flags = given.map((key) => notOfAmend[key]).join(', ')
  throw usage(`${flags} does not go with --amend: the revision keeps its id and its place`, 'Leave one of the two out.')
}

/** Throws USAGE for options that would be passed by without a word. */
export function requireFitting(settings: AutogenerateFlags): void {
  if (settings.amend === true) {
    refuseWithAmend(settings)
    if (settings.database) return
    throw usage('--amend reverts and applies the revision on a database', 'Leave --no-database out.')
  }
  if (settings.autogenerate !== true) {
    const given = Object.keys(ofAutogenerate).filter((flag) => ofAutogenerate[flag]?.(settings))
    if (given.length === 0) return
    throw usage(`${given.join(', ')} is for --autogenerate, which is missing`, 'Add --autogenerate.')
  }
  if (settings.sqlFile === true) {
    throw usage(
      'what --autogenerate writes is no SQL',
      'Leave --sql-file out; the SQL of a revision is printed by `migrate plan` and by `migrate upgrade --sql`.',
    )
  }
  requireOneSide(settings)
}
