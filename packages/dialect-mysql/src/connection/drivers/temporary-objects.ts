import type { Row, Session } from '@org/migrate-core/dialect'
import { quote } from '../../sql/quote.ts'
import { numberOf } from '../faults.ts'

type Query = Session['query']

/** MariaDB lists temporary tables there from 11.2 on: https://mariadb.com/kb/en/information-schema-tables-table/ */
const existingSql =
  "SELECT TABLE_NAME AS name FROM information_schema.TABLES WHERE TABLE_SCHEMA = DATABASE() AND TABLE_TYPE <> 'TEMPORARY'"

/** The server counts what the session has tried to create, by procedures too; MariaDB counts temporary tables apart. */
async function hasCreated(query: Query): Promise<boolean> {
  const rows = await query("SHOW SESSION STATUS LIKE 'Com_create%table'")
  const counts = new Map(rows.map((row) => [String(row.Variable_name), Number(row.Value)]))
  return (counts.get('Com_create_temporary_table') ?? counts.get('Com_create_table') ?? 1) > 0
}

/** No catalog of MySQL lists temporary tables, and one hides the table of its name: https://dev.mysql.com/doc/refman/8.4/en/create-temporary-table.html */
async function isTemporary(query: Query, name: string): Promise<boolean> {
  const noRows = (error: unknown): readonly Row[] => {
    // There is no such table, this user may not read it, or it is a view whose tables are gone.
    if (numberOf(error) === undefined) throw error
    return []
  }
  const [row] = await query(`SHOW CREATE TABLE ${quote.identifier(name).text}`).catch(noRows)
  return /^CREATE TEMPORARY\b/i.test(String(row?.['Create Table']))
}

/** What exists is asked for once: what revisions make later is their own. */
export function hiddenNamesOf(query: Query): NonNullable<Session['hiddenNames']> {
  const answers = new Map<string, boolean>()
  let created: Promise<boolean> | undefined
  let existing: readonly string[] | undefined
  return async (names) => {
    created ??= hasCreated(query)
    if (!(await created)) return []
    existing ??= (await query(existingSql)).map((row) => String(row.name))
    for (const name of [...existing, ...names]) {
      if (!answers.has(name)) answers.set(name, await isTemporary(query, name))
    }
    return [...answers].flatMap(([name, isHidden]) => (isHidden ? [name] : []))
  }
}
