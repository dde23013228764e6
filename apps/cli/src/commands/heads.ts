import type { CommandContext } from '../context.ts'
import { type ExitCode, exitCodes } from '../exit-codes.ts'
import { filesOnly } from '../graph/graph-state.ts'
import { describeRevision, lineOf, revisionFacts } from '../graph/revision-facts.ts'

export interface HeadsSettings {
  readonly verbose?: true
  /** Without those that something depends on. */
  readonly resolveDependencies?: true
}

/** The heads of a tier's graph, from the files alone. */
export async function heads(context: CommandContext, settings: HeadsSettings): Promise<ExitCode> {
  const { verbose, resolveDependencies } = settings
  const project = await context.openFiles()
  const state = await filesOnly(project)
  const chosen = resolveDependencies ? state.graph.effectiveHeads : state.graph.heads
  const revisions = chosen.map((revision) => revisionFacts(state, revision))
  context.report.answer({ tier: project.tier.name, revisions }, () => {
    if (revisions.length === 0) return 'no revisions'
    if (verbose) return revisions.map(describeRevision).join('\n\n')
    const marks = (all: readonly string[]) => all.filter((mark) => mark === 'effective head')
    return revisions.map((facts) => lineOf(facts, facts.branchLabels, marks(facts.marks))).join('\n')
  })
  return exitCodes.done
}
