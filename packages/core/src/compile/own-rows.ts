import type { UnloadedDialect } from '../dialect/dialect.ts'
import type { ReadStatement } from '../dialect/session.ts'
import type { TableModel } from '../model/schema-model.ts'
import type { SqlValue } from '../model/sql-value.ts'
import type { Statement } from '../sql/statement.ts'
import { join, type SqlFragment, sql } from '../sql/tag.ts'

/** Statements of our tables depend on how names are quoted, and on nothing else of a dialect. */
type Spoken = Pick<UnloadedDialect, 'sql'>

export type Cells = readonly (readonly [column: string, value: SqlValue])[]

/** What columns are set to; a fragment is computed by the server. */
type Assignments = readonly (readonly [column: string, value: SqlValue | SqlFragment])[]

const placeholder = sql`?`

function isFragment(value: SqlValue | SqlFragment): value is SqlFragment {
  return typeof value === 'object' && value !== null && 'text' in value
}

function statement(text: SqlFragment, params: readonly SqlValue[]): Statement {
  return { sql: text.text, params, transaction: 'any' }
}

function conditions(dialect: Spoken, cells: Cells): SqlFragment {
  return join(
    cells.map(([column]) => sql`${dialect.sql.quote.identifier(column)} = ?`),
    ' AND ',
  )
}

const columnsOf = (dialect: Spoken, cells: Cells): SqlFragment =>
  join(cells.map(([column]) => dialect.sql.quote.identifier(column)))

/** A condition on other rows than those that a statement writes. */
export interface Condition {
  readonly sql: SqlFragment
  readonly params: readonly SqlValue[]
}

/** Whether there is such a row. */
export function existsRow(dialect: Spoken, table: string, where: Cells): Condition {
  const query = sql`SELECT 1 FROM ${dialect.sql.quote.table({ name: table })} WHERE ${conditions(dialect, where)}`
  return { sql: sql`EXISTS (${query})`, params: where.map(([, value]) => value) }
}

function andOf(text: SqlFragment, condition: Condition | undefined): SqlFragment {
  return condition === undefined ? text : sql`${text} AND ${condition.sql}`
}

export function insertRow(dialect: Spoken, table: string, cells: Cells, only?: Condition): Statement {
  const target = dialect.sql.quote.table({ name: table })
  const values = join(cells.map(() => placeholder))
  const rows = only === undefined ? sql`VALUES (${values})` : sql`SELECT ${values} WHERE ${only.sql}`
  const text = sql`INSERT INTO ${target} (${columnsOf(dialect, cells)}) ${rows}`
  return statement(text, [...cells.map(([, value]) => value), ...(only?.params ?? [])])
}

/** Rows of the same columns, in one statement. */
export function insertRows(dialect: Spoken, table: string, rows: readonly Cells[]): Statement {
  const target = dialect.sql.quote.table({ name: table })
  const values = join(rows.map((cells) => sql`(${join(cells.map(() => placeholder))})`))
  const text = sql`INSERT INTO ${target} (${columnsOf(dialect, rows[0] ?? [])}) VALUES ${values}`
  return statement(
    text,
    rows.flatMap((cells) => cells.map(([, value]) => value)),
  )
}

/** An INSERT that numbers the row itself: the largest id so far and one. With `unless`, only where no such row exists. */
export function insertNumbered(dialect: Spoken, table: string, cells: Cells, unless?: Cells): Statement {
  const target = dialect.sql.quote.table({ name: table })
  const id = dialect.sql.quote.identifier('id')
  const next = sql`(SELECT COALESCE(MAX(${id}), 0) + 1 FROM ${target})`
  const insert = sql`INSERT INTO ${target} (${id}, ${columnsOf(dialect, cells)}) SELECT ${next}, ${join(cells.map(() => placeholder))}`
  const params = cells.map(([, value]) => value)
  if (unless === undefined) return statement(insert, params)
  const existing = existsRow(dialect, table, unless)
  return statement(sql`${insert} WHERE NOT ${existing.sql}`, [...params, ...existing.params])
}

export function updateRow(
  dialect: Spoken,
  table: string,
  cells: Assignments,
  where: Cells,
  only?: Condition,
): Statement {
  const assignments = join(
    cells.map(
      ([column, value]) => sql`${dialect.sql.quote.identifier(column)} = ${isFragment(value) ? value : placeholder}`,
    ),
  )
  const values = cells.flatMap(([, value]) => (isFragment(value) ? [] : [value]))
  const condition = andOf(conditions(dialect, where), only)
  const text = sql`UPDATE ${dialect.sql.quote.table({ name: table })} SET ${assignments} WHERE ${condition}`
  return statement(text, [...values, ...where.map(([, value]) => value), ...(only?.params ?? [])])
}

export function deleteRow(dialect: Spoken, table: string, where: Cells, only?: Condition): Statement {
  const condition = andOf(conditions(dialect, where), only)
  const text = sql`DELETE FROM ${dialect.sql.quote.table({ name: table })} WHERE ${condition}`
  return statement(text, [...where.map(([, value]) => value), ...(only?.params ?? [])])
}

/** Every row of the table. */
export function deleteRows(dialect: Spoken, table: string): Statement {
  return statement(sql`DELETE FROM ${dialect.sql.quote.table({ name: table })}`, [])
}

export function selectRows(
  dialect: Spoken,
  table: string,
  columns: readonly string[] | '*',
  options: {
    readonly where?: Cells
    readonly orderBy?: string
    readonly descending?: true
    readonly limit?: number
  } = {},
): Statement {
  const list = columns === '*' ? sql`*` : join(columns.map((column) => dialect.sql.quote.identifier(column)))
  const parts = [sql`SELECT ${list} FROM ${dialect.sql.quote.table({ name: table })}`]
  const where = options.where ?? []
  if (where.length > 0) parts.push(sql`WHERE ${conditions(dialect, where)}`)
  if (options.orderBy !== undefined) {
    const order = dialect.sql.quote.identifier(options.orderBy)
    parts.push(options.descending ? sql`ORDER BY ${order} DESC` : sql`ORDER BY ${order}`)
  }
  if (options.limit !== undefined) parts.push(sql`LIMIT ${options.limit}`)
  return statement(
    join(parts, ' '),
    where.map(([, value]) => value),
  )
}

/** A SELECT of these columns of a table of ours, for a session that reads several together. */
export function readOf(
  statement: Statement,
  { columns }: TableModel,
  names: readonly string[] = columns.map(({ name }) => name),
): ReadStatement {
  const integers = new Set(columns.filter(({ type }) => type.kind === 'integer').map(({ name }) => name))
  return { ...statement, columns: names.map((name) => ({ name, isInteger: integers.has(name) })) }
}
