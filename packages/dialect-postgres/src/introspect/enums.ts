import type { EnumModel, IntrospectRequest, Row, Session } from '@org/migrate-core/dialect'
import { listOf, noExtension, oidsOf, type Reading, refOf, textOf, userSchema } from './reading.ts'
import { inSchemas, isScoped } from './scope.ts'
import { enumExtras, enumExtrasSql } from './whole/objects.ts'

async function read(session: Session, filter: string, isWhole: boolean): Promise<readonly Row[]> {
  return session.query(`SELECT t.oid::text AS oid, n.nspname AS schema, t.typname AS name,
  (SELECT json_agg(v.enumlabel::text ORDER BY v.enumsortorder) FROM pg_catalog.pg_enum v WHERE v.enumtypid = t.oid)::text AS labels${isWhole ? `, ${enumExtrasSql}` : ''}
FROM pg_catalog.pg_type t JOIN pg_catalog.pg_namespace n ON n.oid = t.typnamespace
WHERE t.typtype = 'e' AND ${userSchema('n')}${filter} AND ${noExtension('pg_type', 't.oid')} ORDER BY n.nspname, t.typname`)
}

export async function readEnums(session: Session, request: IntrospectRequest): Promise<readonly Row[]> {
  const filter = isScoped(request) ? ` AND t.oid = ANY (ARRAY(${inSchemas('pg_type', request)}))` : ''
  return read(session, filter, request.whole === true)
}

/** The enums of columns, and of arrays, that are none of those: of another schema than the request names. */
export async function readForeignEnums(
  session: Session,
  enums: readonly Row[],
  columns: readonly Row[],
): Promise<readonly Row[]> {
  const known = new Set(enums.map(({ oid }) => oid))
  const used = new Set(columns.flatMap((column) => [textOf(column.enum) ?? [], textOf(column.element) ?? []].flat()))
  const foreign = [...used].flatMap((oid) => (known.has(oid) ? [] : { oid }))
  return foreign.length === 0 ? [] : read(session, ` AND t.oid = ANY (${oidsOf(foreign)})`, false)
}

export interface IntrospectedEnum {
  readonly model: EnumModel
  /** The schema's own name, also where the model does not say it. */
  readonly schema: string
}

/** By their numbers, as columns name them. */
export function enumsOf(
  reading: Reading,
  rows: readonly Row[],
  isWhole: boolean,
): ReadonlyMap<string, IntrospectedEnum> {
  return new Map(
    rows.map((row) => [
      String(row.oid),
      {
        model: {
          ref: refOf(reading, row.schema, row.name),
          values: listOf(row.labels),
          ...(isWhole ? enumExtras(row) : {}),
        },
        schema: String(row.schema),
      },
    ]),
  )
}
