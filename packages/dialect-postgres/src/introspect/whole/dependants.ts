import type { Row, Session } from '@org/migrate-core/dialect'
import { isSet, type Oids, oidsOf } from '../reading.ts'
import { heirDependantsSql, heirReadersSql } from './heirs.ts'

const reportedClasses = `d.classid IN ('pg_catalog.pg_proc'::regclass, 'pg_catalog.pg_publication_rel'::regclass)
    OR d.classid = 'pg_catalog.pg_rewrite'::regclass AND EXISTS (SELECT FROM pg_catalog.pg_rewrite w JOIN pg_catalog.pg_class k ON k.oid = w.ev_class
      WHERE w.oid = d.objid AND k.relkind NOT IN ('v', 'm'))`

const readersSql = (
  oids: Oids,
): string => `SELECT d.refobjid::text AS owner, a.attname AS name, pg_describe_object(d.classid, d.objid, d.objsubid) AS dependant
FROM pg_catalog.pg_depend d JOIN pg_catalog.pg_attribute a ON a.attrelid = d.refobjid AND a.attnum = d.refobjsubid
WHERE d.refclassid = 'pg_catalog.pg_class'::regclass AND d.refobjid = ANY (${oids}) AND d.refobjsubid > 0 AND (${reportedClasses})`

const partitionKeySql = (
  oids: Oids,
): string => `SELECT a.attrelid::text, a.attname, 'the partition key of ' || p.partrelid::regclass::text
FROM pg_catalog.pg_partitioned_table p JOIN pg_catalog.pg_attribute a ON a.attrelid = p.partrelid AND a.attnum = ANY (p.partattrs)
WHERE p.partrelid = ANY (${oids})`

const parentSql = (
  oids: Oids,
): string => `SELECT a.attrelid::text, a.attname, 'table ' || h.inhparent::regclass::text || ', which it is inherited from'
FROM pg_catalog.pg_attribute a JOIN pg_catalog.pg_inherits h ON h.inhrelid = a.attrelid
JOIN pg_catalog.pg_attribute b ON b.attrelid = h.inhparent AND b.attname = a.attname AND NOT b.attisdropped
WHERE a.attrelid = ANY (${oids}) AND a.attinhcount > 0`

const rowTypeSql = (
  oids: Oids,
): string => `SELECT c.oid::text, a.attname, pg_describe_object(d.classid, d.objid, d.objsubid)
FROM pg_catalog.pg_class c JOIN pg_catalog.pg_type t ON t.oid = c.reltype JOIN pg_catalog.pg_depend d ON d.refclassid = 'pg_catalog.pg_type'::regclass
  AND d.refobjid IN (t.oid, t.typarray) AND d.classid = 'pg_catalog.pg_class'::regclass AND d.objsubid > 0 AND d.deptype = 'n'
JOIN pg_catalog.pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
WHERE c.oid = ANY (${oids})`

/**
 * What the server refuses a change of a column's type for, or the column's end, and which this software does not create again:
 * https://www.postgresql.org/docs/current/sql-altertable.html. Of the kind `local`: what goes with the column in its heirs; of the kind `ofHeirs`: what reads their columns.
 *
 * @param tables rows of `readTables`: what none of them can have is not asked for
 */
export function readColumnDependants(session: Session, tables: readonly Row[]): Promise<readonly Row[]> {
  const ofThose = (holds: (row: Row) => boolean, part: (oids: Oids) => string): readonly string[] => {
    const rows = tables.filter(holds)
    return rows.length === 0 ? [] : [part(oidsOf(rows))]
  }
  const own = [
    ...ofThose(() => true, readersSql),
    ...ofThose(({ kind }) => kind === 'p', partitionKeySql),
    // Not of a partition: that has no `inherits`.
    ...ofThose(({ inherits }) => inherits !== null, parentSql),
    ...ofThose(() => true, rowTypeSql),
  ]
  const parts = [
    `SELECT y.*, 'dependants' AS kind FROM (${own.join('\nUNION ')}) y`,
    ...ofThose(
      ({ subclass }) => isSet(subclass),
      (oids) => `SELECT y.*, 'local' FROM (${heirDependantsSql(oids)}) y UNION ${heirReadersSql(oids)}`,
    ),
  ]
  return session.query(`${parts.join(' UNION ')} ORDER BY 1, 2, 3`)
}
