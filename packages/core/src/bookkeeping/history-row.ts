import { type Cells, insertNumbered } from '../compile/own-rows.ts'
import type { UnloadedDialect } from '../dialect/dialect.ts'
import type { Statement } from '../sql/statement.ts'
import { currentFormat, pushFormat } from './format.ts'
import type { HistoryEntry } from './history.ts'
import type { BookkeepingNames } from './tables.ts'

const listText = (list: readonly unknown[] | undefined): string => JSON.stringify(list ?? null)

export const historyRow = (dialect: UnloadedDialect, names: BookkeepingNames, entry: HistoryEntry): Statement =>
  insertNumbered(dialect, names.history, historyCells(entry))

/** A row but for its number. */
export function historyCells(entry: HistoryEntry): Cells {
  const { header } = entry
  return [
    ['format', BigInt(['push', 'load'].includes(entry.direction) ? pushFormat : currentFormat)],
    ['tier', entry.tier],
    ['revision', header.revision],
    ['direction', entry.direction],
    ['text_hash', header.textHash ?? null],
    ['operations_hash', entry.operationsHash ?? null],
    ['started_at', entry.startedAt.toISOString()],
    ['finished_at', entry.finishedAt.toISOString()],
    ['duration_ms', BigInt(entry.finishedAt.getTime() - entry.startedAt.getTime())],
    ['host', entry.host],
    ['user_name', entry.user],
    ['tool_version', entry.tool],
    ['parents', listText(header.parents)],
    ['depends_on', listText(header.dependsOn)],
    ['labels', listText(header.branchLabels)],
    ['compatible_with', listText(header.compatibleWith)],
    ['tiers', listText(entry.tiers)],
    ['columns_after', listText(entry.columnsAfter && [...entry.columnsAfter])],
    ['operations', listText(entry.resolvedOperations?.map((each) => each.operation))],
    ['inverses', listText(entry.resolvedOperations?.map((each) => each.inverse))],
    // A script may be run where the table has no such column.
    ...(entry.run === undefined ? [] : ([['run', entry.run]] as const)),
  ]
}
