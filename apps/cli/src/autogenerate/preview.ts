import type { Comparison } from '@org/migrate-autogenerate'
import { oneLine } from '../reporters/formatting.ts'
import { lossText } from '../reporters/loss-text.ts'

type Compared = Pick<Comparison, 'dialect' | 'changes' | 'notes'> &
  Partial<Pick<Comparison, 'losses'>> & { readonly from: string }

/** What would be written, for people: each change with its statements. */
export function previewText(comparisons: readonly Compared[]): string {
  const several = comparisons.length > 1
  return comparisons
    .flatMap((comparison) => [...(several ? [`${comparison.dialect}:`] : []), ...changesText(comparison)])
    .join('\n')
}

function changesText({ changes, losses = [], notes }: Compared): readonly string[] {
  const lines = changes.flatMap(({ change, describe, statements, unsupported }) => {
    const loses =
      change.kind === 'operation' && change.loses !== undefined ? [`  destructive: loses ${change.loses}`] : []
    const why =
      unsupported === undefined
        ? []
        : [`  not supported: ${oneLine(unsupported.why)}`, `    ${oneLine(unsupported.next)}`]
    return [`- ${oneLine(describe)}`, ...loses, ...why, ...statements.map((sql) => `    ${oneLine(sql)}`)]
  })
  return [
    ...(lines.length === 0 ? ['nothing differs'] : lines),
    ...losses.map((loss) => `destructive: ${oneLine(lossText(loss))}`),
    ...notes.map((note) => `note: ${oneLine(note)}`),
  ]
}

/** The same for programs. */
export function previewDocument(comparisons: readonly Compared[]): object {
  return {
    comparisons: comparisons.map(({ dialect, from, changes, losses, notes }) => ({
      dialect,
      from,
      changes,
      losses,
      notes,
    })),
  }
}
