/** What the name of a plain file of SQL says. */
export interface PlainName {
  /** Without the extension, and what says which way it goes. */
  readonly name: string
  readonly version: string
  readonly direction: 'up' | 'down'
}

/** Groups of digits up to the first that is a part of a word: `2021_05_06` of `2021_05_06_people`, `3` of `3_2fa`. */
const version = /^\d+(?:[._-]\d+(?=[._-]|$))*(?=[._-]|$)/
/** Flyway's: V for up, U for the downgrade. */
const flyway = /^([VU])(\d+(?:[._]\d+)*)__/
const directionSuffix = /\.(up|down)$/i

/** Undefined for a name that has no number at its beginning. */
export function plainName(stem: string): PlainName | undefined {
  const [, letter, numbered] = flyway.exec(stem) ?? []
  if (numbered !== undefined) {
    // Upgrade and downgrade of one version have one name.
    return { name: `V${stem.slice(1)}`, version: numbered, direction: letter === 'U' ? 'down' : 'up' }
  }
  const direction = directionSuffix.exec(stem)?.[1]?.toLowerCase() === 'down' ? 'down' : 'up'
  const name = stem.replace(directionSuffix, '')
  const [digits] = version.exec(name) ?? []
  return digits === undefined ? undefined : { name, version: digits, direction }
}

const numbersOf = (text: string): readonly bigint[] => text.split(/[._-]/).map(BigInt)

/** 9 before 10, 1.2 before 1.10; equal for 01 and 1. */
export function compareVersions(a: string, b: string): number {
  const [first, second] = [numbersOf(a), numbersOf(b)]
  for (let at = 0; at < Math.max(first.length, second.length); at += 1) {
    const [left = -1n, right = -1n] = [first[at], second[at]]
    if (left !== right) return left < right ? -1 : 1
  }
  return 0
}
