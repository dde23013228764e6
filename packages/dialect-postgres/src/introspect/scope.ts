import type { IntrospectRequest, TableRef } from '@org/migrate-core/dialect'
import { quote } from '../sql/quote.ts'
import { shadowSetting } from './reading.ts'

/*
 * One database may hold the same tables for thousands of tenants, each in its schema, and the catalog has no index by schema. So what is
 * in a schema, and what depends on a table or a type, is found by the dependencies that DROP … CASCADE follows, which have one:
 * https://www.postgresql.org/docs/current/catalog-pg-depend.html
 */

/** Of all schemas, or of some only. */
export const isScoped = ({ tables, schemas }: IntrospectRequest): boolean =>
  tables !== undefined || schemas !== undefined

/** What the request names besides the schema of the session: its schemas, and those of its tables. */
export function requestedSchemas({ tables = [], schemas = [] }: IntrospectRequest): readonly string[] {
  return [...new Set([...schemas, ...tables.flatMap(({ schema }) => schema ?? [])])]
}

/** Whose the dependency is. Not by the index of that: the class says too little, and the planner does not know how little. */
const ofCatalog = (catalog: string): string => `y.classid::bigint = 'pg_catalog.${catalog}'::regclass::oid::bigint`

/** What of one catalog depends on an object of another, each as `objid`; `columns`: with one of its columns. */
export const dependingOn = (
  catalog: string,
  referred: 'pg_class' | 'pg_type' | 'pg_namespace',
  oids: string,
  by: 'columns' | 'any' = 'any',
): string =>
  `SELECT y.objid FROM pg_catalog.pg_depend y WHERE y.refclassid = 'pg_catalog.${referred}'::regclass AND y.refobjid = ANY (ARRAY(${oids})) AND ${ofCatalog(catalog)}${by === 'columns' ? ' AND y.objsubid > 0' : ''}`

/** The numbers of what is in the schema of the session or in one that the request names, each as `objid`. */
export function inSchemas(catalog: 'pg_class' | 'pg_type', request: IntrospectRequest): string {
  const names = requestedSchemas(request).map((name) => quote.literal(name).text)
  const own = ['current_schema()', `${shadowSetting('names')}::json ->> 'aside'`]
  const schemas = `SELECT s.oid FROM pg_catalog.pg_namespace s WHERE s.nspname IN (${[...own, ...names].join(', ')})`
  return dependingOn(catalog, 'pg_namespace', schemas)
}

/** The numbers of the tables asked for, each as `oid`. Table by table: of the tables with a name each tenant has one. */
function namedRelations(tables: readonly TableRef[]): string {
  // An array of literals says to the planner how many there are; of the elements of a JSON text it expects a hundred.
  const list = (texts: readonly (string | undefined)[]): string =>
    `ARRAY[${texts.map((text) => (text === undefined ? 'NULL' : quote.literal(text).text)).join(', ')}]::text[]`
  const schema = `(SELECT s.oid FROM pg_catalog.pg_namespace s WHERE s.nspname = coalesce(r.schema, current_schema()))`
  return `SELECT (SELECT w.oid FROM pg_catalog.pg_class w WHERE w.relname = r.name AND w.relnamespace = ${schema}) AS oid
  FROM unnest(${list(tables.map((table) => table.schema))}, ${list(tables.map(({ name }) => name))}) r (schema, name)`
}

/** The numbers of the relations asked for, by name or by schema, each as `oid`. */
export const requestedRelations = (request: IntrospectRequest): string =>
  request.tables === undefined
    ? `SELECT q.objid AS oid FROM (${inSchemas('pg_class', request)}) q`
    : namedRelations(request.tables)

/** The relations that have a name which is about to be given, or the tables of the indexes that have it, each as `oid`. */
export function namesakes({ newNames = [] }: IntrospectRequest): readonly string[] {
  const refs = newNames.flatMap(({ ref, constraints: own, indexes }) => [
    ref,
    ...[...own, ...indexes].flatMap(({ name }) => (name === undefined ? [] : [{ ...ref, name }])),
  ])
  const owner = 'coalesce(x.indrelid, i.oid)'
  return refs.length === 0
    ? []
    : [`SELECT ${owner} FROM (${namedRelations(refs)}) i LEFT JOIN pg_catalog.pg_index x ON x.indexrelid = i.oid`]
}

/** The numbers of the enums that the request may mean, and of their arrays, each as `oid`. */
export const requestedEnums = (
  request: IntrospectRequest,
): string => `SELECT unnest(ARRAY[t.oid, t.typarray]) AS oid FROM pg_catalog.pg_type t
  WHERE t.typtype = 'e' AND t.oid = ANY (ARRAY(${inSchemas('pg_type', request)}))`
