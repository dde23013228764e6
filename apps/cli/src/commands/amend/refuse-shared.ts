import { execFile } from 'node:child_process'
import { existsSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { promisify } from 'node:util'
import { isMigrateError } from '@org/migrate-core'
import { readTierPosition } from '@org/migrate-core/internal'
import type { CommandContext } from '../../context.ts'
import { oneLine } from '../../reporters/formatting.ts'
import { usage } from '../../usage.ts'
import type { Project } from '../../wiring.ts'
import { readBaseBranch } from '../check/base-branch.ts'
import { withRemedy } from '../development/dev.ts'

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
      throw usage(
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
      throw isMigrateError(error)
        ? withRemedy(error, 'Fetch the history of that branch with git, then repeat it.')
        : error
    })
    if (!tiers.some(({ tier, atFork }) => tier === project.tier.name && atFork.has(revision))) continue
    throw usage(`${revision} is in the upstream branch ${name}, and other people have it`, newOne(revision))
  }
}

/** Which history a project is about: what people are shown leaves out the parameters of the URL, the schema, and the names of our tables. */
function historyOf({ database, connectionTarget, loaded: { config } }: Project): string {
  const { schema, tables } = config
  return JSON.stringify([database, connectionTarget.url.split('?')[1], schema, tables])
}

/** Throws USAGE where another database of the configuration has the revision, and what opening one throws: each has to answer. */
export async function refuseElsewhere(context: CommandContext, own: Project, revision: string): Promise<void> {
  for (const { name, open } of await context.otherDatabases()) {
    const other = await reached(open, revision)
    if (other === undefined || historyOf(other) === historyOf(own)) continue
    const isThere = await hasRevision(other, revision).catch((error: unknown) => {
      throw unreachable(error, revision)
    })
    if (isThere) throw usage(`the database ${name ?? other.database} has ${revision}`, newOne(revision))
  }
}

/** Undefined where the configuration is about no database of its own. */
async function reached(open: () => Promise<Project>, revision: string): Promise<Project | undefined> {
  try {
    return await open()
  } catch (error) {
    if (isMigrateError(error, 'NO_DATABASE')) return undefined
    throw unreachable(error, revision)
  }
}

async function hasRevision({ migrator, tier }: Project, revision: string): Promise<boolean> {
  const { applied, missing, heads } = await readTierPosition(migrator, tier.name)
  if (applied.has(revision) || [...missing, ...heads].includes(revision)) return true
  const { interrupted } = await migrator.status()
  return interrupted.some((each) => each.revision === revision)
}

function unreachable(error: unknown, revision: string): unknown {
  if (!isMigrateError(error)) return error
  return withRemedy(error, `Make that database reachable: it may have ${revision}. ${newOne(revision)}`)
}
