import { historyRow } from '../../bookkeeping/history-row.ts'
import type { loadName, pushName } from '../../bookkeeping/push-record.ts'
import { historyTable } from '../../bookkeeping/tables.ts'
import type { Session } from '../../dialect/session.ts'
import { describedSession } from '../../history/described-session.ts'
import type { RecordedOperation } from '../../operations/recording.ts'
import type { ResolvedOptions } from '../../options/resolve-options.ts'
import { ensureTables, entryOf } from '../../planning/recording/record-step.ts'
import type { TierGraph } from '../../planning/route.ts'

interface PushRecording {
  readonly resolved: ResolvedOptions
  readonly session: Session
  readonly tier: TierGraph
  readonly operations: readonly RecordedOperation[]
}

/** What a push, or a load, was, before it is done: where DDL commits by itself, an interrupted one has its record. */
export async function recordPush(
  { resolved, session, tier, operations }: PushRecording,
  revision: typeof pushName | typeof loadName,
  present: Set<string>,
): Promise<void> {
  const { dialect, names } = resolved
  const own = describedSession(dialect, session, 'recording the push')
  await ensureTables(dialect, own, present, [historyTable(names)])
  const now = new Date()
  const entry = entryOf(resolved, {
    tier: tier.tier.name,
    header: { revision },
    direction: 'push',
    resolvedOperations: operations.map(({ operation }) => ({ operation, inverse: [] })),
    startedAt: now,
    finishedAt: now,
  })
  const row = historyRow(dialect, names, entry)
  await own.execute(row.sql, row.params)
}
