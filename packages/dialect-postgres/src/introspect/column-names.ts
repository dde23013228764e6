import { tableKey } from '@org/migrate-core/connection'
import type { CatalogNames, CatalogNamesRequest, Session } from '@org/migrate-core/dialect'
import { quote } from '../sql/quote.ts'
import { listOf, textOf, userSchema } from './reading.ts'
import { inSchemas } from './scope.ts'

const query = (
  filter: string,
): string => `SELECT nullif(n.nspname, current_schema()) AS schema, current_schema() AS own, c.relname AS "table",
  (SELECT json_agg(a.attname ORDER BY a.attnum) FROM pg_catalog.pg_attribute a
    WHERE a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped)::text AS columns
FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
WHERE c.relkind IN ('r', 'p', 'f') AND ${userSchema('n')}${filter}`

/** The names of tables of users and of their columns. */
export async function columnNames(session: Session, { tables, schemas }: CatalogNamesRequest): Promise<CatalogNames> {
  const named = tables?.map((name) => quote.literal(name).text).join(', ')
  const filters = [
    named === undefined ? '' : ` AND c.relname IN (${named})`,
    schemas === undefined ? '' : ` AND c.oid = ANY (ARRAY(${inSchemas('pg_class', { schemas })}))`,
  ]
  const rows = await session.query(query(filters.join('')))
  const own = textOf(rows[0]?.own)
  const keyOf = (schema: string | undefined, name: string): string =>
    tableKey(schema === undefined ? { name } : { schema, name })
  return {
    ...(own === undefined ? {} : { schema: own }),
    columns: new Map(rows.map((row) => [keyOf(textOf(row.schema), String(row.table)), listOf(row.columns)])),
  }
}

/**
 * An event trigger runs with DDL, and children take the columns of their table. A statement of rows runs functions of users (triggers,
 * defaults, checks, views), which may run DDL.
 */
export async function hiddenChanges(session: Session): Promise<'always' | 'withRows' | 'never'> {
  const [row] = await session.query(`SELECT CASE
  WHEN EXISTS (SELECT FROM pg_catalog.pg_event_trigger WHERE evtenabled <> 'D') OR EXISTS (SELECT FROM pg_catalog.pg_inherits i
    JOIN pg_catalog.pg_class c ON c.oid = i.inhrelid WHERE c.relkind IN ('r', 'p', 'f')) THEN 'always'
  WHEN EXISTS (SELECT FROM pg_catalog.pg_proc p JOIN pg_catalog.pg_namespace n ON n.oid = p.pronamespace
    JOIN pg_catalog.pg_language l ON l.oid = p.prolang WHERE l.lanname NOT IN ('internal', 'c') AND ${userSchema('n')}) THEN 'withRows'
  ELSE 'never' END AS found`)
  const found = textOf(row?.found)
  return found === 'never' || found === 'withRows' ? found : 'always'
}
