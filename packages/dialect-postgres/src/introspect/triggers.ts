import type { Row, Session, TableRef, TriggerModel } from '@org/migrate-core/dialect'

/** Triggers of users on these tables and views; those of a partition that its table brought are the table's. */
export function readTriggers(session: Session, oids: string): Promise<readonly Row[]> {
  return session.query(
    `SELECT t.tgrelid::text AS owner, t.tgname AS name, pg_get_triggerdef(t.oid, true) AS definition
FROM pg_catalog.pg_trigger t WHERE t.tgrelid = ANY (?::text::oid[]) AND NOT t.tgisinternal AND t.tgparentid = 0
ORDER BY t.tgrelid, t.tgname`,
    [oids],
  )
}

export function triggerOf(row: Row, table: TableRef): TriggerModel {
  return { name: String(row.name), table, definition: String(row.definition) }
}
