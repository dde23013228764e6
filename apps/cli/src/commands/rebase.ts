import {
  createRevisionGraph,
  isMigrateError,
  MigrateError,
  type RevisionGraph,
  type RevisionHeader,
  resolveTarget,
} from '@org/migrate-core'
import { parentsOfNewRevision, readTierPosition } from '@org/migrate-core/internal'
import { rewriteParents } from '@org/migrate-core/node'
import type { CommandContext } from '../context.ts'
import { type ExitCode, exitCodes } from '../exit-codes.ts'
import { filesOnly, plainNode, rowsFor } from '../graph/graph-state.ts'
import { locationsOf } from '../new-files/make-revision.ts'
import { someOf } from '../reporters/formatting.ts'
import { oneAtATime } from '../running/one-at-a-time.ts'
import { usage } from '../usage.ts'
import type { LoadedProject, Project } from '../wiring.ts'

type Graph = RevisionGraph<RevisionHeader>
type Rows = Awaited<ReturnType<typeof rowsFor>>

/** Puts a revision that is not applied behind a head, with everything that follows it: one line of its file is changed. */
export async function rebase(
  context: CommandContext,
  target: string,
  { onto }: { readonly onto: string },
): Promise<ExitCode> {
  const files = await context.openFiles()
  locationsOf(files)
  return oneAtATime(context, files, () => moveRevision(context, files, target, onto))
}

async function moveRevision(
  context: CommandContext,
  files: LoadedProject,
  target: string,
  onto: string,
): Promise<ExitCode> {
  const { graph } = await filesOnly(files)
  const rows = await rowsFor(context, graph, [target, onto])
  const header = movable(graph, target, rows)
  const { revision, source: file } = header
  const [before = ''] = header.parents
  const parent = newParent(graph, revision, onto, rows)
  const moved = createRevisionGraph(
    graph.ids.map((id) => (id === revision ? { ...plainNode(header), parents: [parent] } : plainNode(graph.get(id)))),
  )
  const changed = parent !== before
  if (changed) {
    await refuseApplied(await context.open(), graph, revision)
    rewriteParents(file, [parent])
  }
  const { heads } = moved
  context.report.answer({ revision, file, parent, before, changed, heads }, () =>
    changed
      ? `${revision} revises ${parent} instead of ${before || '<base>'}: ${file}\nheads: ${someOf(heads)}`
      : `${revision} revises ${parent} already`,
  )
  return exitCodes.done
}

function movable(graph: Graph, target: string, rows: Rows): RevisionHeader {
  const revision = resolveTarget(graph, target, rows)
  if (revision === null) throw usage(`${target} names no revision`, 'Name the first revision of the line to move.')
  const header = graph.get(revision)
  if (header.parents.length < 2) return header
  throw usage(
    `${revision} joins ${header.parents.join(' and ')}: with one parent it would join nothing`,
    'Move the first revision of one of its sides, or remove the merge revision first.',
  )
}

/** The head among the revisions that do not stand on the one that is moved. */
function newParent(graph: Graph, revision: string, onto: string, rows: Rows): string {
  const behind = graph.descendantsOf([revision])
  const rest = createRevisionGraph(graph.ids.filter((id) => !behind.has(id)).map((id) => plainNode(graph.get(id))))
  let parents: readonly string[]
  try {
    parents = parentsOfNewRevision(rest, { head: onto, ...rows })
  } catch (error) {
    if (!isMigrateError(error, 'UNKNOWN_REVISION')) throw error
    const resolved = resolveTarget(graph, onto, rows)
    throw resolved === null ? error : circle(resolved, revision)
  }
  const [parent, ...more] = parents
  if (parent !== undefined && more.length === 0) return parent
  throw usage(`${onto} names ${parents.length} revisions, and one is to be the parent`, 'Name one head.')
}

function circle(onto: string, revision: string): MigrateError {
  const message =
    onto === revision
      ? `Revision ${revision} cannot be put behind itself.`
      : `Revision ${revision} cannot be put behind ${onto}, which stands on it.`
  return new MigrateError('CYCLE', { revisions: [revision, onto] }, message, {
    remedy: 'Name a head of another line, or move that line instead.',
  })
}

/** What a database has applied keeps its place: its history would tell of another order. */
async function refuseApplied({ migrator, tier, database }: Project, graph: Graph, revision: string): Promise<void> {
  const { applied, heads } = await readTierPosition(migrator, tier.name)
  const behind = graph.descendantsOf([revision])
  const { interrupted } = await migrator.status()
  const interruptedStep = interrupted.find((each) => each.tier === tier.name && behind.has(each.revision))
  if (interruptedStep !== undefined) {
    throw usage(
      `${interruptedStep.revision} was interrupted in ${database}, so ${revision} cannot be moved`,
      'Take back what is done of it with `migrate resume --revert`; or finish it with `migrate resume`, and downgrade below it.',
    )
  }
  if (applied.has(revision)) {
    throw usage(
      `${revision} is applied in ${database}, so it cannot be moved`,
      `Downgrade that database below ${revision} first, move the other line instead, or join both with \`migrate merge heads\`.`,
    )
  }
  const unknown = heads.filter((head) => !graph.has(head))
  if (unknown.length === 0) return
  throw usage(
    `${database} is at ${unknown.join(', ')}, which no file describes: whether ${revision} is applied there is unknown`,
    'Bring the files of those revisions back first.',
  )
}
