import type { CommandContext } from '../context.ts'
import { type ExitCode, exitCodes } from '../exit-codes.ts'
import { filesOnly } from '../graph/graph-state.ts'
import { describeRevision, lineOf, revisionFacts } from '../graph/revision-facts.ts'

/** Every revision that more than one follows, with those, from the files alone; the latest first. */
export async function branches(context: CommandContext, { verbose }: { readonly verbose?: true }): Promise<ExitCode> {
  const project = await context.openFiles()
  const state = await filesOnly(project)
  const { graph } = state
  const forks = new Set(graph.branchPoints)
  const branchPoints = graph.order
    .filter((revision) => forks.has(revision))
    .reverse()
    .map((revision) => ({
      ...revisionFacts(state, revision),
      branches: graph.childrenOf(revision).map((child) => revisionFacts(state, child)),
    }))
  context.report.answer({ tier: project.tier.name, revisions: branchPoints }, () => {
    if (branchPoints.length === 0) return 'no branches'
    const entries = branchPoints.map((facts) => {
      const indent = ' '.repeat(facts.revision.length)
      const title = verbose ? describeRevision(facts) : lineOf(facts, facts.branchLabels, facts.marks)
      return [
        title,
        ...facts.branches.map((each) => `${indent} -> ${lineOf(each, each.branchLabels, each.marks)}`),
      ].join('\n')
    })
    return entries.join('\n\n')
  })
  return exitCodes.done
}
