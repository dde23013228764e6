import { type DialectRows, type SqlFragment, type Statement, sql } from '@org/migrate-core/dialect'
import { statement } from '../compile/statements.ts'
import { quote } from '../sql/quote.ts'

/** `pg_trigger.tgenabled` and `pg_rewrite.ev_enabled` of what may fire, and the words that bring the state back. */
const states: ReadonlyMap<string, SqlFragment> = new Map([
  ['O', sql`ENABLE`],
  ['R', sql`ENABLE REPLICA`],
  ['A', sql`ENABLE ALWAYS`],
])

/**
 * Those of users. Before version 15 the copies of a trigger in partitions are internal as well, and only the constraint that one belongs to tells
 * them from those of foreign keys and deferred keys: https://www.postgresql.org/docs/14/catalog-pg-trigger.html
 */
const ofUsers = `NOT t.tgisinternal OR t.tgparentid <> 0 AND NOT EXISTS
  (SELECT FROM pg_catalog.pg_constraint k WHERE k.oid = t.tgconstraint AND k.contype <> 't')`

/**
 * The triggers and rules of the table and of its partitions and children, one by one. Not `session_replication_role`, which switches foreign keys
 * off as well: those are internal triggers, and are left alone.
 * https://www.postgresql.org/docs/current/sql-altertable.html#SQL-ALTERTABLE-DESC-DISABLE-ENABLE-TRIGGER
 */
export const silenceTriggers: NonNullable<DialectRows['silenceTriggers']> = async (session, table) => {
  const found = await session.query(
    `WITH RECURSIVE tree AS (SELECT ${quote.literal(quote.table(table).text).text}::pg_catalog.regclass::oid AS oid
       UNION SELECT i.inhrelid FROM pg_catalog.pg_inherits i JOIN tree ON i.inhparent = tree.oid)
     SELECT n.nspname AS schema, c.relname AS name, e.kind, e.own, e.state
     FROM (SELECT tgrelid AS oid, 'TRIGGER' AS kind, tgname AS own, tgenabled::text AS state
         FROM pg_catalog.pg_trigger t WHERE ${ofUsers}
       UNION ALL SELECT ev_class, 'RULE', rulename, ev_enabled::text FROM pg_catalog.pg_rewrite WHERE rulename <> '_RETURN') e
       JOIN tree USING (oid) JOIN pg_catalog.pg_class c USING (oid) JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
     WHERE e.state <> 'D' ORDER BY 1, 2, 3, 4`,
  )
  const open: Statement[] = []
  const close: Statement[] = []
  for (const row of found) {
    const enable = states.get(String(row.state))
    if (enable === undefined) continue
    const ref = { schema: String(row.schema), name: String(row.name) }
    const own = sql`${row.kind === 'RULE' ? sql`RULE` : sql`TRIGGER`} ${quote.identifier(String(row.own))}`
    open.push(statement(sql`ALTER TABLE ONLY ${quote.table(ref)} DISABLE ${own}`, [ref]))
    close.push(statement(sql`ALTER TABLE ONLY ${quote.table(ref)} ${enable} ${own}`, [ref]))
  }
  return { open, close }
}
