import { createHash, hash } from 'node:crypto'
import { isReadonlyMap } from './chunked-map.ts'

/** JSON with sorted keys and without undefined members, so that equal values give equal text. */
export function canonicalJson(value: unknown): string {
  return JSON.stringify(value, (_key, part: unknown) => {
    if (isReadonlyMap(part)) return { $map: [...part.entries()].sort(([a], [b]) => (String(a) < String(b) ? -1 : 1)) }
    if (typeof part === 'bigint') return { $bigint: part.toString() }
    if (typeof part !== 'object' || part === null || Array.isArray(part)) return part
    const sorted: [string, unknown][] = Object.entries(part).sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0))
    return Object.fromEntries(sorted)
  })
}

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null

/** Whether two values have one canonical JSON. Most that are compared are equal, and none is written then. */
export function isSame(a: unknown, b: unknown): boolean {
  if (Object.is(a, b)) return true
  if (!isObject(a) || !isObject(b)) return canonicalJson(a) === canonicalJson(b)
  const isSpecial = isReadonlyMap(a) || isReadonlyMap(b) || 'toJSON' in a || 'toJSON' in b
  if (isSpecial || Array.isArray(a) !== Array.isArray(b)) return canonicalJson(a) === canonicalJson(b)
  if (Array.isArray(a) && Array.isArray(b)) {
    return a.length === b.length && a.every((part, at) => isSame(part ?? null, b[at] ?? null))
  }
  const own = (of: Readonly<Record<string, unknown>>, key: string) => (Object.hasOwn(of, key) ? of[key] : undefined)
  // A member that is undefined is none.
  for (const key of Object.keys(a)) if (!isSame(a[key], own(b, key))) return false
  for (const key of Object.keys(b)) if (b[key] !== undefined && own(a, key) === undefined) return false
  return true
}

export function sha256(data: string | Uint8Array): string {
  return hash('sha256', data, 'hex')
}

const piece = 1 << 20

/** The hash of several texts one after the other. A long one is hashed in pieces, so that no copy of it is made. */
export function sha256Of(strings: readonly string[]): string {
  if (strings.every((text) => text.length < piece)) return sha256(strings.join(''))
  const hashing = createHash('sha256')
  for (const text of strings) {
    for (let from = 0; from < text.length; ) {
      let to = from + piece
      // Both halves of a surrogate pair make one character.
      if (/[\uD800-\uDBFF]/.test(text[to - 1] ?? '')) to += 1
      hashing.update(text.slice(from, to))
      from = to
    }
  }
  return hashing.digest('hex')
}

/** What `normaliseSource` would change, but for white space other than blanks and tabs, which is the last of it. */
const abnormal = /\r|[ \t]\n|\s\n$/
const beyondAscii = /[^\n\t -~]/

/** Line ends, a byte order mark and white space at line ends are not edits: git and editors change them by themselves. */
export function normaliseSource(text: string): string {
  // Nearly every file is as it should be, and thousands are looked at in a run that has nothing to do.
  if (text.endsWith('\n') && !beyondAscii.test(text) && !abnormal.test(text)) return text
  const lines = text
    .replace(/^\uFEFF/, '')
    .replace(/\r\n?/g, '\n')
    .split('\n')
  return `${lines
    .map((line) => line.trimEnd())
    .join('\n')
    .trimEnd()}\n`
}

/** The hash of a value's canonical JSON. */
export function checksum(value: unknown): string {
  return sha256(canonicalJson(value))
}
