import type { Session } from '@org/migrate-core/dialect'
import { listOf, noExtension, textOf, userSchema } from './reading.ts'

export interface Context {
  readonly current: string | undefined
  readonly schemas: readonly string[]
  readonly extensions: readonly string[]
}

export async function readContext(session: Session): Promise<Context> {
  const [row] = await session.query(`SELECT current_schema()::text AS current,
  (SELECT json_agg(n.nspname::text ORDER BY n.nspname) FROM pg_catalog.pg_namespace n
    WHERE ${userSchema('n')} AND ${noExtension('pg_namespace', 'n.oid')})::text AS schemas,
  (SELECT json_agg(x.extname::text ORDER BY x.extname) FROM pg_catalog.pg_extension x)::text AS extensions`)
  return { current: textOf(row?.current), schemas: listOf(row?.schemas), extensions: listOf(row?.extensions) }
}
