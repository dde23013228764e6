import type { OptionCheck } from '@org/migrate-core/dialect'

/** What servers store in no text, and PostgreSQL in no JSON either: NUL, and one half of a character of UTF-16. */
const unstorable = /[\0\p{Surrogate}]/u
const eachUnstorable = new RegExp(unstorable, 'gu')

const isStorable = (text: string): boolean => !unstorable.test(text)

const longestName = 255

/** What outcomes are recorded by. */
export const isStorableName: OptionCheck = (value) =>
  typeof value === 'string' && value.length > 0 && value.length <= longestName && isStorable(value)
    ? undefined
    : `a text of 1 to ${longestName} characters is expected, with no NUL and no half of a character`

/**
 * The same with a replacement character for what can't be stored, in each of its texts: a message may hold anything that a row or a driver
 * does, and it must not be what ends a run over all members.
 */
export function storable<T>(value: T): T {
  if (typeof value === 'string') return value.replaceAll(eachUnstorable, '\uFFFD') as T
  if (Array.isArray(value)) return value.map((each: unknown) => storable(each)) as T
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(Object.entries(value).map(([name, each]) => [name, storable(each)])) as T
}
