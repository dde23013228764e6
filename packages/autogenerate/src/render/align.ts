import { canonicalJson } from '@org/migrate-core/dialect'

/** A part of several lists: what all of them have, or what each has for itself between two such parts. */
type Run<T> =
  | { readonly common: readonly T[]; readonly separate?: never }
  | { readonly common?: never; readonly separate: ReadonlyMap<string, readonly T[]> }

/** A longest list of keys that stand in both in this order (Hunt and Szymanski: by the places that a key has in the other). */
function commonKeys(a: readonly string[], b: readonly string[]): readonly string[] {
  const positions = new Map<string, number[]>()
  for (const [at, key] of b.entries()) {
    const indexes = positions.get(key)
    if (indexes === undefined) positions.set(key, [at])
    else indexes.unshift(at)
  }
  interface Link {
    readonly at: number
    readonly key: string
    readonly before: Link | undefined
  }
  // By length: the chain of that length which ends first in `b`.
  const ends: Link[] = []
  for (const key of a) {
    for (const at of positions.get(key) ?? []) {
      let low = 0
      let high = ends.length
      while (low < high) {
        const middle = (low + high) >> 1
        if ((ends[middle]?.at ?? 0) < at) low = middle + 1
        else high = middle
      }
      ends[low] = { at, key, before: ends[low - 1] }
    }
  }
  const keys: string[] = []
  for (let link = ends.at(-1); link !== undefined; link = link.before) keys.unshift(link.key)
  return keys
}

/** Where each of these keys, in their order, comes first in a list. */
function positionsOf(keys: readonly string[], list: readonly string[]): readonly number[] {
  let from = 0
  return keys.map((key) => {
    const at = list.indexOf(key, from)
    from = at + 1
    return at
  })
}

/**
 * Lists side by side. Read for one of them, the runs give that list. With one list, or equal ones, all of it is common.
 *
 * ```ts
 * runsOf(new Map([['sqlite', [1, 2, 4]], ['postgres', [1, 3, 4]]])) // 1; 2 and 3 apart; 4
 * ```
 */
export function runsOf<T>(lists: ReadonlyMap<string, readonly T[]>): readonly Run<T>[] {
  const [only = []] = lists.values()
  if (lists.size < 2) return only.length === 0 ? [] : [{ common: only }]
  const keyed = [...lists].map(([name, items]) => ({ name, items, keys: items.map(canonicalJson) }))
  const [first, ...rest] = keyed
  if (first === undefined) return []
  const keys = rest.reduce((common, { keys: own }) => commonKeys(common, own), first.keys as readonly string[])
  const placed = keyed.map(({ name, items, keys: own }) => ({ name, items, positions: positionsOf(keys, own) }))
  const runs: Run<T>[] = []
  let common: T[] = []
  const endCommon = (): void => {
    if (common.length > 0) runs.push({ common })
    common = []
  }
  const last = new Map<string, number>()
  for (let at = 0; at <= keys.length; at += 1) {
    const between = placed.map(({ name, items, positions }) => {
      const from = last.get(name) ?? 0
      const to = positions[at] ?? items.length
      last.set(name, to + 1)
      return [name, items.slice(from, to)] as const
    })
    if (between.some(([, items]) => items.length > 0)) {
      endCommon()
      runs.push({ separate: new Map(between) })
    }
    const item = placed[0]?.items[placed[0].positions[at] ?? -1]
    if (item !== undefined) common.push(item)
  }
  endCommon()
  return runs
}
