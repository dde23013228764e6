import {
  assign,
  type ColumnModel,
  type ConstraintModel,
  type DefaultValue,
  type IndexElement,
  lexSql,
  type TableModel,
} from '@org/migrate-core/dialect'
import { canonical } from './expression.ts'
import { grammar } from './grammar.ts'
import { quote } from './quote.ts'
import { fromSql, toSql } from './types.ts'
import { unsupported } from './unsupported.ts'

/** The values of an enum without a name are text with a CHECK, as the server shows it. */
export function enumCheck({ name, type }: ColumnModel): string | undefined {
  if (type.kind !== 'enum') return undefined
  const values = type.values.map((value) => `${quote.literal(value).text}::text`).join(', ')
  return `${quote.identifier(name).text} = ANY (ARRAY[${values}])`
}

/** The inverse: such a CHECK makes its column an enum. */
export function withEnums(table: TableModel): TableModel {
  const checks = new Map(
    table.constraints.flatMap((each) => (each.kind === 'check' ? [[canonical(each.expression), each] as const] : [])),
  )
  const taken = new Set<ConstraintModel>()
  const columns = table.columns.map((column): ColumnModel => {
    const start = canonical(`${quote.identifier(column.name).text} = ANY (ARRAY[])`).replace(/\]\)\)$/, '')
    const [text, check] = [...checks].find(([expression]) => expression.startsWith(start)) ?? []
    const values = text === undefined ? [] : literals(text)
    if (column.type.kind !== 'text' || check === undefined || values.length === 0) return column
    const whole = enumCheck({ ...column, type: { kind: 'enum', values } })
    if (whole === undefined || canonical(whole) !== text) return column
    taken.add(check)
    return { ...column, type: { kind: 'enum', values } }
  })
  return { ...table, columns, constraints: table.constraints.filter((each) => !taken.has(each)) }
}

const literals = (sql: string): readonly string[] =>
  lexSql(sql, grammar).flatMap(({ kind, text }) => (kind === 'string' ? [stringOf(text)] : []))

/** The text that a literal stands for: `'it''s'`, `E'a\\b'`. */
export function stringOf(literal: string): string {
  const escaped = /^e/i.test(literal)
  const inner = literal.slice(escaped ? 2 : 1, -1).replaceAll("''", "'")
  return escaped ? inner.replaceAll('\\\\', '\\') : inner
}

/** What stands in the way of a table, by name. */
export function refuse(table: TableModel): void {
  const of = `table ${table.ref.name}`
  if (table.comment !== undefined) unsupported(of, 'this dialect keeps no comments')
  const [option] = Object.keys(table.options)
  if (option !== undefined) unsupported(of, `this dialect has no option ${option}`)
  for (const column of table.columns) refuseColumn(column)
  for (const constraint of table.constraints) refuseConstraint(constraint)
}

export function refuseColumn({ name, identity, generated, onUpdate, comment, collation }: ColumnModel): void {
  if (identity !== undefined) unsupported(`column ${name}`, 'this dialect has no identity columns')
  if (generated !== undefined) unsupported(`column ${name}`, 'this dialect has no generated columns')
  if (onUpdate !== undefined) unsupported(`column ${name}`, 'this dialect has no ON UPDATE')
  if (comment !== undefined) unsupported(`column ${name}`, 'this dialect keeps no comments')
  if (collation !== undefined) unsupported(`column ${name}`, 'this dialect has no collations')
}

export function refuseConstraint(constraint: ConstraintModel): void {
  const of = `${constraint.kind} ${constraint.name ?? ''}`.trim()
  if (constraint.kind === 'exclude') unsupported(of, 'this dialect has no exclusion constraints')
  if (constraint.kind === 'check') return
  if (constraint.deferrable !== undefined) unsupported(of, 'this dialect checks at once')
  if (constraint.kind === 'unique' && constraint.nullsNotDistinct) unsupported(of, 'this dialect tells NULLs apart')
  if (constraint.kind !== 'foreignKey') return
  if (constraint.match !== undefined && constraint.match !== 'simple')
    unsupported(of, 'this dialect has MATCH SIMPLE only')
  if (constraint.notValid) unsupported(of, 'this dialect checks all rows')
  if (constraint.references.columns.length === 0) unsupported(of, 'name the columns that it refers to')
}

function normalDefault(value: DefaultValue | undefined): DefaultValue | undefined {
  if (value === undefined || value.kind !== 'expression') return value
  const sql = canonical(value.sql)
  if (/^(?:now\(\)|current_timestamp)$/.test(sql)) return { kind: 'now' }
  return { kind: 'expression', sql }
}

function normalElement(element: IndexElement): IndexElement {
  return element.order === 'asc' ? assign(element, 'order', undefined) : element
}

function normalConstraint(constraint: ConstraintModel): ConstraintModel {
  if (constraint.kind === 'check') return { ...constraint, expression: canonical(constraint.expression) }
  if (constraint.kind !== 'foreignKey') return constraint
  const { onDelete, onUpdate, match, ...rest } = constraint
  return {
    ...rest,
    ...(onDelete === undefined || onDelete === 'noAction' ? {} : { onDelete }),
    ...(onUpdate === undefined || onUpdate === 'noAction' ? {} : { onUpdate }),
    ...(match === undefined || match === 'simple' ? {} : { match }),
  }
}

/** The table as the server shows it, in the one spelling in which two tables are compared. */
export function normalise(table: TableModel): TableModel {
  const key = table.constraints.find(({ kind }) => kind === 'primaryKey')
  const keyed = new Set(key?.kind === 'primaryKey' ? key.columns : [])
  return {
    ...table,
    columns: table.columns.map((column) => {
      const { native: _, ...rest } = column
      const type = column.type.kind === 'enum' ? column.type : fromSql(toSql(column.type))
      const nullable = column.nullable && !keyed.has(column.name)
      return assign({ ...rest, type, nullable }, 'default', normalDefault(column.default))
    }),
    constraints: table.constraints.map(normalConstraint),
    indexes: table.indexes.map((index) => ({ ...index, elements: index.elements.map(normalElement) })),
  }
}
