import type { ColumnModel, ColumnType, DefaultValue } from '@org/migrate-core/dialect'
import type { RandomFeatures, SqlFragments } from '../subject.ts'
import type { Random } from './random.ts'

/** What the parts of one random model share. */
export interface Making {
  readonly random: Random
  readonly features: RandomFeatures
  readonly fragments: SqlFragments
  readonly record: (feature: string) => void
}

/** Whether the part has the feature, with that probability where the server has it; records it if so. */
export function draws({ random, record }: Making, feature: string, possible: boolean, probability: number): boolean {
  const isDrawn = possible && random.chance(probability)
  if (isDrawn) record(feature)
  return isDrawn
}

export const enumValues = [
  ['s', 'm', 'l'],
  ["it's", 'a, b', ''],
  ['größer', '日本', '50%'],
  ['one', 'ONE two'],
] as const

const precision = (random: Random): { readonly precision?: number } =>
  random.chance(0.5) ? {} : { precision: random.pick([0, 3, 6]) }

const makers: readonly (readonly [string, (random: Random) => ColumnType])[] = [
  ['integer 16', () => ({ kind: 'integer', bits: 16 })],
  ['integer 32', () => ({ kind: 'integer', bits: 32 })],
  ['integer 64', () => ({ kind: 'integer', bits: 64 })],
  ['boolean', () => ({ kind: 'boolean' })],
  ['text', () => ({ kind: 'text' })],
  ['varchar', (random) => ({ kind: 'varchar', length: random.pick([1, 20, 191, 255]) })],
  ['char', (random) => ({ kind: 'char', length: random.pick([1, 8, 36]) })],
  ['decimal', (random) => ({ kind: 'decimal', precision: random.pick([5, 18, 30]), scale: random.pick([0, 2, 4]) })],
  ['real', () => ({ kind: 'real' })],
  ['double', () => ({ kind: 'double' })],
  ['date', () => ({ kind: 'date' })],
  ['time', (random) => ({ kind: 'time', ...precision(random) })],
  ['timestamp', (random) => ({ kind: 'timestamp', withTimezone: false, ...precision(random) })],
  ['timestamp with time zone', (random) => ({ kind: 'timestamp', withTimezone: true, ...precision(random) })],
  ['json', () => ({ kind: 'json' })],
  ['uuid', () => ({ kind: 'uuid' })],
  ['bytes', () => ({ kind: 'bytes' })],
]

/** A type whose values can be compared and are short enough to be part of a key. */
export function keyType({ random, features }: Making): ColumnType {
  return random.pick<ColumnType>([
    { kind: 'integer', bits: 32 },
    { kind: 'integer', bits: 64 },
    { kind: 'varchar', length: 40 },
    { kind: 'char', length: 8 },
    { kind: 'uuid' },
    { kind: 'date' },
    { kind: 'decimal', precision: 12, scale: 2 },
    ...(features.textKeys ? ([{ kind: 'text' }] as const) : []),
  ])
}

function literal(random: Random, type: ColumnType, features: RandomFeatures): string | number | boolean | undefined {
  switch (type.kind) {
    case 'integer':
      return random.pick([0, 1, -7, 32767])
    case 'boolean':
      return random.chance(0.5)
    case 'varchar':
      return type.length !== undefined && type.length < 20
        ? 'x'
        : random.pick(['', "it's", '100 %', 'a\\b', 'null', '42', 'größe'])
    case 'char':
      return 'x'
    case 'text':
      return features.textDefaults ? random.pick(['', "it's", 'CURRENT_TIMESTAMP']) : undefined
    case 'double':
      return random.pick([0.5, -2, 1e30])
    case 'enum':
      return random.pick(type.values)
    case 'date':
      return '2026-11-20'
    case 'decimal':
    case 'real':
    case 'time':
    case 'timestamp':
    case 'json':
    case 'uuid':
    case 'bytes':
    case 'native':
      return undefined
  }
}

function defaultOf(making: Making, type: ColumnType): DefaultValue | undefined {
  const { random, record, features } = making
  if (!random.chance(0.4)) return undefined
  if (draws(making, 'default now', type.kind === 'timestamp', 0.7)) return { kind: 'now' }
  if (draws(making, 'default expression', type.kind === 'integer', 0.2)) return { kind: 'expression', sql: '(1 + 2)' }
  const value = literal(random, type, features)
  if (value === undefined) return undefined
  record('default literal')
  return { kind: 'literal', value }
}

export function typeOf(making: Making, enums: readonly ColumnType[]): ColumnType {
  const { random, record, features } = making
  if (draws(making, 'named enum', enums.length > 0, 0.3)) return random.pick(enums)
  if (draws(making, 'enum', features.enums && !features.schemas, 0.08))
    return { kind: 'enum', values: random.pick(enumValues) }
  const [name, make] = random.pick(makers)
  record(`type ${name}`)
  return make(random)
}

/** A column that is no part of a key. */
export function plainColumn(making: Making, name: string, enums: readonly ColumnType[]): ColumnModel {
  const { random, record, features, fragments } = making
  const type = typeOf(making, enums)
  const value = defaultOf(making, type)
  const nullable = random.chance(0.6)
  record(nullable ? 'nullable' : 'not null')
  const isText = ['text', 'varchar'].includes(type.kind)
  const collates = draws(making, 'collation', fragments.collation !== undefined && isText, 0.15)
  const updated = draws(making, 'set by an update', features.onUpdate && type.kind === 'timestamp', 0.3)
  return {
    name,
    type,
    nullable,
    ...(value === undefined ? {} : { default: value }),
    ...(updated ? { onUpdate: 'now' as const } : {}),
    ...(collates ? { collation: fragments.collation ?? '' } : {}),
    ...(draws(making, 'column comment', features.comments, 0.15)
      ? { comment: random.pick(["it's", 'a "word"', 'größe\\n', '50 %']) }
      : {}),
  }
}
