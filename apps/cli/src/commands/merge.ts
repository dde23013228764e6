import { parentsOfNewRevision, requireSeparateTargets } from '@org/migrate-core/internal'
import type { CommandContext } from '../context.ts'
import { type ExitCode, exitCodes } from '../exit-codes.ts'
import { rowsFor } from '../graph/graph-state.ts'
import {
  type CreatedRevision,
  filesOf,
  makeRevision,
  type NewRevisionSettings,
  reportCreated,
} from '../new-files/make-revision.ts'
import { oneAtATime } from '../running/one-at-a-time.ts'
import { usage } from '../usage.ts'
import type { LoadedProject } from '../wiring.ts'

/** Makes a revision that follows several. No database is asked. */
export async function merge(
  context: CommandContext,
  targets: readonly string[],
  settings: NewRevisionSettings,
): Promise<ExitCode> {
  const project = await context.openFiles()
  reportCreated(context, await oneAtATime(context, project, () => create(context, project, targets, settings)))
  return exitCodes.done
}

async function create(
  context: CommandContext,
  project: LoadedProject,
  targets: readonly string[],
  { message, revId, branchLabel = [], splice = false }: NewRevisionSettings,
): Promise<CreatedRevision> {
  const files = await filesOf(project)
  const parents = parentsOfNewRevision(files.graph, {
    head: targets,
    splice,
    ...(await rowsFor(context, files.graph, targets)),
  })
  if (parents.length < 2) {
    const [only] = parents
    throw usage(
      only === undefined ? 'there is no revision to merge' : `${only} is one revision: there is nothing to merge`,
      'Run `migrate heads` to see what can be joined.',
    )
  }
  // A head that another one depends on is joined too: as long as it is a head, `head` means several.
  requireSeparateTargets(files.graph, parents, 'parents')
  return makeRevision(context, {
    ...files,
    project,
    options: {
      head: parents,
      splice,
      message: message ?? `merge ${parents.join(' and ')}`,
      branchLabels: branchLabel,
      ...(revId === undefined ? {} : { revision: revId }),
    },
  })
}
