import { withArticle } from './count-text.ts'
import { MigrateError } from './migrate-error.ts'
import { thrownMessage } from './thrown-value.ts'

/** Why a value is not one that an option takes; undefined where it is. */
export type OptionCheck = (value: unknown) => string | undefined

/** A check for each option that there is: one that is forgotten doesn't compile. */
export type OptionChecks<T> = { readonly [K in keyof Required<T>]: OptionCheck }

function kindOf(value: unknown): string {
  if (value === null) return 'null'
  if (value === undefined) return 'undefined'
  if (Number.isNaN(value)) return 'NaN'
  return Array.isArray(value) ? `a list of ${value.length}` : withArticle(typeof value)
}

const isObject = (value: unknown): value is object =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/** More than any schema or history has. A longer list is a mistake, and reading it can take hours: lists may be sparse. */
const maxMembers = 1_000_000
const isArray = (value: unknown): value is readonly unknown[] => Array.isArray(value) && value.length <= maxMembers

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
export const isNumber = expected('a number', (value) => typeof value === 'number' && !Number.isNaN(value))
const isFromZero = (value: unknown): boolean => Number.isFinite(value) && Number(value) >= 0
export const isCount = expected('a number from 0 on', isFromZero)
export const isWholeCount = expected(
  'a whole number from 0 on',
  (value) => Number.isSafeInteger(value) && isFromZero(value),
)
/** How long to wait for another session. What is no number would be waited for without end, too. */
export const isWait = expected(
  'a number from 0 on, or Infinity',
  (value) => isFromZero(value) || value === Number.POSITIVE_INFINITY,
)
export const isFunction = expected('a function', (value) => typeof value === 'function')
export const isTexts = expected(
  'a list of texts',
  (value) => isArray(value) && value.every((each) => typeof each === 'string'),
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
export const isList = expected('a list', isArray)
/** A list, or an object of named values: what a module exports. */
export const isListOrRecord = expected('a list or an object', (value) => isArray(value) || isObject(value))
export const isDate = expected('a date', (value) => value instanceof Date && !Number.isNaN(value.getTime()))
export const isSignal = expected('an AbortSignal', hasMethods('addEventListener', 'throwIfAborted'))
export const isAnything: OptionCheck = () => undefined

/** For an argument or a member that may be left out. */
export const optional =
  (check: OptionCheck): OptionCheck =>
  (value) =>
    value === undefined ? undefined : check(value)

/** A list whose members are all of one kind. */
export const listOf =
  (check: OptionCheck): OptionCheck =>
  (value) => {
    const isNoList = isList(value)
    if (isNoList !== undefined) return isNoList
    for (const each of value as readonly unknown[]) {
      const why = check(each)
      if (why !== undefined) return why
    }
    return undefined
  }

export const oneOf =
  (...allowed: readonly unknown[]): OptionCheck =>
  (value) =>
    allowed.includes(value) ? undefined : `it is one of ${allowed.map((word) => JSON.stringify(word)).join(', ')}`

/** An object with methods of these names: a part that another package has made. */
export const withMethods = (what: string, ...names: readonly string[]): OptionCheck =>
  expected(what, hasMethods(...names))

/** An object whose members are checked; others may be there too. */
export const holding =
  <T>(checks: { readonly [K in keyof Required<T>]: OptionCheck }): OptionCheck =>
  (value) => {
    if (!isObject(value)) return isRecord(value)
    for (const [name, check] of Object.entries<OptionCheck>(checks)) {
      const why = check(Reflect.get(value, name))
      if (why !== undefined) return `\`${name}\`: ${why}`
    }
    return undefined
  }

/** An object with a text of this name: `kind` of what one of our functions gave. */
export const withMember = (what: string, name: string): OptionCheck =>
  expected(what, (value) => isObject(value) && typeof Reflect.get(value, name) === 'string')

export const isDialect = expected(
  'a dialect (sqliteDialect, postgresDialect, mysqlDialect)',
  (value) =>
    isObject(value) &&
    hasMethods('connect')(Reflect.get(value, 'connection')) &&
    hasMethods('schema')(Reflect.get(value, 'introspection')),
)

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

function unknownName(name: string, knownNames: readonly string[]): string {
  return `there is no option \`${name}\`; known are ${knownNames.join(', ')}`
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
  let problem: WrongOption | undefined
  try {
    problem = wrongOption(given, checks, required)
  } catch (error) {
    problem = unreadable('options', error)
  }
  if (problem !== undefined) throw wrong(call, problem)
  return given
}

/**
 * Refuses the arguments of a function of the library: each has its check, so that one that is forgotten doesn't compile.
 * Throws INVALID_OPTION.
 */
export function requireArguments<T extends object>(call: string, given: T, checks: OptionChecks<T>): void {
  for (const name of Object.keys(checks) as (keyof T & string)[]) requireArgument(call, name, given[name], checks[name])
}

/** Refuses an argument of a wrong kind. Throws INVALID_OPTION. */
export function requireArgument(call: string, name: string, value: unknown, check: OptionCheck): void {
  let why: string | undefined
  try {
    why = check(value)
  } catch (error) {
    throw wrong(call, unreadable(name, error))
  }
  if (why !== undefined) throw wrong(call, { option: name, why: `\`${name}\`: ${why}` })
}

interface WrongOption {
  readonly option: string
  readonly why: string
}

/** Why a value is no `driver`. An instance of Drizzle has the client that it was made of: https://orm.drizzle.team/docs/connect-overview */
export function noDriver(names: readonly string[], given: unknown): string {
  const why = `it is one of ${names.join(', ')}, or an open client of one of them`
  const isDrizzle = typeof given === 'object' && given !== null && '$client' in given
  return isDrizzle ? `${why}; this is an instance of Drizzle: give its \`$client\`` : why
}

const wrong = (call: string, { option, why }: WrongOption): MigrateError =>
  new MigrateError('INVALID_OPTION', { option, why }, `${call}: ${why}`)

/** A getter or a proxy may throw anything while its value is checked. */
const unreadable = (option: string, error: unknown): WrongOption => ({
  option,
  why: `\`${option}\` cannot be read: ${thrownMessage(error)}`,
})

function wrongOption<T extends object>(
  given: T,
  checks: OptionChecks<T>,
  required: readonly (keyof T & string)[],
): WrongOption | undefined {
  if (!isObject(given)) {
    return { option: 'options', why: `an object of options is expected, and there is ${kindOf(given)}` }
  }
  for (const name of Object.keys(given)) {
    const value: unknown = given[name as keyof T]
    if (value === undefined) continue
    const check = Object.hasOwn(checks, name) ? checks[name as keyof T] : undefined
    const why = check === undefined ? unknownName(name, Object.keys(checks)) : check(value)
    if (why !== undefined) return { option: name, why: check === undefined ? why : `\`${name}\`: ${why}` }
  }
  const missing = required.find((name) => given[name] === undefined)
  if (missing === undefined) return undefined
  return { option: missing, why: `\`${missing}\` is missing: ${checks[missing](undefined)}` }
}
