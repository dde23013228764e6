import { type ColumnModel, type SqlFragment, sql, verbatim } from '@org/migrate-core/dialect'
import { quote } from '../sql/quote.ts'
import { toSql } from './types.ts'

interface KeyOrder {
  readonly expression: SqlFragment
  readonly value: SqlFragment
}

/**
 * How a column of a key is ordered, and a value compared with it, so that both agree and are exact. Undefined: as they are.
 *
 * - A FLOAT is compared as a double, and 0.1 of the one is no 0.1 of the other
 *   (https://dev.mysql.com/doc/refman/8.4/en/problems-with-float.html).
 * - A string is compared with a DECIMAL as a double, of about 16 digits
 *   (https://dev.mysql.com/doc/refman/8.4/en/type-conversion.html).
 * - ORDER BY sorts an ENUM or a SET by the number of the member, and `>` compares its letters
 *   (https://dev.mysql.com/doc/refman/8.4/en/enum.html).
 */
export function keyOrder({ name, type }: ColumnModel): KeyOrder | undefined {
  const column = quote.identifier(name)
  const text = toSql(type)
  if (/^float\b/i.test(text)) return { expression: column, value: sql`CAST(? AS FLOAT)` }
  const decimal = /^decimal(?:\(\d+(?:,\d+)?\))?/i.exec(text)?.[0]
  if (decimal !== undefined) return { expression: column, value: sql`CAST(? AS ${verbatim(decimal)})` }
  return /^(?:enum|set)\b/i.test(text) ? { expression: sql`CONCAT(${column})`, value: sql`?` } : undefined
}
