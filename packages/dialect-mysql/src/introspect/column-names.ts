import { tableKey } from '@org/migrate-core/connection'
import type { CatalogNames, CatalogNamesRequest, Row, Session } from '@org/migrate-core/dialect'
import { byTable, text } from './catalog.ts'

const query = (filter: string): string =>
  `SELECT TABLE_NAME AS table_name, COLUMN_NAME AS name FROM information_schema.COLUMNS WHERE TABLE_SCHEMA = DATABASE()${filter} ORDER BY TABLE_NAME, ORDINAL_POSITION`

/**
 * The names of all tables and columns of the current database. Without an order MySQL gives the columns in any, now and then. Tables
 * that are named are read one by one: MariaDB opens every table of the database for `IN` with several.
 */
export async function columnNames(session: Session, { tables }: CatalogNamesRequest): Promise<CatalogNames> {
  const rows: Row[] = tables === undefined ? [...(await session.query(query('')))] : []
  for (const name of tables ?? []) rows.push(...(await session.query(query(' AND TABLE_NAME = ?'), [name])))
  return {
    columns: new Map(
      [...byTable(rows)].map(([name, columns]) => [tableKey({ name }), columns.map((row) => text(row, 'name'))]),
    ),
  }
}

/** SHOW reads only the kind of each table; information_schema.VIEWS opens them. */
export async function viewNames(session: Session): Promise<readonly string[]> {
  const rows = await session.query("SHOW FULL TABLES WHERE Table_type <> 'BASE TABLE'")
  return rows.map((row) => String(Object.values(row)[0]))
}
