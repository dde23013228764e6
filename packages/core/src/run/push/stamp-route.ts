import type { HistoryEntry } from '../../bookkeeping/history.ts'
import { historyCells, historyRow } from '../../bookkeeping/history-row.ts'
import { historyTable } from '../../bookkeeping/tables.ts'
import { type Cells, insertRows, selectRows } from '../../compile/own-rows.ts'
import { leaveRecorded, leftWarnings } from '../../data-steps/preserved/restore/leave.ts'
import type { Session } from '../../dialect/session.ts'
import { describedSession } from '../../history/described-session.ts'
import type { BookkeepingInspection } from '../../history/inspect-bookkeeping.ts'
import { inTransaction } from '../../history/with-session.ts'
import { stampLock } from '../../lock/fence.ts'
import type { Hold } from '../../lock/hold.ts'
import type { ResolvedOptions } from '../../options/resolve-options.ts'
import { recordingHash, recordUpgrade } from '../../planning/recording/record-file.ts'
import { ensureTables, entryOf } from '../../planning/recording/record-step.ts'
import type { RouteStep } from '../../planning/route.ts'
import type { Statement } from '../../sql/statement.ts'
import { forgetPushes } from './forget-pushes.ts'

interface RouteStamping {
  readonly resolved: ResolvedOptions
  readonly session: Session
  readonly hold: Hold
  readonly signal: AbortSignal
  readonly inspection: BookkeepingInspection
  /** Makes what the revisions make, before they are recorded: in the same transaction where DDL is part of one. */
  readonly make?: (present: Set<string>) => Promise<void>
  /** Of the operations of each revision, by `revisionKey`, where they were recorded before. */
  readonly hashes?: ReadonlyMap<string, string>
}

export const revisionKey = (tier: string, revision: string): string => `${tier}:${revision}`

/** As a stamp does. */
async function leaveOf(
  { resolved: { dialect, names }, inspection }: RouteStamping,
  session: Session,
  steps: readonly RouteStep[],
): Promise<readonly string[]> {
  if (!inspection.present.has(names.preserved)) return []
  const lines: string[] = []
  for (const tier of new Set(steps.map((each) => each.tier.tier.name))) {
    const own = steps.filter((each) => each.tier.tier.name === tier)
    const revisions = new Set(own.flatMap(({ step, header }) => [step.revision, ...(header.replaces ?? [])]))
    lines.push(...leftWarnings(await leaveRecorded(dialect, session, names, { tier, revisions })))
  }
  return lines
}

/**
 * Records revisions in their order without running them, in one transaction, and forgets the pushes that they stand for. Gives a line for each
 * revision of which something is preserved that no step restores any more.
 */
export async function stampRoute(stamping: RouteStamping, steps: readonly RouteStep[]): Promise<readonly string[]> {
  const { resolved, session, hold, signal, inspection, make } = stamping
  const { dialect, names, waitMs } = resolved
  const present = new Set(inspection.present)
  const tables = [...steps.map(({ tier }) => tier.tier.store.table), historyTable(names)]
  const own = describedSession(dialect, session, `stamping ${steps.map(({ step }) => step.revision).join(', ')}`)
  const commitsDdl = dialect.capabilities.transactionalDdl === 'implicitCommit'
  if (commitsDdl) {
    await ensureTables(dialect, own, present, tables)
    await make?.(present)
  }
  const fence = await hold.fence(undefined)
  return inTransaction(session, { waitMs, signal }, async () => {
    await stampLock(session, fence)
    await ensureTables(dialect, own, present, tables)
    if (!commitsDdl) await make?.(present)
    const forget = forgetPushes(dialect, names)
    await own.execute(forget.sql, forget.params)
    const left = await leaveOf(stamping, own, steps)
    if (resolved.hooks.afterRevision === undefined) {
      await recordTogether(stamping, own, steps)
      return left
    }
    const { callStampHook } = await import('../hooks/stamp-hook.ts')
    for (const each of steps) {
      const { tier, header, step } = each
      const row = historyRow(dialect, names, await stampEntry(stamping, each))
      const moves = tier.tier.store.move(step, new Date().toISOString())
      for (const { sql, params } of [...moves, row]) await own.execute(sql, params)
      const { revision, removed, added } = step
      const hooked = { tier: tier.tier.name, revision, message: header.message, removed, added }
      await callStampHook({ resolved, session, state: { present }, fence, signal }, hooked)
    }
    return left
  })
}

async function stampEntry(
  { resolved, make, hashes, inspection }: RouteStamping,
  { tier, header, step }: RouteStep,
): Promise<HistoryEntry> {
  const now = new Date()
  const known = hashes?.get(revisionKey(tier.tier.name, step.revision))
  const done = {
    tier: tier.tier.name,
    header,
    direction: make === undefined ? 'stamp' : 'load',
    operationsHash: known ?? recordingHash(await recordUpgrade(resolved.dialect, tier, step.revision)),
    resolvedOperations: [],
    startedAt: now,
    finishedAt: now,
  } as const
  return entryOf(resolved, done, inspection.without)
}

/** Many revisions are few statements: their rows in one, and of the heads where they end. */
async function recordTogether(stamping: RouteStamping, own: Session, steps: readonly RouteStep[]): Promise<void> {
  const { dialect, names } = stamping.resolved
  const now = new Date().toISOString()
  const moves = netMoves(steps).flatMap(({ tier, step }) => tier.tier.store.move(step, now))
  const last = selectRows(dialect, names.history, ['id'], { orderBy: 'id', descending: true, limit: 1 })
  const [row] = await own.query(last.sql, last.params)
  const first = BigInt(String(row?.id ?? 0)) + 1n
  const entries = await Promise.all(steps.map((each) => stampEntry(stamping, each)))
  const rows = entries.map((entry, at): Cells => [['id', first + BigInt(at)], ...historyCells(entry)])
  const inserts: Statement[] = []
  for (let at = 0; at < rows.length; at += rowsAtOnce)
    inserts.push(insertRows(dialect, names.history, rows.slice(at, at + rowsAtOnce)))
  const statements = [...moves, ...inserts]
  if (own.together !== undefined) await own.together(statements)
  else for (const { sql, params } of statements) await own.execute(sql, params)
}

/** So many have fewer values than a statement may have on any server. */
const rowsAtOnce = 500

/** What all steps of a tier with heads do to them, as one move. A tier in a row has a row for each. */
function netMoves(steps: readonly RouteStep[]): readonly Pick<RouteStep, 'tier' | 'step'>[] {
  const moves: Pick<RouteStep, 'tier' | 'step'>[] = []
  for (const { tier, step } of steps) {
    const before = moves.findIndex((each) => each.tier === tier)
    const known = moves[before]
    if (known === undefined || tier.tier.kind === 'sequential') {
      moves.push({ tier, step })
      continue
    }
    const { removed, added } = known.step
    moves[before] = {
      tier,
      step: {
        ...step,
        removed: [...removed, ...step.removed.filter((head) => !added.includes(head))],
        added: [...added.filter((head) => !step.removed.includes(head)), ...step.added],
      },
    }
  }
  return moves
}
