import {
  join,
  type Routine,
  type Row,
  type Session,
  type SqlFragment,
  sql,
  type TableRef,
  type TriggerModel,
  verbatim,
} from '@org/migrate-core/dialect'
import { quote } from '../sql/quote.ts'
import { readOwnTypes } from './own-types.ts'
import { isSet, listOf, noExtension, type Oids, textOf, userSchema } from './reading.ts'
import { extensionsSql } from './whole/undeclared-facts.ts'

/** Triggers of users on these tables and views; those of a partition that its table brought are the table's. */
export function readTriggers(session: Session, oids: Oids): Promise<readonly Row[]> {
  return session.query(
    `SELECT t.tgrelid::text AS owner, t.tgname AS name, pg_get_triggerdef(t.oid, true) AS definition,
  t.tgenabled::text AS enabled, d.description AS comment, ${extensionsSql('pg_trigger', 't.oid')} AS extensions
FROM pg_catalog.pg_trigger t
LEFT JOIN pg_catalog.pg_description d ON d.objoid = t.oid AND d.classoid = 'pg_catalog.pg_trigger'::regclass
WHERE t.tgrelid = ANY (${oids}) AND NOT t.tgisinternal AND t.tgparentid = 0
ORDER BY t.tgrelid, t.tgname`,
  )
}

const enabling: ReadonlyMap<string, SqlFragment> = new Map([
  ['D', sql`DISABLE`],
  ['R', sql`ENABLE REPLICA`],
  ['A', sql`ENABLE ALWAYS`],
])

/** The CREATE text; behind it what a new trigger of that text would not be: disabled, commented. */
export function triggerOf(row: Row, table: TableRef): TriggerModel {
  const name = quote.identifier(String(row.name))
  const how = enabling.get(String(row.enabled))
  const comment = textOf(row.comment)
  const definition = [
    verbatim(String(row.definition)),
    ...(how === undefined ? [] : [sql`ALTER TABLE ${quote.table(table)} ${how} TRIGGER ${name}`]),
    ...(comment === undefined
      ? []
      : [sql`COMMENT ON TRIGGER ${name} ON ${quote.table(table)} IS ${quote.literal(comment)}`]),
    ...listOf(row.extensions).map(
      (extension) =>
        sql`ALTER TRIGGER ${name} ON ${quote.table(table)} DEPENDS ON EXTENSION ${quote.identifier(extension)}`,
    ),
  ]
  return { name: String(row.name), table, definition: join(definition, ';\n').text }
}

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
