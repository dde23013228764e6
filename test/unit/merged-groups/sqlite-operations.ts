import type { ColumnType, DefaultValue, Operation, TableModel } from '@org/migrate-core/dialect'
import type { Random } from '../../kit/random.ts'
import { columnNames } from './sqlite-tables.ts'

const table = { name: 't' }

const types: readonly ColumnType[] = [
  { kind: 'integer', bits: 32 },
  { kind: 'integer', bits: 64 },
  { kind: 'text' },
  { kind: 'real' },
  { kind: 'decimal' },
  { kind: 'bytes' },
  { kind: 'boolean' },
  { kind: 'varchar', length: 9 },
  { kind: 'enum', values: ['x', '7'] },
  { kind: 'native', dialect: 'sqlite', sql: 'ANY' },
]

const defaults: readonly DefaultValue[] = [
  { kind: 'literal', value: 5 },
  { kind: 'literal', value: '007' },
  { kind: 'literal', value: 'x' },
  { kind: 'literal', value: false },
  { kind: 'literal', value: null },
  { kind: 'expression', sql: "lower('ABC')" },
]

type Maker = (random: Random, t: TableModel) => Operation | undefined

const nameOf = (random: Random, t: TableModel): string => random.pick(t.columns).name

const expressions = (random: Random, t: TableModel): string => {
  const [one, two] = [nameOf(random, t), nameOf(random, t)]
  return random.pick([
    `${one} || '!'`,
    `${one} + 1`,
    `coalesce(${one}, ${two}, 'none')`,
    `CASE WHEN ${one} = '7' THEN NULL ELSE ${two} END`,
    `CAST(${one} AS INTEGER)`,
  ])
}

const checks = (random: Random, t: TableModel): string => {
  const [one, two] = [nameOf(random, t), nameOf(random, t)]
  return random.pick([
    `${one} IS NOT ${two}`,
    `typeof(${one}) <> 'integer'`,
    `${one} <> 'x'`,
    `${one} IS NOT NULL`,
    `length(${one}) < 4`,
  ])
}

const makers: readonly (readonly [number, Maker])[] = [
  [
    5,
    (random, t) => ({
      kind: 'addColumn',
      table,
      column: {
        name: random.pick(columnNames),
        type: random.pick(types),
        nullable: random.chance(0.5),
        ...(random.chance(0.7) ? { default: random.pick(defaults) } : {}),
        ...(random.chance(0.1) ? { collation: 'NOCASE' } : {}),
        ...(random.chance(0.15)
          ? { generated: { expression: expressions(random, t), stored: random.chance(0.5) } }
          : {}),
      },
    }),
  ],
  [3, (random, t) => ({ kind: 'dropColumn', table, column: nameOf(random, t) })],
  [
    9,
    (random, t) => {
      const change = {
        ...(random.chance(0.4) ? { type: random.pick(types) } : {}),
        ...(random.chance(0.35) ? { nullable: random.chance(0.5) } : {}),
        ...(random.chance(0.4) ? { default: random.chance(0.4) ? null : random.pick(defaults) } : {}),
        ...(random.chance(0.1) ? { collation: random.pick(['NOCASE', 'RTRIM', null]) } : {}),
        ...(random.chance(0.12)
          ? {
              generated: random.chance(0.5) ? null : { expression: expressions(random, t), stored: random.chance(0.5) },
            }
          : {}),
        ...(random.chance(0.04) ? { identity: random.chance(0.5) ? null : { mode: 'autoIncrement' as const } } : {}),
      }
      return {
        kind: 'alterColumn',
        table,
        column: nameOf(random, t),
        change,
        ...(random.chance(0.3) ? { using: expressions(random, t) } : {}),
      }
    },
  ],
  [3, (random, t) => ({ kind: 'renameColumn', table, column: nameOf(random, t), to: random.pick(columnNames) })],
  [
    4,
    (random, t) => ({
      kind: 'addConstraint',
      table,
      constraint: random.pick([
        { kind: 'check', ...(random.chance(0.5) ? { name: 'k3' } : {}), expression: checks(random, t) },
        {
          kind: 'unique',
          ...(random.chance(0.5) ? { name: 'u2' } : {}),
          columns: random.sample(t.columns, 2).map(({ name }) => name),
        },
        { kind: 'unique', columns: [nameOf(random, t)] },
        { kind: 'primaryKey', columns: [nameOf(random, t)] },
        { kind: 'foreignKey', columns: [nameOf(random, t)], references: { table: { name: 'p' }, columns: ['id'] } },
      ]),
    }),
  ],
  [
    3,
    (random, t) => {
      if (t.constraints.length === 0) return undefined
      const one = random.pick(t.constraints)
      if (one.kind === 'exclude') return undefined
      if (one.name !== undefined) return { kind: 'dropConstraint', table, constraint: { name: one.name } }
      if (one.kind === 'check')
        return { kind: 'dropConstraint', table, constraint: { kind: 'check', expression: one.expression } }
      if (one.kind === 'primaryKey') return { kind: 'dropConstraint', table, constraint: { kind: 'primaryKey' } }
      return { kind: 'dropConstraint', table, constraint: { kind: one.kind, columns: one.columns } }
    },
  ],
  [
    1,
    (random, t) => {
      const named = t.constraints.flatMap(({ name }) => (name === undefined ? [] : [name]))
      if (named.length === 0) return undefined
      return { kind: 'renameConstraint', table, constraint: random.pick(named), to: random.pick(['k9', 'u1', 'k1']) }
    },
  ],
  [
    1,
    (random) => ({
      kind: 'alterTableOptions',
      table,
      options: { [random.pick(['strict', 'withoutRowid'])]: random.chance(0.5) ? true : null },
    }),
  ],
  [
    2,
    (random, t) => ({
      kind: 'createIndex',
      table,
      index: {
        name: random.pick(['i1', 'i5', 'i6']),
        unique: random.chance(0.5),
        elements: random.chance(0.7)
          ? [{ column: nameOf(random, t) }]
          : [{ expression: `${nameOf(random, t)} || '-'` }],
        ...(random.chance(0.2) ? { where: `${nameOf(random, t)} IS NOT NULL` } : {}),
      },
    }),
  ],
  [
    2,
    (random, t) =>
      t.indexes.length === 0 ? undefined : { kind: 'dropIndex', table, index: random.pick(t.indexes).name },
  ],
  [
    1,
    (random, t) =>
      t.indexes.length === 0 ? undefined : { kind: 'renameIndex', table, index: random.pick(t.indexes).name, to: 'i7' },
  ],
]

/** One change of `t` as it is at that point; it need not be possible. */
export function randomOperation(random: Random, t: TableModel): Operation | undefined {
  return random.weighted(makers)(random, t)
}
