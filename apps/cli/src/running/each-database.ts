import type { LoadedConfig } from '../configuration/config.ts'
import { databaseNames } from '../configuration/named-databases.ts'
import { type ExitCode, exitCodes } from '../exit-codes.ts'
import type { Reporter } from '../reporters/reporter.ts'
import type { Settings } from '../settings.ts'
import { usage } from '../usage.ts'

/** Files are of no database: these would make them once for each. */
const ofFiles: ReadonlySet<string> = new Set(['revision', 'merge', 'squash', 'edit', 'rebase', 'init', 'completion'])

/**
 * Runs a command on each database, one after the other, and ends at the first that fails. Gives the highest exit code.
 *
 * Throws USAGE where the settings do not fit or no database is named, and what reading the configuration and the command throw.
 */
export async function onEachDatabase(
  settings: Settings,
  read: () => Promise<LoadedConfig>,
  report: Reporter,
  run: (settings: Settings) => Promise<ExitCode>,
): Promise<ExitCode> {
  requireFitting(settings)
  const names = databaseNames(await read())
  let code: ExitCode = exitCodes.done
  for (const [at, database] of names.entries()) {
    report.note(`database ${database}`)
    try {
      const ended = await run({ ...settings, database })
      if (ended > code) code = ended
    } catch (error) {
      const left = names.slice(at + 1)
      if (left.length > 0) report.note(`not run on ${left.join(', ')}`)
      throw error
    }
  }
  return code
}

/** Throws USAGE for what says something else beside `--all`. */
function requireFitting({ database, url, command }: Settings): void {
  const option = database !== undefined ? '--database' : url !== undefined ? '--url' : undefined
  if (ofFiles.has(command))
    throw usage(`\`migrate ${command}\` makes files, which are of no database`, 'Leave out --all.')
  if (option !== undefined) throw usage(`--all leaves nothing to choose with ${option}`, 'Leave out one of them.')
}
