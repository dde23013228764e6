import {
  assign,
  type ColumnModel,
  type ConstraintModel,
  type DefaultValue,
  type IndexElement,
  type IndexModel,
  type TableModel,
} from '@org/migrate-core/dialect'
import { defaultEngine, type Server, since } from '../flavour.ts'
import { canonicaliseIndex, canonicaliseOptions, canonicaliseTable } from '../types/canonicalise.ts'
import { withoutImplicit } from '../types/implicit-indexes.ts'
import { canonicalExpression } from './canonical-expression.ts'
import { literalOf, readSqlDefault } from './defaults.ts'
import { withoutRowFormat } from './write-table.ts'

function normaliseDefault({ type }: ColumnModel, value: DefaultValue | undefined): DefaultValue | undefined {
  if (value?.kind === 'literal') {
    if (value.value === null) return undefined
    return literalOf(type, typeof value.value === 'boolean' ? String(Number(value.value)) : String(value.value))
  }
  const read = value?.kind === 'expression' ? readSqlDefault(type, value.sql) : value
  return read?.kind === 'expression' ? { kind: 'expression', sql: canonicalExpression(read.sql) } : read
}

function normaliseColumn(column: ColumnModel): ColumnModel {
  const { generated, identity } = column
  let normal = assign(assign(column, 'source', undefined), 'default', normaliseDefault(column, column.default))
  // Where a counter stands is data; it has one way to be counted.
  if (identity !== undefined) normal = { ...normal, identity: { mode: 'autoIncrement' } }
  if (generated !== undefined) {
    normal = { ...normal, generated: { ...generated, expression: canonicalExpression(generated.expression) } }
  }
  return normal
}

/** What the server keeps of a constraint: RESTRICT is NO ACTION, a primary key has no name, nothing can be put off. */
function normaliseConstraint(constraint: ConstraintModel): ConstraintModel {
  if (constraint.kind === 'check') return { ...constraint, expression: canonicalExpression(constraint.expression) }
  if (constraint.kind === 'exclude') return constraint
  if (constraint.kind === 'primaryKey') return { kind: 'primaryKey', columns: constraint.columns }
  if (constraint.kind === 'unique') return assign(constraint, 'deferrable', undefined)
  const { onDelete, onUpdate, match } = constraint
  let normal = assign(assign(constraint, 'deferrable', undefined), 'notValid', undefined)
  if (onDelete === 'noAction' || onDelete === 'restrict') normal = assign(normal, 'onDelete', undefined)
  if (onUpdate === 'noAction' || onUpdate === 'restrict') normal = assign(normal, 'onUpdate', undefined)
  return match === 'simple' ? assign(normal, 'match', undefined) : normal
}

function normaliseElement(server: Server, element: IndexElement): IndexElement {
  const descends = since(server, { mysql: [8, 0, 0], mariadb: [10, 8, 0] })
  let normal = element
  // NULLs are the smallest: first, unless the order is turned round.
  if (element.nulls === (element.order === 'desc' ? 'last' : 'first')) normal = assign(normal, 'nulls', undefined)
  if (element.order === 'asc' || !descends) normal = assign(normal, 'order', undefined)
  return element.expression === undefined ? normal : { ...normal, expression: canonicalExpression(element.expression) }
}

function normaliseIndex(server: Server, index: IndexModel): IndexModel {
  const { source: _, ...facts } = index
  let normal: IndexModel = { ...facts, elements: index.elements.map((element) => normaliseElement(server, element)) }
  const method = index.method?.toLowerCase()
  if (index.include?.length === 0) normal = assign(normal, 'include', undefined)
  // InnoDB builds a btree where HASH is asked for.
  return method === undefined || method === 'btree' || method === 'hash'
    ? assign(normal, 'method', undefined)
    : { ...normal, method: method === 'rtree' ? 'spatial' : method }
}

/** A unique index over whole columns is all that a unique constraint is: the server has one thing for both. */
export function uniqueOf(index: IndexModel): Extract<ConstraintModel, { kind: 'unique' }> | undefined {
  const special =
    index.source !== undefined ||
    index.comment ||
    index.where !== undefined ||
    index.nullsNotDistinct ||
    (index.include ?? []).length > 0
  const plain = (element: IndexElement): boolean =>
    element.column !== undefined &&
    element.order !== 'desc' &&
    Object.entries(element).every(([key, value]) => key === 'column' || key === 'order' || value === undefined)
  const method = index.method?.toLowerCase() ?? 'btree'
  if (!index.unique || special || !['btree', 'hash'].includes(method) || !index.elements.every(plain)) return undefined
  return { kind: 'unique', name: index.name, columns: index.elements.flatMap(({ column }) => column ?? []) }
}

function normaliseOptions(server: Server, table: TableModel): TableModel['options'] {
  const { engine, strict: _, withoutRowid: __, ...rest } = withoutRowFormat(server, canonicaliseOptions(server, table))
  const usual = typeof engine !== 'string' || engine.toLowerCase() === defaultEngine.toLowerCase()
  return {
    ...rest,
    ...(usual ? {} : { engine: engine.toLowerCase() }),
  }
}

/**
 * The table as the server would show it, in the one spelling in which two tables can be compared: a declared table and what
 * introspection gives after it was created are then equal. Expressions come out folded, for comparing and not for sending.
 */
export function normaliseFor(server: Server): (table: TableModel) => TableModel {
  return (table) => {
    const canonical = canonicaliseTable(server, table)
    const own = withoutImplicit(canonical)
    const indexes = own.map((index) => normaliseIndex(server, canonicaliseIndex(canonical, index)))
    const uniques = indexes.flatMap((index) => uniqueOf(index) ?? [])
    return {
      ...canonical,
      columns: canonical.columns.map(normaliseColumn),
      constraints: [...canonical.constraints.map(normaliseConstraint), ...uniques],
      indexes: indexes.filter((index) => uniqueOf(index) === undefined),
      options: normaliseOptions(server, canonical),
    }
  }
}
