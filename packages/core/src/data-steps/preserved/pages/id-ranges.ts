import type { Dialect } from '../../../dialect/dialect.ts'
import type { Session } from '../../../dialect/session.ts'
import { sql } from '../../../sql/tag.ts'
import type { IdRange, PreservedRows } from '../preserved-types.ts'

/** What one statement of the server writes: a synchronous driver lets nothing else in meanwhile. */
export const rowsAtOnce = 10_000

/** Ranges of ids that hold some thousand of the values each, in their order. What is added meanwhile is in none of them. */
export async function* idRanges(
  dialect: Dialect,
  session: Session,
  { table, where, column }: PreservedRows,
): AsyncGenerator<IdRange> {
  const { identifier } = dialect.sql.quote
  const id = column('id')
  const [ends] = await session.query(
    sql`SELECT MIN(${id}) AS ${identifier('$low')}, MAX(${id}) AS ${identifier('$high')} FROM ${table} WHERE ${where}`
      .text,
  )
  if (typeof ends?.$low !== 'bigint' || typeof ends.$high !== 'bigint') return
  for (let low = ends.$low; low <= ends.$high; ) {
    // Hidden from the planner, which would else take an index and sort what it finds.
    const text = sql`SELECT ${id} AS ${identifier('$end')} FROM ${table} WHERE ${id} BETWEEN ? AND ? AND CASE WHEN ${where} THEN 1 ELSE 0 END = 1 ORDER BY ${id} LIMIT 1 OFFSET ${rowsAtOnce - 1}`
    const [page] = await session.query(text.text, [low, ends.$high])
    const last = typeof page?.$end === 'bigint' ? page.$end : ends.$high
    yield [low, last]
    low = last + 1n
  }
}
