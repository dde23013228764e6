import type { IntrospectRequest, Row, Session, ViewModel } from '@org/migrate-core/dialect'
import { listOf, noExtension, type Reading, refOf, textOf, userSchema } from './reading.ts'
import { dependingOn, inSchemas, isScoped, requestedTables } from './scope.ts'
import { stableText } from './stable-text.ts'

/** Of the schemas of a request those views that stand in them, and those elsewhere that read something of theirs. */
function scope(request: IntrospectRequest): string {
  if (!isScoped(request)) return ''
  const { tables = [] } = request
  return ` AND c.oid = ANY (ARRAY(WITH RECURSIVE readers (oid) AS (
    SELECT x.oid FROM (${requestedTables(tables)} UNION ALL ${inSchemas('pg_class', request)}) x (oid)
    UNION SELECT w.ev_class FROM readers r JOIN pg_catalog.pg_rewrite w ON w.oid = ANY (ARRAY(${dependingOn('pg_rewrite', 'pg_class', 'VALUES (r.oid)')}))
  ) SELECT oid FROM readers))`
}

export function readViews(session: Session, request: IntrospectRequest): Promise<readonly Row[]> {
  return session.query(`SELECT c.oid::text AS oid, n.nspname AS schema, c.relname AS name, c.relkind::text AS kind,
  pg_get_viewdef(c.oid) AS definition, array_to_json(c.reloptions)::text AS options,
  (SELECT w.spcname::text FROM pg_catalog.pg_tablespace w WHERE w.oid = c.reltablespace) AS tablespace,
  (SELECT w.amname::text FROM pg_catalog.pg_am w WHERE w.oid = c.relam AND w.amname <> current_setting('default_table_access_method')) AS method
FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
WHERE c.relkind IN ('v', 'm') AND ${userSchema('n')}${scope(request)} AND ${noExtension('pg_class', 'c.oid')}
ORDER BY n.nspname, c.relname`)
}

/** `security_barrier=true`, as the catalog keeps it; where a materialised view is stored, unless that is where a new one would be. */
function optionsOf(row: Row): Pick<ViewModel, 'options'> {
  const method = textOf(row.method)
  const tablespace = textOf(row.tablespace)
  const pairs = listOf(row.options).map((option) => {
    const at = option.indexOf('=')
    return [option.slice(0, at), option.slice(at + 1)] as const
  })
  const options = {
    ...Object.fromEntries(pairs),
    ...(method === undefined ? {} : { using: method }),
    ...(tablespace === undefined ? {} : { tablespace }),
  }
  return Object.keys(options).length === 0 ? {} : { options }
}

export function viewOf(reading: Reading, row: Row): ViewModel {
  return {
    ref: refOf(reading, row.schema, row.name),
    definition: stableText(String(row.definition).trim().replace(/;$/, '')),
    ...(row.kind === 'm' ? { materialized: true } : {}),
    ...optionsOf(row),
  }
}
