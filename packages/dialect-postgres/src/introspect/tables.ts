import type { IntrospectRequest, Row, Session, TableModel } from '@org/migrate-core/dialect'
import { isSet, listOf, noExtension, type Reading, refOf, textOf, userSchema } from './reading.ts'
import { dependingOn, isScoped, namesakes, requestedEnums, requestedRelations } from './scope.ts'

const facts = `SELECT c.oid::text AS oid, n.nspname AS schema, c.relname AS name, c.relkind::text AS kind,
  CASE WHEN c.relispartition THEN 1 ELSE 0 END AS partition, c.relpersistence::text AS persistence,
  CASE WHEN c.relkind = 'p' THEN pg_get_partkeydef(c.oid) END AS partition_by,
  (SELECT json_agg(p.inhparent::regclass::text ORDER BY p.inhseqno) FROM pg_catalog.pg_inherits p
    WHERE p.inhrelid = c.oid AND NOT c.relispartition)::text AS inherits,
  CASE WHEN c.relhassubclass AND c.relkind <> 'p' AND EXISTS (SELECT FROM pg_catalog.pg_inherits h WHERE h.inhparent = c.oid)
    THEN 1 ELSE 0 END AS has_heirs,
  c.relhassubclass::int AS subclass, c.relhasindex::int AS indexed, c.relhastriggers::int AS triggers,
  CASE WHEN EXISTS (SELECT FROM pg_catalog.pg_policy w WHERE w.polrelid = c.oid) THEN 1 ELSE 0 END AS policies,
  c.relrowsecurity::int AS row_security, c.relforcerowsecurity::int AS forced, array_to_json(c.reloptions)::text AS options,
  (SELECT array_to_json(t.reloptions)::text FROM pg_catalog.pg_class t WHERE t.oid = c.reltoastrelid) AS toast_options,
  d.description AS comment
FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
LEFT JOIN pg_catalog.pg_description d ON d.objoid = c.oid AND d.classoid = 'pg_catalog.pg_class'::regclass AND d.objsubid = 0
WHERE c.relkind IN ('r', 'p', 'f') AND ${userSchema('n')} AND ${noExtension('pg_class', 'c.oid')}`

/**
 * What the table has, or had before the last VACUUM; of `subclass`: heirs or partitions.
 * https://www.postgresql.org/docs/current/catalog-pg-class.html
 */
export type TableFact = 'subclass' | 'indexed' | 'triggers' | 'policies'

/** Tables with columns of an enum of the request: a change of the type is a change of them, and it names none of them. */
const ofEnums = dependingOn('pg_class', 'pg_type', 'SELECT oid FROM enums', 'columns')

const referring = `SELECT k.conrelid FROM pg_catalog.pg_constraint k
  WHERE k.contype = 'f' AND k.oid = ANY (ARRAY(${dependingOn('pg_constraint', 'pg_class', 'SELECT oid FROM requested')}))`

/** Tables with policies that read one of them, or name such an enum: a change of either is one of the policy. */
const withPolicies = `SELECT w.polrelid FROM pg_catalog.pg_policy w WHERE w.oid = ANY (ARRAY(
  ${dependingOn('pg_policy', 'pg_class', 'SELECT oid FROM requested')} UNION ALL ${dependingOn('pg_policy', 'pg_type', 'SELECT oid FROM enums')}))`

/** What a requested table inherits from: an operation on a table that is further up is one on the tables between, too. */
const ancestors = `ancestors (oid) AS (SELECT h.inhparent FROM pg_catalog.pg_inherits h WHERE h.inhrelid = ANY (ARRAY(SELECT oid FROM requested))
  UNION SELECT h.inhparent FROM ancestors a JOIN pg_catalog.pg_inherits h ON h.inhrelid = a.oid)`

/** The rows of pg_class, in one statement. */
export async function readTables(session: Session, request: IntrospectRequest): Promise<readonly Row[]> {
  const order = 'ORDER BY n.nspname, c.relname'
  if (!isScoped(request)) return session.query(`${facts} ${order}`)
  const parts = [
    'SELECT oid FROM requested',
    'SELECT oid FROM ancestors',
    ofEnums,
    withPolicies,
    ...(request.referrers ? [referring] : []),
    ...namesakes(request),
  ]
  return session.query(`WITH RECURSIVE requested AS MATERIALIZED (${requestedRelations(request)}), enums AS MATERIALIZED (${requestedEnums(request)}),
${ancestors}
${facts} AND c.oid = ANY (ARRAY(${parts.join(' UNION ALL ')})) ${order}`)
}

export async function tableCount(session: Session, most: number): Promise<number> {
  const [row] = await session.query(`SELECT count(*) AS n FROM (${facts} LIMIT ${most}) AS found`)
  return Number(row?.n)
}

/** `fillfactor=70` as the catalog keeps it. */
function parameters(options: readonly string[], prefix = ''): readonly (readonly [string, string])[] {
  return options.map((option) => {
    const at = option.indexOf('=')
    return [`${prefix}${option.slice(0, at)}`, option.slice(at + 1)]
  })
}

function optionsOf(row: Row): TableModel['options'] {
  const inherits = listOf(row.inherits)
  const partitionBy = textOf(row.partition_by)
  return {
    ...Object.fromEntries(parameters(listOf(row.options))),
    ...Object.fromEntries(parameters(listOf(row.toast_options), 'toast.')),
    ...(row.persistence === 'u' ? { unlogged: true } : {}),
    ...(partitionBy === undefined ? {} : { partitionBy }),
    ...(inherits.length === 0 ? {} : { inherits: inherits.join(', ') }),
  }
}

/** A partition is changed through the table that it is a part of; a foreign table is another server's. */
function opaque(row: Row): Pick<TableModel, 'opaque'> {
  if (isSet(row.partition)) return { opaque: 'partition' }
  return row.kind === 'f' ? { opaque: 'foreign' } : {}
}

function rowSecurityOf(row: Row): Pick<TableModel, 'rowSecurity'> {
  const [enabled, forced] = [isSet(row.row_security), isSet(row.forced)]
  return enabled || forced ? { rowSecurity: { enabled, forced } } : {}
}

/** The table without what the other queries read. */
export function tableOf(reading: Reading, row: Row): TableModel {
  const comment = textOf(row.comment)
  return {
    ref: refOf(reading, row.schema, row.name),
    columns: [],
    constraints: [],
    indexes: [],
    options: optionsOf(row),
    ...(comment === undefined ? {} : { comment }),
    ...rowSecurityOf(row),
    ...opaque(row),
    ...(isSet(row.has_heirs) ? { hasHeirs: true } : {}),
  }
}
