import type { Random } from '../../../kit/random.ts'

/** Words that SQL has a use for, and that are refused without quotes. */
const reserved =
  'select from where group order table index values default check unique primary references not null case when'.split(
    ' ',
  )
/** Words that SQL has a use for and still takes as names. */
const fallback = 'key action desc abort row rows after before column trigger view temp replace plan cascade'.split(' ')

const odd: readonly [string, (n: number) => string][] = [
  ['name with quotes', (n) => `qu"ote${n}`],
  ['name with quotes', (n) => `it's ${n}`],
  ['name with quotes', (n) => `back\`tick${n}`],
  ['name with quotes', (n) => `bra]c[ket${n}`],
  ['name with spaces', (n) => `two words ${n}`],
  ['name with spaces', (n) => ` padded ${n} `],
  ['name with emoji', (n) => `🚲${n}`],
  ['name with emoji', (n) => `naïve 👩‍🚀${n}`],
  ['name like SQL', (n) => `--${n}`],
  ['name like SQL', (n) => `/*${n}*/`],
  ['name like SQL', (n) => `a.b${n}`],
  ['name like SQL', (n) => `),(${n}`],
  ['name like SQL', (n) => `$${n};`],
  ['name like SQL', (n) => `?${n}%s`],
  ['name of an object member', (n) => (n % 2 === 0 ? 'constructor' : '__proto__')],
  ['mixed case name', (n) => `MiXed${n}`],
]

export interface Names {
  /** A name that no other thing of the case has. */
  nextName(kind?: 'plain' | 'any'): string
  /** The name as it may stand where it is declared, quoted in one of SQLite's ways. */
  declared(name: string): string
  /** The name as it may stand where it is used: SQLite does not mind the case of letters. */
  written(name: string): string
  /** Claims a name; false if it is taken. */
  claim(name: string): boolean
}

export function quoted(name: string): string {
  return `"${name.replaceAll('"', '""')}"`
}

export function isPlain(name: string): boolean {
  return /^[a-z][a-z0-9_]*$/.test(name) && !isReserved(name)
}

function isReserved(name: string): boolean {
  return reserved.includes(name.toLowerCase()) || fallback.includes(name.toLowerCase())
}

export function names(random: Random, features: Set<string>): Names {
  const taken = new Set<string>(['rowid', 'oid', '_rowid_'])
  const oddness = random.pick([0.1, 0.35, 0.7])
  let count = random.int(0, 90)
  const claim = (name: string): boolean => {
    const key = name.toLowerCase()
    if (taken.has(key)) return false
    taken.add(key)
    return true
  }
  const nextName = (kind: 'plain' | 'any' = 'any'): string => {
    for (;;) {
      count++
      if (kind === 'plain' || !random.chance(oddness)) {
        const name = `${random.pick(['col', 'item', 'amount', 'owner_', 'x'])}${count}`
        if (claim(name)) return name
      } else if (random.chance(0.3)) {
        const name = random.pick(random.chance(0.7) ? reserved : fallback)
        if (claim(name)) {
          features.add('name that is a keyword')
          return name
        }
      } else {
        const [feature, make] = random.pick(odd)
        const name = make(count)
        if (claim(name)) {
          features.add(feature)
          return name
        }
      }
    }
  }
  const declared = (name: string): string => {
    const styles = [() => quoted(name), () => quoted(name), () => `\`${name.replaceAll('`', '``')}\``]
    if (!name.includes(']')) styles.push(() => `[${name}]`)
    if (isPlain(name) || fallback.includes(name))
      styles.push(
        () => name,
        () => name,
        () => name,
      )
    return random.pick(styles)()
  }
  const written = (name: string): string => (isPlain(name) && random.chance(0.1) ? name.toUpperCase() : declared(name))
  return { nextName, declared, written, claim }
}
