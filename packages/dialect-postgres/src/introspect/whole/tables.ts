import type { ExtraPart, Row, Session, TableModel, Undeclared } from '@org/migrate-core/dialect'
import { isSet, listOf, type Oids, textOf } from '../reading.ts'
import { heirColumnsSql, heirFacts } from './heirs.ts'
import { identitySequenceOf, identitySequenceSql } from './identity-sequence.ts'
import { columnPrivilegesSql, privilegesOf, privilegesSql, type UndeclaredFacts } from './privileges.ts'
import { replicationOf, replicationSql } from './replication.ts'
import {
  extra,
  foreignOwnerOf,
  indexExtras,
  indexFactsSql,
  labelled,
  labelledSql,
  literal,
  named,
  own,
  ownerColumns,
  ownerExtra,
  rulesOf,
  rulesSql,
  self,
  statisticsOf,
  statisticsSql,
  storageOf,
  storageSql,
  table,
  undeclared,
  when,
} from './undeclared-facts.ts'

/** Publications that name the table; the columns and the condition of one are there from version 15. */
const publicationsSql = `(SELECT json_agg(json_build_object('name', y.pubname,
    'narrowed', (to_jsonb(w) ->> 'prattrs') IS NOT NULL OR (to_jsonb(w) ->> 'prqual') IS NOT NULL) ORDER BY y.pubname)
  FROM pg_catalog.pg_publication_rel w JOIN pg_catalog.pg_publication y ON y.oid = w.prpubid WHERE w.prrelid = c.oid)::text`

const partitionsSql = `CASE WHEN c.relkind = 'p' THEN (SELECT json_agg(w.inhrelid::regclass::text ORDER BY w.inhrelid) FROM pg_catalog.pg_inherits w WHERE w.inhparent = c.oid)::text END`
/** CREATE TABLE with these columns has them by itself too: they would stay where the parent loses its own. */
const inheritedSql = `(SELECT json_agg(w.attname ORDER BY w.attnum) FROM pg_catalog.pg_attribute w
  WHERE w.attrelid = c.oid AND w.attinhcount > 0 AND NOT w.attislocal AND NOT w.attisdropped AND NOT c.relispartition)::text`

export function readTableExtras(session: Session, oids: Oids): Promise<readonly Row[]> {
  return session.query(`SELECT c.oid::text AS owner, ${ownerColumns('c.relowner')},
  ${privilegesSql('r', 'c.relacl', 'c.relowner', 'c.relnamespace')} AS privileges,
  ${replicationSql},
  (SELECT w.spcname::text FROM pg_catalog.pg_tablespace w WHERE w.oid = c.reltablespace) AS tablespace,
  (SELECT w.amname::text FROM pg_catalog.pg_am w WHERE w.oid = c.relam AND w.amname <> current_setting('default_table_access_method')) AS method,
  CASE WHEN c.reloftype <> 0 THEN c.reloftype::regtype::text END AS of_type, ${partitionsSql} AS partitions, ${inheritedSql} AS inherited,
  ${rulesSql('c.oid')} AS rules, ${statisticsSql('c.oid')} AS statistics, ${publicationsSql} AS publications,
  ${labelledSql('pg_class', 'c.oid')} AS labelled
FROM pg_catalog.pg_class c WHERE c.oid = ANY (${oids})`)
}

const alter = (action: string): readonly ExtraPart[] => ['ALTER TABLE ', self, ` ${action}`]

interface Publication {
  readonly name: string
  readonly narrowed: boolean
}

function publicationsOf(row: Row): Partial<UndeclaredFacts> {
  const all = listOf<Publication>(row.publications)
  return {
    extras: all.flatMap(({ name, narrowed }) =>
      narrowed ? [] : [extra(`publication ${name}`, [`ALTER PUBLICATION ${named(name)} ADD TABLE ONLY `, self])],
    ),
    lasting: all.flatMap(({ name, narrowed }) =>
      narrowed ? [`publication ${name} has some of its columns or rows only`] : [],
    ),
  }
}

/** A table of another kind, or one that is bound to others: what was theirs is not in its model. */
function boundTo(row: Row): Partial<UndeclaredFacts> {
  const [type, method] = [textOf(row.of_type), textOf(row.method)]
  const [partitions, inherited] = [listOf(row.partitions), listOf(row.inherited)]
  return {
    lasting: [
      ...(partitions.length === 0 ? [] : [`its partitions with their rows: ${partitions.join(', ')}`]),
      ...(inherited.length === 0 ? [] : [`columns ${inherited.join(', ')} by inheritance only`]),
      ...(type === undefined ? [] : [`it is a table of type ${type}`]),
      ...(method === undefined ? [] : [`it is stored by the access method ${method}`]),
    ],
  }
}

const replicas: ReadonlyMap<string, string> = new Map([
  ['f', 'FULL'],
  ['n', 'NOTHING'],
])

export function tableExtras(row: Row): Undeclared & Pick<TableModel, 'replication'> {
  const replica = replicas.get(String(row.replica))
  const facts = undeclared(
    // A new owner gets the privileges of the old one: it comes before them.
    when(textOf(row.role), (name) => ownerExtra('TABLE', name)),
    when(textOf(row.tablespace), (name) => extra('tablespace', alter(`SET TABLESPACE ${named(name)}`))),
    when(replica, (how) => extra('replica identity', alter(`REPLICA IDENTITY ${how}`))),
    statisticsOf(row),
    publicationsOf(row),
    rulesOf(row),
    privilegesOf(textOf(row.privileges), ['TABLE ', self]),
    labelled(row),
    boundTo(row),
  )
  return { ...facts, ...foreignOwnerOf(row), ...replicationOf(row) }
}

/** NOT NULL has a name from version 18, and one that is not as usual where the table or the column was renamed since. */
const notNullSql = `(SELECT json_build_object('name', w.conname, 'usual', c.relname || '_' || a.attname || '_not_null',
    'plain', NOT w.connoinherit AND w.convalidated AND obj_description(w.oid, 'pg_constraint') IS NULL)
  FROM pg_catalog.pg_constraint w WHERE w.conrelid = a.attrelid AND w.contype = 'n' AND w.conkey = ARRAY[a.attnum])::text`

const identityJoins = `LEFT JOIN pg_catalog.pg_depend w ON w.classid = 'pg_catalog.pg_class'::regclass AND w.refclassid = 'pg_catalog.pg_class'::regclass
  AND w.refobjid = a.attrelid AND w.refobjsubid = a.attnum AND w.deptype = 'i' AND a.attidentity <> ''
LEFT JOIN pg_catalog.pg_class q ON q.oid = w.objid AND q.relkind = 'S'`

/** What the columns can have at all: what they cannot is not asked for. */
export interface ColumnFacts {
  readonly heirs: boolean
  /** Those of identities. */
  readonly sequences: boolean
}

export function readColumnExtras(session: Session, oids: Oids, have: ColumnFacts): Promise<readonly Row[]> {
  const identity = 'NULL AS sequence_comment, NULL AS sequence_privileges'
  return session.query(`SELECT a.attrelid::text AS owner, a.attname AS name, ${storageSql('a', 't')},
  ${columnPrivilegesSql('a.attacl', 'c.relowner')} AS privileges, ${notNullSql} AS not_null, ${have.sequences ? identitySequenceSql : identity},
  ${have.heirs ? heirColumnsSql : 'NULL AS heirs'}
FROM pg_catalog.pg_attribute a JOIN pg_catalog.pg_type t ON t.oid = a.atttypid JOIN pg_catalog.pg_class c ON c.oid = a.attrelid
${have.sequences ? identityJoins : ''}
WHERE a.attrelid = ANY (${oids}) AND a.attnum > 0 AND NOT a.attisdropped`)
}

function notNullOf(row: Row): Partial<UndeclaredFacts> {
  const text = textOf(row.not_null)
  if (text === undefined) return {}
  const { name, usual, plain } = JSON.parse(text) as { name: string; usual: string; plain: boolean }
  if (!plain) return { lasting: [`the NOT NULL constraint ${name} with its options`] }
  if (name === usual) return {}
  if (Buffer.byteLength(usual) > 63) return { lasting: [`the name ${name} of its NOT NULL constraint`] }
  return {
    extras: [
      extra('name of NOT NULL', ['ALTER TABLE ', table, ` RENAME CONSTRAINT ${named(usual)} TO ${named(name)}`]),
    ],
  }
}

export function columnExtras(row: Row): Undeclared {
  const name = String(row.name)
  const stored = storageOf(row, name)
  return undeclared(
    stored,
    privilegesOf(textOf(row.privileges), ['TABLE ', table], [' (', { column: name }, ')']),
    notNullOf(row),
    identitySequenceOf(row, name),
    heirFacts(row, name, stored),
  )
}

export function readIndexExtras(session: Session, oids: Oids): Promise<readonly Row[]> {
  return session.query(`SELECT i.indrelid::text AS owner, k.relname AS name, obj_description(k.oid, 'pg_class') AS comment, ${indexFactsSql}
FROM pg_catalog.pg_index i JOIN pg_catalog.pg_class k ON k.oid = i.indexrelid WHERE i.indrelid = ANY (${oids})`)
}

/** Of an index, and of the index of a key: both are found by their name. */
export const indexExtrasOf = (row: Row): Partial<UndeclaredFacts> => indexExtras(row, 'TABLE')

/** Of the index of a key, whose comment no model has: that of the constraint is another one. */
export function keyExtrasOf(row: Row): Partial<UndeclaredFacts> {
  const comment = textOf(row.comment)
  const extras = indexExtrasOf(row).extras ?? []
  if (comment === undefined) return { extras }
  return { extras: [...extras, extra('comment of the index', ['COMMENT ON INDEX ', self, ` IS ${literal(comment)}`])] }
}

/** What a constraint has that no model says: NOT ENFORCED, PERIOD and WITHOUT OVERLAPS are there from version 18. */
export function readConstraintExtras(session: Session, oids: Oids): Promise<readonly Row[]> {
  return session.query(`SELECT c.conrelid::text AS owner, c.conname AS name, obj_description(c.oid, 'pg_constraint') AS comment,
  CASE WHEN to_jsonb(c) ->> 'conenforced' = 'false' THEN 1 ELSE 0 END AS unenforced,
  CASE WHEN to_jsonb(c) ->> 'conperiod' = 'true' THEN 1 ELSE 0 END AS period,
  CASE WHEN c.coninhcount > 0 AND NOT c.conislocal THEN 1 ELSE 0 END AS inherited,
  CASE WHEN c.coninhcount > 0 AND NOT c.convalidated THEN 1 ELSE 0 END AS unproven
FROM pg_catalog.pg_constraint c WHERE c.conrelid = ANY (${oids}) AND c.contype IN ('p', 'u', 'c', 'f', 'x')`)
}

export function constraintExtras(row: Row): Partial<UndeclaredFacts> {
  const comment = textOf(row.comment)
  return {
    extras:
      comment === undefined
        ? []
        : [extra('comment', ['COMMENT ON CONSTRAINT ', own, ' ON ', table, ` IS ${literal(comment)}`])],
    lasting: [
      ...(isSet(row.unenforced) ? ['it is NOT ENFORCED'] : []),
      ...(isSet(row.period) ? ['it is about a period of time (WITHOUT OVERLAPS, PERIOD)'] : []),
      ...(isSet(row.inherited) ? [`${String(row.name)} by inheritance only`] : []),
      // CREATE TABLE makes an inherited CHECK valid, whatever its parent's is.
      ...(isSet(row.unproven) ? [`${String(row.name)} as NOT VALID, which is inherited`] : []),
    ],
  }
}
