import type { Dialect } from '../../../dialect/dialect.ts'
import { findColumn } from '../../../model/edit.ts'
import type { TableModel } from '../../../model/schema-model.ts'
import type { SqlValue } from '../../../model/sql-value.ts'
import { join, type SqlFragment, sql } from '../../../sql/tag.ts'
import { type ExactValue, isRawText } from '../encode.ts'

const plain = sql`?`

/** The placeholder that stores a value as it was, and what to bind to it. */
export function placed(dialect: Dialect, value: ExactValue): { readonly text: SqlFragment; readonly param: SqlValue } {
  const { exact } = dialect.values
  if (isRawText(value)) return { text: exact?.text ?? plain, param: value.rawText }
  return { text: typeof value === 'number' ? (exact?.real ?? plain) : plain, param: value }
}

/** A value of a key without what the server pads it with: other types of the column have it so. */
export function unpadded(
  dialect: Dialect,
  table: TableModel | undefined,
  column: string,
  value: ExactValue,
): ExactValue {
  const model = typeof value === 'string' && table !== undefined ? findColumn(table, column) : undefined
  return typeof value === 'string' && model && dialect.rows?.isPadded?.(model) === true
    ? value.replace(/ +$/, '')
    : value
}

/** A column of a key as the server orders and compares it, and the placeholders of values to compare it with. */
export function comparable(
  dialect: Dialect,
  table: TableModel | undefined,
  column: string,
): { readonly expression: SqlFragment; readonly cell: (value: ExactValue) => ReturnType<typeof placed> } {
  const model = table && findColumn(table, column)
  const order = model && dialect.rows?.keyOrder?.(model)
  const expression = order?.expression ?? dialect.sql.quote.identifier(column)
  return {
    expression,
    cell(value) {
      const fitted = model && !isRawText(value) ? dialect.rows?.fitted?.(value, model) : undefined
      const { text, param } = placed(dialect, fitted ?? value)
      return { text: order?.value ?? text, param }
    },
  }
}

/** `"a" = ? AND "b" IS NULL`, with the values to bind. */
export function keyCondition(
  dialect: Dialect,
  key: Iterable<readonly [column: string, value: ExactValue]>,
  table: TableModel | undefined,
): { readonly text: SqlFragment; readonly params: readonly SqlValue[] } {
  const parts: SqlFragment[] = []
  const params: SqlValue[] = []
  for (const [column, value] of key) {
    const name = dialect.sql.quote.identifier(column)
    if (value === null) parts.push(sql`${name} IS NULL`)
    else {
      const { text, param } = comparable(dialect, table, column).cell(value)
      parts.push(sql`${name} = ${text}`)
      params.push(param)
    }
  }
  return { text: join(parts, ' AND '), params }
}
