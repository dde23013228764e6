import { join, type Routine, type Row, type Session, type SqlFragment, sql, verbatim } from '@org/migrate-core/dialect'
import { block, quote } from '../sql/quote.ts'
import { isSet, listOf, noExtension, textOf, userSchema } from './reading.ts'

interface OwnType {
  /** How it is made where it does not exist yet. */
  readonly definition: Routine
  /** A check or a comparison calls a function of a user, which has to be there. */
  readonly callsFunctions: boolean
}

const attributes = `SELECT json_agg((quote_ident(a.attname) || ' ' || format_type(a.atttypid, a.atttypmod) ||
    CASE WHEN a.attcollation <> at.typcollation THEN ' COLLATE ' || a.attcollation::regcollation::text ELSE '' END)::text ORDER BY a.attnum)
  FROM pg_catalog.pg_attribute a JOIN pg_catalog.pg_type at ON at.oid = a.atttypid
  WHERE a.attrelid = t.typrelid AND a.attnum > 0 AND NOT a.attisdropped`

// A new domain has no values: what was NOT VALID holds.
const checks = `SELECT json_agg(('CONSTRAINT ' || quote_ident(k.conname) || ' ' || regexp_replace(pg_get_constraintdef(k.oid), ' NOT VALID$', ''))::text ORDER BY k.conname)
  FROM pg_catalog.pg_constraint k WHERE k.contypid = t.oid AND k.contype = 'c'`

/** Parameters of `CREATE TYPE … AS RANGE`; NULL: one whose function of its canonical form takes the type itself. */
const range = `SELECT CASE WHEN r.rngcanonical = 0 THEN concat_ws(', ', 'subtype = ' || format_type(r.rngsubtype, NULL),
    'subtype_opclass = ' || (SELECT quote_ident(s.nspname) || '.' || quote_ident(o.opcname) FROM pg_catalog.pg_opclass o JOIN pg_catalog.pg_namespace s ON s.oid = o.opcnamespace WHERE o.oid = r.rngsubopc),
    'collation = ' || nullif(r.rngcollation, 0)::regcollation::text, 'subtype_diff = ' || nullif(r.rngsubdiff, 0)::regproc::text,
    'multirange_type_name = ' || format_type((to_jsonb(r) ->> 'rngmultitypid')::oid, NULL)) END
  FROM pg_catalog.pg_range r WHERE r.rngtypid = t.oid`

/** On a function of a user, also by one of its constraints. */
const callsFunctions = `EXISTS (SELECT FROM pg_catalog.pg_depend f JOIN pg_catalog.pg_proc p ON p.oid = f.refobjid AND f.refclassid = 'pg_catalog.pg_proc'::regclass
  WHERE (f.classid = 'pg_catalog.pg_type'::regclass AND f.objid = t.oid)
    OR (f.classid = 'pg_catalog.pg_constraint'::regclass AND f.objid IN (SELECT k.oid FROM pg_catalog.pg_constraint k WHERE k.contypid = t.oid)))`

const optional = (word: SqlFragment, text: string | undefined): readonly SqlFragment[] =>
  text === undefined ? [] : [sql`${word} ${verbatim(text)}`]

function domainSql(name: SqlFragment, row: Row): SqlFragment {
  const parts = [
    sql`CREATE DOMAIN ${name} AS ${verbatim(String(row.base))}`,
    ...optional(sql`COLLATE`, textOf(row.collation)),
    ...optional(sql`DEFAULT`, textOf(row.fallback)),
    ...(isSet(row.required) ? [sql`NOT NULL`] : []),
    ...listOf(row.checks).map((check) => verbatim(check)),
  ]
  return join(parts, ' ')
}

/** Undefined: a range that only its author can make. */
function creationOf(kind: string, name: SqlFragment, row: Row): SqlFragment | undefined {
  if (kind === 'd') return domainSql(name, row)
  if (kind === 'c') return sql`CREATE TYPE ${name} AS (${join(listOf(row.attributes).map((each) => verbatim(each)))})`
  const parameters = textOf(row.range)
  return parameters === undefined ? undefined : sql`CREATE TYPE ${name} AS RANGE (${verbatim(parameters)})`
}

function ownTypeOf(row: Row): readonly OwnType[] {
  const schema = textOf(row.schema)
  const name = quote.table({ name: String(row.name), ...(schema === undefined ? {} : { schema }) })
  const kind = String(row.kind)
  const creation = creationOf(kind, name, row)
  if (creation === undefined) return []
  const word = kind === 'd' ? 'domain' : 'type'
  const comment = textOf(row.comment)
  const described =
    comment === undefined ? [] : [sql`COMMENT ON ${verbatim(word.toUpperCase())} ${name} IS ${quote.literal(comment)}`]
  const statements = join([creation, ...described], '; ').text
  // CREATE TYPE and CREATE DOMAIN have no OR REPLACE, nor IF NOT EXISTS.
  const create = block(`${statements}; EXCEPTION WHEN duplicate_object THEN NULL;`)
  const definition = { name: `${word} ${name.text}`, create, readsTables: false }
  return [{ definition, callsFunctions: isSet(row.calls) }]
}

/**
 * Domains, composite types and ranges of users, in an order in which they can be made: an object is numbered when it is made. Those of the
 * session's schema are named without it, as their types are in the definitions of columns.
 */
export async function readOwnTypes(session: Session): Promise<readonly OwnType[]> {
  const rows = await session.query(`SELECT t.typtype::text AS kind, t.typname AS name,
  CASE WHEN n.nspname = current_schema() THEN NULL ELSE n.nspname END AS schema,
  format_type(nullif(t.typbasetype, 0), t.typtypmod) AS base,
  CASE WHEN t.typtype = 'd' AND t.typcollation <> b.typcollation THEN t.typcollation::regcollation::text END AS collation,
  coalesce(pg_get_expr(t.typdefaultbin, 0), quote_literal(t.typdefault)) AS fallback, CASE WHEN t.typnotnull THEN 1 ELSE 0 END AS required,
  (${checks})::text AS checks, (${attributes})::text AS attributes, (${range}) AS range,
  CASE WHEN ${callsFunctions} THEN 1 ELSE 0 END AS calls, obj_description(t.oid, 'pg_type') AS comment
FROM pg_catalog.pg_type t JOIN pg_catalog.pg_namespace n ON n.oid = t.typnamespace
LEFT JOIN pg_catalog.pg_type b ON b.oid = t.typbasetype
LEFT JOIN pg_catalog.pg_class c ON c.oid = t.typrelid
WHERE (t.typtype IN ('d', 'r') OR (t.typtype = 'c' AND c.relkind = 'c')) AND ${userSchema('n')} AND ${noExtension('pg_type', 't.oid')}
ORDER BY t.oid`)
  return rows.flatMap(ownTypeOf)
}
