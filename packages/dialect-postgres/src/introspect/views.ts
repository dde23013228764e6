import { present } from '@org/migrate-core/connection'
import type { IntrospectRequest, Row, Session, ViewModel } from '@org/migrate-core/dialect'
import { listOf, noExtension, type Reading, refOf, textOf, userSchema } from './reading.ts'
import { dependingOn, inSchemas, isScoped, requestedEnums, requestedRelations } from './scope.ts'
import { stableText } from './stable-text.ts'
import { viewExtras, viewExtrasSql } from './whole/objects.ts'

/**
 * Of the schemas of a request those views that stand in them, and those elsewhere that read something of theirs, a table that it asks for
 * or a type, also through heirs and other views.
 */
function scope(request: IntrospectRequest): string {
  if (!isScoped(request)) return ''
  const [enums, relation] = ['SELECT oid FROM enums', 'VALUES (r.oid)']
  const rules = (rewrites: string): string =>
    `SELECT w.ev_class FROM pg_catalog.pg_rewrite w WHERE w.oid = ANY (ARRAY(${rewrites}))`
  return ` AND c.oid = ANY (ARRAY(WITH RECURSIVE enums AS MATERIALIZED (${requestedEnums(request)}), readers (oid) AS (
    SELECT x.oid FROM (${requestedRelations(request)} UNION ALL ${inSchemas('pg_class', request)}
      UNION ALL ${dependingOn('pg_class', 'pg_type', enums)} UNION ALL ${rules(dependingOn('pg_rewrite', 'pg_type', enums))}) x (oid)
    UNION SELECT y.oid FROM readers r CROSS JOIN LATERAL (${rules(dependingOn('pg_rewrite', 'pg_class', relation))}
      UNION ALL SELECT h.inhrelid FROM pg_catalog.pg_inherits h WHERE h.inhparent = r.oid) y (oid)
  ) SELECT oid FROM readers))`
}

export async function readViews(session: Session, request: IntrospectRequest): Promise<readonly Row[]> {
  return session.query(`SELECT c.oid::text AS oid, n.nspname AS schema, c.relname AS name, c.relkind::text AS kind,
  pg_get_viewdef(c.oid) AS definition, array_to_json(c.reloptions)::text AS options, c.relhastriggers::int AS triggers,
  (SELECT w.spcname::text FROM pg_catalog.pg_tablespace w WHERE w.oid = c.reltablespace) AS tablespace,
  (SELECT w.amname::text FROM pg_catalog.pg_am w WHERE w.oid = c.relam AND w.amname <> current_setting('default_table_access_method')) AS method${request.whole ? `, ${viewExtrasSql}` : ''}
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
  const options = { ...Object.fromEntries(pairs), ...present({ using: method, tablespace }) }
  return Object.keys(options).length === 0 ? {} : { options }
}

export function viewOf(reading: Reading, row: Row, isWhole: boolean): ViewModel {
  return {
    ref: refOf(reading, row.schema, row.name),
    definition: stableText(String(row.definition).trim().replace(/;$/, '')),
    ...(row.kind === 'm' ? { materialized: true } : {}),
    ...optionsOf(row),
    ...(isWhole ? viewExtras(reading, row) : {}),
  }
}
