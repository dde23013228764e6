import type { Row, Session, ViewModel } from '@org/migrate-core/dialect'
import { listOf, noExtension, type Reading, refOf, userSchema } from './reading.ts'

export function readViews(session: Session): Promise<readonly Row[]> {
  return session.query(`SELECT c.oid::text AS oid, n.nspname AS schema, c.relname AS name, c.relkind::text AS kind,
  pg_get_viewdef(c.oid) AS definition, array_to_json(c.reloptions)::text AS options
FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
WHERE c.relkind IN ('v', 'm') AND ${userSchema('n')} AND ${noExtension('pg_class', 'c.oid')}
ORDER BY n.nspname, c.relname`)
}

/** `security_barrier=true`, as the catalog keeps it. */
function optionsOf(row: Row): Pick<ViewModel, 'options'> {
  const pairs = listOf(row.options).map((option) => {
    const at = option.indexOf('=')
    return [option.slice(0, at), option.slice(at + 1)] as const
  })
  return pairs.length === 0 ? {} : { options: Object.fromEntries(pairs) }
}

export function viewOf(reading: Reading, row: Row): ViewModel {
  return {
    ref: refOf(reading, row.schema, row.name),
    definition: String(row.definition).trim().replace(/;$/, ''),
    ...(row.kind === 'm' ? { materialized: true } : {}),
    ...optionsOf(row),
  }
}
