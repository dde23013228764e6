import { pushName } from '../../bookkeeping/push-record.ts'
import { historyTable } from '../../bookkeeping/tables.ts'
import { type ForecastStep, forecastStep } from '../../compile/compile-step.ts'
import { misfitDefaults, refuseMisfits } from '../../compile/misfit-defaults.ts'
import { createPreservedStore } from '../../data-steps/preserved/store.ts'
import type { Session } from '../../dialect/session.ts'
import { remedies } from '../../errors/codes.ts'
import { isAbort, isMigrateError, MigrateError } from '../../errors/migrate-error.ts'
import type { BookkeepingInspection } from '../../history/inspect-bookkeeping.ts'
import type { Hold } from '../../lock/hold.ts'
import type { SchemaModel } from '../../model/schema-model.ts'
import type { RecordedOperation, RecordedStep } from '../../operations/recording.ts'
import type { MigrationEvent } from '../../options/events.ts'
import type { ResolvedOptions } from '../../options/resolve-options.ts'
import { ensureTables } from '../../planning/recording/record-step.ts'
import type { TierGraph } from '../../planning/route.ts'
import { noOperations } from '../journal/step-parts.ts'
import { limitStatements } from '../limit-statements.ts'
import { LiveModel } from '../live-model.ts'
import { runContextOf } from '../run-context.ts'
import { runOperations } from '../run-operations.ts'
import { changeParts } from './change-parts.ts'
import { recordPush } from './record-push.ts'

/** Operations that belong to no revision, with the functions that their data steps name. */
export interface PushedOperations {
  readonly operations: readonly RecordedOperation[]
  readonly functions: ReadonlyMap<string, RecordedStep>
}

interface PushRun extends PushedOperations {
  readonly resolved: ResolvedOptions
  readonly session: Session
  readonly hold: Hold
  readonly signal: AbortSignal
  readonly emit: (event: MigrationEvent) => void
  readonly inspection: BookkeepingInspection
  /** The tier whose revisions will make the same. */
  readonly tier: TierGraph
  /** The schemas that the operations name, as they find them. */
  readonly before: SchemaModel
}

const header = {
  revision: pushName,
  parents: [],
  dependsOn: [],
  branchLabels: [],
  compatibleWith: [],
  message: 'push',
  source: pushName,
}

/** Also where a step may make a rebuild of what was a change in place. */
const needsForeignKeysOff = ({ resolved: { dialect }, operations }: PushRun, forecast: ForecastStep): boolean =>
  dialect.capabilities.rebuildsTables === true &&
  (operations.some(({ operation }) => operation.kind === 'run') || forecast.foreignKeys === 'off')

/** An error of a statement or of rows, without the place of a revision: there is none to correct. */
function pushError({ signal }: PushRun, thrown: unknown): unknown {
  const isStopped = isAbort(thrown, signal) || (signal.aborted && isMigrateError(thrown, 'ABORTED'))
  if (isStopped)
    return new MigrateError('ABORTED', { applied: [] }, 'Stopped in the middle of the push.', {
      cause: thrown,
      remedy: 'Run `migrate push` again: it continues from the current schema.',
    })
  if (!isMigrateError(thrown)) return thrown
  const { code, details, message, cause, location } = thrown
  const { tier: _, revision: __, direction: ___, ...errorLocation } = location
  const isGeneral = (['STATEMENT_FAILED', 'BLOCKING_ROWS'] as const).some(
    (each) => each === code && thrown.remedy === remedies[each],
  )
  const remedy = isGeneral ? 'Correct the declared schema or the rows, and run `migrate push` again.' : thrown.remedy
  return new MigrateError(code, details, message, { cause, remedy, location: errorLocation })
}

/**
 * Runs operations under the lock as those of a revision, in one transaction where the server has such, and records them as a push. What an
 * interrupted push has committed stays: the next one compares with it. Throws what running operations throws, LOCK_LOST, ABORTED.
 */
export async function pushOperations(run: PushRun): Promise<void> {
  const { resolved, session, hold, signal, before } = run
  const { dialect, names, waitMs } = resolved
  const present = new Set(run.inspection.present)
  const fence = await hold.fence(undefined)
  await limitStatements(session, resolved)
  // Tables cannot be made in a transaction there.
  if (dialect.capabilities.transactionalDdl === 'implicitCommit')
    await ensureTables(dialect, session, present, [historyTable(names)])
  const forecast = forecastStep(dialect, before, run.operations)
  const foreignKeys = needsForeignKeysOff(run, forecast) ? 'off' : 'on'
  const off = foreignKeys === 'off' ? ({ foreignKeys } as const) : {}
  const parts = changeParts(session, fence, { waitMs, signal, ...off })
  const { tier, operations, functions, emit } = run
  const step = { revision: pushName, direction: 'up', removed: [], added: [] } as const
  const guarded = { resolved, session, state: { present }, fence }
  const context = runContextOf(guarded, 'SQL of the schema', {
    executableStep: { route: { tier, header, step }, operations, functions },
    preserved: createPreservedStore(dialect, session, names, present.has(names.preserved)),
    emit,
    losses: [],
    foreignKeys,
    signal,
    lost: new Set(),
    acceptDrift: false,
    compiled: undefined,
    parts,
    reintrospect: () => dialect.introspection.schema(session, { whole: true }),
  })
  try {
    refuseMisfits(misfitDefaults(dialect, forecast, context.named), forecast.after)
    await parts.runInTransaction(noOperations, () => recordPush(run, pushName, present))
    await runOperations(context, new LiveModel(before, context.reintrospect))
    await parts.close()
  } catch (error) {
    await parts.rollBack()
    throw pushError(run, error)
  }
}
