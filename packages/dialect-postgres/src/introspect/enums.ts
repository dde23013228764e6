import type { EnumModel, Row, Session } from '@org/migrate-core/dialect'
import { listOf, noExtension, type Reading, refOf, userSchema } from './reading.ts'

export function readEnums(session: Session): Promise<readonly Row[]> {
  return session.query(`SELECT t.oid::text AS oid, n.nspname AS schema, t.typname AS name,
  (SELECT json_agg(v.enumlabel::text ORDER BY v.enumsortorder) FROM pg_catalog.pg_enum v WHERE v.enumtypid = t.oid)::text AS labels
FROM pg_catalog.pg_type t JOIN pg_catalog.pg_namespace n ON n.oid = t.typnamespace
WHERE t.typtype = 'e' AND ${userSchema('n')} AND ${noExtension('pg_type', 't.oid')} ORDER BY n.nspname, t.typname`)
}

export interface IntrospectedEnum {
  readonly model: EnumModel
  /** The schema's own name, also where the model does not say it. */
  readonly schema: string
}

/** By their numbers, as columns name them. */
export function enumsOf(reading: Reading, rows: readonly Row[]): ReadonlyMap<string, IntrospectedEnum> {
  return new Map(
    rows.map((row) => [
      String(row.oid),
      {
        model: { ref: refOf(reading, row.schema, row.name), values: listOf(row.labels) },
        schema: String(row.schema),
      },
    ]),
  )
}
