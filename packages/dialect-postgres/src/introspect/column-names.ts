import { type CatalogNames, type Session, tableKey } from '@org/migrate-core/dialect'
import { listOf, textOf, userSchema } from './reading.ts'

const query = `SELECT nullif(n.nspname, current_schema()) AS schema, current_schema() AS own, c.relname AS "table",
  (SELECT json_agg(a.attname ORDER BY a.attnum) FROM pg_catalog.pg_attribute a
    WHERE a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped)::text AS columns
FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
WHERE c.relkind IN ('r', 'p', 'f') AND ${userSchema('n')}`

/** The names of all tables of users and of their columns. */
export async function columnNames(session: Session): Promise<CatalogNames> {
  const rows = await session.query(query)
  const own = textOf(rows[0]?.own)
  const keyOf = (schema: string | undefined, name: string): string =>
    tableKey(schema === undefined ? { name } : { schema, name })
  return {
    ...(own === undefined ? {} : { schema: own }),
    columns: new Map(rows.map((row) => [keyOf(textOf(row.schema), String(row.table)), listOf(row.columns)])),
  }
}
