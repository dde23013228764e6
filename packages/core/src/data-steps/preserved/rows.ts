import type { Dialect } from '../../dialect/dialect.ts'
import type { Session } from '../../dialect/session.ts'
import { sha256 } from '../../model/canonical.ts'
import { findColumn } from '../../model/edit.ts'
import type { TableModel, TableRef } from '../../model/schema-model.ts'
import type { Row, SqlValue } from '../../model/sql-value.ts'
import { sumOf } from '../../sql/sum.ts'
import { join, type SqlFragment, sql } from '../../sql/tag.ts'
import { exactCell, namesOfBytes } from '../paging.ts'
import { type ExactValue, isRawText, valueHash, valueText } from './encode.ts'
import { comparable, keyCondition, unpadded } from './pages/conditions.ts'

/** Values by which rows are found. */
export type Condition = ReadonlyMap<string, ExactValue>

/** Of one column they are one list, which a server looks up in as in a set; others are conditions side by side. */
const [inList, sideBySide] = [500, 100]
/** What is read at once: a row of 50 MB is read by itself. */
const mostBytes = 4 * 1024 * 1024

/** Tells values apart as they are, whatever type they are read as. */
export function conditionKey(values: Iterable<readonly [string, ExactValue]>): string {
  const cells = [...values].map(([name, value]) => JSON.stringify([name, valueText(value)]))
  return cells.length === 1 ? (cells[0] ?? '') : cells.sort().join('\n')
}

/** True in the rows of any of the conditions. */
export function valuesCondition(
  dialect: Dialect,
  table: TableModel | undefined,
  conditions: readonly Condition[],
): { readonly where: SqlFragment; readonly params: readonly SqlValue[] } {
  const [name, ...rest] = conditions[0]?.keys() ?? []
  const values = conditions.flatMap((condition) => (name === undefined ? [] : [condition.get(name) ?? null]))
  if (name !== undefined && rest.length === 0 && !values.includes(null)) {
    const cells = values.map(comparable(dialect, table, name).cell)
    const where = sql`${dialect.sql.quote.identifier(name)} IN (${join(cells.map(({ text }) => text))})`
    return { where, params: cells.map(({ param }) => param) }
  }
  const parts = conditions.map((condition) => keyCondition(dialect, condition, table))
  const where = join(
    parts.map(({ text }) => sql`(${text})`),
    ' OR ',
  )
  return { where, params: parts.flatMap((part) => part.params) }
}

/**
 * The rows of each condition, by `conditionKey`; those whose cells have another form than the condition by both. Conditions have the same columns.
 *
 * @param ending what each SELECT of rows ends with
 */
export async function rowsBy(
  dialect: Dialect,
  session: Session,
  table: TableRef,
  model: TableModel | undefined,
  columns: readonly string[],
  conditions: readonly Condition[],
  breathe: () => Promise<void>,
  ending: SqlFragment = sql``,
): Promise<ReadonlyMap<string, readonly Row[]>> {
  const rowsByCondition = new Map<string, Row[]>()
  const keys = [...(conditions[0]?.keys() ?? [])]
  if (keys.length === 0) return rowsByCondition
  const { identifier } = dialect.sql.quote
  const all = [...new Set([...keys, ...columns])]
  const { exact } = dialect.values
  const isRaw =
    exact !== undefined &&
    conditions.some((each) => [...each.values()].some((value) => value !== null && isRawText(value)))
  const bytesOf = namesOfBytes(all)
  const list = join([
    ...all.map((column) => sql`${identifier(column)} AS ${identifier(column)}`),
    ...(isRaw ? keys.map((column) => sql`${exact.bytes(identifier(column))} AS ${identifier(bytesOf(column))}`) : []),
  ])
  const size = sumOf(all.map((column) => sql`COALESCE(${dialect.values.byteLength(identifier(column))}, 0)`))

  async function read(some: readonly Condition[]): Promise<void> {
    if (some.length === 0) return
    await breathe()
    const { where, params } = valuesCondition(dialect, model, some)
    const query = (what: SqlFragment, last = sql``): Promise<readonly Row[]> => {
      const text = sql`SELECT ${what} FROM ${dialect.sql.quote.table(table)} WHERE ${where} ${last}`
      return session.query(text.text, params)
    }
    if (some.length > 1) {
      const [total] = await query(sql`COALESCE(SUM(${size}), 0) AS ${identifier('n')}`)
      if (Number(total?.n ?? 0) > mostBytes) {
        const middle = Math.ceil(some.length / 2)
        await read(some.slice(0, middle))
        return read(some.slice(middle))
      }
    }
    const found = await query(list, ending)
    const names = new Set(some.map(conditionKey))
    let unmatched = 0
    for (const row of found) {
      const cells = keys.map((name) => [name, exactCell(row[name] ?? null, row[bytesOf(name)] ?? null)] as const)
      const own = conditionKey(cells)
      const key = names.has(own)
        ? own
        : conditionKey(cells.map(([name, cell]) => [name, unpadded(dialect, model, name, cell)]))
      if (!names.has(key)) unmatched += 1
      const rows = rowsByCondition.get(key)
      if (rows === undefined) rowsByCondition.set(key, [row])
      else rows.push(row)
    }
    if (unmatched === 0) return
    // Another branch has changed the type of a key: the server finds the rows, and gives their keys in another form.
    const missing = some.filter((each) => !rowsByCondition.has(conditionKey(each)))
    const [only] = missing
    if (some.length > 1) for (const each of missing) await read([each])
    else if (only !== undefined) rowsByCondition.set(conditionKey(only), [...found])
  }

  const unique = [...new Map(conditions.map((each) => [conditionKey(each), each])).values()]
  const atOnce = keys.length === 1 ? inList : sideBySide
  for (let at = 0; at < unique.length; at += atOnce) await read(unique.slice(at, at + atOnce))
  return rowsByCondition
}

/** Whether a table has all of these columns, the hidden one that tells its rows apart included. */
export function hasColumns({ rows }: Dialect, table: TableModel, names: Iterable<string>): boolean {
  const hidden = rows?.identity?.(table)
  return [...names].every((name) => name === hidden || findColumn(table, name) !== undefined)
}

/** A digest of rows, whatever order they come in. */
export function rowsDigest(rows: readonly Row[], columns: readonly string[]): string {
  return sha256(
    rows
      .map((row) => sha256(columns.map((name) => valueHash(row[name] ?? null)).join('\n')))
      .sort()
      .join('\n'),
  )
}
