import {
  assign,
  type ColumnModel,
  type ConstraintModel,
  type IndexElement,
  type IndexModel,
  type TableModel,
} from '@org/migrate-core/dialect'
import { canonicalExpression } from './ddl/canonical-expression.ts'
import { settleTable } from './ddl/settle.ts'
import { settleDefault } from './introspect/defaults.ts'

// The names of collations are folded by SQLite; BINARY is what a column has without one.
function collationOf(collation: string | undefined): string | undefined {
  const upper = collation?.replace(/[a-z]/g, (letter) => letter.toUpperCase())
  return upper === 'BINARY' ? undefined : upper
}

function normaliseColumn(column: ColumnModel): ColumnModel {
  const { generated } = column
  const value = settleDefault(column.default, column.type)
  let normal = assign(assign(column, 'collation', collationOf(column.collation)), 'default', value)
  if (value?.kind === 'expression') {
    normal = { ...normal, default: { kind: 'expression', sql: canonicalExpression(value.sql) } }
  }
  if (generated !== undefined) {
    normal = { ...normal, generated: { ...generated, expression: canonicalExpression(generated.expression) } }
  }
  return normal
}

function normaliseConstraint(constraint: ConstraintModel, table: TableModel): ConstraintModel {
  if (constraint.kind === 'check') {
    return { ...constraint, expression: canonicalExpression(constraint.expression, table.ref.name) }
  }
  if (constraint.kind !== 'foreignKey') return constraint
  const { onDelete, onUpdate, match } = constraint
  let normal = constraint
  if (onDelete === 'noAction') normal = assign(normal, 'onDelete', undefined)
  if (onUpdate === 'noAction') normal = assign(normal, 'onUpdate', undefined)
  return match === 'simple' ? assign(normal, 'match', undefined) : normal
}

function normaliseElement(element: IndexElement, table: TableModel): IndexElement {
  const column = table.columns.find(({ name }) => name === element.column)
  const collation = element.collation?.toUpperCase()
  let normal = element
  // What the element would have by itself need not be said.
  const own = column?.collation?.toUpperCase() ?? 'BINARY'
  normal = assign(normal, 'collation', collation === own ? undefined : collation)
  if (element.order === 'asc') normal = assign(normal, 'order', undefined)
  if (element.nulls === (element.order === 'desc' ? 'last' : 'first')) normal = assign(normal, 'nulls', undefined)
  if (element.expression !== undefined) normal = { ...normal, expression: canonicalExpression(element.expression) }
  return normal
}

function normaliseIndex(index: IndexModel, table: TableModel): IndexModel {
  let normal: IndexModel = { ...index, elements: index.elements.map((element) => normaliseElement(element, table)) }
  if (index.where !== undefined) normal = { ...normal, where: canonicalExpression(index.where, table.ref.name) }
  if (index.include?.length === 0) normal = assign(normal, 'include', undefined)
  return index.method?.toLowerCase() === 'btree' ? assign(normal, 'method', undefined) : normal
}

/**
 * The table as SQLite would show it, in the one spelling in which two tables can be compared: a declared table and what
 * introspection gives after it was created are then equal. Expressions come out folded, for comparing and not for sending.
 * Throws UNSUPPORTED for a native type of another database.
 */
export function normalise(table: TableModel): TableModel {
  const settled = settleTable(table)
  return {
    ...settled,
    columns: settled.columns.map(normaliseColumn),
    constraints: settled.constraints.map((constraint) => normaliseConstraint(constraint, settled)),
    indexes: settled.indexes.map((index) => normaliseIndex(index, settled)),
  }
}
