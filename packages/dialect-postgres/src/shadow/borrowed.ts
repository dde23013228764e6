import type { Session } from '@org/migrate-core/dialect'
import { listOf, shadowSettings } from '../introspect/reading.ts'

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

export async function borrowedBy(session: Session): Promise<readonly string[]> {
  const [row] = await session.query(borrowedSql)
  return listOf<string>(row?.objects)
}
