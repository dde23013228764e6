import { type LiveTables, quoted, tablesOf } from '../../conservation/catalogue.ts'
import type { Ground } from '../../ensure/ground.ts'
import type { MemberGround } from './grounds.ts'

/** What the catalogue of `test/unit/conservation` reads of a database. */
export const asGround = (ground: MemberGround): Ground => ground as MemberGround & Ground

const isPostgres = ({ name }: MemberGround): boolean => name.startsWith('postgres')

/** Numbers of rows and times differ from run to run. */
const ownColumns: { readonly [table: string]: readonly string[] } = {
  migrate_version: ['version_num'],
  migrate_history: [
    ...['tier', 'revision', 'direction', 'text_hash', 'operations_hash', 'parents', 'depends_on', 'labels'],
    ...['columns_after', 'operations', 'inverses'],
  ],
  migrate_preserved: [
    ...['tier', 'revision', 'step', 'table_name', 'key', 'key_hash', 'column', 'encoding', 'value', 'written_hash'],
    'base',
  ],
  migrate_journal: ['tier', 'revision', 'direction', 'position', 'operations_done', 'operations_hash', 'state', 'done'],
}

const catalogSql: { readonly [K in 'sqlite' | 'postgres']: string } = {
  sqlite: `SELECT type || ' ' || name || ' ' || tbl_name || ' ' || COALESCE(sql, '') AS d FROM sqlite_master
    WHERE tbl_name NOT LIKE 'migrate_%' AND name NOT LIKE 'sqlite_sequence'`,
  postgres: `SELECT concat_ws(' ', 'column', c.relkind::text, c.relname, a.attname, format_type(a.atttypid, a.atttypmod), a.attnotnull,
      a.attidentity::text, a.attgenerated::text, pg_get_expr(d.adbin, d.adrelid), a.attcollation::regcollation) AS d
    FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
    LEFT JOIN pg_attrdef d ON d.adrelid = c.oid AND d.adnum = a.attnum
    WHERE c.relnamespace = current_schema()::regnamespace AND c.relname NOT LIKE 'migrate_%' AND c.relkind IN ('r', 'v')
    UNION ALL SELECT concat_ws(' ', 'constraint', k.conrelid::regclass, k.conname, k.convalidated, pg_get_constraintdef(k.oid))
    FROM pg_constraint k JOIN pg_class c ON c.oid = k.conrelid
    WHERE k.connamespace = current_schema()::regnamespace AND c.relname NOT LIKE 'migrate_%'
    UNION ALL SELECT concat_ws(' ', 'index', pg_get_indexdef(i.indexrelid), i.indisvalid)
    FROM pg_index i JOIN pg_class c ON c.oid = i.indrelid
    WHERE c.relnamespace = current_schema()::regnamespace AND c.relname NOT LIKE 'migrate_%'
    UNION ALL SELECT concat_ws(' ', 'view', c.relname, pg_get_viewdef(c.oid))
    FROM pg_class c WHERE c.relnamespace = current_schema()::regnamespace AND c.relkind = 'v'
    UNION ALL SELECT concat_ws(' ', 'trigger', pg_get_triggerdef(g.oid), g.tgenabled)
    FROM pg_trigger g JOIN pg_class c ON c.oid = g.tgrelid WHERE c.relnamespace = current_schema()::regnamespace AND NOT g.tgisinternal
    UNION ALL SELECT concat_ws(' ', 'sequence', s.sequencename, s.data_type, s.start_value, s.increment_by, s.last_value)
    FROM pg_sequences s WHERE s.schemaname = current_schema()`,
}

/** Tables and views with everything that the server shows of them. */
async function catalogOf(ground: MemberGround): Promise<readonly string[]> {
  if (ground.name === 'sqlite' || isPostgres(ground)) {
    const rows = await ground.sql(catalogSql[ground.name === 'sqlite' ? 'sqlite' : 'postgres'])
    return rows.map(({ d }) => String(d))
  }
  const names = await ground.sql(
    "SELECT table_name AS n FROM information_schema.tables WHERE table_schema = database() AND table_name NOT LIKE 'migrate@_%' ESCAPE '@'",
  )
  const triggers = await ground.sql(
    `SELECT CONCAT_WS(' ', trigger_name, event_manipulation, action_timing, event_object_table, action_order, action_statement, sql_mode) AS d
      FROM information_schema.triggers WHERE trigger_schema = database()`,
  )
  const texts = triggers.map(({ d }) => String(d))
  for (const { n } of names) {
    const [row = {}] = await ground.sql(`SHOW CREATE TABLE ${quoted(asGround(ground), String(n))}`)
    texts.push(String(row['Create Table'] ?? row['Create View']))
  }
  return texts
}

function rowText(ground: MemberGround, columns: readonly string[]): string {
  const names = columns.map((name) => quoted(asGround(ground), name))
  if (ground.name === 'sqlite') return names.map((name) => `quote(${name})`).join(" || '|' || ")
  if (isPostgres(ground)) return `concat_ws('|', ${names.map((name) => `quote_nullable(${name}::text)`).join(', ')})`
  return `CONCAT_WS('|', ${names.map((name) => `IFNULL(HEX(CONCAT(${name}, '')), 'NULL')`).join(', ')})`
}

/** Each row of each table as text. */
async function rowsOf(ground: MemberGround, tables: LiveTables): Promise<readonly string[]> {
  const present = new Set(
    (
      await ground.sql(
        ground.name === 'sqlite'
          ? "SELECT name AS n FROM sqlite_master WHERE type = 'table'"
          : `SELECT table_name AS n FROM information_schema.tables WHERE table_schema = ${isPostgres(ground) ? 'current_schema()' : 'database()'}`,
      )
    ).map(({ n }) => String(n)),
  )
  const own = Object.entries(ownColumns).filter(([name]) => present.has(name))
  const counters = present.has('sqlite_sequence') ? [['sqlite_sequence', ['name', 'seq']] as const] : []
  const all = [
    ...[...tables].map(([name, columns]) => [name, columns.map((each) => each.name)] as const),
    ...own,
    ...counters,
  ]
  const rows: string[] = []
  for (const [name, columns] of all) {
    const found = await ground.sql(`SELECT ${rowText(ground, columns)} AS r FROM ${quoted(asGround(ground), name)}`)
    rows.push(...found.map(({ r }) => `${name}: ${String(r)}`))
  }
  return rows
}

/** The schema and the rows of a database, ours too: equal in databases with one history. */
export async function stateOf(ground: MemberGround): Promise<readonly string[]> {
  const tables = await tablesOf(asGround(ground))
  const plain = (text: string): string => ground.ownNames.reduce((shown, name) => shown.replaceAll(name, 'OWN'), text)
  return [...(await catalogOf(ground)).map(plain), ...(await rowsOf(ground, tables)).map(plain)].sort()
}

/** What one of them has and the other one has not. */
export function differenceOf(member: readonly string[], sibling: readonly string[]): readonly string[] {
  const missing = (from: readonly string[], to: readonly string[]): readonly string[] => {
    const left = new Map<string, number>()
    for (const each of to) left.set(each, (left.get(each) ?? 0) + 1)
    return from.filter((each) => {
      const count = left.get(each) ?? 0
      left.set(each, count - 1)
      return count <= 0
    })
  }
  return [
    ...missing(member, sibling).map((each) => `only the member: ${each}`),
    ...missing(sibling, member).map((each) => `only its sibling: ${each}`),
  ]
}
