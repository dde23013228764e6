import { type DialectRows, type SqlFragment, type Statement, sql } from '@org/migrate-core/dialect'
import { statement } from '../compile/statements.ts'
import { quote } from '../sql/quote.ts'

/** `pg_trigger.tgenabled` of triggers that may fire, and the words that bring the state back. */
const states: ReadonlyMap<string, SqlFragment> = new Map([
  ['O', sql`ENABLE TRIGGER`],
  ['R', sql`ENABLE REPLICA TRIGGER`],
  ['A', sql`ENABLE ALWAYS TRIGGER`],
])

/**
 * The triggers of the table and of its partitions and children, one by one. Not `session_replication_role`, which switches foreign keys
 * off as well: those are internal triggers, and are left alone.
 * https://www.postgresql.org/docs/current/sql-altertable.html#SQL-ALTERTABLE-DESC-DISABLE-ENABLE-TRIGGER
 */
export const silenceTriggers: NonNullable<DialectRows['silenceTriggers']> = async (session, table) => {
  const triggers = await session.query(
    `WITH RECURSIVE tree AS (SELECT ${quote.literal(quote.table(table).text).text}::pg_catalog.regclass::oid AS oid
       UNION SELECT i.inhrelid FROM pg_catalog.pg_inherits i JOIN tree ON i.inhparent = tree.oid)
     SELECT n.nspname AS schema, c.relname AS name, t.tgname AS trigger, t.tgenabled::text AS state
     FROM pg_catalog.pg_trigger t JOIN tree ON t.tgrelid = tree.oid JOIN pg_catalog.pg_class c ON c.oid = t.tgrelid
       JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
     WHERE NOT t.tgisinternal AND t.tgenabled <> 'D' ORDER BY 1, 2, 3`,
  )
  const open: Statement[] = []
  const close: Statement[] = []
  for (const row of triggers) {
    const enable = states.get(String(row.state))
    if (enable === undefined) continue
    const ref = { schema: String(row.schema), name: String(row.name) }
    const trigger = quote.identifier(String(row.trigger))
    open.push(statement(sql`ALTER TABLE ONLY ${quote.table(ref)} DISABLE TRIGGER ${trigger}`, [ref]))
    close.push(statement(sql`ALTER TABLE ONLY ${quote.table(ref)} ${enable} ${trigger}`, [ref]))
  }
  return { open, close }
}
