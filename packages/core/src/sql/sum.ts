import { join, type SqlFragment, sql } from './tag.ts'

/** SQLite refuses expressions of a thousand levels (https://www.sqlite.org/limits.html#max_expr_depth), and each `+` of a row is one. */
export function sumOf(parts: readonly SqlFragment[]): SqlFragment {
  const half = parts.length >> 1
  return parts.length <= 16
    ? sql`(${join(parts, ' + ')})`
    : sql`(${sumOf(parts.slice(0, half))} + ${sumOf(parts.slice(half))})`
}
