import type { BookkeepingNames } from '../../bookkeeping/tables.ts'
import { deleteRow } from '../../compile/own-rows.ts'
import type { UnloadedDialect } from '../../dialect/dialect.ts'
import type { Statement } from '../../sql/statement.ts'

/** What is recorded as applied says more than a push: with it the rows of pushes go, and with them their format. */
export function forgetPushes(dialect: UnloadedDialect, { history }: BookkeepingNames): Statement {
  return deleteRow(dialect, history, [['direction', 'push']])
}
