import { present } from '@org/migrate-core/dialect'
import { listHistory } from '@org/migrate-core/internal'
import type { CommandContext } from '../context.ts'
import { type ExitCode, exitCodes } from '../exit-codes.ts'
import { inspect } from '../graph/graph-state.ts'
import {
  describeRevision,
  lastApplied,
  lineOf,
  type RevisionFacts,
  revisionFacts,
  unknownLine,
} from '../graph/revision-facts.ts'

export interface HistorySettings {
  readonly verbose?: true
  readonly range?: string
  /** The database has to be reached. */
  readonly indicateCurrent?: true
}

/** The revisions of a tier, the latest first. */
export async function history(context: CommandContext, settings: HistorySettings): Promise<ExitCode> {
  const { verbose, range = ':', indicateCurrent } = settings
  const inspected = await inspect(context, indicateCurrent || range.includes('current'))
  const { tier, state, pushedAt, interruptedLoadAt } = inspected
  const applied = lastApplied(verbose ? await inspected.history() : [], tier.name)
  const listed = listHistory(state.graph, range, state.current)
  const revisions = listed.map((revision) => revisionFacts(state, revision, applied.get(revision)))
  const missing = [...state.missing]
  const pushed = present({ pushedAt, interruptedLoadAt })
  context.report.answer({ tier: tier.name, revisions, missing, ...pushed }, () => {
    const lines = [
      ...(pushedAt === undefined ? [] : [`${pushedAt} pushed, and no revision recorded since`]),
      ...(interruptedLoadAt === undefined ? [] : [`${interruptedLoadAt} load begun, and interrupted`]),
      ...state.unknown.map(unknownLine),
      ...revisions.map((facts) =>
        verbose ? describeRevision(facts) : shortForm(facts, state.graph.get(facts.revision)),
      ),
    ]
    return lines.length === 0 ? 'no revisions' : lines.join(verbose ? '\n\n' : '\n')
  })
  return exitCodes.done
}

function shortForm(facts: RevisionFacts, header: { readonly branchLabels: readonly string[] }): string {
  const parents = facts.parents.length === 0 ? '<base>' : facts.parents.join(', ')
  const needs = facts.dependsOn.length === 0 ? '' : ` (needs ${facts.dependsOn.join(', ')})`
  return `${parents}${needs} -> ${lineOf(facts, header.branchLabels, facts.marks)}`
}
