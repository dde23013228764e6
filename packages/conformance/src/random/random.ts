/** Random numbers that a seed repeats: one case is one seed, so a failure is replayed without its predecessors. */
export interface Random {
  /** 0 <= x < 1. */
  fraction(): number
  /** Whole numbers from `low` to `high`, both included. */
  int(low: number, high: number): number
  chance(probability: number): boolean
  pick<T>(from: readonly T[]): T
  /** Up to `count` different elements, in random order. */
  sample<T>(from: readonly T[], count: number): T[]
  weighted<T>(from: readonly (readonly [number, T])[]): T
}

export function random(seed: number): Random {
  // mulberry32, started from a scrambled seed so that neighbouring seeds have nothing in common
  let state = Math.imul(seed ^ 0x9e3779b9, 0x85ebca6b) >>> 0
  const fraction = (): number => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296
  }
  const int = (low: number, high: number): number => low + Math.floor(fraction() * (high - low + 1))
  const pick = <T>(from: readonly T[]): T => {
    if (from.length === 0) throw new Error('nothing to pick from')
    return from[int(0, from.length - 1)] as T
  }
  return {
    fraction,
    int,
    chance: (probability) => fraction() < probability,
    pick,
    sample(from, count) {
      const left = [...from]
      const taken: typeof left = []
      while (taken.length < count && left.length > 0) taken.push(...left.splice(int(0, left.length - 1), 1))
      return taken
    },
    weighted(from) {
      let at = fraction() * from.reduce((sum, [weight]) => sum + weight, 0)
      for (const [weight, value] of from) {
        at -= weight
        if (at < 0) return value
      }
      return pick(from)[1]
    },
  }
}

/** The seed of case `index` of a run. */
export function caseSeed(run: number, index: number): number {
  return (Math.imul(run, 0x01000193) ^ Math.imul(index + 1, 0x9e3779b1)) >>> 0
}
