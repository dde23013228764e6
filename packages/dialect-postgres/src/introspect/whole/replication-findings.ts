import type { Finding, Row } from '@org/migrate-core/dialect'
import { changesSql, publishesSql } from './replication.ts'

/** Without a replica identity the server refuses UPDATE and DELETE: https://www.postgresql.org/docs/current/logical-replication-publication.html */
const unidentified = `SELECT min(c.oid::regclass::text) AS name, y.pubname AS publication, count(*) AS n
  FROM pg_catalog.pg_publication y JOIN pg_catalog.pg_class c ON c.relkind = 'r' AND ${publishesSql}
  JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace AND n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'
  WHERE ${changesSql} AND CASE c.relreplident WHEN 'f' THEN false WHEN 'n' THEN true
    ELSE NOT EXISTS (SELECT FROM pg_catalog.pg_index i WHERE i.indrelid = c.oid AND CASE c.relreplident WHEN 'i' THEN i.indisreplident ELSE i.indisprimary END) END
  GROUP BY y.pubname ORDER BY y.pubname`

/** Publications, whose subscribers get rows and no change of a table. */
export async function replicationFindings(ask: (sql: string) => Promise<readonly Row[]>): Promise<readonly Finding[]> {
  const publications = await ask('SELECT pubname AS name FROM pg_catalog.pg_publication ORDER BY pubname')
  if (publications.length === 0) return []
  const names = publications.map(({ name }) => String(name)).join(', ')
  const findings = (await ask(unidentified)).map(
    ({ name, publication, n }): Finding => ({
      level: 'problem',
      about: 'replication',
      what: `${n} of the tables in publication ${publication} have no replica identity (${name}): the server refuses each UPDATE and DELETE of their rows.`,
      next: `Give each a primary key in a revision, or ALTER TABLE ${name} REPLICA IDENTITY FULL;`,
    }),
  )
  return [
    ...findings,
    {
      level: 'warning',
      about: 'replication',
      what: `Rows are published (${names}), and logical replication sends no change of a table.`,
      next: 'Run the revisions on each subscriber too: those that add something before they run here, those that drop something after it.',
    },
  ]
}
