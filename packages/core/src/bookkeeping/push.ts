import type { Row } from '../model/sql-value.ts'
import { textCell } from './store.ts'

/** A push that stands: the database has what was declared then, and no revision has recorded it. */
export interface PushRecord {
  readonly at: string
}

/** The columns of the history that say whether a row is a push. */
export const pushColumns = ['direction', 'finished_at'] as const

export function pushOf(row: Row, table: string): PushRecord | undefined {
  return row.direction === 'push' ? { at: textCell(row, 'finished_at', table) } : undefined
}
