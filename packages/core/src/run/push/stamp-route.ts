import { historyRow } from '../../bookkeeping/history-row.ts'
import { historyTable } from '../../bookkeeping/tables.ts'
import { createPreservedStore } from '../../data-steps/preserved/store.ts'
import type { Session } from '../../dialect/session.ts'
import { describedSession } from '../../history/described-session.ts'
import type { BookkeepingInspection } from '../../history/inspect-bookkeeping.ts'
import { inTransaction } from '../../history/with-session.ts'
import type { Hold } from '../../lock/hold.ts'
import { type ResolvedOptions, toolVersion } from '../../options/resolve-options.ts'
import { recordingHash, recordUpgrade } from '../../planning/prepare.ts'
import { ensureTables } from '../../planning/recording/record-step.ts'
import type { RouteStep } from '../../planning/route.ts'
import { stampLock } from '../plan-execution.ts'
import { forgetPushes } from './forget-pushes.ts'

export interface RouteStamping {
  readonly resolved: ResolvedOptions
  readonly session: Session
  readonly hold: Hold
  readonly signal: AbortSignal
  readonly inspection: BookkeepingInspection
  /** Makes what the revisions make, before they are recorded: in the same transaction where DDL is part of one. */
  readonly make?: (present: Set<string>) => Promise<void>
}

/** Throws HOOK_FAILED. */
async function callHook({ resolved, session }: RouteStamping, { tier, header, step }: RouteStep): Promise<void> {
  const { hooks, dialect, names } = resolved
  if (hooks.afterRevision === undefined) return
  const { callRevisionHook } = await import('../hooks/revision-hook.ts')
  const call = {
    hooks,
    dialect,
    session,
    hook: 'afterRevision' as const,
    arguments: resolved.arguments,
    preserved: createPreservedStore(dialect, session, names, false),
  }
  const { revision, removed, added } = step
  const message = header.message
  await callRevisionHook(call, { tier: tier.tier.name, revision, direction: 'stamp', message, removed, added })
}

/** Records revisions in their order without running them, in one transaction, and forgets the pushes that they stand for. */
export async function stampRoute(stamping: RouteStamping, steps: readonly RouteStep[]): Promise<void> {
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
  await inTransaction(session, { waitMs, signal }, async () => {
    if (fence !== undefined) await stampLock(session, fence, undefined)
    await ensureTables(dialect, own, present, tables)
    if (!commitsDdl) await make?.(present)
    const forget = forgetPushes(dialect, names)
    await own.execute(forget.sql, forget.params)
    for (const each of steps) {
      const { tier, header, step } = each
      const now = new Date()
      const row = historyRow(dialect, names, {
        tier: tier.tier.name,
        header,
        tiers: resolved.tiers.map(({ name }) => name),
        direction: make === undefined ? 'stamp' : 'load',
        operationsHash: recordingHash(await recordUpgrade(dialect, tier, step.revision)),
        resolvedOperations: [],
        startedAt: now,
        finishedAt: now,
        ...resolved.recordedBy(),
        tool: toolVersion,
      })
      const moves = tier.tier.store.move(step, now.toISOString())
      for (const { sql, params } of [...moves, row]) await own.execute(sql, params)
      await callHook(stamping, each)
    }
  })
}
