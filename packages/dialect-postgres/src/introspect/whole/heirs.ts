import type { ColumnModel, ExtraPart, Row } from '@org/migrate-core/dialect'
import { isSet, listOf, textOf } from '../reading.ts'
import { columnPrivilegesSql, privilegesOf, type UndeclaredFacts } from './privileges.ts'
import { extra, literal, named, storageOf, storageSql } from './undeclared-facts.ts'

/*
 * Partitions, and tables that inherit: ALTER TABLE of their parent also drops and changes the column in each of them, with what they have
 * on it by themselves: https://www.postgresql.org/docs/current/ddl-inherit.html
 */

const heirs = (root: string): string => `WITH RECURSIVE heirs (oid) AS (
    SELECT h.inhrelid FROM pg_catalog.pg_inherits h WHERE h.inhparent = ${root}
    UNION SELECT h.inhrelid FROM heirs r JOIN pg_catalog.pg_inherits h ON h.inhparent = r.oid)`

/** The column of the same name in each heir, `b`. */
const columns = `FROM heirs r JOIN pg_catalog.pg_class k ON k.oid = r.oid
    JOIN pg_catalog.pg_attribute b ON b.attrelid = r.oid AND b.attname = a.attname AND NOT b.attisdropped AND b.attinhcount > 0`

/** What heirs have otherwise than their parent `c` in its column `a`, of the type `t`. A generated column has its expression from the parent. */
export const heirColumnsSql = `CASE WHEN c.relhassubclass THEN (${heirs('c.oid')}
  SELECT json_agg(x ORDER BY x.schema, x.name) FROM (SELECT n.nspname AS schema, k.relname AS name, col_description(b.attrelid, b.attnum) AS comment,
      e.fallback, CASE WHEN e.fallback IS DISTINCT FROM u.fallback THEN 1 ELSE 0 END AS otherwise, CASE WHEN b.attnotnull AND NOT a.attnotnull THEN 1 ELSE 0 END AS filled,
      CASE WHEN a.attnotnull AND NOT b.attnotnull AND current_setting('server_version_num')::int < 180000 THEN 1 ELSE 0 END AS has_nulls,
      ${storageSql('b', 't')}, ${columnPrivilegesSql('b.attacl', 'k.relowner')} AS privileges
    ${columns} JOIN pg_catalog.pg_namespace n ON n.oid = k.relnamespace
    CROSS JOIN LATERAL (SELECT (SELECT pg_get_expr(f.adbin, f.adrelid) FROM pg_catalog.pg_attrdef f WHERE f.adrelid = b.attrelid AND f.adnum = b.attnum AND b.attgenerated = '')) e (fallback)
    CROSS JOIN LATERAL (SELECT (SELECT pg_get_expr(f.adbin, f.adrelid) FROM pg_catalog.pg_attrdef f WHERE f.adrelid = a.attrelid AND f.adnum = a.attnum AND a.attgenerated = '')) u (fallback)) x)::text END AS heirs`

interface HeirColumn extends Row {
  readonly schema: string
  readonly name: string
}

const ofHeir = ' of an heir'

/** Parts of the model of the heir itself, as a table. */
export const isOfHeir = (what: string): boolean => what.endsWith(ofHeir)

/** What a change of the parent's type, default or NOT NULL sets in its heirs too. */
export const heirDefault = `default${ofHeir}`
export const heirNotNull = `NOT NULL${ofHeir}`

/**
 * Before PostgreSQL 18 an heir may take NULL in a column that is NOT NULL in its parent, and both SET NOT NULL and ADD PRIMARY KEY of the parent
 * change it there too, but for ONLY: https://www.postgresql.org/docs/17/ddl-inherit.html
 */
const heirNull = `NULL${ofHeir}`

/** Whether a column becomes NOT NULL in its own table only, so that each heir has it as before. */
export const hasNullableHeirs = ({ extras = [] }: Pick<ColumnModel, 'extras'>): boolean =>
  extras.some(({ what }) => what === heirNull)

/** What heirs have of their own after a column became NOT NULL in its own table only. */
export const heirNulls = [heirNull, heirNotNull]

/** `own`: what the parent has itself, and gives to its heirs. `isOneNullable`: some heir takes NULL where the parent does not. */
function factsOfHeir(
  row: HeirColumn,
  column: string,
  own: Partial<UndeclaredFacts>,
  isOneNullable: boolean,
): Partial<UndeclaredFacts> {
  const heir = `${named(row.schema)}.${named(row.name)}`
  const [comment, fallback] = [row.comment, row.fallback].map(textOf)
  const alter = (action: ExtraPart): readonly ExtraPart[] => [
    `ALTER TABLE ${isOneNullable ? 'ONLY ' : ''}${heir} ALTER COLUMN `,
    { column },
    ' ',
    action,
  ]
  const rights = privilegesOf(textOf(row.privileges), [`TABLE ${heir}`], [' (', { column }, ')'])
  const inHeir = (part: ExtraPart): ExtraPart =>
    typeof part === 'object' && 'of' in part && part.of === 'table' ? heir : part
  const given = JSON.stringify(own.extras ?? [])
  const stored = (storageOf(row, column).extras ?? []).filter((each) => !given.includes(JSON.stringify(each)))
  return {
    extras: [
      ...stored.map(({ what, statements }) => ({ what, statements: statements.map((parts) => parts.map(inHeir)) })),
      ...(isSet(row.otherwise)
        ? [
            fallback === undefined
              ? extra(heirDefault, alter('DROP DEFAULT'))
              : extra(heirDefault, [...alter('SET DEFAULT '), { text: fallback }]),
          ]
        : []),
      ...(isSet(row.filled) || (isOneNullable && !isSet(row.has_nulls))
        ? [extra(heirNotNull, alter('SET NOT NULL'))]
        : []),
      ...(isSet(row.has_nulls) ? [extra(heirNull, alter('DROP NOT NULL'))] : []),
      ...(comment === undefined
        ? []
        : [extra(`comment${ofHeir}`, [`COMMENT ON COLUMN ${heir}.`, { column }, ` IS ${literal(comment)}`])]),
      ...rights.extras.map(({ statements }) => ({ what: `privileges${ofHeir}`, statements })),
    ],
    lasting: rights.lasting.map((right) => `${right} on ${heir}`),
  }
}

export function heirFacts(row: Row, column: string, own: Partial<UndeclaredFacts>): Partial<UndeclaredFacts> {
  const all = listOf<HeirColumn>(row.heirs)
  const isOneNullable = all.some((each) => isSet(each.has_nulls))
  const facts = all.map((each) => factsOfHeir(each, column, own, isOneNullable))
  return {
    extras: facts.flatMap(({ extras = [] }) => extras),
    lasting: facts.flatMap(({ lasting = [] }) => lasting),
  }
}

/**
 * What goes with the column of an heir, without a word, and has no equal in the parent: indexes, constraints, extended statistics, sequences.
 * A column that the heir also has by itself stays, and NOT NULL comes and goes with that of a table between. Constraints that have come from the parent are not local:
 * https://www.postgresql.org/docs/current/catalog-pg-constraint.html
 */
export const heirDependantsSql = (oids: string): string => `SELECT a.attrelid::text, a.attname, x.dependant
FROM pg_catalog.pg_class c JOIN pg_catalog.pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
CROSS JOIN LATERAL (${heirs('c.oid')}
  SELECT pg_describe_object(d.classid, d.objid, d.objsubid) || CASE WHEN d.classid = 'pg_catalog.pg_class'::regclass
      THEN ' of ' || r.oid::regclass::text ELSE '' END AS dependant
    ${columns} AND NOT b.attislocal JOIN pg_catalog.pg_depend d ON d.refclassid = 'pg_catalog.pg_class'::regclass AND d.refobjid = b.attrelid AND d.refobjsubid = b.attnum
    WHERE d.classid IN ('pg_catalog.pg_statistic_ext'::regclass, 'pg_catalog.pg_policy'::regclass)
      OR d.classid = 'pg_catalog.pg_constraint'::regclass AND EXISTS (SELECT FROM pg_catalog.pg_constraint w WHERE w.oid = d.objid AND w.conislocal AND w.contype <> 'n')
      OR d.classid = 'pg_catalog.pg_class'::regclass AND EXISTS (SELECT FROM pg_catalog.pg_class w WHERE w.oid = d.objid AND w.relkind IN ('i', 'I', 'S') AND NOT w.relispartition)
  UNION SELECT 'NOT NULL of column ' || b.attname || ' of table ' || r.oid::regclass::text ${columns} AND NOT b.attislocal AND b.attnotnull AND NOT a.attnotnull
    WHERE NOT EXISTS (SELECT FROM pg_catalog.pg_inherits h JOIN pg_catalog.pg_attribute e ON e.attrelid = h.inhparent AND e.attname = a.attname AND e.attnotnull WHERE h.inhrelid = r.oid)) x
WHERE c.relhassubclass AND c.oid = ANY (${oids})`

/**
 * What the server refuses a change of the column's type for, since it is about the column of an heir, and which does not go and come with what is
 * about the parent's: triggers, policies and generated columns of the heir, functions and rules. Views do. Of the kind `ofHeirs` where the heir
 * has the column by itself too, so that it stays when the parent's is dropped.
 */
export const heirReadersSql = (
  oids: string,
): string => `SELECT a.attrelid::text AS owner, a.attname AS name, x.dependant, x.kind
FROM pg_catalog.pg_class c JOIN pg_catalog.pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
CROSS JOIN LATERAL (${heirs('c.oid')}
  SELECT CASE WHEN g.attnum IS NOT NULL THEN 'generated column ' || g.attname || ' of table ' || r.oid::regclass::text
      WHEN t.oid IS NOT NULL THEN 'trigger ' || t.tgname || ' on table ' || r.oid::regclass::text
      WHEN p.oid IS NOT NULL THEN 'policy ' || p.polname || ' on table ' || p.polrelid::regclass::text ELSE pg_describe_object(d.classid, d.objid, d.objsubid) END AS dependant,
      CASE WHEN b.attislocal THEN 'ofHeirs' ELSE 'dependants' END AS kind
    FROM heirs r JOIN pg_catalog.pg_attribute b ON b.attrelid = r.oid AND b.attname = a.attname AND NOT b.attisdropped AND b.attinhcount > 0
    JOIN pg_catalog.pg_depend d ON d.refclassid = 'pg_catalog.pg_class'::regclass AND d.refobjid = b.attrelid AND d.refobjsubid = b.attnum
    LEFT JOIN pg_catalog.pg_rewrite w ON d.classid = 'pg_catalog.pg_rewrite'::regclass AND w.oid = d.objid
    LEFT JOIN pg_catalog.pg_class k ON k.oid = w.ev_class
    LEFT JOIN pg_catalog.pg_attrdef f ON d.classid = 'pg_catalog.pg_attrdef'::regclass AND f.oid = d.objid
    LEFT JOIN pg_catalog.pg_attribute g ON g.attrelid = b.attrelid AND g.attnum = CASE WHEN f.oid IS NOT NULL THEN f.adnum WHEN d.classid = 'pg_catalog.pg_class'::regclass AND d.objid = b.attrelid THEN d.objsubid END
      AND g.attnum <> b.attnum AND g.attgenerated <> '' AND g.attinhcount = 0
    LEFT JOIN pg_catalog.pg_trigger t ON d.classid = 'pg_catalog.pg_trigger'::regclass AND t.oid = d.objid
    LEFT JOIN pg_catalog.pg_policy p ON d.classid = 'pg_catalog.pg_policy'::regclass AND p.oid = d.objid
    WHERE (d.classid = 'pg_catalog.pg_proc'::regclass OR p.oid IS NOT NULL OR k.relkind NOT IN ('v', 'm') OR g.attnum IS NOT NULL
        OR t.oid IS NOT NULL AND NOT t.tgisinternal AND coalesce(to_jsonb(t) ->> 'tgparentid', '0') = '0')
      AND NOT EXISTS (SELECT FROM pg_catalog.pg_depend o WHERE o.classid = d.classid AND o.objid = d.objid AND o.refclassid = d.refclassid AND o.refobjid = c.oid AND o.refobjsubid = a.attnum)) x
WHERE c.relhassubclass AND c.oid = ANY (${oids})`
