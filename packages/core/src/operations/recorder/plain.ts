import { withArticle } from '../../errors/count-text.ts'
import { isList } from '../../errors/option-check.ts'
import { invalid } from '../traits/objects.ts'

function isPlain(value: object): boolean {
  const prototype: unknown = Object.getPrototypeOf(value)
  // The Object.prototype of another realm is plain too.
  return prototype === null || Object.getPrototypeOf(prototype) === null
}

/**
 * A frozen copy that equals itself after a round trip through JSON: members that are undefined are left out; what JSON has
 * no form for is refused with its path. `what` names the operation.
 */
export function plain<T>(value: T, what: string, at = '', above: readonly unknown[] = []): T {
  return copy(value, what, at, above) as T
}

function copy(value: unknown, what: string, at: string, above: readonly unknown[]): unknown {
  const location = at === '' ? 'it' : at
  if (typeof value === 'string' || typeof value === 'boolean' || value === null) return value
  if (typeof value === 'number') {
    if (!Number.isFinite(value)) throw invalid(what, `${location} is ${value}`)
    // JSON has no negative zero.
    return value === 0 ? 0 : value
  }
  if (typeof value !== 'object')
    throw invalid(what, `${location} is ${value === undefined ? 'undefined' : withArticle(typeof value)}`)
  if (above.includes(value)) throw invalid(what, `${location} contains itself`)
  const inside = [...above, value]
  if (Array.isArray(value)) {
    const wrong = isList(value)
    if (wrong !== undefined) throw invalid(what, `${location}: ${wrong}`)
    return Object.freeze(Array.from(value, (part: unknown, index) => copy(part, what, `${at}[${index}]`, inside)))
  }
  if (!isPlain(value))
    throw invalid(what, `${location} is ${withArticle(value.constructor?.name ?? 'special object')}, not plain data`)
  const members = Object.entries(value).flatMap(([key, part]): [string, unknown][] =>
    part === undefined ? [] : [[key, copy(part, what, at === '' ? key : `${at}.${key}`, inside)]],
  )
  return Object.freeze(Object.fromEntries(members))
}
