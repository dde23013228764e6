import type { CatalogColumn, Session } from '@org/migrate-core/dialect'
import { quote } from '../sql/quote.ts'
import { isSet, noExtension, textOf, userSchema } from './reading.ts'

/** In the schema that the session stands in. The names are in the text: with a parameter the statement would take two round trips. */
export async function tableColumns(
  session: Session,
  names: readonly string[],
): Promise<ReadonlyMap<string, readonly CatalogColumn[]>> {
  const rows = await session.query(`SELECT c.relname AS "table", a.attname AS name,
  CASE WHEN a.attnotnull AND NOT a.atthasdef AND a.attidentity = '' THEN 1 ELSE 0 END AS required
FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
LEFT JOIN pg_catalog.pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
WHERE c.relkind IN ('r', 'p', 'f') AND n.nspname = current_schema() AND c.relname IN (${names.map((name) => quote.literal(name).text).join(', ')})
  AND ${userSchema('n')} AND ${noExtension('pg_class', 'c.oid')}
ORDER BY c.relname, a.attnum`)
  const tables = new Map<string, CatalogColumn[]>()
  for (const row of rows) {
    const columns = tables.get(String(row.table)) ?? []
    const name = textOf(row.name)
    if (name !== undefined) columns.push({ name, required: isSet(row.required) })
    tables.set(String(row.table), columns)
  }
  return tables
}
