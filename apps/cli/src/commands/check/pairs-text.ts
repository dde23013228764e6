import type { BranchConflict, BranchPair, BranchSide } from '@org/migrate-autogenerate'
import { firstLines } from '../../reporters/first-lines.ts'
import { countText, oneLine, plural } from '../../reporters/formatting.ts'

/** How many pairs of branches are printed, and how many conflicts of each. */
export const shownPairs = 20

/** Where not all are printed, conflicts come first. */
export function pairsText(pairs: readonly BranchPair[]): string {
  if (pairs.length <= shownPairs) return pairs.map(pairText).join('\n')
  const of = (verdict: BranchPair['verdict']) => pairs.filter((pair) => pair.verdict === verdict)
  const [conflict, unknown, independent] = [of('conflict'), of('unknown'), of('independent')]
  const counts = [
    `${countText(conflict.length)} in conflict`,
    `${countText(unknown.length)} unknown`,
    `${countText(independent.length)} independent`,
  ]
  return [
    `${plural(pairs.length, 'pair')}: ${counts.join(', ')}`,
    ...[...conflict, ...unknown, ...independent].slice(0, shownPairs).map(pairText),
    `and ${countText(pairs.length - shownPairs)} more; \`--json\` has all of them`,
  ].join('\n')
}

const verdicts: { readonly [V in BranchPair['verdict']]: string } = {
  independent: 'they have nothing in common: any order works, and `migrate merge` joins them',
  conflict:
    'they change the same objects: inspect both, then state in one of the revisions, or in the merge, what is valid',
  unknown: 'no conflict is known, but the effects of some operations are unknown',
}

function pairText({ left, right, ancestors, verdict, conflicts }: BranchPair): string {
  const since = ancestors.length === 0 ? 'the beginning' : ancestors.join(', ')
  return [
    `${verdict}: ${left.head} and ${right.head}, since ${since}`,
    `  ${verdicts[verdict]}`,
    ...firstLines(conflicts.map(conflictText), shownPairs),
    ...[left, right].flatMap(unknownLines),
  ].join('\n')
}

function conflictText({ left, right, footprints }: BranchConflict): string {
  return [
    `  ${left.revision}: ${oneLine(left.operation)}`,
    `    conflicts with ${right.revision}: ${oneLine(right.operation)} (${footprints.join(', ')})`,
  ].join('\n')
}

function unknownLines({ unknown }: BranchSide): readonly string[] {
  const lines = unknown.map(({ revision, operation }) => `  unknown effects: ${revision}: ${oneLine(operation)}`)
  return firstLines(lines, shownPairs)
}
