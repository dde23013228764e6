import { isText, isTexts, requireArguments } from './option-check.ts'

const most = 5
const furthest = 2

/** Edit distance with swapped neighbours as one edit; gives `furthest + 1` as soon as it must be more. */
function distance(a: string, b: string): number {
  if (Math.abs(a.length - b.length) > furthest) return furthest + 1
  let beforeLast: number[] = []
  let last = Array.from({ length: b.length + 1 }, (_, i) => i)
  for (let i = 1; i <= a.length; i += 1) {
    const row = [i]
    for (let j = 1; j <= b.length; j += 1) {
      const same = a[i - 1] === b[j - 1] ? 0 : 1
      let cost = Math.min((last[j] ?? 0) + 1, (row[j - 1] ?? 0) + 1, (last[j - 1] ?? 0) + same)
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]) {
        cost = Math.min(cost, (beforeLast[j - 2] ?? 0) + 1)
      }
      row.push(cost)
    }
    if (Math.min(...row) > furthest) return furthest + 1
    beforeLast = last
    last = row
  }
  return last[b.length] ?? furthest + 1
}

function similarity(text: string, candidate: string): number {
  const [typed, name] = [text.toLowerCase(), candidate.toLowerCase()]
  if (typed === name) return -1
  if (typed.length >= 3 && (name.startsWith(typed) || typed.startsWith(name))) return 0
  const edits = distance(typed, name)
  // Two edits in three letters make any name out of any other.
  return edits < Math.min(typed.length, name.length) ? edits : furthest + 1
}

/** The names that this may be a misspelling of, the nearest first, five at most. */
export function nearNames(typed: string, names: readonly string[]): readonly string[] {
  requireArguments('nearNames', { typed, names }, { typed: isText, names: isTexts })
  const matches: { readonly name: string; readonly rank: number }[] = []
  if (typed !== '') {
    for (const name of names) {
      const rank = similarity(typed, name)
      if (rank <= furthest) matches.push({ name, rank })
    }
  }
  return matches
    .sort((a, b) => a.rank - b.rank || (a.name < b.name ? -1 : 1))
    .slice(0, most)
    .map(({ name }) => name)
}
