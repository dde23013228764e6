import { afterSpace, afterString, afterValue, isStorable, jsonString } from './json-parts.ts'
import { isJson } from './json-validity.ts'

/** A JSON number as its exact value: sign, digits without zeros at the ends, and the place of the last one. */
function exactNumber(text: string): string {
  const [, sign = '', whole = '', fraction = '', exponent = '0'] =
    /^(-?)(\d+)(?:\.(\d+))?(?:e([+-]?\d+))?$/i.exec(text) ?? []
  const digits = `${whole}${fraction}`.replace(/^0+/, '')
  const trimmed = digits.replace(/0+$/, '')
  if (trimmed === '') return `${sign}0`
  return `${sign}${trimmed}e${BigInt(exponent) - BigInt(fraction.length) + BigInt(digits.length - trimmed.length)}`
}

/** A place in a JSON text. Large texts are compared in place: parts of their own would take several times their memory. */
interface Cursor {
  readonly text: string
  at: number
}

function skipSpace(cursor: Cursor): void {
  cursor.at = afterSpace(cursor.text, cursor.at)
}

/** The text of the value there; the cursor is behind it then. */
function take(cursor: Cursor, after: (text: string, at: number) => number): string {
  const from = cursor.at
  cursor.at = after(cursor.text, from)
  return cursor.text.slice(from, cursor.at)
}

/** The elements or members of the value at the cursor, one by one: the body moves the cursor behind each. Ends where it gives false. */
function everyPart(cursor: Cursor, isSame: () => boolean): boolean {
  const { text } = cursor
  cursor.at += 1
  for (skipSpace(cursor); text[cursor.at] !== ']' && text[cursor.at] !== '}'; skipSpace(cursor)) {
    if (!isSame()) return false
    skipSpace(cursor)
    if (text[cursor.at] === ',') cursor.at += 1
  }
  cursor.at += 1
  return true
}

function takeName(cursor: Cursor): string {
  const name = JSON.parse(take(cursor, afterString)) as string
  skipSpace(cursor)
  cursor.at += 1
  skipSpace(cursor)
  return name
}

function sameElements(a: Cursor, b: Cursor): boolean {
  const { text } = b
  b.at += 1
  const same = everyPart(a, () => {
    skipSpace(b)
    if (text[b.at] === ']' || !sameAt(a, b)) return false
    skipSpace(b)
    if (text[b.at] === ',') b.at += 1
    return true
  })
  skipSpace(b)
  if (!same || text[b.at] !== ']') return false
  b.at += 1
  return true
}

/** An object that has a name twice says more than any that has it once. */
function sameMembers(a: Cursor, b: Cursor): boolean {
  const offsets = new Map<string, number>()
  const hasNamesOnce = everyPart(b, () => {
    const name = takeName(b)
    if (offsets.has(name)) return false
    offsets.set(name, b.at)
    b.at = afterValue(b.text, b.at)
    return true
  })
  if (!hasNamesOnce) return false
  const same = everyPart(a, () => {
    const name = takeName(a)
    const at = offsets.get(name)
    offsets.delete(name)
    return at !== undefined && sameAt(a, { text: b.text, at })
  })
  return same && offsets.size === 0
}

function sameScalar(one: string, other: string): boolean {
  if (one === other) return true
  if (one.startsWith('"')) {
    const text = jsonString(one)
    return text !== undefined && isStorable(text.replaceAll('\0', '')) && text === jsonString(other)
  }
  if (!/^-?\d/.test(one) || !/^-?\d/.test(other)) return false
  return exactNumber(one) === exactNumber(other)
}

function sameAt(a: Cursor, b: Cursor): boolean {
  skipSpace(a)
  skipSpace(b)
  const [one, other] = [a.text[a.at], b.text[b.at]]
  if (one === '{' || other === '{') return one === other && sameMembers(a, b)
  if (one === '[' || other === '[') return one === other && sameElements(a, b)
  return sameScalar(take(a, afterValue), take(b, afterValue))
}

/**
 * Whether two JSON texts say the same: numbers by their exact value, strings by their characters, objects by their members in
 * any order.
 */
export function sameJson(a: string, b: string): boolean {
  if (a === b || a.trim() === b.trim()) return true
  return isJson(a) && isJson(b) && sameAt({ text: a, at: 0 }, { text: b, at: 0 })
}
