import type { Session } from '../dialect/session.ts'
import { isMigrateError, MigrateError } from '../errors/migrate-error.ts'
import { preservingLabel } from '../operations/preserved-label.ts'
import { applyStep } from './apply-step.ts'
import { historyTable, journalTable, preservedTable } from './bookkeeping/tables.ts'
import { describedSession } from './described-session.ts'
import type { StepReport } from './events.ts'
import { schemaFingerprint } from './journal/fingerprint.ts'
import { journaledParts } from './journal/parts.ts'
import type { Settled } from './options.ts'
import type { PreparedStep } from './prepare.ts'
import { ensureTables } from './record-step.ts'
import { retryLocked } from './retry-locked.ts'
import { begin, namedOf, type Running, rollBack, tellWhoWasFirst } from './running.ts'
import { type Standing, settleStep } from './settle-step.ts'

type RanInParts = { readonly skip: string } | { readonly reports: readonly StepReport[]; readonly preserved: number }

/**
 * A step that commits more than once: what is done of it is noted, and a run that stops in between is gone on with. As long as
 * nothing is committed it is done again where only a lock was not to be had, or a deadlock took it back.
 */
export async function runInParts(running: Running, prepared: PreparedStep, at: number): Promise<RanInParts> {
  const { options, settled, standing } = running
  // What a data function did elsewhere nobody can roll back.
  const repeatable = !prepared.operations.some((each) => each.operation.kind === 'run')
  const retries = repeatable ? settled.lockRetries : 0
  const what = `revision ${prepared.route.step.revision}`
  standing.begun = false
  const tried = { committed: false }
  return retryLocked(
    { ...options, dialect: settled.dialect, retries, what, undone: () => !tried.committed },
    async (): Promise<RanInParts> => attempt(running, prepared, at, tried),
  )
}

async function attempt(
  running: Running,
  prepared: PreparedStep,
  at: number,
  tried: { committed: boolean },
): Promise<RanInParts> {
  const { settled, session, standing, preserved } = running
  const { dialect, names } = settled
  const due = await settleStep(running, prepared, at)
  if ('skip' in due) return due
  const { tier } = prepared.route.tier
  await ensureTables(dialect, session, standing.present, [tier.store.table, historyTable(names), journalTable(names)])
  const parts = journaledParts({
    dialect,
    session: describedSession(dialect, session, `noting what is done of ${due.step.revision}`),
    names,
    step: { ...namedOf(prepared), ...(prepared.route.reverts === undefined ? {} : { reverts: true as const }) },
    recorded: prepared.recorded ?? prepared.operations,
    ...(prepared.resumed === undefined ? {} : { resumed: prepared.resumed }),
    begin: () => begin(running, false),
    fingerprint: () => schemaFingerprint(settled, session),
    ...(running.fence === undefined ? {} : { fence: running.fence }),
  })
  const [present, count, losses] = [new Set(standing.present), preserved.count, running.losses.length]
  try {
    const reports = await applyStep(running, prepared, at, due.step, 'on', parts)
    return { reports, preserved: preserved.count - count }
  } catch (error) {
    await rollBack(running, parts)
    standing.begun = parts.begun
    tried.committed = parts.committed
    if (!parts.committed) {
      running.losses.length = losses
      standing.present = present
      preserved.look(present.has(names.preserved))
    }
    await tellWhoWasFirst(running, error)
    throw parts.begun && isMigrateError(error) ? goesOn(error) : error
  }
}

/** In general a revision that failed changed nothing: this one did. */
function goesOn({ code, details, message, remedy, location, cause }: MigrateError): MigrateError {
  const noted =
    'What is done of this revision stands and is noted: run it again, and it goes on from there. Or take it back: `migrate resume --revert`.'
  const without = remedy.replace(/;? ?(this revision changed nothing|nothing was changed)\.$/, '.')
  return new MigrateError(code, details, message, { remedy: `${without} ${noted}`, location, cause })
}

/** Where DDL ends the transaction, tables of ours cannot be made inside one. */
export async function ensureAll(
  { dialect, names }: Settled,
  session: Session,
  standing: Standing,
  steps: readonly PreparedStep[],
): Promise<void> {
  const stores = steps.map(({ route }) => route.tier.tier.store.table)
  const preserves = steps.some(
    ({ route, operations }) =>
      route.step.direction === 'down' ||
      operations.some(({ operation }) => operation.kind === 'run' || preservingLabel(operation) !== undefined),
  )
  const tables = [
    ...new Set(stores),
    historyTable(names),
    journalTable(names),
    ...(preserves ? [preservedTable(names)] : []),
  ]
  await ensureTables(dialect, session, standing.present, tables)
}
