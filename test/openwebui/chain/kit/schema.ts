import type { TestDatabase } from './database.ts'

/** What SQLite says of a table, apart from the order of its columns and the names that it gives itself. */
export interface Shape {
  readonly columns: readonly unknown[]
  readonly indexes: readonly unknown[]
  readonly foreignKeys: readonly unknown[]
}

const bookkeeping = /^(migrate_|sqlite_)/

export function tableNames(db: TestDatabase): readonly string[] {
  return db
    .rows(`SELECT "name" FROM "sqlite_master" WHERE "type" = 'table' ORDER BY "name"`)
    .map((row) => String(row.name))
    .filter((name) => !bookkeeping.test(name))
}

const byText = (a: unknown, b: unknown): number => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1)
const plain = (row: Record<string, unknown>): Record<string, unknown> =>
  Object.fromEntries(
    Object.entries(row).map(([name, value]) => [name, typeof value === 'bigint' ? Number(value) : value]),
  )

function shapeOf(db: TestDatabase, table: string): Shape {
  const columns = db.rows('SELECT "name", "type", "notnull", "dflt_value", "pk" FROM pragma_table_xinfo(?)', table)
  const indexes = db
    .rows('SELECT "name", "unique", "origin", "partial" FROM pragma_index_list(?)', table)
    .map((index) => ({
      ...plain(index),
      name: String(index.name).startsWith('sqlite_autoindex') ? '' : index.name,
      columns: db.rows('SELECT "name" FROM pragma_index_info(?) ORDER BY "seqno"', index.name).map((row) => row.name),
    }))
  const foreignKeys = db
    .rows('SELECT * FROM pragma_foreign_key_list(?)', table)
    .map((key) => ({ ...plain(key), id: 0 }))
  return {
    columns: columns.map(plain).sort(byText),
    indexes: indexes.sort(byText),
    foreignKeys: foreignKeys.sort(byText),
  }
}

/** The schema by SQLite's own words. */
export function schemaOf(db: TestDatabase): Readonly<Record<string, Shape>> {
  return Object.fromEntries(tableNames(db).map((name) => [name, shapeOf(db, name)]))
}

/** The schema as stored text, without bookkeeping. */
export function masterOf(db: TestDatabase): readonly string[] {
  return db
    .rows(
      'SELECT "type", "name", "tbl_name", "sql" FROM "sqlite_master" WHERE "sql" IS NOT NULL ORDER BY "type", "name"',
    )
    .filter((row) => !bookkeeping.test(String(row.tbl_name)))
    .map((row) => `${row.type} ${row.name}: ${row.sql}`)
}

/** All rows, each value as SQLite quotes it; tables without bookkeeping. Columns that are NULL everywhere are left out on demand. */
export function dataOf(db: TestDatabase, tables = tableNames(db)): Readonly<Record<string, readonly string[]>> {
  return Object.fromEntries(
    tables.map((table) => {
      const columns = db
        .rows('SELECT "name" FROM pragma_table_info(?) ORDER BY "name"', table)
        .map((row) => String(row.name))
      const values = columns.map((name) => `'${name.replaceAll("'", "''")}=' || quote("${name}")`).join(` || ', ' || `)
      return [
        table,
        db
          .rows(`SELECT ${values} AS "row" FROM "${table}"`)
          .map((row) => String(row.row))
          .sort(),
      ]
    }),
  )
}
