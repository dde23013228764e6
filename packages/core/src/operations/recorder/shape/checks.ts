/** What is wrong with a value, with its place; undefined: nothing. */
export type Check = (value: unknown, at: string) => string | undefined
export interface Member {
  readonly check: Check
  readonly optional?: true
  /** What a comparison or a reading of the database states: authors do not write it, so no message lists it. */
  readonly unlisted?: true
}
export type Members<T> = { readonly [K in keyof T]-?: Member }

export const must = (check: Check): Member => ({ check })
export const may = (check: Check): Member => ({ check, optional: true })
export const unlisted = (check: Check): Member => ({ check, optional: true, unlisted: true })

const isOf =
  (type: 'string' | 'boolean' | 'number', noun: string): Check =>
  (value, at) =>
    typeof value === type ? undefined : `${at} is no ${noun}`
export const text = isOf('string', 'text')
export const flag = isOf('boolean', 'boolean')
export const number = isOf('number', 'number')
export const yes: Check = (value, at) => (value === true ? undefined : `${at} may only be true`)
export const anything: Check = () => undefined
export const oneOf =
  (...allowed: readonly (string | number)[]): Check =>
  (value, at) =>
    allowed.some((word) => word === value) ? undefined : `${at} is none of ${allowed.join(', ')}`
export const orNull =
  (check: Check): Check =>
  (value, at) =>
    value === null ? undefined : check(value, at)
export const either =
  (...checks: readonly Check[]): Check =>
  (value, at) => {
    const results = checks.map((check) => check(value, at))
    return results.includes(undefined) ? undefined : results[0]
  }

function first(results: Iterable<string | undefined>): string | undefined {
  for (const each of results) if (each !== undefined) return each
  return undefined
}

export const list =
  (check: Check): Check =>
  (value, at) =>
    Array.isArray(value)
      ? first(value.map((part: unknown, index) => check(part, `${at}[${index}]`)))
      : `${at} is no list`

function partsOf(value: unknown): readonly (readonly [string, unknown])[] | undefined {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? Object.entries(value) : undefined
}

const under = (at: string, name: string): string => (at === '' ? name : `${at}.${name}`)

const listOf = (known: readonly string[]): string => `there ${known.length === 1 ? 'is' : 'are'} ${known.join(', ')}`

/** An object with any names. */
export const record =
  (check: Check): Check =>
  (value, at) => {
    const parts = partsOf(value)
    return parts === undefined ? `${at} is no object` : first(parts.map(([name, part]) => check(part, under(at, name))))
  }

/** An object with these names and no others: what is misspelt would be left out without a word. */
export function members<T>(memberChecks: Members<T>, ...also: readonly string[]): Check {
  const all = Object.entries<Member>(memberChecks)
  const listed = all.flatMap(([name, member]) => (member.unlisted ? [] : [name]))
  const known = listed.length === 0 ? also : listed
  return (value, at) => {
    const parts = partsOf(value)
    if (parts === undefined) return at === '' ? 'it is no object' : `${at} is no object; ${listOf(known)}`
    const given = new Map(parts)
    for (const [name, { check, optional }] of all) {
      if (given.has(name)) {
        const wrong = check(given.get(name), under(at, name))
        if (wrong !== undefined) return wrong
      } else if (!optional) return `${under(at, name)} is missing`
    }
    const other = [...given.keys()].find((name) => !Object.hasOwn(memberChecks, name) && !also.includes(name))
    if (other === undefined) return undefined
    // The characters of a text, or the elements of a list, that a call gave in the place of its options.
    const why = /^\d+$/.test(other)
      ? `a text or a list is given instead of an object${at === '' ? ' of options' : `: ${at}`}`
      : `${under(at, other)} is not known`
    return `${why}; ${listOf(known)}`
  }
}

function byKind(kinds: { readonly [kind: string]: Check }): Check {
  return (value, at) => {
    const kind = partsOf(value)?.find(([name]) => name === 'kind')?.[1]
    const check = typeof kind === 'string' && Object.hasOwn(kinds, kind) ? kinds[kind] : undefined
    return check === undefined ? `${under(at, 'kind')} is none of ${Object.keys(kinds).join(', ')}` : check(value, at)
  }
}

type Kinds<U extends { readonly kind: string }> = {
  readonly [K in U['kind']]: Members<Omit<Extract<U, { readonly kind: K }>, 'kind'>>
}

export function union<U extends { readonly kind: string }>(kinds: Kinds<U>): Check {
  const entries = Object.entries<Members<unknown>>(kinds)
  return byKind(Object.fromEntries(entries.map(([kind, memberChecks]) => [kind, members(memberChecks, 'kind')])))
}
