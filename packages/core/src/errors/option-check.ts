import { MigrateError } from './migrate-error.ts'

/** Why a value is not one that an option takes; undefined where it is. */
export type OptionCheck = (value: unknown) => string | undefined

/** A check for each option that there is: one that is forgotten doesn't compile. */
export type OptionChecks<T> = { readonly [K in keyof Required<T>]: OptionCheck }

function kindOf(value: unknown): string {
  if (value === null) return 'null'
  if (value === undefined) return 'undefined'
  return Array.isArray(value) ? 'a list' : `${/^[aeiou]/.test(typeof value) ? 'an' : 'a'} ${typeof value}`
}

const isObject = (value: unknown): value is object =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

const expected =
  (what: string, holds: (value: unknown) => boolean): OptionCheck =>
  (value) =>
    holds(value) ? undefined : `${what} is expected, and it is ${kindOf(value)}`

const hasMethods =
  (...names: readonly string[]) =>
  (value: unknown): boolean =>
    isObject(value) && names.every((name) => typeof Reflect.get(value, name) === 'function')

export const isText = expected('a text', (value) => typeof value === 'string')
export const isFlag = expected('true or false', (value) => typeof value === 'boolean')
export const isNumber = expected('a number', (value) => typeof value === 'number')
export const isFunction = expected('a function', (value) => typeof value === 'function')
export const isTexts = expected(
  'a list of texts',
  (value) => Array.isArray(value) && value.every((each) => typeof each === 'string'),
)
export const isTextOrTexts = expected(
  'a text or a list of texts',
  (value) => isText(value) === undefined || isTexts(value) === undefined,
)
export const isRecord = expected('an object', isObject)
export const isTextRecord = expected(
  'an object of texts',
  (value) => isObject(value) && Object.values(value).every((each) => typeof each === 'string'),
)
export const isList = expected('a list', Array.isArray)
export const isSignal = expected('an AbortSignal', hasMethods('addEventListener', 'throwIfAborted'))
export const isAnything: OptionCheck = () => undefined

export const oneOf =
  (...words: readonly unknown[]): OptionCheck =>
  (value) =>
    words.includes(value) ? undefined : `it is one of ${words.map((word) => JSON.stringify(word)).join(', ')}`

/** An object with methods of these names: a part that another package has made. */
export const withMethods = (what: string, ...names: readonly string[]): OptionCheck =>
  expected(what, hasMethods(...names))

/** An object of options with checks of their own, each of which may be left out. */
export function shaped(checks: { readonly [name: string]: OptionCheck }): OptionCheck {
  return (value) => {
    if (!isObject(value)) return `an object is expected, and it is ${kindOf(value)}`
    for (const [name, each] of Object.entries(value)) {
      if (each === undefined) continue
      const check = Object.hasOwn(checks, name) ? checks[name] : undefined
      if (check === undefined) return unknownName(name, Object.keys(checks))
      const why = check(each)
      if (why !== undefined) return `\`${name}\`: ${why}`
    }
    return undefined
  }
}

function unknownName(name: string, known: readonly string[]): string {
  return `there is no option \`${name}\`; known are ${known.join(', ')}`
}

/**
 * Refuses what a call doesn't take, before anything is done: options that are no object, unknown names, values of a wrong kind.
 * Throws INVALID_OPTION.
 */
export function requireOptions<T extends object>(
  call: string,
  given: T,
  checks: OptionChecks<T>,
  required: readonly (keyof T & string)[] = [],
): T {
  const wrong = (option: string, why: string): MigrateError =>
    new MigrateError('INVALID_OPTION', { option, why }, `${call}: ${why}`)
  if (!isObject(given)) throw wrong('options', `an object of options is expected, and there is ${kindOf(given)}`)
  for (const [name, value] of Object.entries(given)) {
    if (value === undefined) continue
    const check = Object.hasOwn(checks, name) ? checks[name as keyof T] : undefined
    if (check === undefined) throw wrong(name, unknownName(name, Object.keys(checks)))
    const why = check(value)
    if (why !== undefined) throw wrong(name, `\`${name}\`: ${why}`)
  }
  for (const name of required) {
    if (given[name] === undefined) throw wrong(name, `\`${name}\` is missing: ${checks[name](undefined)}`)
  }
  return given
}

/** Refuses an argument of a wrong kind. Throws INVALID_OPTION. */
export function requireArgument(call: string, name: string, value: unknown, check: OptionCheck): void {
  const why = check(value)
  if (why === undefined) return
  throw new MigrateError('INVALID_OPTION', { option: name, why }, `${call}: \`${name}\`: ${why}`)
}
