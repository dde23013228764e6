import type { Row, TableModel, TableReplication } from '@org/migrate-core/dialect'
import { isSet, listOf, textOf } from '../reading.ts'

/**
 * The publications that have a schema: a catalog of version 15 and newer, which older servers must not find named. Of each the server keeps that it
 * depends on the publication and on the schema: https://www.postgresql.org/docs/current/catalog-pg-publication-namespace.html
 */
export const ofSchema = (publication: string, schema: string): string =>
  `EXISTS (SELECT FROM pg_catalog.pg_depend x JOIN pg_catalog.pg_depend z ON z.classid = x.classid AND z.objid = x.objid
    WHERE x.refclassid = 'pg_catalog.pg_publication'::regclass AND x.refobjid = ${publication} AND x.classid = pg_catalog.to_regclass('pg_catalog.pg_publication_namespace')
      AND z.refclassid = 'pg_catalog.pg_namespace'::regclass AND z.refobjid = ${schema})`

/** Of the publication `y`. */
export const changesSql = '(y.pubupdate OR y.pubdelete)'

/** Whether the publication `y` has the table `c`; a table without WAL is in none. */
export const publishesSql = `(c.relpersistence = 'p' AND (y.puballtables OR ${ofSchema('y.oid', 'c.relnamespace')}
      OR EXISTS (SELECT FROM pg_catalog.pg_publication_rel w WHERE w.prpubid = y.oid AND w.prrelid = c.oid)))`

/** Of the table `c`. */
export const replicationSql = `c.relreplident::text AS replica,
  CASE WHEN c.relreplident = 'i' THEN (SELECT k.relname::text FROM pg_catalog.pg_index w JOIN pg_catalog.pg_class k ON k.oid = w.indexrelid
    WHERE w.indrelid = c.oid AND w.indisreplident) END AS replica_index,
  (SELECT json_agg(json_build_object('name', y.pubname, 'changes', ${changesSql}) ORDER BY y.pubname) FROM pg_catalog.pg_publication y
    WHERE ${publishesSql})::text AS published,
  CASE WHEN EXISTS (SELECT FROM pg_catalog.pg_subscription_rel w WHERE w.srrelid = c.oid) THEN 1 ELSE 0 END AS subscribed`

/** The publications of UPDATE or DELETE that a new table of the current schema is in. */
export const newTablesSql = `(SELECT json_agg(y.pubname::text ORDER BY y.pubname) FROM pg_catalog.pg_publication y
  WHERE ${changesSql} AND (y.puballtables OR ${ofSchema('y.oid', 'quote_ident(current_schema())::regnamespace')}))::text`

interface PublicationRow {
  readonly name: string
  readonly changes: boolean
}

function identityOf(row: Row): Pick<TableReplication, 'identity'> {
  if (row.replica === 'f') return { identity: 'full' }
  if (row.replica === 'n') return { identity: 'nothing' }
  if (row.replica !== 'i') return {}
  // An index that was dropped leaves the setting behind, and the table without an identity.
  const index = textOf(row.replica_index)
  return { identity: index === undefined ? 'nothing' : { index } }
}

export function replicationOf(row: Row): Pick<TableModel, 'replication'> {
  const published = listOf<PublicationRow>(row.published)
  const subscribed = isSet(row.subscribed)
  if (published.length === 0 && !subscribed) return {}
  return {
    replication: {
      publications: published.map(({ name }) => name),
      ...(published.some((each) => each.changes) ? { changes: true } : {}),
      ...identityOf(row),
      ...(subscribed ? { subscribed } : {}),
    },
  }
}
