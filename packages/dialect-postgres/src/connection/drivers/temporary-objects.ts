import type { Session } from '@org/migrate-core/dialect'

/**
 * Without `pg_temp` in the search path, temporary relations are found before those of every schema:
 * https://www.postgresql.org/docs/current/runtime-config-client.html#GUC-SEARCH-PATH
 */
const visibleSql = `SELECT c.relname::text AS name, EXISTS (SELECT FROM pg_catalog.pg_class AS p
    JOIN pg_catalog.pg_namespace AS n ON n.oid = p.relnamespace WHERE p.relname = c.relname
    AND p.relnamespace <> c.relnamespace AND n.nspname = ANY (pg_catalog.current_schemas(true)))::text AS hides
  FROM pg_catalog.pg_class AS c WHERE c.relnamespace = pg_catalog.pg_my_temp_schema() AND pg_catalog.pg_table_is_visible(c.oid)`

/** The server is asked once: what revisions make later is their own. */
export function hiddenNamesOf(query: Session['query']): NonNullable<Session['hiddenNames']> {
  let temporary: ReturnType<Session['query']> | undefined
  return async (names) => {
    temporary ??= query(visibleSql)
    return (await temporary).flatMap(({ name, hides }) =>
      hides === 'true' || names.includes(String(name)) ? [String(name)] : [],
    )
  }
}
