import { tableKey } from '@org/migrate-core/connection'
import type { CatalogNames, CatalogNamesRequest, Session } from '@org/migrate-core/dialect'

/** A virtual table, which has no root page, is not asked for its columns: its module may not be loaded. */
const query = (filter: string): string => `SELECT t.name AS "table", json_group_array(c.name) AS columns
  FROM main.sqlite_master AS t LEFT JOIN pragma_table_xinfo(CASE WHEN t.rootpage > 0 THEN t.name END, 'main') AS c
  WHERE t.type = 'table'${filter} GROUP BY t.rowid`

/** The names of the tables, all or those that are named, and of their columns in the `main` database. */
export async function columnNames(session: Session, { tables }: CatalogNamesRequest): Promise<CatalogNames> {
  const marks = (tables ?? []).map(() => '?').join(', ')
  const rows =
    tables === undefined
      ? await session.query(query(''))
      : await session.query(query(` AND t.name COLLATE NOCASE IN (${marks})`), tables)
  const columnsOf = (list: string): readonly string[] =>
    (JSON.parse(list) as readonly (string | null)[]).filter((name) => name !== null)
  return {
    columns: new Map(rows.map((row) => [tableKey({ name: String(row.table) }), columnsOf(String(row.columns))])),
  }
}
