import {
  type ConstraintModel,
  type ConstraintOf,
  enclosed,
  equalKeys,
  type IndexModel,
  join,
  type SchemaModel,
  type SqlFragment,
  type StatementExtras,
  sql,
  type TableModel,
} from '@org/migrate-core/dialect'
import { referencedColumns } from '../../ddl/write-table.ts'
import { quote } from '../../sql/quote.ts'
import { noRows, primaryColumns } from '../row-checks.ts'

const identifiers = (columns: readonly string[]): readonly SqlFragment[] => columns.map(quote.identifier)

const all = (conditions: readonly SqlFragment[]): SqlFragment => join(conditions, ' AND ')

/** The rows that a statement is refused for, each named by its primary key and what is wrong in it. */
function refused(table: TableModel, condition: SqlFragment, what: string, columns: readonly string[]): StatementExtras {
  const shown = [...new Set([...primaryColumns(table), ...columns])]
  const named = shown.length > 0 ? join(identifiers(shown)) : undefined
  const { sql: text, expectEmpty = '' } = noRows(table, condition, what, undefined, named)
  return { blockingRows: [{ sql: text, expectEmpty }] }
}

/** The server: `Check constraint 'positive' is violated.` */
function byCheck(table: TableModel, { name, expression }: ConstraintOf<'check'>): StatementExtras {
  const what = `that the check${name === undefined ? '' : ` ${name}`} (${expression.replaceAll(/\s+/g, ' ')}) refuses`
  return refused(table, sql`NOT ${enclosed(expression)}`, what, [])
}

/** The server: `Duplicate entry '1' for key 't.one'`, without the rows and the other values. */
function byKey(table: TableModel, name: string, keys: readonly SqlFragment[], columns: readonly string[]) {
  return refused(table, equalKeys(quote.table(table.ref), keys), `with equal values in the unique key ${name}`, columns)
}

/** The server: `Cannot add or update a child row: a foreign key constraint fails (…)`, without the row. */
function byForeignKey(table: TableModel, key: ConstraintOf<'foreignKey'>, model: SchemaModel): StatementExtras {
  const columns = identifiers(key.columns).map((name) => sql`${quote.table(table.ref)}.${name}`)
  const targets = identifiers(referencedColumns(key, model, table)).map((name) => sql`referenced_rows.${name}`)
  const { table: target } = key.references
  const matches = all(targets.map((each, at) => sql`${each} = ${columns[at] ?? each}`))
  const condition = sql`${all(columns.map((each) => sql`${each} IS NOT NULL`))} AND NOT EXISTS (SELECT 1 FROM ${quote.table(target)} AS referenced_rows WHERE ${matches})`
  return refused(table, condition, `that refer by (${key.columns.join(', ')}) to no row of ${target.name}`, key.columns)
}

/** The rows that keep a constraint from being added. They are read once the server has refused it, which names the constraint and no row. */
export function refusedByConstraint(
  table: TableModel,
  constraint: ConstraintModel,
  model: SchemaModel,
): StatementExtras {
  if (constraint.kind === 'check') return byCheck(table, constraint)
  if (constraint.kind === 'foreignKey') return byForeignKey(table, constraint, model)
  if (constraint.kind === 'exclude') return {}
  const { kind, columns } = constraint
  const name = kind === 'unique' && constraint.name !== undefined ? constraint.name : `(${columns.join(', ')})`
  return byKey(table, name, identifiers(columns), columns)
}

/** The same of a unique index. */
export function refusedByIndex(table: TableModel, { name, unique, elements }: IndexModel): StatementExtras {
  if (!unique) return {}
  const keys = elements.flatMap(({ column, expression, prefixLength }) => {
    if (column === undefined) return expression === undefined ? [] : [enclosed(expression)]
    const whole = quote.identifier(column)
    return [prefixLength === undefined ? whole : sql`LEFT(${whole}, ${prefixLength})`]
  })
  return byKey(
    table,
    name,
    keys,
    elements.flatMap(({ column }) => column ?? []),
  )
}
