import type { CompiledGroup } from '../compile/compile.ts'
import type { PlannedLoss } from '../compile/plan.ts'
import { countDestroyed, lossOf } from '../data-steps/preserved/count-destroyed.ts'
import { type Destruction, destructionsOf } from '../data-steps/preserved/destruction.ts'
import { type DroppedObject, followNames, isPreservedWith, type Names } from '../data-steps/preserved/drops.ts'
import type { StepRestoreContext } from '../data-steps/preserved/pages/restore-context.ts'
import { describedSession } from '../history/described-session.ts'
import { createYield } from '../lock/create-yield.ts'
import type { StepLoss } from '../options/events.ts'
import { addLoss, locateInLive, operationsAround } from '../planning/losses/forecast-losses.ts'
import type { RunContext } from './run-context.ts'

const keysNamed = 5

/** Runs work that reports under a label. What it reported, counted and with the first keys of each kind, is told when it has ended. */
export async function reporting(
  context: RunContext,
  label: string,
  work: (report: StepRestoreContext['report']) => Promise<void>,
): Promise<void> {
  const entries = new Map<string, { count: number; readonly firstKeys: string[] }>()
  await work((what, key) => {
    const entry = entries.get(what) ?? { count: 0, firstKeys: [] }
    entry.count += 1
    if (key !== undefined && entry.firstKeys.length < keysNamed) entry.firstKeys.push(key)
    entries.set(what, entry)
  })
  for (const [what, counted] of entries) {
    const report = { ...context.owner, label, what, ...counted }
    context.reports.push(report)
    context.emit({ type: 'report', ...report })
  }
}

/** The same for work on preserved values, whose statements are for `purpose`. */
export function reportingPreserved(
  context: RunContext,
  label: string,
  purpose: string,
  work: (restore: StepRestoreContext) => Promise<void>,
): Promise<void> {
  const yieldNow = createYield()
  const session = describedSession(context.dialect, context.session, purpose)
  return reporting(context, label, (report) =>
    work({
      ...context,
      session,
      report,
      breathe: () => yieldNow(context.signal),
      // What fits into one page takes no time that is worth a line.
      onProgress: (done, total) => {
        if (done < total)
          context.emit({ type: 'progress', ...context.named, what: 'restoring preserved values', done, total })
      },
    }),
  )
}

/** Tells what is lost, where something is. */
export function reportLoss(context: RunContext, loss: PlannedLoss): void {
  if (loss.rows === 0) return
  const lost: StepLoss = { ...context.named, ...loss }
  context.losses.push(lost)
  context.emit({ type: 'loss', ...lost })
}

/** What a downgrade preserved before its first operation, and the names that lead there. */
export interface PreservedDrops {
  readonly drops: readonly DroppedObject[]
  readonly names: Names
}

/**
 * Counts what a group is about to take away, right before it does: data steps have run by then. In the transaction of the group, where
 * it has one.
 */
export async function reportLosses(
  context: RunContext,
  group: CompiledGroup,
  { drops, names: fromBefore }: PreservedDrops,
  inTransaction: boolean,
): Promise<void> {
  const { dialect } = context
  const losses = new Map<string, PlannedLoss>()
  const session = describedSession(dialect, context.session, 'counting what is lost')
  // What a downgrade drops is told where it is preserved.
  const counts = (each: Destruction): boolean =>
    !(context.named.direction === 'down' && (each.how === 'dropped' || isPreservedWith(drops, fromBefore, each)))
  // The operations of a group are compiled as one: the names of later ones are not there yet.
  const names = followNames()
  for (const { operation, before } of operationsAround([group])) {
    for (const destruction of destructionsOf(dialect, before, operation)) {
      const location = counts(destruction) ? locateInLive(group.before, names, destruction) : undefined
      if (location === undefined) continue
      const counted = await countDestroyed(dialect, session, location, destruction, inTransaction)
      addLoss(losses, destruction, lossOf(destruction, counted))
    }
    names.follow(operation)
    fromBefore.follow(operation)
  }
  for (const loss of losses.values())
    reportLoss(context, context.lost.has(loss.object) ? { ...loss, preserved: false } : loss)
}
