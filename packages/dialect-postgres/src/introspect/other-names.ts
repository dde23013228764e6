import type { IntrospectRequest, SchemaModel, SqlValue } from '@org/migrate-core/dialect'
import { refText, tableKey } from '@org/migrate-core/dialect'
import { listOf, noExtension } from './reading.ts'
import { givenRefs, movedNames, namedRows, ownerOf } from './scope.ts'

/** What a model has no word for; of an extension anything. */
const kinds: { readonly [kind: string]: string } = {
  c: 'composite type',
  d: 'domain',
  r: 'range type',
  m: 'multirange type',
  e: 'enum',
}

interface OtherName {
  readonly schema: string | null
  readonly name: string
  /** Of a type its `typtype`; absent: a relation of an extension. */
  readonly kind: string | null
  readonly relation: boolean
  readonly type: boolean
}

// A type that only its name is known of gives way to one of its name, and so does an array's, which gets another.
const isTaken = `t.typisdefined AND (SELECT y.typarray FROM pg_catalog.pg_type y WHERE y.oid = t.typelem) IS DISTINCT FROM t.oid`

/**
 * A column of the first query where operations give names: of those the ones that something has which the other queries do not read. Types in
 * pg_type, of which the composite ones are relations too; relations of extensions in pg_class.
 * https://www.postgresql.org/docs/current/catalog-pg-type.html
 */
export function otherNamesSql(request: IntrospectRequest): string {
  const refs = givenRefs(request)
  const { moves = [] } = request
  if (refs.length === 0 && moves.length === 0) return ''
  const rows =
    moves.length === 0 ? namedRows(refs) : `(SELECT * FROM ${namedRows(refs)} d UNION ALL ${movedNames(moves)})`
  return `,
  (SELECT json_agg(json_build_object('schema', x.schema, 'name', x.name, 'kind', x.kind, 'relation', x.relation, 'type', x.type)) FROM (
    SELECT g.schema, g.name, t.typtype::text AS kind, t.typrelid <> 0 AS relation, true AS type
    FROM ${rows} g JOIN pg_catalog.pg_type t ON t.typname = g.name AND t.typnamespace = g.namespace
    LEFT JOIN pg_catalog.pg_class c ON c.oid = t.typrelid
    WHERE (t.typrelid = 0 OR c.relkind = 'c') AND ${isTaken} AND NOT (t.typtype = 'e' AND ${noExtension('pg_type', 't.oid')})
    UNION SELECT g.schema, g.name, NULL, true, c.reltype <> 0
    FROM ${rows} g JOIN pg_catalog.pg_class c ON c.relname = g.name AND c.relnamespace = g.namespace
    WHERE c.relkind <> 'c' AND NOT ${noExtension('pg_class', ownerOf('c.oid'))}) x)::text AS other_names`
}

export function otherNamesOf(value: SqlValue | undefined): NonNullable<SchemaModel['otherNames']> {
  return new Map(
    listOf<OtherName>(value).map(({ schema, name, kind, relation, type }) => {
      const ref = schema === null ? { name } : { schema, name }
      const what = kind === null ? 'relation of an extension' : (kinds[kind] ?? 'type')
      return [tableKey(ref), { what: `${what} ${refText(ref)}`, isRelation: relation, isType: type }]
    }),
  )
}
