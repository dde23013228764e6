import { execFile } from 'node:child_process'
import { existsSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { promisify } from 'node:util'
import { isMigrateError } from '@org/migrate-core'
import { readTierPosition } from '@org/migrate-core/internal'
import type { CommandContext } from '../../context.ts'
import { oneLine } from '../../reporters/formatting.ts'
import type { Project } from '../../wiring.ts'
import { readBaseBranch } from '../check/base-branch.ts'
import { withRemedy } from '../development/dev.ts'
import { refusal } from './last-revision.ts'

const run = promisify(execFile)

/** Whether a folder lies in a repository of git. */
function isInRepository(folder: string): boolean {
  for (let at = folder; ; at = dirname(at)) {
    if (existsSync(join(at, '.git'))) return true
    if (at === dirname(at)) return false
  }
}

const newOne = (revision: string): string =>
  `Make a new revision behind ${revision} with \`migrate revision --autogenerate\`.`

/**
 * The branch that this one is pushed to, and the one that work goes into, as far as git knows them. What is committed in neither is on this
 * machine alone. Throws USAGE where git is needed and cannot be run.
 */
async function upstreamBranches({ caller }: CommandContext, folder: string): Promise<readonly string[]> {
  const branches: string[] = []
  for (const name of ['@{upstream}', 'origin/HEAD']) {
    try {
      await run('git', ['rev-parse', '--verify', '--quiet', '--end-of-options', `${name}^{commit}`], {
        cwd: folder,
        env: caller.env,
      })
      branches.push(name)
    } catch (cause) {
      // It exits with 1, or 128, for a branch that does not exist.
      const { code, message } = cause as Error & { readonly code?: unknown }
      if (typeof code === 'number') continue
      throw refusal(
        `whether other people have the revision is not known: ${oneLine(message)}`,
        'Install git, or put it on the PATH.',
      )
    }
  }
  return branches
}

/** Throws USAGE where the revision is in what the upstream branch has, or where git cannot tell. */
export async function refusePushed(context: CommandContext, project: Project, revision: string): Promise<void> {
  const { folder } = project.loaded
  if (!isInRepository(folder)) return
  for (const name of await upstreamBranches(context, folder)) {
    const { tiers } = await readBaseBranch(context, project, name).catch((error: unknown) => {
      throw isMigrateError(error) ? withRemedy(error, 'Fetch the history of that branch with git, then repeat it.') : error
    })
    if (!tiers.some(({ tier, atFork }) => tier === project.tier.name && atFork.has(revision))) continue
    throw refusal(`${revision} is in the upstream branch ${name}, and other people have it`, newOne(revision))
  }
}

/** The other databases of the configuration; a database that the command line names is beside all of them. */
async function* otherDatabases({ openOther, settings }: CommandContext, own: Project, names: readonly string[]) {
  const all = names.length > 0 ? names : settings.url === undefined ? [] : [undefined]
  for (const name of all) {
    const isOwn = name !== undefined && settings.url === undefined && (name === settings.database || all.length === 1)
    if (isOwn) continue
    const other = await openOther(name).catch((error: unknown) => {
      // The configuration is about no database of its own.
      if (name === undefined && isMigrateError(error, 'NO_DATABASE')) return undefined
      throw error
    })
    if (other !== undefined && other.database !== own.database) yield { name: name ?? other.database, other }
  }
}

/** Throws USAGE where another database of the configuration has the revision, and what opening one throws: each has to answer. */
export async function refuseElsewhere(
  context: CommandContext,
  project: Project,
  names: readonly string[],
  revision: string,
): Promise<void> {
  try {
    for await (const { name, other } of otherDatabases(context, project, names)) {
      const { applied, missing, heads } = await readTierPosition(other.migrator, other.tier.name)
      const { interrupted } = await other.migrator.status({ files: false })
      const isThere =
        applied.has(revision) ||
        [...missing, ...heads].includes(revision) ||
        interrupted.some((each) => each.revision === revision)
      if (isThere) throw refusal(`the database ${name} has ${revision}`, newOne(revision))
    }
  } catch (error) {
    if (!isMigrateError(error) || isMigrateError(error, 'USAGE')) throw error
    const remedy = `Make the database reachable: it may have ${revision}. ${newOne(revision)}`
    throw withRemedy(error, remedy)
  }
}
