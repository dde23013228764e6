import type { CatalogColumn, Session } from '@org/migrate-core/dialect'

/**
 * A virtual table has no root page: it is not asked for its columns, because its module may not be loaded. `hidden` is 2 or 3 for a
 * generated column: https://www.sqlite.org/pragma.html#pragma_table_xinfo
 */
const query = `SELECT t.name AS "table", c.name, c.hidden = 0 AND c.dflt_value IS NULL AND (c."notnull" OR
    (c.pk = 1 AND upper(c.type) = 'INTEGER')) AND NOT (c.pk > 0 AND instr(lower(t.sql), 'autoincrement')) AS required
  FROM main.sqlite_master AS t LEFT JOIN pragma_table_xinfo(CASE WHEN t.rootpage > 0 THEN t.name END, 'main') AS c
  WHERE t.type = 'table' AND t.name IN (SELECT value FROM json_each(?)) ORDER BY t.rowid, c.cid`

export async function tableColumns(
  session: Session,
  names: readonly string[],
): Promise<ReadonlyMap<string, readonly CatalogColumn[]>> {
  const tables = new Map<string, CatalogColumn[]>()
  for (const { table, name, required } of await session.query(query, [JSON.stringify(names)])) {
    const columns = tables.get(String(table)) ?? []
    if (name !== null) columns.push({ name: String(name), required: Number(required) === 1 })
    tables.set(String(table), columns)
  }
  return tables
}
