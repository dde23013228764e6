import Database from 'better-sqlite3'

const quoted = (name: string): string => `"${name.replaceAll('"', '""')}"`

/** A value as a literal that gives the same bytes. */
const literal = (column: string): string =>
  `CASE typeof(${column}) WHEN 'text' THEN 'CAST(X''' || hex(CAST(${column} AS BLOB)) || ''' AS TEXT)' ELSE quote(${column}) END`

/**
 * A value as a text that every version of SQLite writes so: they differ in the last digits of a REAL, also where one became a text of a
 * column. A default may be the time at which it was filled in.
 */
const shown = (column: string): string =>
  `CASE WHEN ${column} GLOB '2???-??-?? ??:??:??' AND ${column} > datetime('now', '-1 hour') THEN 'now' WHEN typeof(${column}) = 'real' THEN printf('%.13e', ${column}) WHEN typeof(${column}) = 'text' AND ${column} GLOB '*[0-9].[0-9]*' AND NOT ${column} GLOB '*[^-+.0-9e]*' THEN printf('text %.13e', CAST(${column} AS REAL) + 0.0) ELSE ${literal(column)} END`

interface Table {
  readonly name: string
  readonly sql: string
  readonly columns: readonly string[]
  /** The name of the hidden rowid; absent where a column is it, or there is none. */
  readonly rowid: string | undefined
}

function tablesOf(db: Database.Database): readonly Table[] {
  const tables = db
    .prepare(
      "SELECT name, sql FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\' AND name NOT LIKE 'migrate\\_%' ESCAPE '\\' ORDER BY rowid",
    )
    .all() as readonly { readonly name: string; readonly sql: string }[]
  return tables.map(({ name, sql }) => {
    const columns = db.prepare(`SELECT name FROM pragma_table_xinfo(?) WHERE hidden = 0`).pluck().all(name) as string[]
    const free = ['rowid', '_rowid_', 'oid'].find((each) => !columns.some((column) => column.toLowerCase() === each))
    const rowid = [free].find((each) => {
      if (each === undefined) return false
      try {
        db.prepare(`SELECT ${each} FROM ${quoted(name)}`)
        return true
      } catch {
        return false
      }
    })
    return { name, sql, columns, rowid }
  })
}

function using<T>(file: string, work: (db: Database.Database) => T): T {
  const db = new Database(file)
  try {
    return work(db)
  } finally {
    db.close()
  }
}

const own =
  "name NOT LIKE 'sqlite\\_%' ESCAPE '\\' AND tbl_name NOT LIKE 'migrate\\_%' ESCAPE '\\' AND name NOT LIKE '\\_cf%' ESCAPE '\\'"

/** Statements that make a database again, with its rows. */
export function dumpOf(file: string): readonly string[] {
  return using(file, (db) => {
    const rest = db
      .prepare(`SELECT sql FROM sqlite_schema WHERE type <> 'table' AND sql IS NOT NULL AND ${own} ORDER BY rowid`)
      .pluck()
      .all() as readonly string[]
    const tables = tablesOf(db)
    const inserts = tables.flatMap(({ name, columns, rowid }) => {
      const names = [...(rowid === undefined ? [] : [rowid]), ...columns.map(quoted)]
      const values = names.map(literal).join(` || ', ' || `)
      const rows = db
        .prepare(`SELECT ${values} FROM ${quoted(name)}`)
        .pluck()
        .all() as readonly string[]
      return rows.map((row) => `INSERT INTO ${quoted(name)} (${names.join(', ')}) VALUES (${row})`)
    })
    const counts = tables.some(({ sql }) => /autoincrement/i.test(sql))
      ? (db.prepare('SELECT quote(name) AS name, seq FROM sqlite_sequence').all() as readonly {
          readonly name: string
          readonly seq: number
        }[])
      : []
    const sequences = counts.flatMap(({ name, seq }) => [
      `DELETE FROM sqlite_sequence WHERE name = ${name}`,
      `INSERT INTO sqlite_sequence (name, seq) VALUES (${name}, ${seq})`,
    ])
    return [...tables.map(({ sql }) => sql), ...inserts, ...sequences, ...rest]
  })
}

/** Queries that show everything of a database, with what they give. */
export function readingsOf(file: string): readonly { readonly sql: string; readonly rows: unknown }[] {
  return using(file, (db) => {
    const schema = `SELECT type, name, tbl_name, sql FROM sqlite_schema WHERE ${own} ORDER BY type, name`
    const rows = tablesOf(db).map(({ name, columns, rowid }) => {
      const names = [...(rowid === undefined ? [] : [rowid]), ...columns.map(quoted)]
      return `SELECT ${names.map(shown).join(` || ', ' || `)} FROM ${quoted(name)} ORDER BY 1`
    })
    return [schema, ...rows].map((sql) => ({ sql, rows: db.prepare(sql).raw().all() }))
  })
}
