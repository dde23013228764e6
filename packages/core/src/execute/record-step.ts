import type { Dialect } from '../dialect/dialect.ts'
import type { Session } from '../dialect/session.ts'
import { MigrateError } from '../errors/migrate-error.ts'
import { emptySchema } from '../model/edit.ts'
import type { TableModel } from '../model/schema-model.ts'
import type { RevisionStep } from '../plan/plan.ts'
import { type HistoryEntry, historyRow } from './bookkeeping/history.ts'
import type { Store, StoreMove } from './bookkeeping/store.ts'
import { historyTable } from './bookkeeping/tables.ts'
import { describedSession } from './described-session.ts'
import { type Settled, toolVersion } from './options.ts'
import type { PreparedStep } from './prepare.ts'

/** Makes tables of ours that are missing, in the transaction of the first step that needs them. */
export async function ensureTables(
  dialect: Dialect,
  session: Session,
  present: Set<string>,
  tables: readonly TableModel[],
): Promise<void> {
  for (const table of tables) {
    if (present.has(table.ref.name)) continue
    const operation = { kind: 'createTable', table } as const
    const after = dialect.advance(emptySchema, operation)
    for (const statement of dialect.compile.createTable({ operation, before: emptySchema, after })) {
      await session.execute(statement.sql, statement.params)
    }
    present.add(table.ref.name)
  }
}

/** Writes what is applied now. Each statement touches one row, or somebody else wrote. Throws BOOKKEEPING_INVALID. */
export async function moveRows(session: Session, store: Store, move: StoreMove, now: Date): Promise<void> {
  for (const statement of store.move(move, now.toISOString())) {
    const { changes } = await session.execute(statement.sql, statement.params)
    if (changes === 1) continue
    const table = store.table.ref.name
    const why = `a write of it touched ${changes} rows instead of one`
    throw new MigrateError('BOOKKEEPING_INVALID', { table, why }, `${table} was changed by somebody else: ${why}.`)
  }
}

/** The rows of one step that ran: where the database stands, and what was done. */
export async function recordStep(
  settled: Settled,
  raw: Session,
  present: Set<string>,
  prepared: PreparedStep,
  step: RevisionStep,
  done: Pick<HistoryEntry, 'effective' | 'startedAt'>,
): Promise<void> {
  const { dialect, names } = settled
  const { tier } = prepared.route.tier
  const session = describedSession(dialect, raw, `recording ${step.revision}`)
  await ensureTables(dialect, session, present, [tier.store.table, historyTable(names)])
  const finishedAt = new Date()
  await moveRows(session, tier.store, step, finishedAt)
  const row = historyRow(dialect, names, {
    tier: tier.name,
    header: prepared.route.header,
    direction: step.direction,
    ...(prepared.operationsHash === undefined ? {} : { operationsHash: prepared.operationsHash }),
    ...done,
    finishedAt,
    ...settled.recordedBy(),
    tool: toolVersion,
  })
  await session.execute(row.sql, row.params)
}
