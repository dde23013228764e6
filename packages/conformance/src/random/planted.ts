import type { ColumnModel, ConstraintModel, IndexModel, SchemaModel, TableModel } from '@org/migrate-core/dialect'

type Column = (column: ColumnModel) => ColumnModel | undefined
type Constraint = (constraint: ConstraintModel) => ConstraintModel | undefined
type Index = (index: IndexModel) => IndexModel | undefined

/** The list with its first element that the defect can be made in changed; undefined where there is none. */
function changeOne<T>(list: readonly T[], change: (each: T) => T | undefined): readonly T[] | undefined {
  for (const [at, each] of list.entries()) {
    const changed = change(each)
    if (changed !== undefined) return list.with(at, changed)
  }
  return undefined
}

function changeTable(
  model: SchemaModel,
  change: (table: TableModel) => TableModel | undefined,
): SchemaModel | undefined {
  for (const [key, table] of model.tables) {
    const changed = change(table)
    if (changed !== undefined) return { ...model, tables: new Map([...model.tables, [key, changed]]) }
  }
  return undefined
}

const inColumn = (change: Column) => (model: SchemaModel) =>
  changeTable(model, (table) => {
    const columns = changeOne(table.columns, change)
    return columns && { ...table, columns }
  })
const inConstraint = (change: Constraint) => (model: SchemaModel) =>
  changeTable(model, (table) => {
    const constraints = changeOne(table.constraints, change)
    return constraints && { ...table, constraints }
  })
const inIndex = (change: Index) => (model: SchemaModel) =>
  changeTable(model, (table) => {
    const indexes = changeOne(table.indexes, change)
    return indexes && { ...table, indexes }
  })

function drop<T extends object>(from: T, key: keyof T): T | undefined {
  if (from[key] === undefined) return undefined
  const { [key]: _, ...rest } = from
  return rest as T
}

const withoutFirst =
  <K extends 'views' | 'triggers' | 'sequences' | 'tables' | 'enums'>(part: K) =>
  (model: SchemaModel): SchemaModel | undefined =>
    model[part].size === 0 ? undefined : { ...model, [part]: new Map([...model[part]].slice(1) as never) }

/** What an introspector could leave out or get wrong. The comparison has to see each. */
export const defects: { readonly [name: string]: (model: SchemaModel) => SchemaModel | undefined } = {
  'a table is left out': withoutFirst('tables'),
  'a column is left out': (model) => changeTable(model, (table) => ({ ...table, columns: table.columns.slice(1) })),
  // Not one of a primary key: of an INTEGER PRIMARY KEY of SQLite, NOT NULL says nothing.
  'a column is NULL instead of NOT NULL': (model) =>
    changeTable(model, (table) => {
      const key = table.constraints.find(({ kind }) => kind === 'primaryKey')
      const names = key?.kind === 'primaryKey' ? key.columns : []
      const columns = changeOne(table.columns, (column) =>
        column.nullable || names.includes(column.name) ? undefined : { ...column, nullable: true },
      )
      return columns && { ...table, columns }
    }),
  'an integer is too small': inColumn((column) =>
    column.type.kind === 'integer' && column.type.bits === 64
      ? { ...column, type: { kind: 'integer', bits: 16 } }
      : undefined,
  ),
  'a length is left out': inColumn((column) =>
    column.type.kind === 'varchar' && column.type.length !== undefined
      ? { ...column, type: { ...column.type, length: column.type.length + 1 } }
      : undefined,
  ),
  'a default is left out': inColumn((column) => drop(column, 'default')),
  'a literal is another': inColumn((column) =>
    column.default?.kind === 'literal' && typeof column.default.value === 'string'
      ? { ...column, default: { kind: 'literal', value: `${column.default.value}x` } }
      : undefined,
  ),
  'an identity is left out': inColumn((column) => drop(column, 'identity')),
  'an update sets a column no more': inColumn((column) => drop(column, 'onUpdate')),
  'an identity has no end': inColumn((column) =>
    column.identity?.maxValue === undefined
      ? undefined
      : { ...column, identity: drop(column.identity, 'maxValue') ?? column.identity },
  ),
  'a generated column is a plain one': inColumn((column) => drop(column, 'generated')),
  'a primary key is left out': (model) =>
    changeTable(model, (table) => {
      const constraints = table.constraints.filter(({ kind }) => kind !== 'primaryKey')
      return constraints.length === table.constraints.length ? undefined : { ...table, constraints }
    }),
  'a primary key is in another order': inConstraint((constraint) =>
    constraint.kind === 'primaryKey' && constraint.columns.length > 1
      ? { ...constraint, columns: [...constraint.columns].reverse() }
      : undefined,
  ),
  'a unique constraint loses a column': inConstraint((constraint) =>
    constraint.kind === 'unique' && constraint.columns.length > 1
      ? { ...constraint, columns: constraint.columns.slice(1) }
      : undefined,
  ),
  'a check is another': inConstraint((constraint) =>
    constraint.kind === 'check' ? { ...constraint, expression: '1 = 1' } : undefined,
  ),
  'a foreign key cascades no more': inConstraint((constraint) =>
    constraint.kind === 'foreignKey' && constraint.onDelete === 'cascade'
      ? { ...constraint, onDelete: 'setNull' }
      : undefined,
  ),
  'a foreign key leads elsewhere': inConstraint((constraint) =>
    constraint.kind === 'foreignKey'
      ? { ...constraint, references: { ...constraint.references, table: { name: 'elsewhere' } } }
      : undefined,
  ),
  'an index is left out': (model) =>
    changeTable(model, (table) =>
      table.indexes.length === 0 ? undefined : { ...table, indexes: table.indexes.slice(1) },
    ),
  'an index is not unique': inIndex((index) => (index.unique ? { ...index, unique: false } : undefined)),
  'an index loses an element': inIndex((index) =>
    index.elements.length > 1 ? { ...index, elements: index.elements.slice(1) } : undefined,
  ),
  'an index ascends': inIndex((index) =>
    index.elements.some(({ order }) => order === 'desc')
      ? { ...index, elements: index.elements.map(({ order: _, nulls: __, ...element }) => element) }
      : undefined,
  ),
  'a predicate is left out': inIndex((index) => drop(index, 'where')),
  'a covered column is left out': inIndex((index) => drop(index, 'include')),
  'a prefix is left out': inIndex((index) =>
    index.elements.some(({ prefixLength }) => prefixLength !== undefined)
      ? { ...index, elements: index.elements.map(({ prefixLength: _, ...element }) => element) }
      : undefined,
  ),
  'a comment is left out': (model) => changeTable(model, (table) => drop(table, 'comment')),
  'a comment of a column is left out': inColumn((column) => drop(column, 'comment')),
  'a collation is left out': inColumn((column) => drop(column, 'collation')),
  'a view is left out': withoutFirst('views'),
  'a trigger is left out': withoutFirst('triggers'),
  'a sequence is left out': withoutFirst('sequences'),
  'an enum loses a value': (model) => {
    const [first] = model.enums
    return (
      first && {
        ...model,
        enums: new Map([...model.enums, [first[0], { ...first[1], values: first[1].values.slice(1) }]]),
      }
    )
  },
}
