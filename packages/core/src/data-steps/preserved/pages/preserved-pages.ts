import type { Dialect } from '../../../dialect/dialect.ts'
import type { Session } from '../../../dialect/session.ts'
import type { SqlValue } from '../../../model/sql-value.ts'
import { join, type SqlFragment, sql } from '../../../sql/tag.ts'
import { fitting } from '../../paging.ts'
import { type PreservedValue, preservedOf, valueColumns } from '../preserved-value.ts'

const rowsAtOnce = 500
/** How many ids one query passes at most, where few of them are wanted. */
const widest = 100_000n

interface PagesRequest {
  readonly dialect: Dialect
  readonly session: Session
  readonly table: string
  readonly where: SqlFragment
  readonly params: readonly SqlValue[]
  readonly descending: boolean
}

const smaller = (a: bigint, b: bigint): bigint => (a < b ? a : b)
const larger = (a: bigint, b: bigint): bigint => (a > b ? a : b)

/**
 * Preserved values by their ids, at most 500 and 4 MiB at once, or one that is larger.
 *
 * Each query names a range of ids, and hides the other conditions from the planner. A server without statistics of a table that was just
 * filled would else take the index of the cell, and sort all that it finds for each page.
 */
export async function* preservedPages(request: PagesRequest): AsyncGenerator<readonly PreservedValue[]> {
  const { dialect, session, table, where, params, descending } = request
  const { identifier } = dialect.sql.quote
  const id = identifier('id')
  const from = dialect.sql.quote.table({ name: table })
  const size = dialect.values.byteLength(identifier('value'))
  const order = descending ? sql`${id} DESC` : id
  const sizesText = sql`SELECT ${id}, COALESCE(${size}, 0) AS ${identifier('$size')} FROM ${from} WHERE ${id} BETWEEN ? AND ? AND CASE WHEN ${where} THEN 1 ELSE 0 END = 1 ORDER BY ${order} LIMIT ${rowsAtOnce}`
  const columns = join(valueColumns.map(identifier))
  const [ends] = await session.query(
    sql`SELECT MIN(${id}) AS ${identifier('$low')}, MAX(${id}) AS ${identifier('$high')} FROM ${from} WHERE ${where}`
      .text,
    params,
  )
  if (typeof ends?.$low !== 'bigint' || typeof ends.$high !== 'bigint') return
  let [low, high] = [ends.$low, ends.$high]
  let width = BigInt(rowsAtOnce)
  while (low <= high) {
    const range = descending ? [larger(low, high - width + 1n), high] : [low, smaller(high, low + width - 1n)]
    const sizes = await session.query(sizesText.text, [...range, ...params])
    const ids = sizes.slice(0, fitting(sizes)).map((row) => row.id ?? null)
    if (ids.length > 0) {
      // By their ids: a server that sorts the rows copies their values.
      const list = join(ids.map(() => sql`?`))
      const rows = await session.query(sql`SELECT ${columns} FROM ${from} WHERE ${id} IN (${list})`.text, ids)
      const byId = new Map(rows.map((row) => [row.id, row]))
      yield ids.flatMap((each) => {
        const row = byId.get(each as bigint)
        return row === undefined ? [] : [preservedOf(table, row)]
      })
    }
    const isPart = ids.length < sizes.length || sizes.length === rowsAtOnce
    const passed = isPart ? (ids.at(-1) as bigint) : ((descending ? range[0] : range[1]) as bigint)
    if (descending) high = passed - 1n
    else low = passed + 1n
    if (sizes.length * 2 < rowsAtOnce) width = smaller(width * 2n, widest)
    else if (isPart) width = larger(width / 2n, BigInt(rowsAtOnce))
  }
}
