import { type DialectRows, sql } from '@org/migrate-core/dialect'
import { quote } from '../sql/quote.ts'

/** Triggers cannot be switched off: they are dropped, and recreated from the text that SQLite keeps of them, in their order. */
export const silenceTriggers: NonNullable<DialectRows['silenceTriggers']> = async (session, table) => {
  const rows = await session.query(
    "SELECT name, sql FROM sqlite_schema WHERE type = 'trigger' AND tbl_name = ? COLLATE NOCASE ORDER BY rowid",
    [table.name],
  )
  const triggers = rows.map((row) => ({ name: String(row.name), text: String(row.sql) }))
  return {
    open: triggers.map(({ name }) => ({ sql: sql`DROP TRIGGER ${quote.identifier(name)}`.text, transaction: 'any' })),
    close: triggers.map(({ text }) => ({ sql: text, transaction: 'any' })),
  }
}
