import { type HistoryEntry, historyRow } from '../bookkeeping/history.ts'
import { historyTable } from '../bookkeeping/tables.ts'
import { ownTableStatements } from '../compile/own-table.ts'
import type { Dialect } from '../dialect/dialect.ts'
import type { Session } from '../dialect/session.ts'
import { MigrateError } from '../errors/migrate-error.ts'
import type { RevisionStep } from '../graph/selection/plan.ts'
import { describedSession } from '../history/described-session.ts'
import type { Fence } from '../lock/fence.ts'
import type { TableModel } from '../model/schema-model.ts'
import type { Outcome } from '../model/sql-value.ts'
import { type ResolvedOptions, toolVersion } from '../options/resolve-options.ts'
import type { Statement } from '../sql/statement.ts'
import type { ExecutableStep } from './prepare.ts'

/** Makes tables of ours that are missing, in the transaction of the first step that needs them. */
export async function ensureTables(
  dialect: Dialect,
  session: Session,
  present: Set<string>,
  tables: readonly TableModel[],
): Promise<void> {
  for (const table of tables) {
    if (present.has(table.ref.name)) continue
    for (const statement of ownTableStatements(dialect, table)) await session.execute(statement.sql, statement.params)
    present.add(table.ref.name)
  }
}

/** Statements of one transaction, in one go where the session can. */
async function sendTogether(session: Session, statements: readonly Statement[]): Promise<readonly Outcome[]> {
  if (session.together !== undefined) return session.together(statements)
  const outcomes: Outcome[] = []
  for (const { sql, params } of statements) outcomes.push(await session.execute(sql, params))
  return outcomes
}

/** Writes the rows of one step that ran: where the database stands, and what was done. Throws BOOKKEEPING_INVALID. */
export async function recordStep(
  resolved: ResolvedOptions,
  raw: Session,
  present: Set<string>,
  executableStep: ExecutableStep,
  step: RevisionStep,
  done: Pick<HistoryEntry, 'resolvedOperations' | 'startedAt' | 'columnsAfter'>,
  lock?: { readonly fence: Fence; readonly next: string | undefined },
): Promise<void> {
  const { dialect, names } = resolved
  const { tier } = executableStep.route.tier
  const session = describedSession(dialect, raw, `recording ${step.revision}`)
  await ensureTables(dialect, session, present, [tier.store.table, historyTable(names)])
  const finishedAt = new Date()
  const moves = tier.store.move(step, finishedAt.toISOString())
  const row = historyRow(dialect, names, {
    tier: tier.name,
    header: executableStep.route.header,
    direction: step.direction,
    tiers: resolved.tiers.map((each) => each.name),
    ...(executableStep.operationsHash === undefined ? {} : { operationsHash: executableStep.operationsHash }),
    ...done,
    finishedAt,
    ...resolved.recordedBy(),
    tool: toolVersion,
  })
  // At the end of the transaction: a session that takes the lock away waits no longer than for its commit.
  const stamps = lock === undefined || lock.fence.stampFirst ? [] : [lock.fence.stamp(lock.next)]
  const outcomes = await sendTogether(session, [...stamps, ...moves, row])
  if (lock !== undefined && outcomes.slice(0, stamps.length).some(({ changes }) => changes !== 1)) {
    throw lock.fence.taken()
  }
  // A write of what is applied touches one row, or another session wrote.
  const unexpected = outcomes.slice(stamps.length, stamps.length + moves.length).find(({ changes }) => changes !== 1)
  if (unexpected === undefined) return
  const table = tier.store.table.ref.name
  const why = `a write of it touched ${unexpected.changes} rows instead of one`
  throw new MigrateError('BOOKKEEPING_INVALID', { table, why }, `${table} was changed by another session: ${why}.`)
}
