import type { Session } from '@org/migrate-core/dialect'
import { listOf, noExtension, type Reading, type ShadowNames, shadowSetting, textOf, userSchema } from './reading.ts'

interface SchemaContext extends Pick<Reading, 'current' | 'aside'> {
  readonly schemas: readonly string[]
  readonly extensions: readonly string[]
}

/** Every database has PL/pgSQL from its template: https://www.postgresql.org/docs/current/plpgsql-overview.html */
const fromTheTemplate = "x.extname <> 'plpgsql'"

export async function readContext(session: Session): Promise<SchemaContext> {
  const [row] = await session.query(`SELECT current_schema()::text AS current, ${shadowSetting('names')} AS shadow,
  (SELECT json_agg(n.nspname::text ORDER BY n.nspname) FROM pg_catalog.pg_namespace n
    WHERE ${userSchema('n')} AND ${noExtension('pg_namespace', 'n.oid')})::text AS schemas,
  (SELECT json_agg(x.extname::text ORDER BY x.extname) FROM pg_catalog.pg_extension x WHERE ${fromTheTemplate})::text AS extensions`)
  const current = textOf(row?.current)
  const { aside, own = current }: ShadowNames = JSON.parse(textOf(row?.shadow) ?? '{}') as ShadowNames
  return {
    current,
    aside,
    schemas: listOf(row?.schemas).map((name) => (name === current ? (own ?? name) : name)),
    extensions: listOf(row?.extensions),
  }
}
