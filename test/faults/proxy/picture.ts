import type { TestDatabase } from '../../kit/servers.ts'

export const isPostgres = (url: string): boolean => url.startsWith('postgres')

type Sql = TestDatabase['sql']

const plain = (rows: readonly Record<string, unknown>[]): unknown[] =>
  rows.map((row) =>
    Object.fromEntries(Object.entries(row).map(([name, value]) => [name, value === null ? null : String(value)])),
  )

const postgresSchema = `SELECT * FROM (
  SELECT 'column' AS kind, table_name || '.' || column_name AS name,
    concat_ws(' ', data_type, character_maximum_length, is_nullable, column_default) AS what
  FROM information_schema.columns WHERE table_schema = 'public'
  UNION ALL SELECT 'index', indexname, indexdef FROM pg_indexes WHERE schemaname = 'public'
  UNION ALL SELECT 'constraint', conname, pg_get_constraintdef(oid) || convalidated FROM pg_constraint
    WHERE connamespace = 'public'::regnamespace
  UNION ALL SELECT 'invalid', c.relname, '' FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid WHERE NOT i.indisvalid
  UNION ALL SELECT 'held', locktype, classid::text FROM pg_locks WHERE locktype = 'advisory'
    AND database = (SELECT oid FROM pg_database WHERE datname = current_database())
) AS all_of_it WHERE name !~ '^migrate_(lock|journal)' ORDER BY 1, 2, 3`

const leftOut = new Set(['migrate_version', 'migrate_history', 'migrate_journal', 'migrate_preserved', 'migrate_lock'])

async function tablesOf(sql: Sql, postgres: boolean): Promise<string[]> {
  const rows = await sql(
    `SELECT table_name AS name FROM information_schema.tables WHERE table_schema = ${postgres ? "'public'" : 'DATABASE()'} ORDER BY 1`,
  )
  return rows.map((row) => String(row.name))
}

/**
 * All that a run leaves, by the raw driver: schema, rows, the head, the history, and what is still open. Two of them are equal
 * where it is impossible to tell a run that was disturbed from one that was not.
 */
export async function pictureOf({ sql, url }: Pick<TestDatabase, 'sql' | 'url'>): Promise<unknown> {
  const postgres = isPostgres(url)
  const names = await tablesOf(sql, postgres)
  const own = names.filter((name) => !leftOut.has(name))
  const quoted = (name: string): string => (postgres ? `"${name}"` : `\`${name}\``)
  const rows: Record<string, unknown> = {}
  const schema: unknown[] = postgres ? plain(await sql(postgresSchema)) : []
  for (const name of own) {
    // Not every type has an order.
    rows[name] = plain(await sql(`SELECT t.* FROM ${quoted(name)} t ORDER BY ${postgres ? 't::text' : '1, 2'}`))
    if (!postgres) schema.push(...plain(await sql(`SHOW CREATE TABLE ${quoted(name)}`)))
  }
  const of = async (table: string, text: string): Promise<unknown[]> =>
    names.includes(table) ? plain(await sql(text)) : []
  return {
    schema,
    rows,
    heads: await of('migrate_version', 'SELECT version_num FROM migrate_version ORDER BY 1'),
    history: await of('migrate_history', 'SELECT tier, revision, direction FROM migrate_history ORDER BY 1, 2, 3'),
    journal: await of('migrate_journal', 'SELECT * FROM migrate_journal'),
  }
}
