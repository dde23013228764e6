import { MigrateError } from '@org/migrate-core/dialect'
import { quote } from '../sql/quote.ts'
import { rowidNames } from '../sql/rowid-names.ts'
import type { Database } from './drivers/handle.ts'

const settings = ['encoding', 'user_version', 'application_id', 'auto_vacuum', 'journal_mode'] as const

/** Rows that break a rule of their table are no damage: they are copied as they are. */
const ofRows = /^(NULL|NUMERIC|TEXT|non-\w+) value in |^CHECK constraint failed in /

/** Far more than the default, behind which damage could hide. */
const maxProblems = 100_000

/** One scan of each table: how many rows, and whether they have the rowids that they had. */
function rowsSql(db: Database, table: string): string {
  const named = quote.identifier(table).text
  const columns = db.prepare('SELECT lower(name) FROM pragma_table_xinfo(?)').pluck().all(table)
  const rowid = rowidNames.find((name) => !columns.includes(name))
  const plain = `SELECT count(*) FROM main.${named}`
  const keyed = db.prepare(`SELECT wr FROM pragma_table_list(?) WHERE schema = 'main'`).pluck().get(table) === 1
  if (rowid === undefined || keyed) return plain
  // In parts that a sum of 2^63 rows could not exceed.
  return `SELECT count(*) || ' rows, rowids ' || coalesce(min(${rowid}) || ' to ' || max(${rowid}) || ', sum ' ||
    sum(${rowid} % 1000003), 'none') FROM main.${named}`
}

interface BackupContext {
  readonly database: string
  readonly target: string
  /** Lets timers and the signal have their turn. */
  readonly turn: () => Promise<void>
}

/** Throws DATABASE_DAMAGED where the copy is not whole, or not the same. */
export async function refuseDifferences(source: Database, copy: Database, context: BackupContext): Promise<void> {
  const refuse = (why: string): never => {
    const message = `the backup of ${context.database} is not a faithful copy: ${why}; nothing was changed, and the copy was removed`
    throw new MigrateError('DATABASE_DAMAGED', { database: context.database }, message, {
      remedy: 'Let PRAGMA integrity_check say whether the database itself is damaged.',
    })
  }
  const same = (what: string, ask: (db: Database) => unknown): void => {
    const [sourceAnswer, copyAnswer] = [ask(source), ask(copy)].map((answer) => JSON.stringify(answer))
    if (sourceAnswer !== copyAnswer) refuse(`${what} differs`)
  }
  const problems = copy.pragma(`integrity_check(${maxProblems})`) as readonly { readonly integrity_check: string }[]
  const damage = problems.map((row) => row.integrity_check).filter((line) => line !== 'ok' && !ofRows.test(line))
  if (damage[0] !== undefined) refuse(damage[0])
  await context.turn()
  for (const name of settings) same(name, (db) => db.pragma(name, { simple: true }))
  same('the schema', (db) =>
    db.prepare('SELECT type, name, tbl_name, sql FROM main.sqlite_schema ORDER BY 1, 2').raw().all(),
  )
  const tables = source
    .prepare(
      `SELECT name FROM pragma_table_list WHERE schema = 'main' AND type IN ('table', 'shadow') AND name <> 'sqlite_schema'`,
    )
    .pluck()
    .all() as readonly string[]
  for (const table of tables) {
    const sql = rowsSql(source, table)
    same(table, (db) => db.prepare(sql).raw().get())
    await context.turn()
  }
}
