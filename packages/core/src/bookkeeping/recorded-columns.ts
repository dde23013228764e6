import type { Capabilities } from '../dialect/capabilities.ts'
import type { Row } from '../model/sql-value.ts'
import { type ColumnChanges, columnChanges } from './column-changes.ts'
import { damaged, directionOf, type HistoryEntry, parseList, type RecordedPresent } from './history.ts'
import type { BookkeepingNames } from './tables.ts'

const withoutColumns: readonly HistoryEntry['direction'][] = ['revert', 'push', 'edit']

export const changesOf = (row: Row, table: string): ColumnChanges | undefined =>
  columnChanges(parseList(row, 'columns_after', table), () => damaged(table, 'columns_after is no list of tables'))

/** The columns of each table that the steps left, by the key of the table. Throws BOOKKEEPING_INVALID. */
export function recordedColumns(
  { rows }: Pick<RecordedPresent, 'rows'>,
  { history: table }: BookkeepingNames,
  { tableNames }: Pick<Capabilities, 'tableNames'>,
): ReadonlyMap<string, readonly string[]> {
  const columns = new Map<string, readonly string[]>()
  // SQL that a step sent may have called a table in other letters.
  const keyOf = (key: string): string =>
    (tableNames && [...columns.keys()].find((each) => each.toLowerCase() === key.toLowerCase())) || key
  for (const row of rows) {
    if (withoutColumns.includes(directionOf(row, table))) continue
    const changes = changesOf(row, table)
    // A stamp, or a script of SQL whose effect is not known: what earlier rows say may no longer hold.
    if (changes === undefined) columns.clear()
    for (const [changed, after] of changes ?? []) {
      const key = keyOf(changed)
      if (after === null) columns.delete(key)
      else columns.set(key, after)
    }
  }
  return columns
}
