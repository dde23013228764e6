import type { CatalogColumn, Row, Session } from '@org/migrate-core/dialect'

/**
 * A virtual table has no root page: it is not asked for its columns, because its module may not be loaded. `hidden` is 2 or 3 for a
 * generated column: https://www.sqlite.org/pragma.html#pragma_table_xinfo
 */
const query = `SELECT t.name AS "table", t.sql, t.rootpage > 0 AS stored, c.name, c.hidden = 0 AND c.dflt_value IS NULL AND (c."notnull" OR
    (c.pk = 1 AND upper(c.type) = 'INTEGER')) AND NOT (c.pk > 0 AND instr(lower(t.sql), 'autoincrement')) AS required
  FROM main.sqlite_master AS t LEFT JOIN pragma_table_xinfo(CASE WHEN t.rootpage > 0 THEN t.name END, 'main') AS c
  WHERE t.type = 'table' AND t.name IN (SELECT value FROM json_each(?)) ORDER BY t.rowid, c.cid`

/** What a text makes is always the same. Each database has our tables with the same texts. */
const known = new Map<string, readonly CatalogColumn[]>()
const mostKnown = 100

const keyOf = ({ sql, stored }: Row): string => `${String(stored)} ${String(sql)}`

/** Undefined: a text was not seen before. */
async function knownColumns(session: Session, names: readonly string[]): Promise<Columns | undefined> {
  if (known.size === 0) return undefined
  const list = names.map(() => '?').join(', ')
  const texts = `SELECT name AS "table", sql, rootpage > 0 AS stored FROM main.sqlite_master WHERE type = 'table' AND name IN (${list}) ORDER BY rowid`
  const tables = new Map<string, readonly CatalogColumn[]>()
  for (const row of await session.query(texts, names)) {
    const columns = known.get(keyOf(row))
    if (columns === undefined) return undefined
    tables.set(String(row.table), columns)
  }
  return tables
}

type Columns = ReadonlyMap<string, readonly CatalogColumn[]>

export async function tableColumns(session: Session, names: readonly string[]): Promise<Columns> {
  const found = await knownColumns(session, names)
  if (found !== undefined) return found
  const tables = new Map<string, CatalogColumn[]>()
  const keys = new Map<string, string>()
  for (const row of await session.query(query, [JSON.stringify(names)])) {
    const { table, name, required } = row
    const columns = tables.get(String(table)) ?? []
    if (name !== null) columns.push({ name: String(name), required: Number(required) === 1 })
    tables.set(String(table), columns)
    keys.set(String(table), keyOf(row))
  }
  if (known.size + tables.size > mostKnown) known.clear()
  for (const [table, columns] of tables) known.set(keys.get(table) ?? '', columns)
  return tables
}
