import { familyOf } from '../../../kit/servers.ts'
import type { MigratedDatabase } from './database.ts'
import { canonicalJson } from './exact-json.ts'

const isBookkeeping = (table: string): boolean => table.startsWith('migrate_')

const where: { readonly [F in ReturnType<typeof familyOf>]: string } = {
  postgres: 'current_schema()',
  mysql: 'DATABASE()',
}

/** The tables, without bookkeeping. */
export async function tableNames(db: MigratedDatabase): Promise<readonly string[]> {
  const rows = await db.rows(
    `SELECT "table_name" AS "name" FROM "information_schema"."tables"
     WHERE "table_schema" = ${where[familyOf(db.database.server)]} AND "table_type" = 'BASE TABLE'`,
  )
  return rows
    .map(({ name }) => String(name))
    .filter((name) => !isBookkeeping(name))
    .sort()
}

const inPostgres = `
  SELECT c.relname AS "table", format('%I %s%s%s%s', a.attname, format_type(a.atttypid, a.atttypmod),
      CASE WHEN a.attnotnull THEN ' NOT NULL' ELSE '' END, ' DEFAULT ' || pg_get_expr(d.adbin, d.adrelid),
      CASE WHEN a.attidentity <> '' THEN ' IDENTITY ' || a.attidentity::text ELSE '' END) AS "line"
    FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
    LEFT JOIN pg_attrdef d ON d.adrelid = c.oid AND d.adnum = a.attnum
    WHERE c.relkind = 'r' AND c.relnamespace = quote_ident(current_schema())::regnamespace
  UNION ALL
  SELECT c.relname, 'CONSTRAINT ' || k.conname || ' ' || pg_get_constraintdef(k.oid)
    FROM pg_class c JOIN pg_constraint k ON k.conrelid = c.oid WHERE c.relnamespace = quote_ident(current_schema())::regnamespace AND k.contype <> 'n'
  UNION ALL
  SELECT c.relname, pg_get_indexdef(i.indexrelid)
    FROM pg_class c JOIN pg_index i ON i.indrelid = c.oid
    WHERE c.relnamespace = quote_ident(current_schema())::regnamespace AND NOT EXISTS (SELECT 1 FROM pg_constraint k WHERE k.conindid = i.indexrelid)`

/** What the server itself says of each table, a line for each part, without the order of columns and without counters. */
export async function schemaOf(db: MigratedDatabase): Promise<Readonly<Record<string, readonly string[]>>> {
  const schema: Record<string, string[]> = {}
  if (familyOf(db.database.server) === 'postgres') {
    for (const { table, line } of await db.rows(inPostgres)) {
      const name = String(table)
      if (isBookkeeping(name)) continue
      schema[name] ??= []
      schema[name].push(String(line))
    }
  } else {
    for (const name of await tableNames(db)) {
      const [shown] = await db.rows(`SHOW CREATE TABLE "${name}"`)
      schema[name] = String(shown?.['Create Table'])
        .replace(/ AUTO_INCREMENT=\d+/, '')
        .split('\n')
        .map((line) => line.trim().replace(/,$/, ''))
    }
  }
  return Object.fromEntries(
    Object.entries(schema)
      .map(([name, lines]) => [name, lines.sort()] as const)
      .sort(([a], [b]) => (a < b ? -1 : 1)),
  )
}

/** Columns that are text at 018 and JSON at head: MySQL gives the text back in its own spelling. */
const respelled = new Set(['chat.chat', 'file.meta'])

/** All rows by the driver, each as one line; tables without bookkeeping. On MySQL what is JSON counts as JSON, and no less. */
export async function dataOf(
  db: MigratedDatabase,
  tables?: readonly string[],
): Promise<Readonly<Record<string, readonly string[]>>> {
  const data: Record<string, readonly string[]> = {}
  for (const table of tables ?? (await tableNames(db))) {
    const rows = await db.rows(`SELECT * FROM "${table}"`)
    data[table] = rows
      .map((row) =>
        Object.entries(row)
          .sort(([a], [b]) => (a < b ? -1 : 1))
          .map(([name, value]) => {
            const text = value === null ? 'NULL' : String(value)
            const json = db.database.server === 'mysql' && respelled.has(`${table}.${name}`)
            return `${name}=${JSON.stringify(json ? (canonicalJson(text) ?? text) : text)}`
          })
          .join(', '),
      )
      .sort()
  }
  return data
}
