import { countsFromRows, resolveTargets } from '@org/migrate-core/internal'
import type { CommandContext } from '../context.ts'
import { type ExitCode, exitCodes } from '../exit-codes.ts'
import { inspect } from '../graph/graph-state.ts'
import { describeRevision, lastApplied, revisionFacts, unknownLine } from '../graph/revision-facts.ts'

/** What the targets name, in full: place in the graph, file, when it was applied. */
export async function show(context: CommandContext, targets: readonly string[]): Promise<ExitCode> {
  // What is counted from the database cannot be told without it.
  const inspected = await inspect(context, targets.some(countsFromRows))
  const { tier, state } = inspected
  const { graph, current } = state
  const ids = resolveTargets(graph, targets, { current })
  const applied = lastApplied(await inspected.history(), tier.name)
  const revisions = ids.map((revision) => revisionFacts(state, revision, applied.get(revision)))
  const unknown = targets.includes('current') ? state.unknown : []
  context.report.answer({ tier: tier.name, revisions, unknown }, () =>
    revisions.length + unknown.length === 0
      ? `base: nothing comes before it${graph.bases.length === 0 ? '' : `; ${graph.bases.join(', ')} comes next`}`
      : [...unknown.map(unknownLine), ...revisions.map(describeRevision)].join('\n\n'),
  )
  return exitCodes.done
}
