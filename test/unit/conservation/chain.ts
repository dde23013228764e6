import type { Revision } from '@org/migrate-core'
import type { DrawnOperation } from './drawing.ts'

export interface DrawnRevision extends Revision {
  readonly drawn: readonly DrawnOperation[]
}

export function drawnRevision(
  revision: string,
  downRevision: Revision['downRevision'],
  drawn: readonly DrawnOperation[],
): DrawnRevision {
  const upgrade: Revision['upgrade'] = (op) => {
    for (const { record } of drawn) record(op)
  }
  return { revision, downRevision, drawn, upgrade }
}

export const describeDrawn = (drawn: readonly DrawnOperation[]): string => drawn.map((each) => each.describe).join('; ')

/** As a migrator takes it. */
export const undrawn = (chain: readonly DrawnRevision[]): readonly Revision[] =>
  chain.map(({ drawn: _, ...revision }) => revision)

/** Two revisions of the line as one; undefined where they can't be one, or a database has only the first of them. */
export function squashedChain(
  chain: readonly DrawnRevision[],
  at: number,
  revision: string,
  isBetween: (first: string) => boolean,
): readonly DrawnRevision[] | undefined {
  const [first, second] = chain.slice(at, at + 2)
  const isLine = second?.downRevision === first?.revision
  if (first === undefined || second === undefined || !isLine || isBetween(first.revision)) return undefined
  const range = [first, second]
  const crosses = range.some(({ downRevision }) => Array.isArray(downRevision))
  // No squash takes the names that the sources of a data step had, and a downgrade that is written has to be merged by hand.
  const isPlain = range.every(
    ({ replaces, downgrade, drawn }) =>
      replaces === undefined && downgrade === undefined && !drawn.some((each) => each.computes),
  )
  const children = chain.filter(({ downRevision }) => downRevision === first.revision)
  if (crosses || !isPlain || children.length > 1) return undefined
  const operations = range.flatMap(({ drawn }) => drawn)
  return [
    ...chain.slice(0, at),
    {
      ...drawnRevision(revision, first.downRevision, operations),
      replaces: range.map((each) => each.revision),
    },
    ...chain
      .slice(at + 2)
      .map((each) => (each.downRevision === second.revision ? { ...each, downRevision: revision } : each)),
  ]
}
