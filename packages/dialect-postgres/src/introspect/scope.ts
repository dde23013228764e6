import type { IntrospectRequest, NewNames, TableRef } from '@org/migrate-core/dialect'
import { quote } from '../sql/quote.ts'
import { serialSequence } from '../sql/server-names.ts'
import { serialBits } from '../types/canonicalise.ts'
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

// An array of literals says to the planner how many there are; of the elements of a JSON text it expects a hundred.
const textArray = (texts: readonly (string | undefined)[]): string =>
  `ARRAY[${texts.map((text) => (text === undefined ? 'NULL' : quote.literal(text).text)).join(', ')}]::text[]`

const namespaceOf = (schema: string): string =>
  `(SELECT s.oid FROM pg_catalog.pg_namespace s WHERE s.nspname = coalesce(${schema}, current_schema()))`

const relationOf = (schema: string, name: string): string =>
  `(SELECT w.oid FROM pg_catalog.pg_class w WHERE w.relname = ${name} AND w.relnamespace = ${namespaceOf(schema)})`

/** The numbers of the tables asked for, each as `oid`. Table by table: of the tables with a name each tenant has one. */
const namedRelations = (tables: readonly TableRef[]): string =>
  `SELECT ${relationOf('r.schema', 'r.name')} AS oid
  FROM unnest(${textArray(tables.map(({ schema }) => schema))}, ${textArray(tables.map(({ name }) => name))}) r (schema, name)`

/** The numbers of the relations asked for, by name or by schema, each as `oid`. */
export const requestedRelations = (request: IntrospectRequest): string =>
  request.tables === undefined
    ? `SELECT q.objid AS oid FROM (${inSchemas('pg_class', request)}) q`
    : namedRelations(request.tables)

/** The sequences of `serial` and identity columns, as rows of pg_depend: https://www.postgresql.org/docs/current/catalog-pg-depend.html */
const ownedSequences = `y.classid = 'pg_catalog.pg_class'::regclass AND y.refclassid = 'pg_catalog.pg_class'::regclass AND y.deptype IN ('a', 'i')`

/** The table of an index or of a column's sequence, else the relation itself. */
export const ownerOf = (
  oid: string,
): string => `coalesce((SELECT x.indrelid FROM pg_catalog.pg_index x WHERE x.indexrelid = ${oid}),
    (SELECT y.refobjid FROM pg_catalog.pg_depend y JOIN pg_catalog.pg_class q ON q.oid = y.objid AND q.relkind = 'S'
      WHERE y.objid = ${oid} AND ${ownedSequences} LIMIT 1), ${oid})`

/** The server tries one number after the other until a name is free. That so many are taken is not expected. */
const triedNumbers = [0, 1, 2, 3, 4] as const

/** The sequences of which a column may get one. Of a column without a type only the name is known. */
function sequencesOf(ref: TableRef, column: NonNullable<NewNames['columns']>[number]): readonly TableRef[] {
  const { name, type, identity } = column
  if (typeof identity?.sequence === 'string') return [{ ...ref, name: identity.sequence }]
  const mayCount = identity !== undefined || type === undefined || serialBits(type) !== undefined
  return mayCount ? triedNumbers.map((number) => serialSequence(ref, name, number)) : []
}

/** The names that are about to be given, each with its schema. */
export const givenRefs = ({ newNames = [] }: IntrospectRequest): readonly TableRef[] =>
  newNames.flatMap(({ ref, constraints, indexes, columns = [] }) => [
    ref,
    ...[...constraints, ...indexes].flatMap(({ name }) => (name === undefined ? [] : [{ ...ref, name }])),
    ...columns.flatMap((column) => sequencesOf(ref, column)),
  ])

/** Such names as rows of (schema, name), each with the number of its schema as `namespace`. */
export const namedRows = (
  refs: readonly TableRef[],
): string => `(SELECT r.schema, r.name, ${namespaceOf('r.schema')} AS namespace
    FROM unnest(${textArray(refs.map(({ schema }) => schema))}, ${textArray(refs.map(({ name }) => name))}) r (schema, name))`

/** The relations that have a name which is about to be given, or the tables of the indexes and sequences that have it, each as `oid`. */
export function namesakes(request: IntrospectRequest): readonly string[] {
  const { moves = [] } = request
  const refs = givenRefs(request)
  const named = refs.length === 0 ? [] : [`SELECT ${ownerOf('i.oid')} FROM (${namedRelations(refs)}) i`]
  return moves.length === 0 ? named : [...named, movedNamesakes(moves)]
}

/**
 * The names that indexes and sequences have once their tables have another schema or name, as rows of (schema, name, namespace): a sequence of a
 * column has that of its table in its own.
 */
export function movedNames(moves: NonNullable<IntrospectRequest['moves']>): string {
  const schemas = textArray(moves.map(({ ref }) => ref.schema))
  const names = textArray(moves.map(({ ref }) => ref.name))
  const targets = textArray(moves.map(({ to }) => to.schema))
  const renamed = textArray(moves.map(({ ref, to }) => (ref.name === to.name ? undefined : to.name)))
  return `SELECT m.target AS schema, CASE WHEN o.relkind = 'S' THEN coalesce(m.renamed || '_' || a.attname || '_seq', o.relname) ELSE o.relname END AS name, m.namespace
  FROM (SELECT ${relationOf('r.schema', 'r.name')} AS oid, r.target, r.renamed, ${namespaceOf('r.target')} AS namespace
    FROM unnest(${schemas}, ${names}, ${targets}, ${renamed}) r (schema, name, target, renamed)) m
  CROSS JOIN LATERAL (SELECT x.indexrelid AS oid, 0 AS number FROM pg_catalog.pg_index x WHERE x.indrelid = m.oid
    UNION ALL SELECT y.objid, y.refobjsubid FROM pg_catalog.pg_depend y WHERE y.refobjid = m.oid AND ${ownedSequences}) p
  JOIN pg_catalog.pg_class o ON o.oid = p.oid LEFT JOIN pg_catalog.pg_attribute a ON a.attrelid = m.oid AND a.attnum = p.number`
}

const movedNamesakes = (moves: NonNullable<IntrospectRequest['moves']>): string =>
  `SELECT ${ownerOf('k.oid')} FROM (${movedNames(moves)}) m JOIN pg_catalog.pg_class k ON k.relname = m.name AND k.relnamespace = m.namespace`

/** The numbers of the enums that the request may mean, and of their arrays, each as `oid`. */
export const requestedEnums = (
  request: IntrospectRequest,
): string => `SELECT unnest(ARRAY[t.oid, t.typarray]) AS oid FROM pg_catalog.pg_type t
  WHERE t.typtype = 'e' AND t.oid = ANY (ARRAY(${inSchemas('pg_type', request)}))`
