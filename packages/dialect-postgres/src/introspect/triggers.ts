import {
  join,
  type Row,
  type Session,
  type SqlFragment,
  sql,
  type TableRef,
  type TriggerModel,
  verbatim,
} from '@org/migrate-core/dialect'
import { quote } from '../quote.ts'
import { type Oids, textOf } from './reading.ts'

/** Triggers of users on these tables and views; those of a partition that its table brought are the table's. */
export function readTriggers(session: Session, oids: Oids): Promise<readonly Row[]> {
  return session.query(
    `SELECT t.tgrelid::text AS owner, t.tgname AS name, pg_get_triggerdef(t.oid, true) AS definition,
  t.tgenabled::text AS enabled, d.description AS comment
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
  ]
  return { name: String(row.name), table, definition: join(definition, ';\n').text }
}
