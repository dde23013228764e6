import type { Row, Session } from '@org/migrate-core/dialect'

/** A cell of the catalog as text; every column that is asked for is text or NULL, or is made so. */
export function cell(row: Row, column: string): string | null {
  const value = row[column]
  if (value === null || value === undefined) return null
  return value instanceof Uint8Array ? Buffer.from(value).toString('utf8') : String(value)
}

export const text = (row: Row, column: string): string => cell(row, column) ?? ''

/** The names that are asked for; absent: every one. */
export type Asked = readonly string[] | undefined

/** `AND column IN (…)`: with constants the server opens those tables only. */
export function among(column: string, asked: Asked): string {
  return asked === undefined ? '' : ` AND ${column} IN (${asked.map(() => '?').join(', ')})`
}

/** Rows by the table they belong to. */
export function byTable(rows: readonly Row[]): ReadonlyMap<string, readonly Row[]> {
  const groups = new Map<string, Row[]>()
  for (const row of rows) {
    const name = text(row, 'table_name')
    const group = groups.get(name)
    if (group === undefined) groups.set(name, [row])
    else group.push(row)
  }
  return groups
}

export async function read(session: Session, sql: string, asked: Asked): Promise<readonly Row[]> {
  return session.query(sql, asked ?? [])
}
