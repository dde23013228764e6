import { listHistory } from '@org/migrate-core/internal'
import type { CommandContext } from '../context.ts'
import { dot } from '../drawing/dot.ts'
import { layOut } from '../drawing/lanes.ts'
import { ascii, boxes, linesOf, type Mark } from '../drawing/lines.ts'
import { mermaid } from '../drawing/mermaid.ts'
import type { PicturedRevision } from '../drawing/picture.ts'
import { type ExitCode, exitCodes } from '../exit-codes.ts'
import { type GraphState, inspect } from '../graph/graph-state.ts'
import { lineOf, type RevisionFacts, revisionFacts, unknownLine } from '../graph/revision-facts.ts'
import { oneLine } from '../reporters/formatting.ts'
import { usage } from '../usage.ts'

type GraphFormat = 'text' | 'mermaid' | 'dot' | 'json'

export interface GraphSettings {
  readonly range?: string
  readonly format?: GraphFormat
  readonly ascii?: true
}

interface Drawn {
  readonly state: GraphState
  readonly revisions: readonly RevisionFacts[]
  readonly document: object
  readonly ascii: boolean
}

const drawings: { readonly [F in GraphFormat]: (drawn: Drawn) => string } = {
  text: ({ state, revisions, ascii: plain }) => {
    if (revisions.length + state.unknown.length === 0) return 'no revisions'
    const facts = new Map(revisions.map((each) => [each.revision, each]))
    const label = (revision: string): string => {
      const each = facts.get(revision)
      if (each === undefined) return revision
      const needs = each.dependsOn.length === 0 ? [] : [`needs ${each.dependsOn.join(', ')}`]
      const marks = each.marks.filter((mark) => !mark.endsWith('point'))
      return lineOf(each, state.graph.get(revision).branchLabels, [...marks, ...needs])
    }
    const rows = layOut(edges(state, revisions))
    const mark = (revision: string): Mark => markOf(state, revision) ?? 'applied'
    return [...state.unknown.map(unknownLine), ...linesOf(rows, plain ? ascii : boxes, { mark, label })].join('\n')
  },
  mermaid: ({ state, revisions }) => mermaid(pictured(state, revisions)),
  dot: ({ state, revisions }) => dot(pictured(state, revisions)),
  json: ({ document }) => JSON.stringify(document),
}

/** The history as a picture, the latest first. */
export async function graph(context: CommandContext, settings: GraphSettings): Promise<ExitCode> {
  const { range = ':', format = 'text', ascii: plain = false } = settings
  if (plain && format !== 'text')
    throw usage(`--ascii draws for the terminal, and --format ${format} does not`, 'Leave one of the two out.')
  const { tier, state } = await inspect(context, range.includes('current'))
  const revisions = listHistory(state.graph, range, state.current).map((revision) => revisionFacts(state, revision))
  const document = {
    tier: tier.name,
    /** Null where the database could not be asked. */
    current: state.applied === undefined ? null : [...state.unknown, ...state.current],
    missing: [...state.missing],
    revisions: revisions.map((facts) => ({ ...facts, applied: state.applied?.has(facts.revision) ?? null })),
  }
  context.report.answer(document, () => drawings[format]({ state, revisions, document, ascii: plain }))
  return exitCodes.done
}

export function markOf({ current, applied }: GraphState, revision: string): Mark | undefined {
  if (applied === undefined) return undefined
  if (current.includes(revision)) return 'current'
  return applied.has(revision) ? 'applied' : 'pending'
}

/** With ids for labels. */
export function edges({ graph: whole }: GraphState, revisions: readonly RevisionFacts[]) {
  return revisions.map(({ revision, parents }) => ({ revision, parents, dependsOn: whole.dependenciesOf(revision) }))
}

function pictured(state: GraphState, revisions: readonly RevisionFacts[]): readonly PicturedRevision[] {
  const inside = new Set(revisions.map(({ revision }) => revision))
  const drawn = (ids: readonly string[]): readonly string[] => ids.filter((id) => inside.has(id))
  return edges(state, revisions).map(({ revision, parents, dependsOn }, at) => {
    const { message = '', marks = [] } = revisions[at] ?? {}
    const mark = markOf(state, revision)
    return {
      revision,
      parents: drawn(parents),
      dependsOn: drawn(dependsOn).filter((id) => !parents.includes(id)),
      message: oneLine(message),
      notes: [...state.graph.get(revision).branchLabels, ...marks.filter((each) => !each.endsWith('point'))],
      ...(mark === undefined ? {} : { mark }),
    }
  })
}
