import type {
  ColumnModel,
  ColumnType,
  ConstraintModel,
  IndexModel,
  SchemaModel,
  TableModel,
  TableRef,
} from '@org/migrate-core/dialect'
import { put, putTable, tableKey } from '@org/migrate-core/dialect'
import type { Making } from '../../../../packages/conformance/src/random/columns.ts'
import type { RandomFeatures, SqlFragments } from '../../../../packages/conformance/src/subject.ts'

/** What got another name. `of`: the label of the table of a column, of the enum (or of the column) of a value. */
export interface Rename {
  readonly kind: 'table' | 'column' | 'enum' | 'value'
  readonly of: string
  readonly from: string
  readonly to: string
}

/** A schema on its way from one version to the next. */
export interface Draft {
  readonly model: SchemaModel
  readonly renames: readonly Rename[]
}

/** Gives a name that nothing has yet. */
export type Called = (what: string) => string

/** One thing that can happen to a schema; undefined where this schema has nothing that it could happen to. */
export interface Mutation {
  /** Absent: it can happen on every server. */
  readonly on?: (features: RandomFeatures, fragments: SqlFragments) => boolean
  readonly change: (draft: Draft, making: Making, called: Called) => Draft | undefined
}

export type Mutations = { readonly [name: string]: Mutation }

export const refLabel = ({ schema, name }: TableRef): string => (schema === undefined ? name : `${schema}.${name}`)

/** The tables that a trigger of a random model speaks of in its own words stay as they are. */
const isOfTrigger = ({ name }: TableRef): boolean => name === 'item' || name === 'log'

export const tablesOf = (model: SchemaModel): readonly TableModel[] =>
  [...model.tables.values()].filter(({ ref }) => !isOfTrigger(ref))

export const enumsOf = (model: SchemaModel): readonly ColumnType[] =>
  [...model.enums.values()].flatMap(({ ref, values }) =>
    ref.schema === undefined ? [{ kind: 'enum' as const, name: ref.name, values }] : [],
  )

/** A mutation of the schema alone. */
export function ofSchema(
  change: (model: SchemaModel, making: Making, called: Called) => SchemaModel | undefined,
  on?: Mutation['on'],
): Mutation {
  return {
    ...(on === undefined ? {} : { on }),
    change: (draft, making, called) => {
      const model = change(draft.model, making, called)
      return model && { ...draft, model }
    },
  }
}

/** The first table of a random order that the change can be made to. */
export function ofTable(
  change: (table: TableModel, making: Making, called: Called, model: SchemaModel) => TableModel | undefined,
  on?: Mutation['on'],
): Mutation {
  return ofSchema((model, making, called) => {
    const tables = tablesOf(model)
    for (const table of making.random.sample(tables, tables.length)) {
      const changed = change(table, making, called, model)
      if (changed !== undefined) return putTable(model, changed)
    }
    return undefined
  }, on)
}

/** The list with its first element of a random order changed that the change can be made to. */
export function changeOne<T>(
  { random }: Making,
  list: readonly T[],
  change: (item: T) => T | undefined,
): readonly T[] | undefined {
  for (const item of random.sample(list, list.length)) {
    const changed = change(item)
    if (changed !== undefined) return list.map((each) => (each === item ? changed : each))
  }
  return undefined
}

/** A column that nothing else of the schema names. */
export function ofFreeColumn(
  change: (column: ColumnModel, making: Making, table: TableModel, model: SchemaModel) => ColumnModel | undefined,
  on?: Mutation['on'],
): Mutation {
  return ofTable((table, making, _called, model) => {
    const free = freeColumns(model, table, making.fragments)
    const columns = changeOne(making, table.columns, (column) =>
      free.includes(column) ? change(column, making, table, model) : undefined,
    )
    return columns && { ...table, columns }
  }, on)
}

export function ofConstraint(
  change: (one: ConstraintModel, making: Making, table: TableModel, called: Called) => ConstraintModel | undefined,
  on?: Mutation['on'],
): Mutation {
  return ofTable((table, making, called) => {
    const constraints = changeOne(making, table.constraints, (one) => change(one, making, table, called))
    return constraints && { ...table, constraints }
  }, on)
}

export function ofIndex(
  change: (index: IndexModel, making: Making, called: Called) => IndexModel | undefined,
  on?: Mutation['on'],
): Mutation {
  return ofTable((table, making, called) => {
    const indexes = changeOne(making, table.indexes, (index) => change(index, making, called))
    return indexes && { ...table, indexes }
  }, on)
}

/** The texts of a table that name columns: of checks, generated columns, indexes and exclusion constraints. */
function textsOf({ columns, constraints, indexes }: TableModel): readonly string[] {
  return [
    ...columns.flatMap(({ generated }) => generated?.expression ?? []),
    ...constraints.flatMap((one) => {
      if (one.kind === 'check') return [one.expression]
      return one.kind === 'exclude' ? [...one.elements.map(({ expression }) => expression), one.where ?? ''] : []
    }),
    ...indexes.flatMap(({ elements, where }) => [
      ...elements.flatMap(({ expression }) => expression ?? []),
      where ?? '',
    ]),
  ]
}

export const viewsOver = (model: SchemaModel, table: TableModel, fragments: SqlFragments) =>
  [...model.views.values()].filter(({ definition }) => definition.includes(fragments.quoted(table.ref.name)))

/** Foreign keys of any table that refer to this one. */
export const keysTo = (model: SchemaModel, ref: TableRef) =>
  [...model.tables.values()].flatMap((table) =>
    table.constraints.flatMap((one) =>
      one.kind === 'foreignKey' && tableKey(one.references.table) === tableKey(ref) ? [{ table, key: one }] : [],
    ),
  )

/** Whether something of the schema besides the column names it. */
function isNamed(model: SchemaModel, table: TableModel, column: string, fragments: SqlFragments): boolean {
  const quoted = fragments.quoted(column)
  return (
    table.constraints.some((one) => 'columns' in one && one.columns.includes(column)) ||
    table.indexes.some(
      ({ elements, include = [] }) => include.includes(column) || elements.some((one) => one.column === column),
    ) ||
    textsOf(table).some((text) => text.includes(quoted)) ||
    keysTo(model, table.ref).some(({ key }) => key.references.columns.includes(column)) ||
    viewsOver(model, table, fragments).some(({ definition }) => definition.includes(quoted))
  )
}

export function freeColumns(model: SchemaModel, table: TableModel, fragments: SqlFragments): readonly ColumnModel[] {
  return table.columns.filter(
    ({ name, generated, identity }) =>
      generated === undefined && identity === undefined && !isNamed(model, table, name, fragments),
  )
}

export const primaryKeyOf = (table: TableModel) =>
  table.constraints.flatMap((one) => (one.kind === 'primaryKey' ? [one] : []))[0]

/** The enum and everything of its type with other values. */
export function withValues(model: SchemaModel, ref: TableRef, values: readonly string[]): SchemaModel {
  let result = put(model, 'enums', tableKey(ref), { ref, values })
  for (const table of model.tables.values()) {
    const columns = table.columns.map((column) =>
      column.type.kind === 'enum' && column.type.name === ref.name && ref.schema === undefined
        ? retyped(column, { ...column.type, values })
        : column,
    )
    if (columns.some((column, at) => column !== table.columns[at])) result = putTable(result, { ...table, columns })
  }
  return result
}

/** The column in another type; what it had by its old one and cannot have by the new one is gone. */
export function retyped(
  { default: value, collation, onUpdate, ...column }: ColumnModel,
  type: ColumnType,
): ColumnModel {
  const isText = ['text', 'varchar', 'char'].includes(type.kind)
  const fits =
    type.kind === column.type.kind &&
    (type.kind === 'integer' ||
      (type.kind === 'enum' && value?.kind === 'literal' && type.values.includes(String(value.value))))
  return {
    ...column,
    type,
    ...(fits && value !== undefined ? { default: value } : {}),
    ...(isText && collation !== undefined ? { collation } : {}),
    ...(type.kind === 'timestamp' && onUpdate !== undefined ? { onUpdate } : {}),
  }
}
