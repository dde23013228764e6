import type { Dialect, SchemaModel } from '@org/migrate-core/dialect'
import { contextOf, graphsOfFiles, replayUpTo, resolveTargets, type TierGraph } from '@org/migrate-core/internal'
import type { CommandContext } from '../context.ts'
import { usage } from '../usage.ts'
import type { Project } from '../wiring.ts'
import { rowsFor } from './graph-state.ts'

/** The revisions of a project, from which schemas are replayed. */
export interface ReplayedProject {
  readonly dialect: Dialect
  readonly graphs: readonly TierGraph[]
  /** That of the tier whose revisions targets name. */
  readonly own: TierGraph
}

/** What the revisions up to this one make of an empty database; none: nothing. */
export interface ReplayedSchema {
  readonly revision: string | undefined
  readonly schema: SchemaModel
  /** The revisions whose SQL does not tell what it does. */
  readonly opaque: readonly string[]
}

/** @param command the one that reads them */
export async function openReplay(command: string, project: Project): Promise<ReplayedProject> {
  const graphs = await graphsOfFiles(contextOf(command, project.migrator).resolved)
  const own = graphs.find(({ tier }) => tier.name === project.tier.name)
  if (own === undefined) throw new TypeError(`the tier ${project.tier.name} is among those of its own project`)
  return { dialect: await project.dialect.load(), graphs, own }
}

/** The schema at a target. Throws USAGE where it names several revisions. */
export async function schemaAt(
  context: CommandContext,
  { dialect, graphs, own: { graph } }: ReplayedProject,
  target: string,
): Promise<ReplayedSchema> {
  const { current } = await rowsFor(context, graph, [target])
  const [revision, ...remaining] = resolveTargets(graph, target, current === undefined ? {} : { current })
  if (remaining.length > 0) {
    throw usage(`${target} names several revisions: ${[revision, ...remaining].join(', ')}`, 'Name one of them.')
  }
  return { revision, ...(await replayUpTo(dialect, graphs, revision ?? null)) }
}
