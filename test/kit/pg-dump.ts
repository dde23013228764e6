import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import type { TestDatabase } from './servers.ts'

const run = promisify(execFile)

/** Entries of a dump: `VIEW v` → its statements, lines of a list sorted, since a column that is added again is the last one. */
export type Dump = Readonly<Record<string, string>>

const sortedLists = (text: string): string =>
  text.replaceAll(/\(\n([^;]*?)\n\)/g, (_all, list: string) => {
    const lines = list.split('\n').map((line) => line.replace(/,$/, ''))
    return `(\n${lines.sort().join('\n')}\n)`
  })

/** What the server's own client writes of a schema; undefined where it is older than the server, and refuses. */
export async function pgDump({ url }: TestDatabase): Promise<Dump | undefined> {
  const output = await run('pg_dump', ['--schema-only', '--dbname', url], { maxBuffer: 64 * 1024 * 1024 }).catch(
    (error: { code?: unknown; stderr?: string }) => {
      if (error.code === 'ENOENT' || error.stderr?.includes('server version mismatch')) return undefined
      throw error
    },
  )
  if (output === undefined) return undefined
  const entries: Record<string, string> = {}
  const parts = output.stdout.split(/^--\n-- Name: (.*?); Type: (.*?); Schema: .*\n--\n/m)
  for (let at = 1; at < parts.length; at += 3) {
    const [name = '', type = '', body = ''] = parts.slice(at, at + 3)
    const statements =
      body
        .split(/^--\n-- PostgreSQL database dump complete/m)[0]
        ?.replaceAll(/^SET .*;\n|^\\(?:un)?restrict .*\n/gm, '') ?? ''
    const text = sortedLists(statements.trim())
    const key = `${type} ${name}`
    entries[key] = type === 'ACL' ? text.split('\n').sort().join('\n') : text
  }
  return entries
}

/** The schemas that are no part of the server. */
const own = `(SELECT oid FROM pg_namespace WHERE nspname !~ '^pg_' AND nspname <> 'information_schema')`

const acl = (column: string, kind: string, owner: string): string =>
  `(SELECT array_agg(x::text ORDER BY x::text) FROM unnest(coalesce(${column}, acldefault((${kind})::"char", ${owner}))) x)`

/** The same facts from the catalog, for servers that no `pg_dump` of this machine is new enough for. */
const facts: Readonly<Record<string, string>> = {
  relation: `SELECT c.oid::regclass::text AS key, c.relkind, pg_get_userbyid(c.relowner) AS owner, ${acl('c.relacl', "CASE c.relkind WHEN 'S' THEN 's' ELSE 'r' END", 'c.relowner')} AS acl,
    c.reloptions, c.relrowsecurity, c.relforcerowsecurity, c.relreplident, c.relpersistence, c.relispopulated, obj_description(c.oid, 'pg_class') AS comment,
    CASE WHEN c.relkind IN ('v', 'm') THEN pg_get_viewdef(c.oid) END AS definition FROM pg_class c WHERE c.relnamespace IN ${own} AND c.relkind IN ('r', 'v', 'm', 'S', 'p')`,
  column: `SELECT a.attrelid::regclass || '.' || a.attname AS key, format_type(a.atttypid, a.atttypmod) AS type, a.attnotnull, a.attidentity, a.attgenerated, a.attstorage, to_jsonb(a) ->> 'attcompression' AS compression,
    nullif(a.attstattarget, -1) AS target, a.attoptions, (SELECT array_agg(x::text ORDER BY x::text) FROM unnest(a.attacl) x) AS acl, pg_get_expr(f.adbin, f.adrelid) AS fallback, col_description(a.attrelid, a.attnum) AS comment
    FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid LEFT JOIN pg_attrdef f ON f.adrelid = a.attrelid AND f.adnum = a.attnum
    WHERE c.relnamespace IN ${own} AND c.relkind IN ('r', 'v', 'm', 'p') AND a.attnum > 0 AND NOT a.attisdropped`,
  constraint: `SELECT c.conrelid::regclass || '.' || c.conname AS key, pg_get_constraintdef(c.oid) AS definition, c.convalidated, obj_description(c.oid, 'pg_constraint') AS comment FROM pg_constraint c WHERE c.connamespace IN ${own} AND c.conrelid <> 0`,
  index: `SELECT i.indexrelid::regclass::text AS key, pg_get_indexdef(i.indexrelid) AS definition, i.indisclustered, i.indisreplident, obj_description(i.indexrelid, 'pg_class') AS comment,
    (SELECT array_agg(a.attstattarget ORDER BY a.attnum) FROM pg_attribute a WHERE a.attrelid = i.indexrelid) AS targets FROM pg_index i JOIN pg_class c ON c.oid = i.indrelid WHERE c.relnamespace IN ${own}`,
  trigger: `SELECT t.tgrelid::regclass || '.' || t.tgname AS key, pg_get_triggerdef(t.oid) AS definition, t.tgenabled, obj_description(t.oid, 'pg_trigger') AS comment FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid WHERE c.relnamespace IN ${own} AND NOT t.tgisinternal`,
  rule: `SELECT r.ev_class::regclass || '.' || r.rulename AS key, pg_get_ruledef(r.oid) AS definition, r.ev_enabled, obj_description(r.oid, 'pg_rewrite') AS comment FROM pg_rewrite r JOIN pg_class c ON c.oid = r.ev_class WHERE c.relnamespace IN ${own}`,
  policy: `SELECT p.polrelid::regclass || '.' || p.polname AS key, p.polcmd, p.polpermissive, CASE WHEN 0 = ANY (p.polroles) THEN 'PUBLIC' ELSE (SELECT string_agg(rolname, ', ' ORDER BY rolname) FROM pg_roles WHERE oid = ANY (p.polroles)) END AS roles, pg_get_expr(p.polqual, p.polrelid) AS qual, pg_get_expr(p.polwithcheck, p.polrelid) AS "check", obj_description(p.oid, 'pg_policy') AS comment FROM pg_policy p`,
  type: `SELECT t.oid::regtype::text AS key, pg_get_userbyid(t.typowner) AS owner, ${acl('t.typacl', "'T'", 't.typowner')} AS acl, obj_description(t.oid, 'pg_type') AS comment, (SELECT array_agg(e.enumlabel::text ORDER BY e.enumsortorder) FROM pg_enum e WHERE e.enumtypid = t.oid) AS labels FROM pg_type t WHERE t.typnamespace IN ${own} AND t.typtype = 'e'`,
  statistics: `SELECT s.stxname AS key, pg_get_statisticsobjdef(s.oid) AS definition, pg_get_userbyid(s.stxowner) AS owner, nullif(s.stxstattarget, -1) AS target, obj_description(s.oid, 'pg_statistic_ext') AS comment FROM pg_statistic_ext s`,
  publication: `SELECT p.pubname || ' ' || r.prrelid::regclass AS key FROM pg_publication_rel r JOIN pg_publication p ON p.oid = r.prpubid`,
  sequence: `SELECT seqrelid::regclass::text AS key, seqtypid::regtype::text, seqstart, seqincrement, seqmin, seqmax, seqcache, seqcycle FROM pg_sequence`,
}

export async function catalogDump({ sql }: TestDatabase): Promise<Dump> {
  const entries: Record<string, string> = {}
  for (const [kind, query] of Object.entries(facts)) {
    for (const { key, facts: actual } of await sql(
      `SELECT x.key, to_jsonb(x)::text AS facts FROM (${query}) x ORDER BY 1`,
    )) {
      if (!String(key).includes('migrate_')) entries[`${kind} ${key}`] = String(actual)
    }
  }
  return entries
}

/** Both, without the tables that the run itself keeps. */
export async function wholeDump(database: TestDatabase): Promise<Dump> {
  const dump = Object.entries((await pgDump(database)) ?? {}).filter(([key]) => !key.includes('migrate_'))
  return { ...Object.fromEntries(dump), ...(await catalogDump(database)) }
}
