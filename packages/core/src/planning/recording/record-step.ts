import type { HistoryEntry } from '../../bookkeeping/history.ts'
import { historyRow } from '../../bookkeeping/history-row.ts'
import { historyTable } from '../../bookkeeping/tables.ts'
import { ownTableStatements } from '../../compile/own-table.ts'
import { statementError } from '../../compile/statement-error.ts'
import type { Dialect } from '../../dialect/dialect.ts'
import type { ClosingStatement, Session, TransactionOptions, TransactionScope } from '../../dialect/session.ts'
import { isMigrateError, MigrateError } from '../../errors/migrate-error.ts'
import type { RevisionStep } from '../../graph/selection/plan.ts'
import { describedSession } from '../../history/described-session.ts'
import type { Fence } from '../../lock/fence.ts'
import { present } from '../../model/edit.ts'
import type { TableModel } from '../../model/schema-model.ts'
import type { Outcome } from '../../model/sql-value.ts'
import { type ResolvedOptions, toolVersion } from '../../options/resolve-options.ts'
import type { Statement } from '../../sql/statement.ts'
import type { ExecutableStep } from '../prepare.ts'

/**
 * The row of what a run has done, with what each of its rows says of the program and of the run. `without`: optional tiers that the database
 * was begun without, where the row may become the first one of the history.
 */
export function entryOf(
  { tiers, recordedBy, run }: ResolvedOptions,
  done: Omit<HistoryEntry, 'tiers' | 'host' | 'user' | 'run' | 'tool'>,
  without: ReadonlySet<string> = new Set(),
): HistoryEntry {
  const names = tiers.map(({ name }) => name).filter((name) => !without.has(name))
  return { ...done, tiers: names, ...recordedBy(), ...present({ run }), tool: toolVersion }
}

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
async function sendTogether(session: Session, statements: readonly ClosingStatement[]): Promise<void> {
  const outcomes: Outcome[] = []
  if (session.together !== undefined) outcomes.push(...(await session.together(statements)))
  else for (const { sql, params } of statements) outcomes.push(await session.execute(sql, params))
  for (const [at, { unlessOneRow }] of statements.entries()) {
    const changes = outcomes[at]?.changes ?? 0
    if (unlessOneRow !== undefined && changes !== 1) throw unlessOneRow(changes)
  }
}

/** What a transaction ends with, sent together with its commit. */
export interface Closing {
  /** For errors. */
  operation: string
  readonly statements: ClosingStatement[]
}

/** Writes the rows of one step that ran: where the database stands, and what was done; with `closing` when it is committed. Throws BOOKKEEPING_INVALID. */
export async function recordStep(
  resolved: ResolvedOptions,
  raw: Session,
  present: Set<string>,
  executableStep: ExecutableStep,
  step: RevisionStep,
  done: Pick<HistoryEntry, 'resolvedOperations' | 'startedAt' | 'columnsAfter'>,
  lock?: { readonly fence: Fence; readonly next: string | undefined },
  closing?: Closing,
): Promise<void> {
  const { dialect, names } = resolved
  const { tier } = executableStep.route.tier
  const operation = `recording ${step.revision}`
  const session = describedSession(dialect, raw, operation)
  await ensureTables(dialect, session, present, [tier.store.table, historyTable(names)])
  const finishedAt = new Date()
  const moves = tier.store.move(step, finishedAt.toISOString())
  const { operationsHash } = executableStep
  const entry = entryOf(resolved, {
    tier: tier.name,
    header: executableStep.route.header,
    direction: executableStep.route.isRecordedOnly ? 'stamp' : step.direction,
    ...(operationsHash === undefined ? {} : { operationsHash }),
    ...done,
    finishedAt,
  })
  // At the end of the transaction: a session that takes the lock away waits no longer than for its commit.
  const stamps =
    lock === undefined || lock.fence.stampFirst ? [] : [{ ...stampOf(lock), unlessOneRow: () => lock.fence.taken() }]
  const table = tier.store.table.ref.name
  const statements: readonly ClosingStatement[] = [
    ...stamps,
    ...moves.map((move) => ({ ...move, unlessOneRow: (rows: number) => changedByAnother(table, rows) })),
    historyRow(dialect, names, entry),
  ]
  if (closing === undefined) return sendTogether(session, statements)
  closing.operation = operation
  closing.statements.push(...statements)
}

/** The last step of a plan gives the row of the lock back. */
function stampOf({ fence, next }: { readonly fence: Fence; readonly next: string | undefined }): Statement {
  return (next === undefined ? fence.stampLast?.() : undefined) ?? fence.stamp(next)
}

/** A write of what is applied touches one row, or another session wrote. */
function changedByAnother(table: string, rows: number): MigrateError<'BOOKKEEPING_INVALID'> {
  const why = `a write of it touched ${rows} rows instead of one`
  return new MigrateError('BOOKKEEPING_INVALID', { table, why }, `${table} was changed by another session: ${why}.`)
}

/** What is sent together with the commit of a transaction. Undefined: nothing is. */
export function closingOf(scope: TransactionScope | undefined): Closing | undefined {
  return scope?.commitWith === undefined ? undefined : { operation: 'committing', statements: [] }
}

/** Commits with the last statements, and perhaps begins the next transaction. What the server refused is described as a statement of ours. */
export async function commitWith(
  dialect: Dialect,
  scope: TransactionScope | undefined,
  closing: Closing | undefined,
  next?: TransactionOptions,
  signal?: AbortSignal,
): Promise<TransactionScope | undefined> {
  if (scope?.commitWith === undefined || closing === undefined) {
    await scope?.commit()
    return undefined
  }
  const { operation, statements } = closing
  try {
    return await scope.commitWith(statements, next)
  } catch (cause) {
    // What COMMIT itself refused is no fault of these statements.
    if (isMigrateError(cause) || (signal?.aborted && cause === signal.reason)) throw cause
    throw statementError(dialect, cause, { operation, sql: statements.map(({ sql }) => sql).join('; ') })
  }
}
