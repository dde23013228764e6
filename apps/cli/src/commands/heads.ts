import type { CommandContext } from '../context.ts'
import { type ExitCode, exitCodes } from '../exit-codes.ts'
import { oneLine } from '../reporters/words.ts'
import { describeRevision, revisionFacts } from './revision-facts.ts'

/** The heads of a tier's graph, from the files alone. */
export async function heads(context: CommandContext, { verbose }: { readonly verbose?: true }): Promise<ExitCode> {
  const { migrator, tier } = await context.open()
  const graph = await migrator.graph(tier.name)
  const revisions = graph.heads.map((revision) => revisionFacts(graph, revision, []))
  context.report.answer({ tier: tier.name, revisions }, () => {
    if (revisions.length === 0) return 'no revisions'
    if (verbose) return revisions.map(describeRevision).join('\n\n')
    return revisions
      .map(({ revision, branchLabels, message }) => {
        const labels = branchLabels.length === 0 ? '' : ` (${branchLabels.join(', ')})`
        return `${revision}${labels}  ${oneLine(message)}`
      })
      .join('\n')
  })
  return exitCodes.done
}
