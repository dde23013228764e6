import type { Ground } from '../ensure/ground.ts'

/** A column as the server lists it. */
export interface LiveColumn {
  readonly name: string
  readonly type: string
  readonly required: boolean
  readonly hasDefault: boolean
}
export type LiveTables = ReadonlyMap<string, readonly LiveColumn[]>

const isMysql = ({ name }: Ground): boolean => name.startsWith('mariadb') || name.startsWith('mysql')

export const quoted = (ground: Ground, name: string): string => {
  const quote = isMysql(ground) ? '`' : '"'
  return `${quote}${name.replaceAll(quote, quote + quote)}${quote}`
}

/** One row for each column: table, column, type, whether it is NOT NULL, its default. */
const columnsOf = ({ name }: Ground): string => {
  if (name === 'sqlite')
    return `SELECT m.name AS t, c.name AS c, c.type AS d, c."notnull" AS n, c.dflt_value AS v
      FROM sqlite_master m, pragma_table_xinfo(m.name) c WHERE m.type = 'table' AND m.name NOT LIKE 'sqlite_%' ORDER BY m.name, c.cid`
  const isPostgres = name.startsWith('postgres')
  return `SELECT c.table_name AS t, c.column_name AS c, c.${isPostgres ? 'data_type' : 'column_type'} AS d,
      CASE c.is_nullable WHEN 'NO' THEN 1 ELSE 0 END AS n, NULLIF(c.column_default, 'NULL') AS v
    FROM information_schema.columns c JOIN information_schema.tables b USING (table_schema, table_name)
    WHERE c.table_schema = ${isPostgres ? 'current_schema()' : 'database()'} AND b.table_type = 'BASE TABLE'
    ORDER BY c.table_name, c.ordinal_position`
}

/** All tables, ours too, by the server's own catalogue. */
async function allTables(ground: Ground): Promise<LiveTables> {
  const tables = new Map<string, LiveColumn[]>()
  for (const { t, c, d, n, v } of await ground.sql(columnsOf(ground))) {
    const column = { name: String(c), type: String(d).toLowerCase(), required: Number(n) === 1, hasDefault: v !== null }
    tables.set(String(t), [...(tables.get(String(t)) ?? []), column])
  }
  return tables
}

/** The tables of revisions. */
export async function tablesOf(ground: Ground): Promise<LiveTables> {
  return new Map([...(await allTables(ground))].filter(([name]) => !name.startsWith('migrate_')))
}

/** Every value of the tables as text, bytes in hex. */
async function textOf(ground: Ground, tables: LiveTables): Promise<string> {
  const texts: string[] = []
  for (const [table, columns] of tables) {
    const list = columns.map(({ name, type }, at) => {
      const column = quoted(ground, name)
      if (ground.name === 'sqlite') return `quote(${column}) AS c${at}`
      if (!isMysql(ground)) return `${column}::text AS c${at}`
      return `${/blob|binary/.test(type) ? `HEX(${column})` : `CONCAT(${column}, '')`} AS c${at}`
    })
    const rows = await ground.sql(`SELECT ${list.join(', ')} FROM ${quoted(ground, table)}`)
    texts.push(...rows.flatMap((row) => Object.values(row).map(String)))
  }
  return texts.join('\n').replaceAll(/(\d)T(\d)/g, '$1 $2')
}

async function valuesIn(ground: Ground, tables: LiveTables, values: Iterable<string>): Promise<ReadonlySet<string>> {
  const text = await textOf(ground, tables)
  const isThere = (value: string): boolean => {
    const bytes = Buffer.from(value)
    const hex = bytes.toString('hex')
    return [value, hex, hex.toUpperCase(), bytes.toString('base64')].some((form) => text.includes(form))
  }
  return new Set([...values].filter(isThere))
}

/** Those of the values that are in tables of revisions. */
export const heldOf = async (ground: Ground, values: Iterable<string>): Promise<ReadonlySet<string>> =>
  valuesIn(ground, await tablesOf(ground), values)

/** Which of the values are nowhere: in no table, and not among what is preserved. */
export async function missingOf(ground: Ground, values: Iterable<string>): Promise<readonly string[]> {
  const all = [...values]
  const found = await valuesIn(ground, await allTables(ground), all)
  return all.filter((value) => !found.has(value))
}
