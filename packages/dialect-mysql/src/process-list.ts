import type { Row, SqlValue } from '@org/migrate-core/dialect'

/**
 * `information_schema.processlist` is an error on MySQL (3854) while any session runs a statement with a character of four bytes:
 * its column is utf8mb3 (measured on 9.7). This says the same, with the first 100 characters of the statement:
 * https://dev.mysql.com/doc/refman/8.4/en/show-processlist.html. Without the PROCESS privilege it lists the user's own connections only.
 */
export const processList = 'SHOW PROCESSLIST'

/** The connection of that number, where it is listed. */
export async function processOf(
  query: (sql: string) => Promise<readonly Row[]>,
  id: SqlValue,
): Promise<Row | undefined> {
  return (await query(processList)).find((row) => String(row.Id) === String(id))
}
