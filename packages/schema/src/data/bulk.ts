import type { SqlValue, StepDatabase, UpdateEachOptions } from '@org/migrate-core'

/** As many rows as one statement changes: far below every limit of parameters, SQLite's 32,766 the lowest. */
const rowsAtOnce = 500

export function* chunks<T>(items: readonly T[], size = rowsAtOnce): Generator<readonly T[]> {
  for (let from = 0; from < items.length; from += size) yield items.slice(from, from + size)
}

export function placeholders(items: readonly unknown[]): string {
  return items.map(() => '?').join(', ')
}

/** The text of a JSON column, for comparing: PostgreSQL's json has no equality of its own. */
export function jsonAsText(db: StepDatabase, column: string): string {
  return db.dialect === 'mysql' ? `CAST("${column}" AS CHAR)` : `CAST("${column}" AS TEXT)`
}

const missingRows = 'rows that were gone when they were to be changed'

/** A change of one row, named for the report where there is none: another session may have deleted it meanwhile. */
export async function updateRow(
  db: StepDatabase,
  text: string,
  params: readonly SqlValue[],
  row: SqlValue,
): Promise<void> {
  const { changes } = await db.execute(text, params)
  if (changes === 0) db.report(missingRows, String(row))
}

/** Gives each row values of its own. Rows that were gone are counted for the report. */
export async function updateEach(db: StepDatabase, update: UpdateEachOptions): Promise<void> {
  const found = await db.updateEach(update)
  const gone = update.rows.length - found
  if (gone > 0) db.report(missingRows, `${gone} of ${String(update.table)}`)
}
