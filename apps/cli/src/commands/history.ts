import { type HistoryRow, listHistory } from '@org/migrate-core'
import type { CommandContext } from '../context.ts'
import { type ExitCode, exitCodes } from '../exit-codes.ts'
import { oneLine } from '../reporters/words.ts'
import { describeRevision, type RevisionFacts, revisionFacts } from './revision-facts.ts'

export interface HistorySettings {
  readonly verbose?: true
  readonly range?: string
}

/** The revisions of a tier, the latest first. */
export async function history(context: CommandContext, { verbose, range = ':' }: HistorySettings): Promise<ExitCode> {
  const { migrator, tier } = await context.open()
  const graph = await migrator.graph(tier.name)
  const heads = (await migrator.state()).tiers.find((found) => found.tier === tier.name)?.heads ?? []
  const known = heads.filter((revision) => graph.has(revision))
  const rows = verbose ? await migrator.history() : []
  const revisions = listHistory(graph, range, known).map((revision) =>
    revisionFacts(graph, revision, known, appliedAt(rows, tier.name, revision)),
  )
  context.report.answer({ tier: tier.name, revisions }, () =>
    revisions.length === 0
      ? 'no revisions'
      : revisions.map(verbose ? describeRevision : shortForm).join(verbose ? '\n\n' : '\n'),
  )
  return exitCodes.done
}

function shortForm(facts: RevisionFacts): string {
  const parents = facts.parents.length === 0 ? '<base>' : facts.parents.join(', ')
  const marks = facts.marks.length === 0 ? '' : ` (${facts.marks.join(') (')})`
  return `${parents} -> ${facts.revision}${marks}  ${oneLine(facts.message)}`
}

/** When the revision was last applied; undefined where the last thing that happened to it was a downgrade. */
export function appliedAt(rows: readonly HistoryRow[], tier: string, revision: string): string | undefined {
  const last = rows.filter((row) => row.tier === tier && row.revision === revision).at(-1)
  return last === undefined || last.direction === 'down' ? undefined : last.finishedAt
}
