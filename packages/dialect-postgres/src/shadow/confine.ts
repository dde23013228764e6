import {
  isMigrateError,
  isSignificant,
  lexSql,
  MigrateError,
  qualifiersIn,
  type Session,
  type ShadowDatabase,
} from '@org/migrate-core/dialect'
import { hasState } from '../connection/faults.ts'
import { listOf, shadowSettings } from '../introspect/reading.ts'
import { grammar } from '../sql/grammar.ts'

/** The search paths of a shadow schema, as `search_path` has them. */
export interface ShadowPaths {
  /** The schemas that were made for it. */
  readonly own: string
  /** With the real ones behind them, where the types and functions of extensions are. */
  readonly whole: string
  /** The names that the real schemas have meanwhile, by their own. */
  readonly renamed: ReadonlyMap<string, string>
}

interface HeldLocks {
  readonly oids: readonly number[]
  readonly path: string
}

const relationsSql = `SELECT json_agg(json_build_object('oid', c.oid::int8, 'name', c.relname, 'schema', n.nspname))::text AS relations
  FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
  WHERE c.relkind IN ('r', 'p', 'v', 'm', 'S', 'f') AND n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'
    AND n.oid = ANY ((current_setting('${shadowSettings.hidden}'))::oid[])
    AND NOT EXISTS (SELECT 1 FROM pg_catalog.pg_depend d
      WHERE d.classid = 'pg_catalog.pg_class'::regclass AND d.objid = c.oid AND d.deptype = 'e')`

/** https://www.postgresql.org/docs/current/view-pg-locks.html: a transaction keeps the lock of each relation that it has used. */
const locksSql = `SELECT (SELECT json_agg(DISTINCT l.relation::int8) FROM pg_catalog.pg_locks l
  WHERE l.pid = pg_backend_pid() AND l.locktype = 'relation')::text AS oids, current_setting('search_path') AS path`

const catalogue = /\b(?:information_schema|pg_(?:class|sequences?|tables|namespace|attribute|depend))\b/i

/** A function or type that the schemas of the shadow lack may be one of an extension. */
const missingRoutineOrType = new Set(['42883', '42704'])

function leadingKeywords(sql: string): readonly string[] {
  const tokens = lexSql(sql, grammar).filter(isSignificant)
  return tokens.slice(0, 2).map(({ text }) => text.toUpperCase())
}

/** What it names itself (DROP TYPE, ALTER FUNCTION, COMMENT) is not to be found in a real schema. */
function mayUseExtension(sql: string): boolean {
  const [first, second] = leadingKeywords(sql)
  return first !== 'DROP' && first !== 'COMMENT' && !(first === 'ALTER' && second !== 'TABLE')
}

const refused = (why: string): MigrateError<'SHADOW_REFUSED'> => new MigrateError('SHADOW_REFUSED', { why }, why)

/**
 * Sends statements of an author in a shadow schema. They are tried with nothing but the schemas of the shadow in the search path, so that
 * no name falls through to a real table. Where a function or a type is missing, which may belong to an extension, the real schemas are
 * searched too, and the statement is refused if the server used a real table for it.
 */
export function confinedTo(session: Session, { own, whole }: ShadowPaths): NonNullable<ShadowDatabase['confined']> {
  let relations: Promise<ReadonlyMap<number, { readonly name: string; readonly schema: string }>> | undefined
  const read = async () => {
    const [row] = await session.query(relationsSql)
    const rows = listOf<{ readonly oid: number; readonly name: string; readonly schema: string }>(row?.relations)
    return new Map(rows.map((each) => [each.oid, each]))
  }
  const locked = async (): Promise<HeldLocks> => {
    const [row] = await session.query(locksSql)
    return { oids: listOf<number>(row?.oids), path: String(row?.path) }
  }
  const setPath = async (path: string): Promise<void> => {
    await session.query("SELECT set_config('search_path', ?, true)", [path])
  }

  /** setval() is not undone by a rollback: https://www.postgresql.org/docs/current/functions-sequence.html */
  const requireOwnSequence = async (sql: string): Promise<void> => {
    if (!/\bsetval\b/i.test(sql) || leadingKeywords(sql)[0] === 'CREATE') return
    if (catalogue.test(sql))
      throw refused('setval() of sequences that are looked up in the catalog may reach real ones')
    const schemas = new Set([...((await relations) ?? new Map()).values()].map(({ schema }) => schema.toLowerCase()))
    const real = [...qualifiersIn(sql, grammar, { strings: true })].find((name) => schemas.has(name))
    if (real !== undefined) throw refused(`setval() names the real schema ${real}`)
  }

  return async (sql, send) => {
    relations ??= read()
    const real = await relations
    await requireOwnSequence(sql)
    const before = await locked()
    const isDefault = before.path === whole
    const sent = async () => {
      const result = await session.savepoint(send)
      const after = await locked()
      const used = after.oids.find((oid) => real.has(oid) && !before.oids.includes(oid))
      if (used !== undefined) throw refused(`it uses ${real.get(used)?.name ?? ''} of the real database`)
      return { result, path: after.path }
    }
    if (!isDefault) return (await sent()).result
    await setPath(own)
    try {
      const { result, path } = await sent()
      if (path === own) await setPath(whole)
      return result
    } catch (error) {
      if (isMigrateError(error, 'SHADOW_REFUSED') || !hasState(error, missingRoutineOrType) || !mayUseExtension(sql)) {
        throw error
      }
      if (/\bsetval\b/i.test(sql)) throw refused('setval() with a function of an extension may reach a real sequence')
      await setPath(whole)
      try {
        return (await sent()).result
      } catch (second) {
        throw isMigrateError(second, 'SHADOW_REFUSED') ? error : second
      }
    }
  }
}

/**
 * What the objects of the shadow schemas depend on in the real ones, which stay in the search path behind them. An array type counts as what it
 * is of. https://www.postgresql.org/docs/current/catalog-pg-depend.html: what comes with the server itself has no rows there.
 */
const borrowedSql = `WITH own AS (SELECT oid FROM pg_catalog.pg_namespace
    WHERE oid <> ALL ((current_setting('${shadowSettings.hidden}'))::oid[])),
  relations AS (SELECT c.oid FROM pg_catalog.pg_class c JOIN own ON own.oid = c.relnamespace),
  objects (class, id) AS (
    SELECT 'pg_catalog.pg_class'::regclass, oid FROM relations
    UNION ALL SELECT 'pg_catalog.pg_type'::regclass, t.oid FROM pg_catalog.pg_type t JOIN own ON own.oid = t.typnamespace
    UNION ALL SELECT 'pg_catalog.pg_proc'::regclass, p.oid FROM pg_catalog.pg_proc p JOIN own ON own.oid = p.pronamespace
    UNION ALL SELECT 'pg_catalog.pg_constraint'::regclass, c.oid FROM pg_catalog.pg_constraint c JOIN own ON own.oid = c.connamespace
    UNION ALL SELECT 'pg_catalog.pg_rewrite'::regclass, r.oid FROM pg_catalog.pg_rewrite r JOIN relations ON relations.oid = r.ev_class
    UNION ALL SELECT 'pg_catalog.pg_attrdef'::regclass, d.oid FROM pg_catalog.pg_attrdef d JOIN relations ON relations.oid = d.adrelid
    UNION ALL SELECT 'pg_catalog.pg_trigger'::regclass, t.oid FROM pg_catalog.pg_trigger t JOIN relations ON relations.oid = t.tgrelid
    UNION ALL SELECT 'pg_catalog.pg_policy'::regclass, p.oid FROM pg_catalog.pg_policy p JOIN relations ON relations.oid = p.polrelid),
  used AS (SELECT DISTINCT d.refclassid AS class, COALESCE(NULLIF(t.typelem, 0), d.refobjid) AS id
    FROM objects o JOIN pg_catalog.pg_depend d ON d.classid = o.class AND d.objid = o.id
    LEFT JOIN pg_catalog.pg_type t ON d.refclassid = 'pg_catalog.pg_type'::regclass AND t.oid = d.refobjid AND t.typcategory = 'A'
    WHERE d.refclassid <> 'pg_catalog.pg_namespace'::regclass
      AND NOT EXISTS (SELECT 1 FROM objects other WHERE other.class = d.refclassid AND other.id = d.refobjid))
SELECT json_agg(pg_catalog.pg_describe_object(u.class, u.id, 0) ORDER BY 1)::text AS objects
FROM used u CROSS JOIN LATERAL pg_catalog.pg_identify_object(u.class, u.id, 0) i
WHERE i.schema IS NOT NULL AND i.schema NOT IN ('pg_catalog', 'information_schema', 'pg_toast')
  AND NOT EXISTS (SELECT 1 FROM own JOIN pg_catalog.pg_namespace n ON n.oid = own.oid WHERE n.nspname = i.schema)
  AND NOT EXISTS (SELECT 1 FROM pg_catalog.pg_depend e WHERE e.classid = u.class AND e.objid = u.id AND e.deptype = 'e')`

export async function borrowedBy(session: Session, { renamed }: ShadowPaths): Promise<readonly string[]> {
  const [row] = await session.query(borrowedSql)
  return listOf<string>(row?.objects).map((object) =>
    [...renamed].reduce((text, [name, to]) => text.replaceAll(`${to}.`, `${name}.`), object),
  )
}
