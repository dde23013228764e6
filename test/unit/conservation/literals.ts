import type { ColumnType } from '@org/migrate-core/dialect'
import type { SqlGround } from './catalogue.ts'

export const types = {
  text: { kind: 'text' },
  varchar: { kind: 'varchar', length: 40 },
  short: { kind: 'varchar', length: 6 },
  char: { kind: 'char', length: 12 },
  uuid: { kind: 'uuid' },
  int: { kind: 'integer', bits: 32 },
  big: { kind: 'integer', bits: 64 },
  decimal: { kind: 'decimal', precision: 14, scale: 2 },
  double: { kind: 'double' },
  date: { kind: 'date' },
  timestamp: { kind: 'timestamp', withTimezone: false, precision: 0 },
  zoned: { kind: 'timestamp', withTimezone: true, precision: 0 },
  json: { kind: 'json' },
  bytes: { kind: 'bytes' },
  bool: { kind: 'boolean' },
} as const satisfies { readonly [name: string]: ColumnType }
export type Kind = keyof typeof types
export const kinds = Object.keys(types) as readonly Kind[]

/** By the server's word for a type: those that it turns into each other, mostly. */
const families: readonly (readonly [RegExp, readonly Kind[]])[] = [
  [/^enum/, ['text', 'varchar']],
  [/json/, ['json', 'text']],
  [/uuid|\(36\)/, ['uuid', 'varchar', 'text']],
  [/char|text/, ['text', 'varchar', 'short', 'char']],
  [/bool|tinyint/, ['bool']],
  [/int|decimal|numeric|double|real|float/, ['int', 'big', 'decimal', 'double']],
  [/date|time/, ['date', 'timestamp', 'zoned']],
  [/./, ['bytes']],
]
export const familyOf = (type: string): readonly Kind[] => families.find(([word]) => word.test(type))?.[1] ?? kinds

/** A default, where a type can have a literal as one on every server. */
export const defaults: { readonly [K in Kind]?: string | number | boolean } = {
  ...{ varchar: 'd', short: 'd', int: 7, big: 7, decimal: 7, double: 7, bool: true },
}

/** A literal of a type, and what it is found by: no other value holds it. */
export function literalOf(ground: SqlGround, type: string, number: number): readonly [string, string?] {
  const digits = String(1_000_000 + number)
  const text = `tok${digits}x`
  const hex = Buffer.from(text).toString('hex')
  const timestamp = new Date(Date.UTC(2001, 0, 1) + number * 61_000).toISOString().slice(0, 19).replace('T', ' ')
  const day = new Date(Date.UTC(1900, 0, 1) + number * 86_400_000).toISOString().slice(0, 10)
  const uuid = `00000000-0000-4000-8000-0000${digits.padStart(8, '0')}`
  const short = `t${String(number).padStart(5, '0')}`
  const value = /^enum\(('(?:[^']|'')*')/.exec(type)?.[1] ?? `(enum_range(NULL::${type.slice('enum '.length)}))[1]`
  const literals: readonly (readonly [RegExp, string, string?])[] = [
    [/^enum/, value],
    [/uuid|\(36\)/, `'${uuid}'`, uuid],
    [/json/, `'{"k": "${text}"}'`, text],
    [/bool|tinyint/, ground.name.startsWith('postgres') ? 'true' : '1'],
    [/bytea/, `'\\x${hex}'::bytea`, text],
    [/blob|binary/, `x'${hex}'`, text],
    [/timestamp|datetime/, `'${timestamp}'`, timestamp],
    [/date/, `'${day}'`, day],
    [/time/, "'10:00:00'"],
    [/small|decimal\(5/, String(number % 9)],
    [/int/, digits, digits],
    [/decimal|numeric/, `${digits}.25`, `${digits}.25`],
    [/double|real|float/, `${digits}.5`, `${digits}.5`],
    [/\(1\)/, `'${digits.slice(-1)}'`],
    [/\([68]\)/, `'${short}'`, short],
    [/./, `'${text}'`, text],
  ]
  const [, literal = '', found] = literals.find(([word]) => word.test(type)) ?? []
  return found === undefined ? [literal] : [literal, found]
}
