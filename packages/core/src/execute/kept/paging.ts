import { join, type SqlFragment, sql } from '../../compile/sql-tag.ts'
import type { Dialect } from '../../dialect/dialect.ts'
import type { Session } from '../../dialect/session.ts'
import type { Row, SqlValue } from '../../model/sql-value.ts'

/** A page ends at this many bytes, so that a table of 50 MB documents is read one by one. */
const pageBytes = 4 * 1024 * 1024

export interface PageRequest {
  readonly table: SqlFragment
  readonly key: readonly string[]
  readonly columns: readonly string[]
  readonly where?: { readonly text: string; readonly params: readonly SqlValue[] }
  readonly rows: number
}

function ordered(dialect: Dialect, key: readonly string[]): SqlFragment {
  return join(key.map((column) => dialect.quote.identifier(column)))
}

function bigintCell(value: SqlValue | undefined): bigint {
  if (typeof value === 'bigint') return value
  return typeof value === 'number' ? BigInt(Math.round(value)) : 0n
}

/**
 * Pages of a table by key. The sizes are read first: a page holds at most `rows` rows and, from its second row on, at most
 * 4 MiB, so the memory is bounded by the largest single row.
 */
export async function* pagesByKey(
  dialect: Dialect,
  session: Session,
  request: PageRequest,
): AsyncGenerator<readonly Row[]> {
  const { key, table } = request
  const columns = [...new Set([...key, ...request.columns])]
  const keyList = ordered(dialect, key)
  const keyTuple = key.length === 1 ? keyList : sql`(${keyList})`
  const places = join(key.map(() => sql`?`))
  const placeTuple = key.length === 1 ? places : sql`(${places})`
  const wide = request.columns.filter((column) => !key.includes(column))
  const size =
    wide.length === 0
      ? sql`0`
      : join(
          wide.map((column) => sql`COALESCE(${dialect.byteLength(dialect.quote.identifier(column))}, 0)`),
          ' + ',
        )
  const condition = request.where === undefined ? '' : `(${request.where.text})`
  const extra = request.where?.params ?? []
  let last: readonly SqlValue[] | undefined
  for (;;) {
    const above = last === undefined ? '' : sql`${keyTuple} > ${placeTuple}`.text
    const conditions = [condition, above].filter((part) => part !== '').join(' AND ')
    const where = conditions === '' ? '' : ` WHERE ${conditions}`
    const params = [...extra, ...(last ?? [])]
    const sizes = await session.query(
      `SELECT ${keyList.text}, ${size.text} AS ${dialect.quote.identifier('$size').text} FROM ${table.text}${where} ORDER BY ${keyList.text} LIMIT ${request.rows}`,
      params,
    )
    let bytes = 0n
    let taken = 0
    for (const row of sizes) {
      bytes += bigintCell(row.$size)
      if (taken > 0 && bytes > pageBytes) break
      taken += 1
    }
    if (taken === 0) return
    const list = join(columns.map((column) => dialect.quote.identifier(column)))
    const rows = await session.query(
      `SELECT ${list.text} FROM ${table.text}${where} ORDER BY ${keyList.text} LIMIT ${taken}`,
      params,
    )
    const end = rows.at(-1)
    if (end === undefined) return
    last = key.map((column) => end[column] ?? null)
    yield rows
    if (taken === sizes.length && sizes.length < request.rows) return
  }
}
