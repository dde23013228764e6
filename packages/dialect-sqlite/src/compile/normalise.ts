import {
  assign,
  type ColumnModel,
  type ColumnType,
  type ConstraintModel,
  type DefaultValue,
  type IndexElement,
  type IndexModel,
  type TableModel,
} from '@org/migrate-core/dialect'
import { canonicalExpression } from '../ddl/canonical-expression.ts'
import { canonicaliseTable } from '../types/canonicalise.ts'
import { canonicaliseDefault } from '../types/defaults.ts'
import { affinityOf, toSql } from '../types/types.ts'

// The names of collations are folded by SQLite; BINARY is what a column has without one.
function collationOf(collation: string | undefined): string | undefined {
  const upper = collation?.replace(/[a-z]/g, (letter) => letter.toUpperCase())
  return upper === 'BINARY' ? undefined : upper
}

const wellFormed = /^[ ]*[+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?[ ]*$/i

/**
 * A column with the affinity of numbers stores a text that is a number as that number: `'5'`, `5` and `5.0` are the same in it.
 * https://www.sqlite.org/datatype3.html#type_affinity; ANY of a STRICT table converts nothing.
 */
function storedDefault(value: DefaultValue | undefined, type: ColumnType): DefaultValue | undefined {
  const name = toSql(type)
  const affinity = affinityOf(name)
  if (affinity === 'text' || affinity === 'blob' || /^any$/i.test(name.trim())) return value
  const text = value?.kind === 'expression' ? value.sql : value?.kind === 'literal' ? value.value : undefined
  if (typeof text !== 'string' || !wellFormed.test(text)) return value
  const number = Number(text) + 0
  // More digits than a double holds: which number SQLite makes of them is for SQLite to say.
  const isExact = Number.isInteger(number) ? Number.isSafeInteger(number) : text.replace(/\D/g, '').length <= 15
  return isExact ? { kind: 'literal', value: number } : value
}

function normaliseColumn(column: ColumnModel): ColumnModel {
  const { generated } = column
  const value = canonicaliseDefault(
    storedDefault(canonicaliseDefault(column.default, column.type), column.type),
    column.type,
  )
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
  const canonical = canonicaliseTable(table)
  return {
    ...canonical,
    columns: canonical.columns.map(normaliseColumn),
    constraints: canonical.constraints.map((constraint) => normaliseConstraint(constraint, canonical)),
    indexes: canonical.indexes.map((index) => normaliseIndex(index, canonical)),
  }
}
