import {
  type ExtraPart,
  type Row,
  type TableRef,
  tableKey,
  type Undeclared,
  type ViewModel,
} from '@org/migrate-core/dialect'
import { isSet, listOf, type Reading, refOf, textOf } from '../reading.ts'
import { dependingOn } from '../scope.ts'
import { columnPrivilegesSql, privilegesOf, privilegesSql, type UndeclaredFacts } from './privileges.ts'
import {
  extensionsSql,
  extra,
  foreignOwnerOf,
  indexExtras,
  indexFactsSql,
  labelled,
  labelledSql,
  literal,
  named,
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

/** A view whose SELECT reads it is created again with it, and so are its own rules, triggers and defaults. */
const ownRewrite = `d.classid = 'pg_catalog.pg_rewrite'::regclass AND EXISTS (SELECT FROM pg_catalog.pg_rewrite w JOIN pg_catalog.pg_class k ON k.oid = w.ev_class
  WHERE w.oid = d.objid AND k.relkind IN ('v', 'm'))`

/** What a view reads, with what that inherits from: a change of a table is one of its heirs. Of types the enums, also of arrays. */
const readsSql = `(WITH RECURSIVE direct AS MATERIALIZED (SELECT d.refclassid, d.refobjid FROM pg_catalog.pg_rewrite w
      JOIN pg_catalog.pg_depend d ON d.classid = 'pg_catalog.pg_rewrite'::regclass AND d.objid = w.oid WHERE w.ev_class = c.oid AND d.refobjid <> c.oid),
    relations (oid) AS (SELECT refobjid FROM direct WHERE refclassid = 'pg_catalog.pg_class'::regclass
      UNION SELECT h.inhparent FROM relations r JOIN pg_catalog.pg_inherits h ON h.inhrelid = r.oid)
  SELECT json_agg(json_build_object('schema', n.nspname, 'name', x.name)) FROM (
    SELECT k.relnamespace, k.relname FROM relations r JOIN pg_catalog.pg_class k ON k.oid = r.oid
    UNION SELECT e.typnamespace, e.typname FROM direct r JOIN pg_catalog.pg_type t ON t.oid = r.refobjid AND r.refclassid = 'pg_catalog.pg_type'::regclass
      JOIN pg_catalog.pg_type e ON e.oid IN (t.oid, t.typelem) AND e.typtype = 'e') x (schema, name)
  JOIN pg_catalog.pg_namespace n ON n.oid = x.schema)::text`

/** The columns that the server keeps for a view. A column that an heir or a partition has by inheritance only goes with its parent's. */
const readColumnsSql = `(WITH RECURSIVE direct (oid, name) AS (SELECT a.attrelid, a.attname FROM pg_catalog.pg_rewrite w
      JOIN pg_catalog.pg_depend d ON d.classid = 'pg_catalog.pg_rewrite'::regclass AND d.objid = w.oid AND d.refclassid = 'pg_catalog.pg_class'::regclass
      JOIN pg_catalog.pg_attribute a ON a.attrelid = d.refobjid AND a.attnum = d.refobjsubid WHERE w.ev_class = c.oid AND d.refobjid <> c.oid AND d.refobjsubid > 0
    UNION SELECT h.inhparent, r.name FROM direct r JOIN pg_catalog.pg_attribute a ON a.attrelid = r.oid AND a.attname = r.name AND a.attinhcount > 0 AND NOT a.attislocal
      JOIN pg_catalog.pg_inherits h ON h.inhrelid = r.oid)
  SELECT json_agg(json_build_object('schema', n.nspname, 'name', k.relname, 'column', r.name)) FROM direct r
  JOIN pg_catalog.pg_class k ON k.oid = r.oid AND k.relkind NOT IN ('v', 'm') JOIN pg_catalog.pg_namespace n ON n.oid = k.relnamespace)::text`

/** Of the view `c`: what a new view of its SELECT would not have. */
export const viewExtrasSql = `${ownerColumns('c.relowner')},
  ${privilegesSql('r', 'c.relacl', 'c.relowner', 'c.relnamespace')} AS privileges, obj_description(c.oid, 'pg_class') AS comment,
  CASE WHEN c.relkind = 'm' AND NOT c.relispopulated THEN 1 ELSE 0 END AS empty,
  ${rulesSql('c.oid')} AS rules, ${statisticsSql('c.oid')} AS statistics, ${extensionsSql('pg_class', 'c.oid')} AS extensions, ${labelledSql('pg_class', 'c.oid')} AS labelled,
  ${readsSql} AS reads, ${readColumnsSql} AS read_columns,
  (SELECT json_agg(x ORDER BY x.number) FROM (SELECT a.attname AS name, a.attnum AS number, pg_get_expr(f.adbin, f.adrelid) AS fallback,
      col_description(c.oid, a.attnum) AS comment, ${columnPrivilegesSql('a.attacl', 'c.relowner')} AS privileges, ${storageSql('a', 't')}
    FROM pg_catalog.pg_attribute a JOIN pg_catalog.pg_type t ON t.oid = a.atttypid
    LEFT JOIN pg_catalog.pg_attrdef f ON f.adrelid = a.attrelid AND f.adnum = a.attnum
    WHERE a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped) x)::text AS columns,
  CASE WHEN c.relkind = 'm' THEN (SELECT json_agg(x ORDER BY x.name) FROM (SELECT pg_get_indexdef(i.indexrelid) AS definition, k.relname::text AS name,
      obj_description(i.indexrelid, 'pg_class') AS comment, ${indexFactsSql}
    FROM pg_catalog.pg_index i JOIN pg_catalog.pg_class k ON k.oid = i.indexrelid WHERE i.indrelid = c.oid) x)::text END AS indexes,
  (SELECT json_agg(DISTINCT pg_describe_object(d.classid, d.objid, d.objsubid)) FROM pg_catalog.pg_depend d JOIN pg_catalog.pg_type t ON t.oid = c.reltype
    WHERE (d.refclassid = 'pg_catalog.pg_class'::regclass AND d.refobjid = c.oid OR d.refclassid = 'pg_catalog.pg_type'::regclass AND d.refobjid IN (t.oid, t.typarray))
      AND d.deptype = 'n' AND NOT (${ownRewrite}))::text AS dependants`

interface ViewColumn extends Row {
  readonly name: string
  readonly fallback: string | null
  readonly comment: string | null
  readonly privileges: string | null
}

function columnOf(row: ViewColumn): Partial<UndeclaredFacts> {
  const { name, fallback, comment } = row
  const column: ExtraPart = { column: name }
  const rights = privilegesOf(row.privileges ?? undefined, ['TABLE ', table], [' (', column, ')'])
  return {
    extras: [
      ...(fallback === null
        ? []
        : [
            extra(`default of ${name}`, [
              'ALTER TABLE ',
              table,
              ' ALTER COLUMN ',
              column,
              ' SET DEFAULT ',
              { text: fallback },
            ]),
          ]),
      ...(comment === null
        ? []
        : [extra(`comment on ${name}`, ['COMMENT ON COLUMN ', table, '.', column, ` IS ${literal(comment)}`])]),
      ...(storageOf(row, name).extras ?? []),
      ...rights.extras,
    ],
    lasting: rights.lasting,
  }
}

interface ViewIndex extends Row {
  readonly definition: string
  readonly name: string
  readonly comment: string | null
}

/** Its name is in the text, and so it stays what it is where the view is renamed. */
function indexOf(row: ViewIndex, schema: string): Partial<UndeclaredFacts> {
  const { definition, name, comment } = row
  const bare = named(name)
  const qualified = `${named(schema)}.${bare}`
  const settings = (indexExtras(row, 'MATERIALIZED VIEW').extras ?? []).map(({ what, statements }) => ({
    what,
    statements: statements.map((parts) =>
      parts.map((part): ExtraPart => {
        if (typeof part === 'string' || !('of' in part) || part.of === 'table') return part
        return part.of === 'self' ? qualified : bare
      }),
    ),
  }))
  return {
    extras: [
      extra(
        `index ${name}`,
        [{ text: definition }],
        ...(comment === null ? [] : [[`COMMENT ON INDEX ${qualified} IS ${literal(comment)}`]]),
      ),
      ...settings,
    ],
  }
}

type ViewExtras = Undeclared & Pick<ViewModel, 'noData' | 'dependants' | 'reads' | 'readColumns' | 'indexNames'>

const keyOf = ({ table, column }: { readonly table: TableRef; readonly column: string }): string =>
  JSON.stringify([tableKey(table), column])

export function viewExtras(reading: Reading, row: Row): ViewExtras {
  const kind = row.kind === 'm' ? 'MATERIALIZED VIEW' : 'VIEW'
  const dependants = listOf(row.dependants)
  const indexes = listOf<ViewIndex>(row.indexes)
  return {
    ...undeclared(
      when(textOf(row.role), (name) => ownerExtra(kind, name)),
      // What is revoked of a view is revoked of its columns: their own privileges come after.
      privilegesOf(textOf(row.privileges), ['TABLE ', self]),
      ...listOf<ViewColumn>(row.columns).map(columnOf),
      ...indexes.map((index) => indexOf(index, String(row.schema))),
      statisticsOf(row),
      rulesOf(row),
      when(textOf(row.comment), (text) => extra('comment', [`COMMENT ON ${kind} `, self, ` IS ${literal(text)}`])),
      {
        extras: listOf(row.extensions).map((name) =>
          extra(`extension ${name}`, [`ALTER ${kind} `, self, ` DEPENDS ON EXTENSION ${named(name)}`]),
        ),
      },
      labelled(row),
    ),
    ...foreignOwnerOf(row),
    ...(isSet(row.empty) ? { noData: true } : {}),
    ...(indexes.length === 0 ? {} : { indexNames: indexes.map(({ name }) => name) }),
    ...(dependants.length === 0 ? {} : { dependants }),
    // In an order that does not depend on what the schema of the session is called.
    reads: listOf<{ readonly schema: string; readonly name: string }>(row.reads)
      .map((each) => refOf(reading, each.schema, each.name))
      .sort((a, b) => (tableKey(a) < tableKey(b) ? -1 : 1)),
    readColumns: listOf<{ readonly schema: string; readonly name: string; readonly column: string }>(row.read_columns)
      .map(({ schema, name, column }) => ({ table: refOf(reading, schema, name), column }))
      .sort((a, b) => (keyOf(a) < keyOf(b) ? -1 : 1)),
  }
}

/** Of the sequence `c`. */
export const sequenceExtrasSql = `${ownerColumns('c.relowner')}, c.relpersistence::text AS persistence,
  ${privilegesSql('s', 'c.relacl', 'c.relowner', 'c.relnamespace')} AS privileges, obj_description(c.oid, 'pg_class') AS comment,
  ${labelledSql('pg_class', 'c.oid')} AS labelled`

export function sequenceExtras(row: Row): Undeclared {
  const facts = undeclared(
    when(textOf(row.role), (name) => ownerExtra('SEQUENCE', name)),
    row.persistence === 'u' ? { extras: [extra('UNLOGGED', ['ALTER SEQUENCE ', self, ' SET UNLOGGED'])] } : {},
    when(textOf(row.comment), (text) => extra('comment', ['COMMENT ON SEQUENCE ', self, ` IS ${literal(text)}`])),
    privilegesOf(textOf(row.privileges), ['SEQUENCE ', self]),
    labelled(row),
  )
  return { ...facts, ...foreignOwnerOf(row) }
}

/**
 * Of the type `t`: what a new type of its values would not have, and what cannot go over to that. Columns of tables, their defaults,
 * constraints and indexes can, and views, triggers and policies, which are created again.
 */
export const enumExtrasSql = ((): string => {
  const users = dependingOn('pg_class', 'pg_type', 'VALUES (t.oid), (t.typarray)', 'columns')
  const column = `EXISTS (SELECT FROM pg_catalog.pg_class k JOIN pg_catalog.pg_attribute a ON a.attrelid = k.oid AND a.attnum = d.objsubid
    WHERE d.classid = 'pg_catalog.pg_class'::regclass AND k.oid = d.objid AND (k.relkind IN ('v', 'm') OR k.relkind IN ('r', 'p') AND (k.relispartition OR a.attinhcount = 0)
      AND NOT EXISTS (SELECT FROM pg_catalog.pg_partitioned_table p WHERE p.partrelid = k.oid AND a.attnum = ANY (p.partattrs))))`
  const fallback = `EXISTS (SELECT FROM pg_catalog.pg_attrdef f JOIN pg_catalog.pg_attribute a ON a.attrelid = f.adrelid AND a.attnum = f.adnum
    WHERE d.classid = 'pg_catalog.pg_attrdef'::regclass AND f.oid = d.objid AND a.attgenerated = '' AND a.atttypid IN (t.oid, t.typarray))`
  const constraint = `EXISTS (SELECT FROM pg_catalog.pg_constraint k WHERE d.classid = 'pg_catalog.pg_constraint'::regclass AND k.oid = d.objid AND k.conrelid IN (${users}))`
  const index = `EXISTS (SELECT FROM pg_catalog.pg_index k WHERE d.classid = 'pg_catalog.pg_class'::regclass AND k.indexrelid = d.objid AND k.indrelid IN (${users}))`
  const trigger = `EXISTS (SELECT FROM pg_catalog.pg_trigger k WHERE d.classid = 'pg_catalog.pg_trigger'::regclass AND k.oid = d.objid AND k.tgrelid IN (${users}))`
  const keys = `SELECT 'the partition key of ' || p.partrelid::regclass::text FROM pg_catalog.pg_partitioned_table p JOIN pg_catalog.pg_attribute a
    ON a.attrelid = p.partrelid AND a.attnum = ANY (p.partattrs) WHERE a.atttypid IN (t.oid, t.typarray)`
  return `${ownerColumns('t.typowner')},
  ${privilegesSql('T', 't.typacl', 't.typowner', 't.typnamespace')} AS privileges, obj_description(t.oid, 'pg_type') AS comment,
  ${labelledSql('pg_type', 't.oid')} AS labelled,
  (SELECT json_agg(DISTINCT x.dependant) FROM (SELECT pg_describe_object(d.classid, d.objid, d.objsubid) AS dependant FROM pg_catalog.pg_depend d
    WHERE d.refclassid = 'pg_catalog.pg_type'::regclass AND d.refobjid IN (t.oid, t.typarray) AND d.deptype IN ('n', 'a') AND d.classid <> 'pg_catalog.pg_policy'::regclass
      AND NOT (d.classid = 'pg_catalog.pg_class'::regclass AND d.objsubid > 0 AND ${column}) AND NOT ${fallback} AND NOT ${constraint} AND NOT ${index} AND NOT ${trigger}
      AND NOT (${ownRewrite})
      AND NOT EXISTS (SELECT FROM pg_catalog.pg_depend y WHERE y.classid = d.classid AND y.objid = d.objid AND y.objsubid = d.objsubid AND y.deptype = 'i')
      AND NOT (d.classid = 'pg_catalog.pg_class'::regclass AND d.objsubid > 0 AND d.objid IN (SELECT partrelid FROM pg_catalog.pg_partitioned_table))
    UNION ALL ${keys}) x)::text AS dependants`
})()

export function enumExtras(row: Row): Undeclared & { readonly dependants?: readonly string[] } {
  const dependants = listOf(row.dependants)
  return {
    ...undeclared(
      when(textOf(row.role), (name) => ownerExtra('TYPE', name)),
      when(textOf(row.comment), (text) => extra('comment', ['COMMENT ON TYPE ', self, ` IS ${literal(text)}`])),
      privilegesOf(textOf(row.privileges), ['TYPE ', self]),
      labelled(row),
    ),
    ...foreignOwnerOf(row),
    ...(dependants.length === 0 ? {} : { dependants }),
  }
}
