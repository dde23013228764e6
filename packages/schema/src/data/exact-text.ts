import type { RawText, SqlValue, StepDatabase } from '@org/migrate-core'

/**
 * A value as it has to be preserved: SQLite stores text that is no UTF-8, and a string has U+FFFD in the place of its odd
 * bytes. Where that character stands, the bytes say whether it is the author's own.
 */
export async function exactText(
  db: StepDatabase,
  cell: { readonly table: string; readonly column: string; readonly key: { readonly [column: string]: SqlValue } },
  value: SqlValue,
): Promise<SqlValue | RawText> {
  if (db.dialect !== 'sqlite' || typeof value !== 'string' || !value.includes('\uFFFD')) return value
  const where = Object.keys(cell.key).map((name) => `"${name}" = ?`)
  const [row] = await db.query(
    `SELECT CAST("${cell.column}" AS BLOB) AS "bytes" FROM "${cell.table}" WHERE ${where.join(' AND ')}`,
    Object.values(cell.key),
  )
  const bytes = row?.bytes
  return bytes instanceof Uint8Array && !Buffer.from(value).equals(bytes) ? { rawText: bytes } : value
}
