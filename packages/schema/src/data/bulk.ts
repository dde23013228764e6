import type { SqlValue, StepDatabase } from '@org/migrate-core'

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

/**
 * A text expression as the value of a JSON column. SQLite would make a number of it by a cast, MariaDB has none to JSON; both,
 * and MySQL, take the text as it is.
 */
function textAsJson(db: StepDatabase, expression: string): string {
  return db.dialect === 'postgres' ? `CAST(${expression} AS JSON)` : expression
}

interface BulkUpdate {
  readonly table: string
  /** The column that tells the rows apart, within `where`. */
  readonly key: string
  readonly column: string
  readonly json?: true
  readonly rows: readonly { readonly key: SqlValue; readonly value: SqlValue }[]
  readonly where?: { readonly sql: string; readonly params: readonly SqlValue[] }
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

/** Gives each row a value of its own, some hundred rows with one statement. */
export async function updateEach(db: StepDatabase, update: BulkUpdate): Promise<void> {
  const { table, key, column, where } = update
  for (const rows of chunks(update.rows)) {
    const cases = `CASE "${key}" ${rows.map(() => 'WHEN ? THEN ?').join(' ')} END`
    const { changes } = await db.execute(
      `UPDATE "${table}" SET "${column}" = ${update.json === true ? textAsJson(db, cases) : cases} ` +
        `WHERE "${key}" IN (${placeholders(rows)})${where === undefined ? '' : ` AND ${where.sql}`}`,
      [...rows.flatMap((row) => [row.key, row.value]), ...rows.map((row) => row.key), ...(where?.params ?? [])],
    )
    if (changes < rows.length) db.report(missingRows, `${rows.length - changes} of ${table}`)
  }
}
