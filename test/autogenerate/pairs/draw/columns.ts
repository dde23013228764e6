import type { ColumnModel, ColumnType, DefaultValue, TableModel } from '@org/migrate-core/dialect'
import { assign, putTable, tableKey } from '@org/migrate-core/dialect'
import { enumValues, type Making, plainColumn, typeOf } from '../../../../packages/conformance/src/random/columns.ts'
import {
  changeOne,
  enumsOf,
  freeColumns,
  keysTo,
  type Mutations,
  ofFreeColumn,
  ofSchema,
  ofTable,
  primaryKeyOf,
  retyped,
  tablesOf,
} from './draft.ts'

/** The types that values of a type can be turned into: on every server, by itself or by what the dialect proposes. */
const conversions: {
  readonly [K in ColumnType['kind']]: (type: Extract<ColumnType, { kind: K }>) => readonly ColumnType[]
} = {
  integer: ({ bits }) => [
    { kind: 'integer', bits: bits === 64 ? 32 : 64 },
    { kind: 'integer', bits: bits === 16 ? 32 : 16 },
    { kind: 'decimal', precision: 18, scale: 2 },
    { kind: 'varchar', length: 30 },
    { kind: 'double' },
  ],
  boolean: () => [{ kind: 'integer', bits: 16 }],
  text: () => [{ kind: 'varchar', length: 255 }, { kind: 'integer', bits: 32 }, { kind: 'date' }],
  varchar: ({ length = 20 }) => [
    { kind: 'text' },
    { kind: 'varchar', length: length + 10 },
    { kind: 'varchar', length: Math.max(1, length - 5) },
  ],
  char: ({ length }) => [
    { kind: 'varchar', length: length + 10 },
    { kind: 'char', length: length + 2 },
  ],
  decimal: ({ scale = 0 }) => [{ kind: 'decimal', precision: 30, scale: scale + 2 }, { kind: 'double' }],
  real: () => [{ kind: 'double' }],
  double: () => [{ kind: 'decimal', precision: 30, scale: 4 }],
  date: () => [
    { kind: 'timestamp', withTimezone: false },
    { kind: 'varchar', length: 30 },
  ],
  time: ({ precision }) => [{ kind: 'time', precision: precision === 3 ? 6 : 3 }],
  timestamp: ({ withTimezone, precision }) => [
    { kind: 'timestamp', withTimezone, precision: precision === 6 ? 3 : 6 },
    { kind: 'date' },
  ],
  json: () => [{ kind: 'text' }],
  uuid: () => [{ kind: 'varchar', length: 36 }, { kind: 'text' }],
  bytes: () => [],
  enum: () => [{ kind: 'text' }, { kind: 'varchar', length: 60 }],
  native: () => [],
}

function convertible({ type }: ColumnModel): readonly ColumnType[] {
  const types = conversions[type.kind] as (type: ColumnType) => readonly ColumnType[]
  return types(type)
}

const ownEnums = (table: TableModel, enums: readonly ColumnType[]): readonly ColumnType[] =>
  table.ref.schema === undefined ? enums : []

/** A wider type of the same sort, for a column that keys stand on. */
function widened(type: ColumnType): ColumnType | undefined {
  if (type.kind === 'integer') return { kind: 'integer', bits: type.bits === 64 ? 32 : 64 }
  if (type.kind === 'varchar') return { ...type, length: (type.length ?? 40) + 20 }
  if (type.kind === 'char') return { ...type, length: type.length + 4 }
  return type.kind === 'decimal' ? { ...type, precision: (type.precision ?? 12) + 2 } : undefined
}

const number = { kind: 'integer', bits: 32 } as const

const literals = (...values: readonly (string | number | boolean)[]): readonly DefaultValue[] =>
  values.map((value) => ({ kind: 'literal', value }))

/** Defaults that a column of that type can have on this server. */
function defaultsFor(type: ColumnType, { features }: Making): readonly DefaultValue[] {
  if (type.kind === 'integer') return [...literals(0, 1, -7, 32767), { kind: 'expression', sql: '(1 + 2)' }]
  if (type.kind === 'boolean') return literals(true, false)
  if (type.kind === 'varchar')
    return (type.length ?? 255) < 20 ? literals('', 'x') : literals('', "it's", '100 %', 'null', '42')
  if (type.kind === 'text') return features.textDefaults ? literals('', "it's", 'CURRENT_TIMESTAMP') : []
  if (type.kind === 'timestamp') return [{ kind: 'now' }]
  if (type.kind === 'enum') return literals(...type.values)
  if (type.kind === 'double') return literals(0.5, -2, 1e30)
  return type.kind === 'date' ? literals('2026-11-20', '1999-01-01') : []
}

export const columnMutations: Mutations = {
  'column added': ofTable((table, making, called, model) => ({
    ...table,
    columns: [...table.columns, plainColumn(making, called('column'), ownEnums(table, enumsOf(model)))],
  })),
  'column dropped': ofTable((table, making, _called, model) => {
    const free = freeColumns(model, table, making.fragments)
    if (free.length === 0 || table.columns.length < 2) return undefined
    const removed = making.random.pick(free)
    return { ...table, columns: table.columns.filter((one) => one !== removed) }
  }),
  'type changed': ofFreeColumn((column, making, table, model) =>
    retyped(column, typeOf(making, ownEnums(table, enumsOf(model)))),
  ),
  'type converted': ofFreeColumn((column, { random }) => {
    const types = convertible(column)
    return types.length === 0 ? undefined : retyped(column, random.pick(types))
  }),
  'type turned into an enum': ofFreeColumn(
    (column, { random }, table, model) => {
      const enums = enumsOf(model)
      if (table.ref.schema !== undefined || enums.length === 0 || column.type.kind === 'enum') return undefined
      return retyped(column, random.pick(enums))
    },
    ({ enums, schemas }) => enums && schemas,
  ),
  'type of a key changed': ofSchema((model, making) => {
    const tables = tablesOf(model)
    for (const table of making.random.sample(tables, tables.length)) {
      const [name, ...otherColumns] = primaryKeyOf(table)?.columns ?? []
      const type = table.columns.find((one) => one.name === name)?.type
      const wider = type && widened(type)
      if (name === undefined || otherColumns.length > 0 || wider === undefined) continue
      const change = (of: TableModel, column: string): TableModel => ({
        ...of,
        columns: of.columns.map((one) => (one.name === column ? retyped(one, wider) : one)),
      })
      let result = putTable(model, change(table, name))
      for (const { table: from, key } of keysTo(model, table.ref)) {
        const now = result.tables.get(tableKey(from.ref))
        if (now !== undefined) result = putTable(result, change(now, key.columns[0] ?? ''))
      }
      return result
    }
    return undefined
  }),
  'null or not': ofFreeColumn((column) => ({ ...column, nullable: !column.nullable })),
  'default changed': ofFreeColumn((column, making) => {
    const otherColumns = defaultsFor(column.type, making)
    const other = otherColumns.length === 0 || making.random.chance(0.3) ? undefined : making.random.pick(otherColumns)
    return other === undefined && column.default === undefined ? undefined : assign(column, 'default', other)
  }),
  'column comment': ofFreeColumn(
    (column) => assign(column, 'comment', column.comment === undefined ? "it's new" : undefined),
    ({ comments }) => comments,
  ),
  'collation changed': ofFreeColumn(
    (column, { fragments }) =>
      column.type.kind === 'text' || column.type.kind === 'varchar'
        ? assign(column, 'collation', column.collation === undefined ? fragments.collation : undefined)
        : undefined,
    (_features, { collation }) => collation !== undefined,
  ),
  'generated column added': ofTable(
    (table, { fragments, random, features }, called, model) => {
      // What a foreign key may set to NULL no stored column of MariaDB is computed from.
      const referring = new Set(table.constraints.flatMap((one) => (one.kind === 'foreignKey' ? one.columns : [])))
      const base = table.columns.find(
        ({ name, type, generated, identity }) =>
          type.kind === 'integer' && !generated && !identity && !referring.has(name),
      )
      if (base === undefined || model.tables.size === 0) return undefined
      const stored = random.pick(features.generated) === 'stored'
      const generated = { expression: `${fragments.quoted(base.name)} + 1`, stored }
      const column: ColumnModel = {
        name: called('column'),
        type: { kind: 'integer', bits: 64 },
        nullable: true,
        generated,
      }
      return { ...table, columns: [...table.columns, column] }
    },
    ({ generated }) => generated.length > 0,
  ),
  'generated column changed': ofTable(
    (table, making) => {
      const columns = changeOne(making, table.columns, (column) =>
        column.generated === undefined
          ? undefined
          : { ...column, generated: { ...column.generated, expression: `(${column.generated.expression}) + 5` } },
      )
      return columns && { ...table, columns }
    },
    ({ generated }) => generated.length > 0,
  ),
  'generated column turned plain': ofTable(
    (table, making) => {
      const columns = changeOne(making, table.columns, (column) =>
        column.generated === undefined ? undefined : assign(column, 'generated', undefined),
      )
      return columns && { ...table, columns }
    },
    ({ generated }) => generated.length > 0,
  ),
  'generated column stored or virtual': ofTable(
    (table, making) => {
      const columns = changeOne(making, table.columns, (column) =>
        column.generated === undefined
          ? undefined
          : { ...column, generated: { ...column.generated, stored: !column.generated.stored } },
      )
      return columns && { ...table, columns }
    },
    ({ generated }) => generated.length > 1,
  ),
  'identity changed': ofTable(
    (table, making) => {
      const columns = changeOne(making, table.columns, (column): ColumnModel | undefined => {
        if (column.identity === undefined) return undefined
        const { mode } = column.identity
        return making.random.chance(0.5)
          ? { ...column, identity: { ...column.identity, mode: mode === 'always' ? 'byDefault' : 'always' } }
          : { ...column, identity: { ...column.identity, start: 500, increment: 7 } }
      })
      return columns && { ...table, columns }
    },
    ({ identity }) => identity.length > 1,
  ),
  'identity added': ofTable((table, { random, features }) => {
    const [name, ...otherColumns] = primaryKeyOf(table)?.columns ?? []
    const column = table.columns.find((one) => one.name === name)
    if (column === undefined || otherColumns.length > 0 || column.type.kind !== 'integer' || column.identity)
      return undefined
    const mode = random.pick(features.identity)
    const own: ColumnModel = { ...assign(column, 'default', undefined), identity: { mode } }
    return { ...table, columns: table.columns.map((one) => (one === column ? own : one)) }
  }),
  'values of a column changed': ofFreeColumn(
    (column, { random }) => {
      if (column.type.kind !== 'enum' || column.type.name !== undefined) return undefined
      const { values } = column.type
      const other = random.pick([
        [...values, 'new value'],
        ['new value', ...values],
        [...values].reverse(),
        values.slice(1),
        [...random.pick(enumValues), values[0] ?? ''].filter((one, at, all) => all.indexOf(one) === at),
      ])
      return other.length === 0 ? undefined : retyped(column, { kind: 'enum', values: other })
    },
    ({ enums, schemas }) => enums && !schemas,
  ),
  'column with values added': ofTable(
    (table, { random }, called) => ({
      ...table,
      columns: [
        ...table.columns,
        {
          name: called('column'),
          type: { kind: 'enum', values: random.pick(enumValues) },
          nullable: random.chance(0.5),
        },
      ],
    }),
    ({ enums, schemas }) => enums && !schemas,
  ),
  'column for a generated one added': ofTable(
    (table, { fragments, random, features }, called) => {
      const base = called('column')
      const stored = random.pick(features.generated) === 'stored'
      const generated = { expression: `${fragments.quoted(base)} * 3`, stored }
      return {
        ...table,
        columns: [
          ...table.columns,
          { name: called('column'), type: number, nullable: true, generated },
          { name: base, type: number, nullable: true },
        ],
      }
    },
    ({ generated }) => generated.length > 0,
  ),
}
