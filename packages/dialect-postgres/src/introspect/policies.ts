import { type PolicyModel, present, type Row, type Session, tableKey } from '@org/migrate-core/dialect'
import { isSet, listOf, type Oids, type Reading, refOf, textOf } from './reading.ts'
import { extra, literal, named, table } from './whole/undeclared-facts.ts'

const rolesSql = `(SELECT json_agg(CASE WHEN y.role = 0 THEN 'public' ELSE pg_get_userbyid(y.role)::text END ORDER BY y.place)
    FROM unnest(w.polroles) WITH ORDINALITY y (role, place))::text`
const readsSql = `(SELECT json_agg(json_build_object('schema', n.nspname, 'name', c.relname, 'column', a.attname) ORDER BY a.attnum)
    FROM pg_catalog.pg_depend d JOIN pg_catalog.pg_attribute a ON a.attrelid = d.refobjid AND a.attnum = d.refobjsubid
    JOIN pg_catalog.pg_class c ON c.oid = a.attrelid JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
    WHERE d.classid = 'pg_catalog.pg_policy'::regclass AND d.objid = w.oid AND d.refclassid = 'pg_catalog.pg_class'::regclass AND d.refobjsubid > 0)::text`

/** The policies of these tables. */
export function readPolicies(session: Session, oids: Oids): Promise<readonly Row[]> {
  return session.query(`SELECT w.polrelid::text AS owner, w.polname AS name, w.polpermissive::int AS permissive, w.polcmd::text AS command,
  ${rolesSql} AS roles, pg_get_expr(w.polqual, w.polrelid) AS using_text, pg_get_expr(w.polwithcheck, w.polrelid) AS check_text,
  obj_description(w.oid, 'pg_policy') AS comment, ${readsSql} AS reads
FROM pg_catalog.pg_policy w WHERE w.polrelid = ANY (${oids}) ORDER BY w.polrelid, w.polname`)
}

const commands: ReadonlyMap<string, PolicyModel['for']> = new Map([
  ['r', 'select'],
  ['a', 'insert'],
  ['w', 'update'],
  ['d', 'delete'],
] as const)

interface ReadColumn {
  readonly schema: string
  readonly name: string
  readonly column: string
}

/** What no declaration says of a policy, for one that is created again. */
function undeclared(row: Row): Pick<PolicyModel, 'extras'> {
  const comment = textOf(row.comment)
  const text = `COMMENT ON POLICY ${named(String(row.name))} ON `
  return comment === undefined ? {} : { extras: [extra('comment', [text, table, ` IS ${literal(comment)}`])] }
}

export function policyOf(reading: Reading, row: Row, whole: boolean): PolicyModel {
  const [using, withCheck] = [textOf(row.using_text), textOf(row.check_text)]
  return {
    name: String(row.name),
    as: isSet(row.permissive) ? 'permissive' : 'restrictive',
    for: commands.get(String(row.command)) ?? 'all',
    to: listOf(row.roles),
    ...present({ using, withCheck }),
    // In an order that does not depend on what the schema of the session is called.
    reads: listOf<ReadColumn>(row.reads)
      .map(({ schema, name, column }) => ({ table: refOf(reading, schema, name), column }))
      .sort((a, b) => (tableKey(a.table) < tableKey(b.table) ? -1 : tableKey(a.table) > tableKey(b.table) ? 1 : 0)),
    ...(whole ? undeclared(row) : {}),
  }
}
