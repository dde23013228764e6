import { deleteRow } from '../compile/own-rows.ts'
import type { UnloadedDialect } from '../dialect/dialect.ts'
import type { Row } from '../model/sql-value.ts'
import type { Statement } from '../sql/statement.ts'
import { textCell } from './store.ts'
import type { BookkeepingNames } from './tables.ts'

/** What the row of a push has in the place of a revision: no revision can be called so. */
export const pushName = '(push)'

/** A push that stands: the database has what was declared then, and no revision has recorded it. */
export interface PushRecord {
  readonly at: string
}

/** The columns of the history that say whether a row is a push. */
export const pushColumns = ['direction', 'finished_at'] as const

export function pushOf(row: Row, table: string): PushRecord | undefined {
  return row.direction === 'push' ? { at: textCell(row, 'finished_at', table) } : undefined
}

/** What is recorded as applied says more than a push: with it the rows of pushes go, and with them their format. */
export function forgetPushes(dialect: UnloadedDialect, { history }: BookkeepingNames): Statement {
  return deleteRow(dialect, history, [['direction', 'push']])
}
