import { join, type SqlFragment, sql } from '../../compile/sql-tag.ts'
import type { Dialect } from '../../dialect/dialect.ts'
import type { SqlValue } from '../../model/sql-value.ts'

/** `"a" = ? AND "b" IS NULL`, with the values to bind. */
export function keyCondition(
  dialect: Dialect,
  key: Iterable<readonly [column: string, value: SqlValue]>,
): { readonly text: SqlFragment; readonly params: readonly SqlValue[] } {
  const parts: SqlFragment[] = []
  const params: SqlValue[] = []
  for (const [column, value] of key) {
    const name = dialect.quote.identifier(column)
    if (value === null) parts.push(sql`${name} IS NULL`)
    else {
      parts.push(sql`${name} = ?`)
      params.push(value)
    }
  }
  return { text: join(parts, ' AND '), params }
}
