import { createHash } from 'node:crypto'
import type { DialectMeasures, Row, Session, SqlValue, TableModel } from '@org/migrate-core/dialect'
import { quote } from '../sql/quote.ts'
import { freeRowid } from './row-key.ts'

const rowsAtOnce = 2_000
const limit = 1n << 64n

const textOf = (value: SqlValue): string =>
  value instanceof Uint8Array
    ? `blob ${Buffer.from(value).toString('hex')}`
    : `${typeof value} ${Object.is(value, -0) ? '-0' : value}`

const hashOf = (part: string | Uint8Array): Buffer => createHash('sha256').update(part).digest()

/** All rows, some at a time: by the rowid, or in the order of the key of a table without one. */
async function* rowsOf(session: Session, table: TableModel): AsyncGenerator<readonly Row[]> {
  const name = quote.table(table.ref).text
  const list = table.columns.map((column) => quote.identifier(column.name).text).join(', ')
  const rowid = freeRowid(table)
  const key = table.constraints.find((each) => each.kind === 'primaryKey')?.columns ?? []
  const order = key.map((column) => quote.identifier(column).text).join(', ')
  let last: SqlValue = null
  for (let from = 0; ; from += rowsAtOnce) {
    const rows: readonly Row[] =
      rowid === undefined
        ? await session.query(
            `SELECT ${list} FROM ${name}${order && ` ORDER BY ${order}`} LIMIT ${rowsAtOnce} OFFSET ${from}`,
          )
        : await session.query(
            `SELECT ${rowid} AS "migrate rowid", ${list} FROM ${name}${last === null ? '' : ` WHERE ${rowid} > ${last}`} ORDER BY ${rowid} LIMIT ${rowsAtOnce}`,
          )
    yield rows
    if (rows.length < rowsAtOnce) return
    last = rows.at(-1)?.['migrate rowid'] ?? null
  }
}

/** SQLite has no function that hashes: the rows are read. */
export const measures: DialectMeasures = {
  async bytes(session) {
    const [row] = await session.query(
      'SELECT page_count * page_size AS bytes FROM pragma_page_count(), pragma_page_size()',
    )
    return BigInt(String(row?.bytes ?? 0))
  },
  async fingerprint(session, table) {
    const sums = new Map<string, bigint>()
    let [count, wholeRows] = [0n, 0n]
    for await (const rows of rowsOf(session, table)) {
      count += BigInt(rows.length)
      for (const row of rows) {
        const hashes = table.columns.map(({ name }) => hashOf(textOf(row[name] ?? null)))
        for (const [at, { name }] of table.columns.entries())
          sums.set(name, ((sums.get(name) ?? 0n) + (hashes[at]?.readBigUInt64BE() ?? 0n)) % limit)
        wholeRows = (wholeRows + hashOf(Buffer.concat(hashes)).readBigUInt64BE()) % limit
      }
    }
    const columns = new Map([...sums].map(([name, sum]) => [name, sum.toString(16)]))
    return { rows: count, columns, wholeRows: wholeRows.toString(16) }
  },
}
