import {
  assign,
  type ColumnChange,
  type ColumnModel,
  type ConstraintModel,
  findColumn,
  findTable,
  movedTo,
  type Operation,
  type OperationOf,
  present,
  putTable,
  type SchemaModel,
  type TableModel,
  type TableRef,
} from '@org/migrate-core/dialect'
import { mentions, nameOf, significant } from '../../sql/names-in.ts'
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

export const parentsOf = ({ options: { inherits } }: TableModel, ownSchema: string): readonly TableRef[] =>
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

/** A column of a parent as an heir has it: not its number, comment, and what reads it. */
const inherited = ({
  name,
  type,
  native,
  nullable,
  default: value,
  generated,
  collation,
}: ColumnModel): ColumnModel => ({
  ...{ name, type, nullable, inherited: true },
  ...present({ native, default: value, generated, collation }),
})

/** Of a column that two of them have, the heir's own default counts, and NOT NULL of any. */
function merged(own: ColumnModel | undefined, given: ColumnModel): ColumnModel {
  if (own === undefined) return inherited(given)
  const column = { ...own, nullable: own.nullable && given.nullable }
  return assign(column, 'default', own.default ?? (own.generated === undefined ? given.default : undefined))
}

/** A new table with what it has from its parents: https://www.postgresql.org/docs/current/sql-createtable.html (INHERITS). */
export function withInherited(model: SchemaModel, table: TableModel, ownSchema: string): TableModel {
  const parents = parentsOf(table, ownSchema).flatMap((parent) => findTable(model, parent) ?? [])
  const own = {
    ...table,
    columns: table.columns.map((column) => assign(column, 'inherited', undefined)),
    constraints: table.constraints.map((each) => (each.kind === 'check' ? assign(each, 'inherited', undefined) : each)),
  }
  return parents.reduce(({ columns, constraints, ...rest }, parent): TableModel => {
    const given = parent.columns.map((column) =>
      merged(
        columns.find(({ name }) => name === column.name),
        column,
      ),
    )
    const checks = parent.constraints.flatMap((each): readonly ConstraintModel[] => {
      if (each.kind !== 'check' || each.noInherit === true) return []
      const { name, expression } = each
      if (constraints.some((own) => own.name === name)) return []
      return [{ kind: 'check', ...present({ name }), expression, inherited: true }]
    })
    const has = new Set(given.map(({ name }) => name))
    return {
      ...rest,
      columns: [...given, ...columns.filter(({ name }) => !has.has(name))],
      constraints: [...constraints, ...checks],
    }
  }, own)
}

/** A parent has another name, or another schema. */
function withParentRenamed(model: SchemaModel, from: TableRef, to: TableRef, ownSchema: string): SchemaModel {
  const change = (parent: TableRef): TableRef => (sameRef(parent, from) ? to : parent)
  return { ...model, tables: mapped(model.tables, (table) => withParents(table, ownSchema, change)) }
}

/** What a change of a column is in heirs too. Whether one that declares the column itself keeps NOT NULL depends on the server's version. */
function changeOfHeir({ type, native, nullable, default: fallback, collation }: ColumnChange, own: ColumnModel) {
  const follows = nullable === false || own.inherited === true
  return present({ type, native, nullable: follows ? nullable : undefined, default: fallback, collation })
}

interface Step {
  readonly before: SchemaModel
  readonly operation: Operation
  /** What the schema of the connection is called. */
  readonly ownSchema: string
}

type Inherited = OperationOf<'addColumn' | 'renameColumn' | 'alterColumn' | 'dropConstraint' | 'renameConstraint'>

const isCheckOf = (each: ConstraintModel, name: string, isOnly: boolean): boolean =>
  each.kind === 'check' && each.name === name && (!isOnly || each.inherited === true)

/** The check that an heir has from a table; of one to drop, by inheritance only. */
function isInheritedCheck(before: SchemaModel, of: TableRef, name: string, heir: TableModel, isOnly: boolean): boolean {
  const given = findTable(before, of)?.constraints.find((each) => each.name === name)
  if (given?.kind !== 'check' || given.noInherit === true) return false
  return heir.constraints.some((each) => isCheckOf(each, name, isOnly))
}

/** What an operation on a table is in one that inherits from it; undefined: nothing. */
function inHeir(before: SchemaModel, operation: Inherited, heir: TableModel): Operation | undefined {
  const table = heir.ref
  if (operation.kind === 'renameConstraint') {
    const isIts = isInheritedCheck(before, operation.table, operation.constraint, heir, false)
    return isIts ? { ...operation, table } : undefined
  }
  if (operation.kind === 'dropConstraint') {
    const { constraint } = operation
    if (!('name' in constraint)) return undefined
    return isInheritedCheck(before, operation.table, constraint.name, heir, true) ? { ...operation, table } : undefined
  }
  if (operation.kind === 'addColumn') {
    const { extras: _, comment: __, ...column } = operation.column
    const isOwn =
      findColumn(heir, column.name) !== undefined ||
      column.identity !== undefined ||
      serialBits(typeOf(column)) !== undefined
    return isOwn ? undefined : { kind: 'addColumn', table, column: { ...column, inherited: true } }
  }
  const own = findColumn(heir, operation.column)
  if (own === undefined) return undefined
  if (operation.kind === 'renameColumn') return { ...operation, table }
  const change = changeOfHeir(operation.change, own)
  return Object.keys(change).length === 0 ? undefined : { ...operation, change, table }
}

const heirsOf = (model: SchemaModel, table: TableRef, ownSchema: string): readonly TableModel[] =>
  [...model.tables.values()].filter((heir) => parentsOf(heir, ownSchema).some((parent) => sameRef(parent, table)))

/**
 * A column goes with the parent's, and what stands on it: `requireUnused` has refused what the parent does not have. An heir that has it from another
 * parent too, or by itself, has it still, and may drop it now.
 */
function withoutInherited(
  model: SchemaModel,
  { table, column }: OperationOf<'dropColumn'>,
  ownSchema: string,
): SchemaModel {
  const dependants = [table, { ...table, schema: table.schema ?? ownSchema }].map(
    (ref) => `table ${printedName(ref)}, which it is inherited from`,
  )
  return heirsOf(model, table, ownSchema).reduce((result, heir) => {
    const own = findColumn(heir, column)
    if (own === undefined) return result
    const hasOther = parentsOf(heir, ownSchema).some((parent) => {
      const other = findTable(result, parent)
      return other !== undefined && findColumn(other, column) !== undefined
    })
    if (own.inherited === true && !hasOther) {
      const without = putTable(result, {
        ...heir,
        columns: heir.columns.filter(({ name }) => name !== column),
        constraints: heir.constraints.filter((each) => each.kind !== 'check' || !mentions(each.expression, column)),
      })
      return withoutInherited(without, { kind: 'dropColumn', table: heir.ref, column }, ownSchema)
    }
    const rest = own.dependants?.filter((each) => !dependants.includes(each))
    const changed = assign(own, 'dependants', rest?.length === 0 ? undefined : rest)
    return putTable(result, { ...heir, columns: heir.columns.map((each) => (each === own ? changed : each)) })
  }, model)
}

/**
 * The schema after an operation, with what the server does in the tables that inherit: https://www.postgresql.org/docs/current/ddl-inherit.html.
 * A new column that gets its numbers from a sequence is not among it.
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
  if (kind === 'dropColumn') return withoutInherited(applied, operation, ownSchema)
  if (
    kind !== 'addColumn' &&
    kind !== 'renameColumn' &&
    kind !== 'alterColumn' &&
    kind !== 'dropConstraint' &&
    kind !== 'renameConstraint'
  )
    return applied
  return heirsOf(applied, operation.table, ownSchema)
    .flatMap((heir) => inHeir(before, operation, heir) ?? [])
    .reduce(apply, applied)
}
