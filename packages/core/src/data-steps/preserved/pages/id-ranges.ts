import type { Dialect } from '../../../dialect/dialect.ts'
import type { Session } from '../../../dialect/session.ts'
import { type SqlFragment, sql } from '../../../sql/tag.ts'
import type { IdRange, PreservedRows } from '../preserved-types.ts'

/** What one statement of the server writes: a synchronous driver lets nothing else in meanwhile. */
export const rowsAtOnce = 10_000

/**
 * Ranges of ids that hold at most some thousand of the values each, in their order. What is added meanwhile is in none of them.
 *
 * @param rowsOf the values of a range, or all of them
 */
export async function* idRanges(
  dialect: Dialect,
  session: Session,
  rowsOf: (ids?: IdRange) => PreservedRows,
): AsyncGenerator<IdRange> {
  const { identifier } = dialect.sql.quote
  const [low, high, values] = ['$low', '$high', '$values'].map(identifier) as [SqlFragment, SqlFragment, SqlFragment]
  const { table, where, column } = rowsOf()
  const id = column('id')
  const text = sql`SELECT MIN(${id}) AS ${low}, MAX(${id}) AS ${high}, COUNT(*) AS ${values} FROM ${table} WHERE ${where}`
  const [all] = await session.query(text.text)
  if (typeof all?.$low !== 'bigint' || typeof all.$high !== 'bigint') return
  const isDense = all.$high - all.$low < Number(all.$values)
  const countIn = async (ids: IdRange): Promise<number> => {
    const rows = rowsOf(ids)
    const [counted] = await session.query(sql`SELECT COUNT(*) AS ${values} FROM ${rows.table} WHERE ${rows.where}`.text)
    return Number(counted?.$values ?? 0)
  }
  const narrowest = BigInt(rowsAtOnce)
  let width = narrowest
  for (let first = all.$low; first <= all.$high; ) {
    const last = first + width - 1n < all.$high ? first + width - 1n : all.$high
    const ids = [first, last] as const
    const count = isDense ? rowsAtOnce : await countIn(ids)
    if (count > rowsAtOnce && width > narrowest) {
      width /= 2n
      continue
    }
    if (count > 0) yield ids
    if (count * 2 < rowsAtOnce) width *= 2n
    first = last + 1n
  }
}
