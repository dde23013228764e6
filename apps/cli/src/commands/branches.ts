import type { CommandContext } from '../context.ts'
import { type ExitCode, exitCodes } from '../exit-codes.ts'
import { filesOnly } from './place.ts'
import { describeRevision, lineOf, revisionFacts } from './revision-facts.ts'

/** Every revision that more than one follows, with those, from the files alone; the latest first. */
export async function branches(context: CommandContext, { verbose }: { readonly verbose?: true }): Promise<ExitCode> {
  const opened = await context.openFiles()
  const place = await filesOnly(opened)
  const { graph } = place
  const forks = new Set(graph.branchPoints)
  const found = graph.order
    .filter((revision) => forks.has(revision))
    .reverse()
    .map((revision) => ({
      ...revisionFacts(place, revision),
      branches: graph.childrenOf(revision).map((child) => revisionFacts(place, child)),
    }))
  context.report.answer({ tier: opened.tier.name, revisions: found }, () => {
    if (found.length === 0) return 'no branches'
    const texts = found.map((facts) => {
      const indent = ' '.repeat(facts.revision.length)
      const title = verbose ? describeRevision(facts) : lineOf(facts, facts.branchLabels, facts.marks)
      return [
        title,
        ...facts.branches.map((each) => `${indent} -> ${lineOf(each, each.branchLabels, each.marks)}`),
      ].join('\n')
    })
    return texts.join('\n\n')
  })
  return exitCodes.done
}
