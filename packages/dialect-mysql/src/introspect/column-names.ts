import { type CatalogNames, type Session, tableKey } from '@org/migrate-core/dialect'
import { byTable, text } from './catalog.ts'

/** The names of all tables and columns of the current database. Without an order MySQL gives the columns in any, now and then. */
export async function columnNames(session: Session): Promise<CatalogNames> {
  const rows = await session.query(
    'SELECT TABLE_NAME AS table_name, COLUMN_NAME AS name FROM information_schema.COLUMNS WHERE TABLE_SCHEMA = DATABASE() ORDER BY TABLE_NAME, ORDINAL_POSITION',
  )
  return {
    columns: new Map(
      [...byTable(rows)].map(([name, columns]) => [tableKey({ name }), columns.map((row) => text(row, 'name'))]),
    ),
  }
}
