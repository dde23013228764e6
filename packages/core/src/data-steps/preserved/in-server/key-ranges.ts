import type { Dialect } from '../../../dialect/dialect.ts'
import type { Session } from '../../../dialect/session.ts'
import { MigrateError } from '../../../errors/migrate-error.ts'
import type { SqlValue } from '../../../model/sql-value.ts'
import { join, type SqlFragment, sql } from '../../../sql/tag.ts'
import { isOdd } from '../../paging.ts'
import type { ExactValue } from '../encode.ts'
import { comparable } from '../pages/conditions.ts'
import { rowsAtOnce } from '../pages/id-ranges.ts'
import { aliased, columnOf, type TableForm } from './table-form.ts'

interface KeyRange {
  readonly conditions: readonly SqlFragment[]
  readonly params: readonly SqlValue[]
}

/** Throws what `takenTogether` takes for a refusal: the pages do not meet each row once. */
export function incomplete(dialect: Dialect): MigrateError {
  const details = { fault: 'unknown', database: dialect.connection.database } as const
  return new MigrateError('STATEMENT_FAILED', details, 'Not every row was preserved once.')
}

export const whereOf = (conditions: readonly SqlFragment[]): SqlFragment =>
  conditions.length === 0 ? sql`` : sql` WHERE ${join(conditions, ' AND ')}`

/** What the rows of a table are ordered by. */
export const orderOf = ({ dialect, table }: TableForm, key: readonly string[]): SqlFragment =>
  join(key.map((name) => comparable(dialect, table, name).expression))

/** Ranges of a key, of as many rows each as one statement of the server takes. Rows whose key is NULL are in none. */
export async function* keyRanges(
  session: Session,
  of: TableForm,
  key: readonly string[],
  conditions: readonly SqlFragment[],
): AsyncGenerator<KeyRange> {
  const order = orderOf(of, key)
  const isOne = key.length === 1
  const bound = (than: SqlFragment, values: readonly ExactValue[]): KeyRange => {
    const ends = values.map((each, at) => comparable(of.dialect, of.table, key[at] ?? '').cell(each))
    const list = join(ends.map(({ text }) => text))
    const condition = isOne ? sql`${order} ${than} ${list}` : sql`(${order}) ${than} (${list})`
    return { conditions: [condition], params: ends.map(({ param }) => param) }
  }
  let above: KeyRange = { conditions: [], params: [] }
  for (;;) {
    const names = join(key.map((name) => columnOf(of, name)))
    const where = whereOf([...conditions, ...above.conditions])
    const text = sql`SELECT ${names} FROM ${aliased(of)}${where} ORDER BY ${order} LIMIT 1 OFFSET ${rowsAtOnce - 1}`
    const [end] = await session.query(text.text, above.params)
    if (end === undefined) return yield above
    const reached = key.map((name) => end[name] ?? null)
    // What is read is not what stands there: the next range may begin before this one, for ever.
    if (of.dialect.values.exact !== undefined && reached.some(isOdd)) throw incomplete(of.dialect)
    const below = bound(sql`<=`, reached)
    yield { conditions: [...above.conditions, ...below.conditions], params: [...above.params, ...below.params] }
    above = bound(sql`>`, reached)
  }
}
