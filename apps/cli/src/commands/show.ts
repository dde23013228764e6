import { MigrateError, resolveTargets } from '@org/migrate-core'
import type { CommandContext } from '../context.ts'
import { type ExitCode, exitCodes } from '../exit-codes.ts'
import { appliedAt } from './history.ts'
import { describeRevision, revisionFacts } from './revision-facts.ts'

/** One revision (or each head, with `heads`): its place in the graph, its file, when it was applied. */
export async function show(context: CommandContext, target: string): Promise<ExitCode> {
  const { migrator, tier } = await context.open()
  const graph = await migrator.graph(tier.name)
  const state = await migrator.state()
  const heads = state.tiers.find((found) => found.tier === tier.name)?.heads ?? []
  const current = heads.filter((revision) => graph.has(revision))
  const found = resolveTargets(graph, target, { current })
  if (found.length === 0) {
    throw new MigrateError('UNKNOWN_REVISION', { target, near: [] }, `\`${target}\` names no revision to show`)
  }
  const rows = await migrator.history()
  const revisions = found.map((revision) =>
    revisionFacts(graph, revision, current, appliedAt(rows, tier.name, revision)),
  )
  context.report.answer({ tier: tier.name, revisions }, () => revisions.map(describeRevision).join('\n\n'))
  return exitCodes.done
}
