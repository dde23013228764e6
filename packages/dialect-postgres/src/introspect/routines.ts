import type { Routine, Session } from '@org/migrate-core/dialect'
import { readOwnTypes } from './own-types.ts'
import { isSet, noExtension, userSchema } from './reading.ts'

/**
 * Functions, procedures and types of users; aggregates have no one text, and the functions that make values of a range come with it. The body of one in SQL is checked when it is made, that of another
 * language when it is called: https://www.postgresql.org/docs/current/runtime-config-client.html (check_function_bodies).
 */
export async function readRoutines(session: Session): Promise<readonly Routine[]> {
  const rows =
    await session.query(`SELECT pg_get_functiondef(p.oid) AS definition, n.nspname AS schema, p.proname AS name,
  pg_get_function_identity_arguments(p.oid) AS arguments,
  CASE WHEN l.lanname = 'sql' THEN 1 ELSE 0 END AS checked,
  CASE WHEN to_jsonb(p) ->> 'prosqlbody' IS NULL AND l.lanname NOT IN ('c', 'internal') THEN p.prosrc END AS body
FROM pg_catalog.pg_proc p JOIN pg_catalog.pg_namespace n ON n.oid = p.pronamespace
JOIN pg_catalog.pg_language l ON l.oid = p.prolang
WHERE p.prokind IN ('f', 'p') AND ${userSchema('n')} AND ${noExtension('pg_proc', 'p.oid')}
  AND NOT EXISTS (SELECT FROM pg_catalog.pg_depend i WHERE i.classid = 'pg_catalog.pg_proc'::regclass AND i.objid = p.oid AND i.deptype = 'i')
ORDER BY p.oid`)
  const types = await readOwnTypes(session)
  const typesBehind = (isBehind: boolean): readonly Routine[] =>
    types.flatMap(({ definition, callsFunctions }) => (callsFunctions === isBehind ? definition : []))
  const routines = rows.map((row) => ({
    name: `${String(row.schema)}.${String(row.name)}(${String(row.arguments)})`,
    create: String(row.definition).trim(),
    readsTables: isSet(row.checked),
    // A body between BEGIN ATOMIC and END is stored parsed (from 14 on), and follows what it names.
    ...(row.body === null || row.body === undefined ? {} : { body: String(row.body) }),
  }))
  return [...typesBehind(false), ...routines, ...typesBehind(true)]
}
