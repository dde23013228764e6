import {
  type ColumnChange,
  type ColumnModel,
  type ConstraintModel,
  findColumn,
  findTable,
  type Operation,
  type OperationKind,
  type OperationOf,
  type SchemaModel,
  type TableModel,
} from '@org/migrate-core/dialect'
import { uniqueOf } from '../ddl/normalise.ts'
import type { Server } from '../flavour.ts'
import {
  canonicaliseInModel,
  canonicaliseTable,
  collationOf,
  keyColumns,
  keyType,
  tableCollation,
} from '../types/canonicalise.ts'
import { plainIndex } from '../types/implicit-indexes.ts'
import { fromSql, isTemporal, toSql } from '../types/types.ts'

/** The operations that bring columns into the shape in which a key can have them. Columns of another key are in it already. */
function shaped(server: Server, before: SchemaModel, after: TableModel, table: TableModel): readonly Operation[] {
  const keys = keyColumns(table)
  const canonical = canonicaliseTable(server, table)
  const desired = canonicaliseInModel(server, after, before)
  return canonical.columns.flatMap((column): readonly Operation[] => {
    const target = findColumn(desired, column.name)
    if (target === undefined || !keyColumns(after).all.has(column.name)) return []
    const type = keyColumns(after).whole.has(column.name) ? keyType(column.type) : column.type
    const own = collationOf(server, canonical, column)
    const keyed = keys.all.has(column.name)
    // A declared collation stays; else a foreign key needs that of the column that it refers to.
    const collation = column.collation === undefined && target.collation !== undefined ? target.collation : own
    const primary = after.constraints.some((each) => each.kind === 'primaryKey' && each.columns.includes(column.name))
    const change: ColumnChange = {
      ...(primary && column.nullable ? { nullable: false } : {}),
      ...(keyed || toSql(type) === toSql(column.type) ? {} : { type }),
      ...(collation === own || collation === undefined ? {} : { collation }),
    }
    if (Object.keys(change).length === 0) return []
    return [{ kind: 'alterColumn', table: table.ref, column: column.name, change }]
  })
}

const withConstraint = (table: TableModel, constraint: ConstraintModel): TableModel => ({
  ...table,
  constraints: [...table.constraints, constraint],
})

type Decompositions = {
  readonly [K in OperationKind]?: (
    operation: OperationOf<K>,
    table: TableModel,
    server: Server,
    before: SchemaModel,
  ) => readonly Operation[]
}

/** A unique index that an operation calls a constraint, or the other way round: the server has one thing for both. */
function uniqueIndex(table: TableModel, fits: (unique: Extract<ConstraintModel, { kind: 'unique' }>) => boolean) {
  return table.indexes.find((index) => {
    const unique = uniqueOf(index)
    return unique !== undefined && fits(unique)
  })
}

const isUnique = (table: TableModel, name: string): boolean =>
  !table.indexes.some((index) => index.name === name) &&
  table.constraints.some((constraint) => constraint.kind === 'unique' && constraint.name === name)

const sameList = (a: readonly string[], b: readonly string[]): boolean =>
  a.length === b.length && a.every((name, at) => name === b[at])

/** A column that is no time any more loses its ON UPDATE with its type, and gets it back with it. */
function untimed(change: ColumnChange, column: ColumnModel | undefined): ColumnChange {
  const { type, native, onUpdate } = change
  if (column?.onUpdate === undefined || onUpdate !== undefined) return change
  const newType = native?.mysql === undefined ? type : fromSql(native.mysql)
  return newType === undefined || isTemporal(newType) ? change : { ...change, onUpdate: null }
}

const decompositions: Decompositions = {
  alterTableOptions(operation, _table, server) {
    const { charset, ...rest } = operation.options
    if (charset === undefined) return [operation]
    const collation = charset === null ? null : tableCollation(server, { options: { charset } })
    return [{ ...operation, options: { collation, ...rest } }]
  },
  addConstraint(operation, table, server, before) {
    const { constraint, ...rest } = operation
    if (constraint.kind === 'check' || constraint.kind === 'exclude') return [operation]
    const { name } = constraint
    if (
      constraint.kind === 'unique' &&
      name !== undefined &&
      uniqueIndex(table, (each) => each.name === name) !== undefined
    ) {
      return [{ ...rest, kind: 'createIndex', index: { ...plainIndex(name, constraint.columns), unique: true } }]
    }
    return [...shaped(server, before, withConstraint(table, constraint), table), operation]
  },
  createIndex(operation, table, server, before) {
    const { index, concurrently: _, ...rest } = operation
    const unique = uniqueOf(index)
    if (unique !== undefined && isUnique(table, index.name))
      return [{ ...rest, kind: 'addConstraint', constraint: unique }]
    if (!index.unique || table.indexes.some(({ name }) => name === index.name)) return [operation]
    return [...shaped(server, before, { ...table, indexes: [...table.indexes, index] }, table), operation]
  },
  alterColumn(operation, table) {
    const change = untimed(operation.change, findColumn(table, operation.column))
    const { type } = change
    if (type === undefined || !keyColumns(table).whole.has(operation.column)) return [{ ...operation, change }]
    return [{ ...operation, change: { ...change, type: keyType(type) } }]
  },
  dropIndex(operation, table) {
    // It is the index of a foreign key, and goes with that.
    if ((table.hiddenIndexes ?? []).some(({ name }) => name === operation.index))
      return [{ ...operation, ifExists: true }]
    if (!isUnique(table, operation.index)) return [operation]
    const { index: name, concurrently: _, ...rest } = operation
    return [{ ...rest, kind: 'dropConstraint', constraint: { name, kind: 'unique' } }]
  },
  renameIndex(operation, table) {
    if (!isUnique(table, operation.index)) return [operation]
    return [{ kind: 'renameConstraint', table: operation.table, constraint: operation.index, to: operation.to }]
  },
  dropConstraint(operation, table) {
    const { constraint: selector, ...rest } = operation
    if (selector.kind !== undefined && selector.kind !== 'unique') return [operation]
    const isConstraint =
      'name' in selector
        ? table.constraints.some(({ name }) => name === selector.name)
        : table.constraints.some((each) => each.kind === 'unique' && sameList(each.columns, selector.columns))
    if (isConstraint) return [operation]
    const index = uniqueIndex(table, (unique) =>
      'name' in selector ? unique.name === selector.name : sameList(unique.columns, selector.columns),
    )
    return index === undefined ? [operation] : [{ ...rest, kind: 'dropIndex', index: index.name }]
  },
  renameConstraint(operation, table) {
    const { constraint: name, to } = operation
    const own = table.constraints.find((each) => each.name === name)
    // Names of foreign keys differ in more than case, and one ALTER TABLE looks for the new name before it drops the old one (1826, 121).
    if (own?.kind === 'foreignKey' && name.toLowerCase() === to.toLowerCase()) {
      return [
        { kind: 'dropConstraint', table: operation.table, constraint: { name, kind: 'foreignKey' } },
        { kind: 'addConstraint', table: operation.table, constraint: { ...own, name: to } },
      ]
    }
    if (own !== undefined || uniqueIndex(table, (each) => each.name === name) === undefined) return [operation]
    return [{ kind: 'renameIndex', table: operation.table, index: name, to }]
  },
}

/**
 * The operations that one operation amounts to on this server: a key over columns of another shape changes them first, and what
 * the server keeps as one thing is called by the name that it has in the model.
 */
export function decomposeFor(server: Server): (before: SchemaModel, operation: Operation) => readonly Operation[] {
  return (before, operation) => {
    const decompose = decompositions[operation.kind]
    if (decompose === undefined || !('table' in operation) || operation.kind === 'createTable') return [operation]
    const table = findTable(before, operation.table)
    if (table === undefined) return [operation]
    return (decompose as (...given: readonly unknown[]) => readonly Operation[])(operation, table, server, before)
  }
}
