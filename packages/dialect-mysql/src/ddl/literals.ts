import type { ColumnType, DefaultValue, SqlValue } from '@org/migrate-core/dialect'
import type { Server } from '../flavour.ts'
import { quote } from '../sql/quote.ts'
import { isLarge, isTemporal, precisionOf } from '../types/types.ts'

const literal = (value: SqlValue): string => quote.literal(value).text

function nowText(type: ColumnType): string {
  const precision = precisionOf(type)
  return precision === 0 ? 'CURRENT_TIMESTAMP' : `CURRENT_TIMESTAMP(${precision})`
}

const isPlainBits = (sql: string): boolean => /^(?:0x(?:[0-9a-f]{2})+|x'(?:[0-9a-f]{2})*'|b'[01]+')$/i.test(sql)

/** What stands after DEFAULT; undefined where nothing has to. */
export function defaultText(server: Server, type: ColumnType, value: DefaultValue): string {
  // A literal of bits or bytes is a value: in parentheses it would be an expression.
  if (value.kind === 'expression') return isPlainBits(value.sql) && !isLarge(type) ? value.sql : `(${value.sql})`
  // Only a column of the type may have the bare word: https://dev.mysql.com/doc/refman/8.4/en/timestamp-initialization.html
  if (value.kind === 'now') return isTemporal(type) ? nowText(type) : '(CURRENT_TIMESTAMP)'
  const text = typeof value.value === 'boolean' ? String(Number(value.value)) : literal(value.value)
  // "BLOB, TEXT, GEOMETRY, and JSON can be assigned a default value only if it is written as an expression" (MySQL manual).
  return server.flavour === 'mysql' && isLarge(type) && value.value !== null ? `(${text})` : text
}

/** ON UPDATE keeps up with the digits of its column: others are an error (1294). */
export function onUpdateText(type: ColumnType): string {
  return `ON UPDATE ${nowText(type)}`
}
