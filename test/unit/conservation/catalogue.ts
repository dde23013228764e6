import type { Ground } from '../ensure/ground.ts'

/** A database that is asked in SQL. */
export type SqlGround = Pick<Ground, 'name' | 'sql'>

/** A column as the server lists it. */
export interface LiveColumn {
  readonly name: string
  readonly type: string
  readonly required: boolean
  readonly hasDefault: boolean
  /** No INSERT may give it a value. */
  readonly computed: boolean
}
export type LiveTables = ReadonlyMap<string, readonly LiveColumn[]>

const isMysql = ({ name }: SqlGround): boolean => name.startsWith('mariadb') || name.startsWith('mysql')

export const quoted = (ground: SqlGround, name: string): string => {
  const quote = isMysql(ground) ? '`' : '"'
  return `${quote}${name.replaceAll(quote, quote + quote)}${quote}`
}

const ofMysql = {
  type: 'c.column_type',
  fallback: "COALESCE(NULLIF(c.column_default, 'NULL'), NULLIF(c.extra NOT LIKE '%auto_increment%', 1))",
  computed: "c.extra REGEXP '(VIRTUAL|STORED|PERSISTENT) GENERATED'",
}
const ofPostgres = {
  type: `CASE WHEN c.data_type = 'USER-DEFINED' THEN 'enum "' || c.udt_name || '"'
      ELSE c.data_type || COALESCE('(' || c.character_maximum_length || ')', '') END`,
  fallback: 'COALESCE(c.column_default, c.identity_generation)',
  computed: "c.is_generated = 'ALWAYS' OR c.identity_generation = 'ALWAYS'",
}

/** One row for each column: table, column, type, whether it is NOT NULL, its default, whether the server computes it. */
const columnsOf = ({ name }: SqlGround): string => {
  if (name === 'sqlite')
    return `SELECT m.name AS t, c.name AS c, c.type AS d, c."notnull" AS n, c.dflt_value AS v, c.hidden > 1 AS g
      FROM sqlite_master m, pragma_table_xinfo(m.name) c WHERE m.type = 'table' AND m.name NOT LIKE 'sqlite_%' ORDER BY m.name, c.cid`
  const isPostgres = name.startsWith('postgres')
  const { type, fallback, computed } = isPostgres ? ofPostgres : ofMysql
  return `SELECT c.table_name AS t, c.column_name AS c, ${type} AS d,
      CASE c.is_nullable WHEN 'NO' THEN 1 ELSE 0 END AS n, ${fallback} AS v, CASE WHEN ${computed} THEN 1 ELSE 0 END AS g
    FROM information_schema.columns c JOIN information_schema.tables b USING (table_schema, table_name)
    WHERE c.table_schema = ${isPostgres ? 'current_schema()' : 'database()'} AND b.table_type = 'BASE TABLE'
    ORDER BY c.table_name, c.ordinal_position`
}

/** A foreign key of one column. */
export interface Reference {
  readonly of: string
  readonly by: string
  readonly table: string
  readonly column: string
}

const keysOf = ({ name }: SqlGround): string => {
  if (name === 'sqlite')
    return `SELECT m.name AS o, k."from" AS b, k."table" AS t, COALESCE(k."to", 'id') AS c
      FROM sqlite_master m, pragma_foreign_key_list(m.name) k WHERE m.type = 'table'`
  if (name.startsWith('postgres'))
    return `SELECT r.relname AS o, a.attname AS b, f.relname AS t, g.attname AS c FROM pg_constraint k
      JOIN pg_class r ON r.oid = k.conrelid JOIN pg_class f ON f.oid = k.confrelid
      JOIN pg_attribute a ON a.attrelid = r.oid AND a.attnum = ANY (k.conkey)
      JOIN pg_attribute g ON g.attrelid = f.oid AND g.attnum = k.confkey[array_position(k.conkey, a.attnum)]
      WHERE k.contype = 'f'`
  return `SELECT table_name AS o, column_name AS b, referenced_table_name AS t, referenced_column_name AS c
    FROM information_schema.key_column_usage WHERE table_schema = database() AND referenced_table_name IS NOT NULL`
}

export async function referencesOf(ground: SqlGround): Promise<readonly Reference[]> {
  const rows = await ground.sql(keysOf(ground))
  return rows.map(({ o, b, t, c }) => ({ of: String(o), by: String(b), table: String(t), column: String(c) }))
}

/** All tables, ours too, by the server's own catalogue. */
async function allTables(ground: SqlGround): Promise<LiveTables> {
  const tables = new Map<string, LiveColumn[]>()
  for (const { t, c, d, n, v, g } of await ground.sql(columnsOf(ground))) {
    const [type, facts] = [String(d), { required: Number(n) === 1, hasDefault: v !== null, computed: Number(g) === 1 }]
    const column = { name: String(c), type: type.startsWith('enum') ? type : type.toLowerCase(), ...facts }
    tables.set(String(t), [...(tables.get(String(t)) ?? []), column])
  }
  return tables
}

/** The tables of revisions. */
export async function tablesOf(ground: SqlGround): Promise<LiveTables> {
  return new Map([...(await allTables(ground))].filter(([name]) => !name.startsWith('migrate_')))
}

/** Every value of the tables as text, bytes in hex. */
async function textOf(ground: SqlGround, tables: LiveTables): Promise<string> {
  const texts: string[] = []
  for (const [table, columns] of tables) {
    const list = columns.map(({ name, type }, at) => {
      const column = quoted(ground, name)
      if (ground.name === 'sqlite') return `quote(${column}) AS c${at}`
      // A real of more than six digits is written with an exponent.
      if (!isMysql(ground)) return `${column}${type === 'real' ? '::double precision' : ''}::text AS c${at}`
      // CONCAT shows six digits of a FLOAT.
      if (/^float/.test(type)) return `CONCAT(CAST(${column} AS DOUBLE), '') AS c${at}`
      return `${/blob|binary/.test(type) ? `HEX(${column})` : `CONCAT(${column}, '')`} AS c${at}`
    })
    const rows = await ground.sql(`SELECT ${list.join(', ')} FROM ${quoted(ground, table)}`)
    // PostgreSQL makes such a text of a real.
    for (const cell of rows.flatMap((row) => Object.values(row).map(String)))
      texts.push(cell, ...(/^-?\d(?:\.\d+)?e\+\d+$/.test(cell) ? [String(Number(cell))] : []))
  }
  return texts.join('\n').replaceAll(/(\d)T(\d)/g, '$1 $2')
}

async function valuesIn(ground: SqlGround, tables: LiveTables, values: Iterable<string>): Promise<ReadonlySet<string>> {
  const text = await textOf(ground, tables)
  const isThere = (value: string): boolean => {
    const bytes = Buffer.from(value)
    const hex = bytes.toString('hex')
    return [value, hex, hex.toUpperCase(), bytes.toString('base64')].some((form) => text.includes(form))
  }
  return new Set([...values].filter(isThere))
}

/** Those of the values that are in tables of revisions. */
export const heldOf = async (ground: SqlGround, values: Iterable<string>): Promise<ReadonlySet<string>> =>
  valuesIn(ground, await tablesOf(ground), values)

/** Which of the values are nowhere: in no table, and not among what is preserved. */
export async function missingOf(ground: SqlGround, values: Iterable<string>): Promise<readonly string[]> {
  const all = [...values]
  const found = await valuesIn(ground, await allTables(ground), all)
  return all.filter((value) => !found.has(value))
}

/** Deletes the rows of all tables. */
export async function emptyAll(ground: SqlGround): Promise<void> {
  const tryTo = (text: string): Promise<unknown> => ground.sql(text).catch(() => undefined)
  const tables = [...(await tablesOf(ground)).keys()]
  // Rows that refer to each other let each other go, and the others go once those that refer to them are gone.
  for (const { of, by } of await referencesOf(ground))
    await tryTo(`UPDATE ${quoted(ground, of)} SET ${quoted(ground, by)} = NULL`)
  for (let round = 0; round < 3; round += 1)
    for (const table of tables) await tryTo(`DELETE FROM ${quoted(ground, table)}`)
}
