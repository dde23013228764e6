import type { Dialect } from '../../../dialect/dialect.ts'
import type { SqlValue } from '../../../model/sql-value.ts'
import { join, type SqlFragment, sql, verbatim } from '../../../sql/tag.ts'
import type { PreservedRows, PreservedScope, PreservedSelect } from '../preserved-types.ts'

/** What was preserved by core itself during a downgrade carries this instead of a data step's label. */
export const downgradeStep = ':downgrade'

/**
 * What a run could not restore carries this from then on, and no run restores it: the next one may preserve another value of the
 * same cell, which must not find the place taken.
 */
export const leftStep = ':left'

/** Where a counter stood that a downgrade dropped: no value of a row, and not counted or listed as one. */
export const counterStep = ':counter'

/** That a row belongs to a selection, with what to bind. */
export function conditionOf(
  dialect: Dialect,
  owner: PreservedScope,
  select: PreservedSelect,
  name = (column: string): SqlFragment => dialect.sql.quote.identifier(column),
): { readonly where: SqlFragment; readonly params: readonly SqlValue[] } {
  const conditions = [sql`${name('revision')} = ?`]
  const params: SqlValue[] = [owner.revision]
  const equals = (column: string, value: string | undefined): void => {
    if (value === undefined) return
    conditions.push(sql`${name(column)} = ?`)
    params.push(value)
  }
  equals('tier', owner.tier)
  equals('table_name', select.table)
  equals('column', select.column)
  equals('step', select.step)
  if (select.otherThan !== undefined) {
    conditions.push(sql`${name('step')} NOT IN (?, ?, ?)`)
    params.push(select.otherThan, leftStep, counterStep)
  }
  if (select.undecided) conditions.push(sql`${name('base')} IS NULL`)
  if (select.ids !== undefined) {
    conditions.push(sql`${name('id')} BETWEEN ? AND ?`)
    params.push(...select.ids)
  }
  return { where: join(conditions, ' AND '), params }
}

/** The rows of a selection for statements of the server, which bind nothing. */
export function rowsOf(dialect: Dialect, name: string, owner: PreservedScope, select: PreservedSelect): PreservedRows {
  const { quote } = dialect.sql
  const table = quote.table({ name })
  const column = (of: string): SqlFragment => sql`${table}.${quote.identifier(of)}`
  const { ids, ...remaining } = select
  const { where, params } = conditionOf(dialect, owner, remaining, column)
  const values = params.map((value) => quote.literal(value).text)
  // No name of ours holds a question mark.
  const condition = verbatim(where.text.replaceAll('?', () => values.shift() ?? ''))
  if (ids === undefined) return { table, column, where: condition }
  // Hidden from a planner without statistics, which would else take the index of the cell for each range.
  const hidden = sql`CASE WHEN ${condition} THEN 1 ELSE 0 END = 1`
  return { table, column, where: sql`${column('id')} BETWEEN ${ids[0]} AND ${ids[1]} AND ${hidden}` }
}
