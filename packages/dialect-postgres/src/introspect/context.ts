import type { IntrospectRequest, SchemaModel, Session } from '@org/migrate-core/dialect'
import { quote } from '../sql/quote.ts'
import { otherNamesOf, otherNamesSql } from './other-names.ts'
import {
  isSet,
  listOf,
  noExtension,
  type Reading,
  type ShadowNames,
  shadowSetting,
  textOf,
  userSchema,
} from './reading.ts'
import { requestedSchemas } from './scope.ts'
import { newTablesSql } from './whole/replication.ts'
import { type SchemaRow, schemaFactsOf, schemaFactsSql } from './whole/schemas.ts'

/** Kinds of object that most databases have none of. */
export type RareKind = 'views' | 'enums' | 'sequences'

interface SchemaContext extends Pick<Reading, 'current' | 'aside'> {
  readonly schemas: readonly string[]
  readonly extensions: readonly string[]
  readonly extensionSchemas: NonNullable<SchemaModel['extensionSchemas']>
  readonly schemaFacts: NonNullable<SchemaModel['schemaFacts']>
  /** Of which the database has any at all. */
  readonly kinds: ReadonlySet<RareKind>
  readonly publications: readonly string[]
  readonly otherNames: NonNullable<SchemaModel['otherNames']>
}

/**
 * A view has a rule, and what users create has a number from 16384 on: https://www.postgresql.org/docs/current/system-catalog-initial-data.html.
 */
const anySql: { readonly [K in RareKind]: string } = {
  views: 'SELECT FROM pg_catalog.pg_rewrite w WHERE w.oid >= 16384',
  enums: 'SELECT FROM pg_catalog.pg_enum',
  sequences: 'SELECT FROM pg_catalog.pg_sequence',
}
const rareKinds = Object.keys(anySql) as readonly RareKind[]

/** Every database has PL/pgSQL from its template: https://www.postgresql.org/docs/current/plpgsql-overview.html */
const fromTheTemplate = "x.extname <> 'plpgsql'"

/** Tables are asked for with what is named beside them: which other schemas there are is no part of that. */
function scope(request: IntrospectRequest): string {
  if (request.tables === undefined) return ''
  return ` AND n.nspname IN (${['current_schema()', ...requestedSchemas(request).map((name) => quote.literal(name).text)].join(', ')})`
}

export async function readContext(session: Session, request: IntrospectRequest): Promise<SchemaContext> {
  const [row] = await session.query(`SELECT current_schema()::text AS current, ${shadowSetting('names')} AS shadow,
  (SELECT json_agg(x ORDER BY x.name COLLATE "C") FROM (SELECT ${request.whole ? schemaFactsSql : 'n.nspname::text AS name'} FROM pg_catalog.pg_namespace n
    WHERE ${userSchema('n')}${scope(request)} AND ${noExtension('pg_namespace', 'n.oid')}) x)::text AS schemas,
  (SELECT json_agg(json_build_object('name', x.extname, 'schema', n.nspname) ORDER BY x.extname) FROM pg_catalog.pg_extension x
    JOIN pg_catalog.pg_namespace n ON n.oid = x.extnamespace WHERE ${fromTheTemplate})::text AS extensions,
  ${rareKinds.map((kind) => `CASE WHEN EXISTS (${anySql[kind]}) THEN 1 ELSE 0 END AS ${kind}`).join(', ')}${request.whole ? `, ${newTablesSql} AS publications` : ''}${otherNamesSql(request)}`)
  const current = textOf(row?.current)
  const { aside, own = current, live = {} }: ShadowNames = JSON.parse(textOf(row?.shadow) ?? '{}') as ShadowNames
  const schemas = listOf<SchemaRow>(row?.schemas)
    .map((each) => (each.name === current ? { ...each, name: own ?? each.name } : each))
    .filter(({ name }) => request.tables === undefined || requestedSchemas(request).includes(name))
  const extensions = listOf<{ readonly name: string; readonly schema: string }>(row?.extensions)
  return {
    current,
    aside,
    schemas: schemas.map(({ name }) => name),
    schemaFacts: request.whole ? schemaFactsOf(schemas) : new Map(),
    extensions: extensions.map(({ name }) => name),
    extensionSchemas: new Map(
      extensions.flatMap(({ name, schema }) =>
        schema === current || schema === aside ? [] : [[name, live[schema] ?? schema]],
      ),
    ),
    kinds: new Set(rareKinds.filter((kind) => isSet(row?.[kind]))),
    publications: listOf(row?.publications),
    otherNames: otherNamesOf(row?.other_names),
  }
}
