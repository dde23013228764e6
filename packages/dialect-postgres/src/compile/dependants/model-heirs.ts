import {
  type ColumnChange,
  findColumn,
  findTable,
  movedTo,
  type Operation,
  type OperationOf,
  present,
  type SchemaModel,
  type TableModel,
  type TableRef,
} from '@org/migrate-core/dialect'
import { nameOf, significant } from '../../sql/names-in.ts'
import { serialBits, typeOf } from '../../types/canonicalise.ts'
import { printedName } from '../../types/created-table.ts'
import { mapped } from '../../types/enum-values.ts'
import { sameRef } from '../statements.ts'

/** The tables that the text of INHERITS names. */
function parentsIn(inherits: string, ownSchema: string): readonly TableRef[] {
  const tokens = significant(inherits)
  return tokens.flatMap((token, at) => {
    const name = nameOf(token)
    if (name === undefined || tokens[at + 1]?.text === '.') return []
    const schema = tokens[at - 1]?.text === '.' ? nameOf(tokens[at - 2]) : undefined
    return [schema === undefined || schema === ownSchema ? { name } : { name, schema }]
  })
}

const parentsOf = ({ options: { inherits } }: TableModel, ownSchema: string): readonly TableRef[] =>
  typeof inherits === 'string' ? parentsIn(inherits, ownSchema) : []

/** Its parents as introspection shows them, each after a change of its name. */
export function withParents(
  table: TableModel,
  ownSchema: string,
  change = (parent: TableRef): TableRef => parent,
): TableModel {
  const parents = parentsOf(table, ownSchema)
  if (parents.length === 0) return table
  return { ...table, options: { ...table.options, inherits: parents.map(change).map(printedName).join(', ') } }
}

/** A parent has another name, or another schema. */
function withParentRenamed(model: SchemaModel, from: TableRef, to: TableRef, ownSchema: string): SchemaModel {
  const change = (parent: TableRef): TableRef => (sameRef(parent, from) ? to : parent)
  return { ...model, tables: mapped(model.tables, (table) => withParents(table, ownSchema, change)) }
}

/** What a change of a column is in heirs too. NOT NULL is not: whether an heir has its own depends on the server's version. */
const changeOfHeir = ({ type, native, default: fallback, collation }: ColumnChange): ColumnChange =>
  present({ type, native, default: fallback, collation })

interface Step {
  readonly before: SchemaModel
  readonly operation: Operation
  /** What the schema of the connection is called. */
  readonly ownSchema: string
}

type Inherited = OperationOf<'addColumn' | 'renameColumn' | 'alterColumn' | 'renameConstraint'>

/** What an operation on a table is in one that inherits from it; undefined: nothing. */
function inHeir(before: SchemaModel, operation: Inherited, heir: TableModel): Operation | undefined {
  const table = heir.ref
  if (operation.kind === 'renameConstraint') {
    const { constraint: name } = operation
    const given = findTable(before, operation.table)?.constraints.find((each) => each.name === name)
    const isInherited = given?.kind === 'check' && given.noInherit !== true
    return isInherited && heir.constraints.some((each) => each.name === name) ? { ...operation, table } : undefined
  }
  if (operation.kind === 'addColumn') {
    const { extras: _, comment: __, ...column } = operation.column
    const isOwn =
      findColumn(heir, column.name) !== undefined ||
      column.identity !== undefined ||
      serialBits(typeOf(column)) !== undefined
    return isOwn ? undefined : { kind: 'addColumn', table, column }
  }
  if (findColumn(heir, operation.column) === undefined) return undefined
  if (operation.kind === 'renameColumn') return { ...operation, table }
  const change = changeOfHeir(operation.change)
  return Object.keys(change).length === 0 ? undefined : { ...operation, change, table }
}

/**
 * The schema after an operation, with what the server does in the tables that inherit: https://www.postgresql.org/docs/current/ddl-inherit.html.
 * A column that goes with the parent's is not among it: whether an heir also has it by itself is not in the model. Nor is one that gets its numbers
 * from a sequence.
 *
 * @param applied the schema after the operation on its own table
 * @param apply makes the same of each heir
 */
export function withHeirs(
  { before, operation, ownSchema }: Step,
  applied: SchemaModel,
  apply: (model: SchemaModel, operation: Operation) => SchemaModel,
): SchemaModel {
  if (operation.kind === 'renameTable') {
    const { table, to } = operation
    return withParentRenamed(applied, table, { ...table, name: to }, ownSchema)
  }
  if (operation.kind === 'setSchema' && operation.object === 'table')
    return withParentRenamed(applied, operation.ref, movedTo(operation), ownSchema)
  const { kind } = operation
  if (kind !== 'addColumn' && kind !== 'renameColumn' && kind !== 'alterColumn' && kind !== 'renameConstraint')
    return applied
  return [...applied.tables.values()]
    .filter((heir) => parentsOf(heir, ownSchema).some((parent) => sameRef(parent, operation.table)))
    .flatMap((heir) => inHeir(before, operation, heir) ?? [])
    .reduce(apply, applied)
}
