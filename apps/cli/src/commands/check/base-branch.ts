import { execFile } from 'node:child_process'
import { existsSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import type { RevisionHeader } from '@org/migrate-core'
import { contextOf } from '@org/migrate-core/internal'
import { graph } from '@org/migrate-core/node'
import type { CommandContext } from '../../context.ts'
import { oneLine } from '../../reporters/formatting.ts'
import { usage } from '../../usage.ts'
import type { Project } from '../../wiring.ts'

type Headers = ReadonlyMap<string, RevisionHeader>

/** The revisions of a tier on the branch that a change goes into, by id. */
export interface BaseRevisions {
  readonly tier: string
  /** Where the change left that branch. */
  readonly atFork: Headers
  /** As that branch is now. */
  readonly atTip: Headers
}

export interface BaseBranch {
  readonly name: string
  readonly fork: string
  readonly tiers: readonly BaseRevisions[]
}

const run = promisify(execFile)
/** Of the names of the files of a folder with thousands of revisions. */
const maxBuffer = 64 * 1024 * 1024

/** CI servers name it without the remote: https://docs.github.com/actions/reference/variables, https://docs.gitlab.com/ci/variables/predefined_variables/ */
function branchOf({ GITHUB_BASE_REF, CI_MERGE_REQUEST_TARGET_BRANCH_NAME }: NodeJS.ProcessEnv): string {
  const branch = GITHUB_BASE_REF || CI_MERGE_REQUEST_TARGET_BRANCH_NAME
  return `origin/${branch || 'HEAD'}`
}

const fetchIt =
  'Name it with --base, and fetch it with its history: `fetch-depth: 0` on GitHub, `GIT_DEPTH: 0` on GitLab.'

/** What git prints. Throws USAGE with what it says. */
async function git(folder: string, env: NodeJS.ProcessEnv, base: string, ...args: readonly string[]): Promise<string> {
  try {
    return (await run('git', args, { cwd: folder, env, maxBuffer })).stdout.trim()
  } catch (cause) {
    const { stderr = '', message } = cause as Error & { readonly stderr?: string }
    const problem = `the branch ${base} that the change goes into cannot be read: ${oneLine(stderr.trim() || message)}`
    // The cause is the same text behind the command line of git.
    throw usage(problem, fetchIt)
  }
}

/** The revisions of a folder in a commit. Its files are put into a folder of their own: headers are read without running anything. */
async function headersAt(
  folder: string,
  env: NodeJS.ProcessEnv,
  base: string,
  commit: string,
  recursive: boolean,
): Promise<readonly RevisionHeader[]> {
  const ask = (...args: readonly string[]): Promise<string> => git(folder, env, base, ...args)
  const [path, top] = await Promise.all([ask('rev-parse', '--show-prefix'), ask('rev-parse', '--show-toplevel')])
  if ((await ask('ls-tree', '--full-tree', '-d', commit, path.replace(/\/$/, ''))) === '' && path !== '') return []
  const copy = await mkdtemp(join(tmpdir(), 'migrate-base-'))
  try {
    // An index of its own: that of the checkout stays as it is.
    const own = { ...env, GIT_INDEX_FILE: join(copy, 'index') }
    await git(top, own, base, 'read-tree', `${commit}:${path}`)
    await git(top, own, base, 'checkout-index', '--all', `--prefix=${join(copy, 'files')}/`)
    const headers = await graph([join(copy, 'files')], { recursive }).source.headers({ readAll: true })
    // Read at its first use, and kept: the files are removed below.
    for (const { textHash } of headers) void textHash
    return headers
  } finally {
    await rm(copy, { recursive: true, force: true })
  }
}

const byId = (headers: readonly RevisionHeader[]): Headers => new Map(headers.map((each) => [each.revision, each]))

/** The folder of the repository. */
export const topOf = ({ caller }: CommandContext, { loaded }: Project): Promise<string> =>
  git(loaded.folder, caller.env, 'HEAD', 'rev-parse', '--show-toplevel')

/** Throws USAGE where git cannot tell, and what is wrong with revisions there. */
export async function readBaseBranch(
  { caller }: CommandContext,
  { migrator, loaded }: Project,
  given: string | undefined,
): Promise<BaseBranch> {
  const { env } = caller
  const name = given ?? branchOf(env)
  const ask = (...args: readonly string[]): Promise<string> => git(loaded.folder, env, name, ...args)
  const tip = await ask('rev-parse', '--verify', '--end-of-options', `${name}^{commit}`)
  const fork = await ask('merge-base', 'HEAD', tip)
  const tiers: BaseRevisions[] = []
  for (const { name: tier, source } of contextOf('check', migrator).resolved.tiers) {
    const { folders = [], recursive = false } = source.locations ?? {}
    const present = folders.filter((folder) => existsSync(folder))
    const at = async (commit: string): Promise<Headers> =>
      byId((await Promise.all(present.map((each) => headersAt(each, env, name, commit, recursive)))).flat())
    const atFork = await at(fork)
    tiers.push({ tier, atFork, atTip: tip === fork ? atFork : await at(tip) })
  }
  return { name, fork, tiers }
}
