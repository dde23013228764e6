import type { ColumnChange } from '@org/migrate-core'
import type { ColumnModel, ColumnType, ColumnTypeKind, DefaultValue } from '@org/migrate-core/dialect'
import { type Code, call, literal, object, objectOf, string, verbatimCode } from './code.ts'
import type { Writing } from './imports.ts'

type TypeOf<K extends ColumnTypeKind> = Extract<ColumnType, { readonly kind: K }>

/** An object as the last argument, unless it says nothing. */
export function optional(members: Iterable<readonly [string, Code | undefined]>): readonly Code[] {
  const options = objectOf(members)
  return options.size === 0 ? [] : [options]
}

/** Facts of a model that no recorder takes. */
const unwritten: ReadonlySet<string> = new Set(['extras', 'inherited'])

/** What is said of a thing in its model and in the recorder in the same words. */
export const asIs = (members: object): readonly (readonly [string, Code | undefined])[] =>
  Object.entries(members)
    .filter(([fact]) => !unwritten.has(fact))
    .map(([name, value]) => [name, value === undefined ? undefined : literal(value)])

const atMost = (values: readonly (number | undefined)[]): readonly Code[] => {
  const last = values.findLastIndex((value) => value !== undefined)
  return values.slice(0, last + 1).map((value) => verbatimCode(String(value)))
}

const integers = { 16: 'smallint', 32: 'integer', 64: 'bigint' } as const

const types: { readonly [K in ColumnTypeKind]: (type: TypeOf<K>, writing: Writing) => Code } = {
  integer: ({ bits }, { uses }) => call(uses(integers[bits]), []),
  boolean: (_type, { uses }) => call(uses('boolean'), []),
  text: (_type, { uses }) => call(uses('text'), []),
  varchar: ({ length }, { uses }) => call(uses('varchar'), atMost([length])),
  char: ({ length }, { uses }) => call(uses('char'), atMost([length])),
  decimal: ({ precision, scale }, { uses }) => call(uses('decimal'), atMost([precision, scale])),
  real: (_type, { uses }) => call(uses('real'), []),
  double: (_type, { uses }) => call(uses('double'), []),
  date: (_type, { uses }) => call(uses('date'), []),
  time: ({ kind: _, ...options }, { uses }) => call(uses('time'), optional(asIs(options))),
  timestamp: ({ kind: _, withTimezone, ...options }, { uses }) =>
    call(uses('timestamp'), optional(asIs({ ...(withTimezone ? { withTimezone } : {}), ...options }))),
  json: (_type, { uses }) => call(uses('json'), []),
  uuid: (_type, { uses }) => call(uses('uuid'), []),
  bytes: ({ length }, { uses }) => call(uses('bytes'), atMost([length])),
  enum: ({ kind: _, values, ...options }, { uses }) =>
    call(uses('enumeration'), [literal(values), ...optional(asIs(options))]),
  native: ({ dialect, sql }, { uses }) => call(uses('native'), [string(dialect), string(sql)]),
}

/** A type by the function that makes it: `varchar(12)`. */
function columnType(type: ColumnType, writing: Writing): Code {
  const own = writing.ownType(type)
  if (own !== undefined) return own
  const write = types[type.kind] as (type: ColumnType, writing: Writing) => Code
  return write(type, writing)
}

export const expressionOf = (sql: string, { uses }: Writing): Code => call(uses('expression'), [string(sql)])

const defaults: {
  readonly [K in DefaultValue['kind']]: (value: Extract<DefaultValue, { readonly kind: K }>, writing: Writing) => Code
} = {
  literal: ({ value }) => literal(value),
  now: (_value, { uses }) => call(uses('now'), []),
  expression: ({ sql }, writing) => expressionOf(sql, writing),
}

function defaultOf(value: DefaultValue, writing: Writing): Code {
  const write = defaults[value.kind] as (value: DefaultValue, writing: Writing) => Code
  return write(value, writing)
}

function generatedOf({ expression, stored }: NonNullable<ColumnModel['generated']>, writing: Writing): Code {
  return object({ as: expressionOf(expression, writing), stored: stored ? literal(true) : undefined })
}

/** The arguments of `column` and `addColumn`; `guard` goes to the options. */
export function columnArguments(column: ColumnModel, writing: Writing, guard: object = {}): readonly Code[] {
  const { name, type, nullable, default: value, generated, after: _, ...rest } = column
  const options = optional([
    ['nullable', nullable ? undefined : literal(false)],
    ['default', value && defaultOf(value, writing)],
    ['generated', generated && generatedOf(generated, writing)],
    ...asIs({ ...rest, ...guard }),
  ])
  return [string(name), columnType(type, writing), ...options]
}

/** What `alterColumn` is given: `null` takes a thing away, so that DEFAULT NULL has to be spelled out. */
export function changeObject(change: ColumnChange, writing: Writing, using: object): Code {
  const { type, nullable, default: value, generated, ...rest } = change
  const isNull = value?.kind === 'literal' && value.value === null
  return objectOf([
    ['type', type && columnType(type, writing)],
    ...asIs({ nullable }),
    ['default', value === null || isNull ? literal(value) : value && defaultOf(value, writing)],
    ['generated', generated === null ? literal(null) : generated && generatedOf(generated, writing)],
    ...asIs({ ...rest, ...using }),
  ])
}
