import type { CatalogColumn, ReadStatement, Session } from '@org/migrate-core/dialect'
import type { Server } from '../flavour.ts'

/** The lexer of `catalog.ts` is not needed for it: most starts read nothing else. */
const among = (names: readonly string[]): string => ` AND TABLE_NAME IN (${names.map(() => '?').join(', ')})`

/** MariaDB opens the tables alone that are named, for `IN` too (10.11, by `Opened_table_definitions`). */
const columnsSql = (names: readonly string[]): string =>
  `SELECT TABLE_NAME AS table_name, COLUMN_NAME AS name, ORDINAL_POSITION AS position, COLUMN_KEY <> '' AS keyed,
 IS_NULLABLE = 'NO' AND COLUMN_DEFAULT IS NULL AND EXTRA NOT REGEXP 'auto_increment|STORED|VIRTUAL|PERSISTENT' AS required
 FROM information_schema.COLUMNS WHERE TABLE_SCHEMA = DATABASE()${among(names)} ORDER BY table_name, position`

const integers = new Set(['position', 'keyed', 'required'])

export function tableColumnsRead(names: readonly string[]): ReadStatement {
  const columns = ['table_name', 'name', 'position', 'keyed', 'required']
  return {
    sql: columnsSql(names),
    params: names,
    columns: columns.map((name) => ({ name, isInteger: integers.has(name) })),
    orderBy: 'position',
  }
}

/** Those that are views, or sequences of MariaDB. */
async function withoutRowsOfOwn(session: Session, names: readonly string[]): Promise<readonly string[]> {
  if (names.length === 0) return []
  const rows = await session.query(
    `SELECT TABLE_NAME AS name FROM information_schema.TABLES
      WHERE TABLE_SCHEMA = DATABASE()${among(names)} AND TABLE_TYPE NOT IN ('BASE TABLE', 'SYSTEM VERSIONED')`,
    names,
  )
  return rows.map((row) => String(row.name))
}

/**
 * In the current database, called as they are requested, whatever letters the server stores. Only what has no key may be no table: a view
 * shows none.
 */
export async function tableColumns(
  { lowerCaseTableNames: folds }: Server,
  session: Session,
  names: readonly string[],
): Promise<ReadonlyMap<string, readonly CatalogColumn[]>> {
  const tables = new Map<string, readonly CatalogColumn[]>()
  const keyed = new Set<string>()
  const { sql, params } = tableColumnsRead(names)
  const spelled = (name: string): string =>
    (folds && names.find((one) => one.toLowerCase() === name.toLowerCase())) || name
  for (const row of await session.query(sql, params)) {
    const table = spelled(String(row.table_name))
    const one = { name: String(row.name), required: row.required === 1n }
    tables.set(table, [...(tables.get(table) ?? []), one])
    if (row.keyed === 1n) keyed.add(table)
  }
  const views = await withoutRowsOfOwn(
    session,
    [...tables.keys()].filter((key) => !keyed.has(key)),
  )
  for (const name of views) tables.delete(spelled(name))
  return tables
}
