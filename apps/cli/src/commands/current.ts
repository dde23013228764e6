import { branchTips, readTierPosition } from '@org/migrate-core/internal'
import type { CommandContext } from '../context.ts'
import { type ExitCode, exitCodes } from '../exit-codes.ts'
import { graphStateOf } from '../graph/graph-state.ts'
import { describeRevision, lastApplied, lineOf, revisionFacts } from '../graph/revision-facts.ts'

export interface CurrentSettings {
  readonly verbose?: true
  readonly checkHeads?: true
}

/** The revisions that the database stands at: what is recorded, and the branches that something recorded depends on. */
export async function current(context: CommandContext, { verbose, checkHeads }: CurrentSettings): Promise<ExitCode> {
  const { migrator, tier } = await context.open()
  const position = await readTierPosition(migrator, tier.name)
  const state = graphStateOf(position)
  const { graph } = state
  const applied = lastApplied(verbose ? await migrator.history() : [], tier.name)
  // A sequential tier has no branches, and may have gaps.
  const tips = tier.kind === 'graph' ? branchTips(graph, state.current) : state.current
  const tipFacts = tips.map((revision) => revisionFacts(state, revision, applied.get(revision)))
  const revisions = [
    ...state.unknown.map((revision) => ({ revision, message: null, head: false, marks: ['current'] })),
    ...tipFacts.map((facts) => ({ ...facts, head: graph.heads.includes(facts.revision) })),
  ]
  const atHead =
    state.unknown.length === 0 && [...state.current].sort().join() === [...graph.effectiveHeads].sort().join()
  context.report.answer({ database: position.database, tier: tier.name, atHead, revisions }, () => {
    if (revisions.length === 0) return 'base'
    const shown = (marks: readonly string[]) => [
      ...marks.filter((mark) => mark !== 'current'),
      ...(marks.includes('current') ? [] : ['implied by what depends on it']),
    ]
    const lines = [
      ...state.unknown.map((revision) => `${revision} (no file describes it)`),
      ...tipFacts.map((facts) =>
        verbose ? describeRevision(facts) : lineOf(facts, facts.branchLabels, shown(facts.marks)),
      ),
    ]
    return verbose ? [`${position.database} is at:`, ...lines].join('\n\n') : lines.join('\n')
  })
  return checkHeads && !atHead ? exitCodes.todo : exitCodes.done
}
