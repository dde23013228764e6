import { isJson } from './json-validity.ts'

/**
 * Reading a part of a JSON text without parsing the rest: the parts come as the text they were written as, because
 * JSON.parse would round numbers and drop all but one of two equal keys.
 */

/** The end of the string that starts at `at`. */
export function afterString(json: string, at: number): number {
  for (let end = at + 1; ; end += 1) {
    const code = json.charCodeAt(end)
    if (code === 0x22) return end + 1
    if (code === 0x5c) end += 1
  }
}

/** The end of the value that starts at `at`; the text is known to be JSON. */
export function afterValue(json: string, at: number): number {
  let depth = 0
  let end = at
  do {
    const code = json.charCodeAt(end)
    if (code === 0x22) {
      end = afterString(json, end)
    } else if (code === 0x7b || code === 0x5b) {
      depth += 1
      end += 1
    } else if (code === 0x7d || code === 0x5d) {
      depth -= 1
      end += 1
    } else if (depth === 0) {
      while (end < json.length && !',]} \t\n\r'.includes(json[end] as string)) end += 1
    } else {
      end += 1
    }
  } while (depth > 0)
  return end
}

export function afterSpace(json: string, at: number): number {
  let next = at
  while (next < json.length && ' \t\n\r'.includes(json[next] as string)) next += 1
  return next
}

/** The string that a JSON string literal stands for; undefined for any other JSON value. */
export function jsonString(json: string | undefined): string | undefined {
  if (json === undefined) return undefined
  const text = json.trim()
  // A single string literal survives JSON.parse unchanged, lone surrogates and U+0000 included.
  return text.startsWith('"') ? (JSON.parse(text) as string) : undefined
}

/**
 * The members of a JSON object: name, unescaped, to the text of its value. Of two equal names the last counts.
 * Undefined where the text is no JSON or another kind of value.
 */
export function jsonMembers(json: string): ReadonlyMap<string, string> | undefined {
  let at = afterSpace(json, 0)
  if (json[at] !== '{' || !isJson(json)) return undefined
  const members = new Map<string, string>()
  at = afterSpace(json, at + 1)
  while (json[at] !== '}') {
    const keyEnd = afterString(json, at)
    const name = JSON.parse(json.slice(at, keyEnd)) as string
    at = afterSpace(json, afterSpace(json, keyEnd) + 1)
    const end = afterValue(json, at)
    members.set(name, json.slice(at, end))
    at = afterSpace(json, end)
    if (json[at] === ',') at = afterSpace(json, at + 1)
  }
  return members
}

/** The texts of the elements of a JSON array; undefined where the text is no JSON or another kind of value. */
export function jsonElements(json: string | undefined): readonly string[] | undefined {
  if (json === undefined) return undefined
  let at = afterSpace(json, 0)
  if (json[at] !== '[' || !isJson(json)) return undefined
  const elements: string[] = []
  at = afterSpace(json, at + 1)
  while (json[at] !== ']') {
    const end = afterValue(json, at)
    elements.push(json.slice(at, end))
    at = afterSpace(json, end)
    if (json[at] === ',') at = afterSpace(json, at + 1)
  }
  return elements
}

/** A JSON object out of names and texts of values. */
export function jsonObject(members: Iterable<readonly [string, string]>): string {
  return `{${[...members].map(([name, value]) => `${JSON.stringify(name)}: ${value}`).join(', ')}}`
}

/** Whether the text of a JSON value is a number. */
export function isJsonNumber(json: string): boolean {
  return /^[ \t\n\r]*-?\d/.test(json)
}

const maxBigint = 2n ** 63n - 1n

/** A JSON number written with digits only, from 0 to 2^63-1; undefined for everything else, `12.0` and `1e3` too. */
export function jsonNatural(json: string | undefined): bigint | undefined {
  if (json === undefined || !/^\d+$/.test(json)) return undefined
  const value = BigInt(json)
  return value <= maxBigint ? value : undefined
}

/** Whether a text column of every database can hold the string: no lone surrogate, no U+0000 (PostgreSQL has none). */
export function isStorable(text: string): boolean {
  return !text.includes('\0') && !/\p{Surrogate}/u.test(text)
}
