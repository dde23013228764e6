import {
  assign,
  type ColumnModel,
  type ColumnType,
  type ConstraintModel,
  emptySchema,
  type IndexElement,
  type IndexModel,
  type PolicyModel,
  type TableModel,
} from '@org/migrate-core/dialect'
import { unnumbered } from '../sql/server-names.ts'
import { canonicaliseColumn, foldNumber } from '../types/canonicalise.ts'
import { neverNull, withoutSerial, withoutUsualSequence } from '../types/created-table.ts'
import { readDefault } from '../types/defaults.ts'
import { canonicalExpression, uncastExpression } from '../types/expressions/canonical.ts'
import { isUsualClass } from '../types/operator-classes.ts'
import { withoutNumberedSequence } from '../types/owned-sequences.ts'
import { canonicaliseIdentity } from '../types/sequence-bounds.ts'
import { isTableKeyword } from './options.ts'

type Reader = (expression: string) => string

/** A type without what the server takes anyway, or leaves out: https://www.postgresql.org/docs/current/datatype-datetime.html */
function normaliseType(type: ColumnType, table: TableModel): ColumnType {
  if (type.kind === 'bytes') return { kind: 'bytes' }
  if (type.kind === 'decimal' && type.precision !== undefined) return { ...type, scale: type.scale ?? 0 }
  if (type.kind === 'time' && type.precision === 6) return { kind: 'time' }
  if (type.kind === 'timestamp' && type.precision === 6) return { kind: 'timestamp', withTimezone: type.withTimezone }
  // `"mood"[]` is shown as `mood[]`; a word of SQL keeps its quotes there, and is compared without them too.
  if (type.kind === 'native') return { ...type, sql: type.sql.replaceAll(/"([a-z_][a-z0-9_$]*)"/g, '$1') }
  if (type.kind !== 'enum') return type
  const { name, schema, values } = type
  if (name === undefined) return { kind: 'enum', values }
  return { kind: 'enum', name, ...(schema === undefined || schema === table.ref.schema ? {} : { schema }), values }
}

const quotedLower = /^"pg_catalog"\."([^"]+)"$/

function normaliseColumn(declared: ColumnModel, table: TableModel, read: Reader): ColumnModel {
  const column = canonicaliseColumn(withoutUsualSequence(table.ref, withoutSerial(emptySchema, table.ref, declared)))
  const { generated, identity, collation } = column
  let normal: ColumnModel = { ...column, type: normaliseType(column.type, table) }
  if (normal.default?.kind === 'expression') {
    normal = assign(normal, 'default', readDefault(normal.default.sql, normal.type))
  }
  normal = assign(normal, 'default', foldNumber(normal.default, normal.type))
  if (normal.default?.kind === 'expression') {
    normal = { ...normal, default: { kind: 'expression', sql: read(normal.default.sql) } }
  }
  if (generated !== undefined) {
    normal = { ...normal, generated: { ...generated, expression: read(generated.expression) } }
  }
  if (identity !== undefined) normal = { ...normal, identity: canonicaliseIdentity(identity, normal.type) }
  const name = collation?.replace(quotedLower, '$1')
  return assign(normal, 'collation', name === 'default' ? undefined : name)
}

function normaliseConstraint(constraint: ConstraintModel, read: Reader): ConstraintModel {
  if (constraint.kind === 'check') {
    return { ...constraint, expression: read(constraint.expression) }
  }
  if (constraint.kind === 'exclude') {
    const elements = constraint.elements.map(({ expression, operator }) => ({
      expression: read(expression),
      operator,
    }))
    const where = constraint.where === undefined ? undefined : read(constraint.where)
    return assign({ ...constraint, elements }, 'where', where)
  }
  if (constraint.kind !== 'foreignKey') return constraint
  const { onDelete, onUpdate, match } = constraint
  let normal = constraint
  if (onDelete === 'noAction') normal = assign(normal, 'onDelete', undefined)
  if (onUpdate === 'noAction') normal = assign(normal, 'onUpdate', undefined)
  return match === 'simple' ? assign(normal, 'match', undefined) : normal
}

function normaliseElement(
  element: IndexElement,
  method: string | undefined,
  { columns }: TableModel,
  read: Reader,
): IndexElement {
  const column = columns.find(({ name }) => name === element.column)
  const own = column?.collation ?? 'default'
  const { operatorClass } = element
  let normal = element
  if (element.order === 'asc') normal = assign(normal, 'order', undefined)
  // NULLs come last, and first where the order is turned round.
  if (element.nulls === (element.order === 'desc' ? 'first' : 'last')) normal = assign(normal, 'nulls', undefined)
  if (element.collation === own) normal = assign(normal, 'collation', undefined)
  if (operatorClass !== undefined && column !== undefined && isUsualClass(operatorClass, column.type, method)) {
    normal = assign(normal, 'operatorClass', undefined)
  }
  if (element.expression !== undefined) {
    normal = { ...normal, expression: read(element.expression) }
  }
  return normal
}

function normaliseIndex(index: IndexModel, table: TableModel, read: Reader): IndexModel {
  const method = index.method?.toLowerCase()
  let normal: IndexModel = {
    ...index,
    elements: index.elements.map((element) => normaliseElement(element, method, table, read)),
  }
  if (index.where !== undefined) normal = { ...normal, where: read(index.where) }
  if (index.include?.length === 0) normal = assign(normal, 'include', undefined)
  if (Object.keys(index.options ?? {}).length === 0) normal = assign(normal, 'options', undefined)
  return method === 'btree' ? assign(normal, 'method', undefined) : normal
}

/** Of several roles with `public` the server keeps that alone. */
function normalisePolicy({ using, withCheck, ...policy }: PolicyModel, read: Reader): PolicyModel {
  return {
    ...policy,
    to: policy.to.includes('public') ? ['public'] : [...new Set(policy.to)].sort(),
    ...(using === undefined ? {} : { using: read(using) }),
    ...(withCheck === undefined ? {} : { withCheck: read(withCheck) }),
  }
}

/** The catalog keeps a storage parameter as text. */
function normaliseOptions(options: TableModel['options']): TableModel['options'] {
  const normal: { [option: string]: string | boolean } = {}
  for (const [name, value] of Object.entries(options)) {
    if (!isTableKeyword(name)) normal[name] = String(value)
    else if (value !== false) normal[name] = value
  }
  return normal
}

function normaliseBy(canonical: typeof canonicalExpression, declared: TableModel): TableModel {
  const table = neverNull(declared)
  const read: Reader = (text) => canonical(text, table)
  const columns = table.columns.map((column) => normaliseColumn(column, table, read))
  const whole = { ...table, columns, options: normaliseOptions(table.options) }
  const readWhole: Reader = (text) => canonical(text, whole)
  return {
    ...whole,
    constraints: whole.constraints.map((constraint) => normaliseConstraint(constraint, readWhole)),
    indexes: whole.indexes.map((index) => normaliseIndex(index, whole, readWhole)),
    ...(whole.policies === undefined
      ? {}
      : { policies: whole.policies.map((policy) => normalisePolicy(policy, readWhole)) }),
  }
}

/**
 * The table as PostgreSQL would show it, in the one spelling in which two tables can be compared: a declared table and what
 * introspection gives after it was created are then equal. Expressions come out rewritten, for comparing and not for sending;
 * those that the rewriting does not know may stay different. Throws UNSUPPORTED for a native type of another database.
 */
export function normalise(declared: TableModel): TableModel {
  return normaliseBy(canonicalExpression, declared)
}

/**
 * The same without any cast of a number to a wider type: a type change and its inverse leave such casts in the server's texts, and they are
 * no change by hand. Only for comparing what a revision made with what is there, since `a / 2` and `a / 2::numeric` are equal here. Nor does
 * the number in a name that the server made count.
 */
export function normaliseForDrift(declared: TableModel): TableModel {
  const table = normaliseBy(uncastExpression, declared)
  return {
    ...table,
    columns: table.columns.map((column) => withoutNumberedSequence(table.ref, column)),
    constraints: table.constraints.map((constraint) => unnumbered(table, constraint)),
  }
}
