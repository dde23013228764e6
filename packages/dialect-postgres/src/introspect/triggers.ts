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
import { quote } from '../sql/quote.ts'
import { listOf, type Oids, textOf } from './reading.ts'
import { extensionsSql } from './whole/undeclared-facts.ts'

/** The copies of the trigger `t` in partitions, where they are not as CREATE TRIGGER and ALTER TABLE of the whole table make them. */
const copiesSql = `CASE WHEN (SELECT k.relkind FROM pg_catalog.pg_class k WHERE k.oid = t.tgrelid) = 'p' THEN (
  WITH RECURSIVE copies (oid) AS (SELECT w.oid FROM pg_catalog.pg_trigger w WHERE w.tgparentid = t.oid
    UNION ALL SELECT w.oid FROM copies r JOIN pg_catalog.pg_trigger w ON w.tgparentid = r.oid)
  SELECT json_agg(x ORDER BY x.schema, x.name) FROM (SELECT n.nspname AS schema, k.relname AS name,
      CASE WHEN w.tgenabled <> t.tgenabled THEN w.tgenabled END AS enabled, obj_description(w.oid, 'pg_trigger') AS comment
    FROM copies r JOIN pg_catalog.pg_trigger w ON w.oid = r.oid JOIN pg_catalog.pg_class k ON k.oid = w.tgrelid
    JOIN pg_catalog.pg_namespace n ON n.oid = k.relnamespace) x WHERE x.enabled IS NOT NULL OR x.comment IS NOT NULL)::text END`

/** Triggers of users on these tables and views; those of a partition that its table brought are the table's. */
export function readTriggers(session: Session, oids: Oids, isWhole: boolean): Promise<readonly Row[]> {
  return session.query(
    `SELECT t.tgrelid::text AS owner, t.tgname AS name, pg_get_triggerdef(t.oid, true) AS definition,
  t.tgenabled::text AS enabled, d.description AS comment, ${extensionsSql('pg_trigger', 't.oid')} AS extensions,
  ${isWhole ? copiesSql : 'NULL'} AS copies
FROM pg_catalog.pg_trigger t
LEFT JOIN pg_catalog.pg_description d ON d.objoid = t.oid AND d.classoid = 'pg_catalog.pg_trigger'::regclass
WHERE t.tgrelid = ANY (${oids}) AND NOT t.tgisinternal AND t.tgparentid = 0
ORDER BY t.tgrelid, t.tgname`,
  )
}

const enabling: ReadonlyMap<string, SqlFragment> = new Map([
  ['O', sql`ENABLE`],
  ['D', sql`DISABLE`],
  ['R', sql`ENABLE REPLICA`],
  ['A', sql`ENABLE ALWAYS`],
])

interface Copy extends TableRef {
  readonly enabled: string | null
  readonly comment: string | null
}

const commentOf = (name: SqlFragment, table: TableRef, comment: string): SqlFragment =>
  sql`COMMENT ON TRIGGER ${name} ON ${quote.table(table)} IS ${quote.literal(comment)}`

/** The CREATE text; behind it what a new trigger of that text would not be: disabled, commented. */
export function triggerOf(row: Row, table: TableRef): TriggerModel {
  const name = quote.identifier(String(row.name))
  const how = row.enabled === 'O' ? undefined : enabling.get(String(row.enabled))
  const comment = textOf(row.comment)
  const definition = [
    verbatim(String(row.definition)),
    ...(how === undefined ? [] : [sql`ALTER TABLE ${quote.table(table)} ${how} TRIGGER ${name}`]),
    ...(comment === undefined ? [] : [commentOf(name, table, comment)]),
    ...listOf(row.extensions).map(
      (extension) =>
        sql`ALTER TRIGGER ${name} ON ${quote.table(table)} DEPENDS ON EXTENSION ${quote.identifier(extension)}`,
    ),
  ]
  const copies = listOf<Copy>(row.copies).flatMap((copy) => {
    const state = copy.enabled === null ? undefined : enabling.get(copy.enabled)
    return [
      ...(state === undefined ? [] : [sql`ALTER TABLE ONLY ${quote.table(copy)} ${state} TRIGGER ${name}`]),
      ...(copy.comment === null ? [] : [commentOf(name, copy, copy.comment)]),
    ]
  })
  return {
    name: String(row.name),
    table,
    definition: join(definition, ';\n').text,
    ...(copies.length === 0 ? {} : { inPartitions: copies.map(({ text }) => text) }),
  }
}
