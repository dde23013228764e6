import { type ForecastStep, forecastStep } from '../compile/compile-step.ts'
import { requestFor } from '../compile/introspect-request.ts'
import { type MisfitDefault, misfitDefaults, refuseMisfits } from '../compile/misfit-defaults.ts'
import { namedTables, parentTables } from '../compile/named-tables.ts'
import type { PlanStep } from '../compile/plan.ts'
import { refuseUnrecordable } from '../compile/record-bytes.ts'
import { refuseUnservedKeys } from '../compile/references.ts'
import { filledBy } from '../data-steps/preserved/bases.ts'
import { dropsOf, isPreservedWith } from '../data-steps/preserved/drops.ts'
import { plannedLosses, refuseLosses, withoutRows } from '../data-steps/preserved/losses.ts'
import { checkSources, sourceTables, targetTables } from '../data-steps/preserved/sources.ts'
import { createPreservedStore, type PreservedStore } from '../data-steps/preserved/store.ts'
import type { Dialect } from '../dialect/dialect.ts'
import type { IntrospectRequest } from '../dialect/introspection.ts'
import type { Session } from '../dialect/session.ts'
import { isMigrateError, locate, MigrateError } from '../errors/migrate-error.ts'
import type { BookkeepingInspection } from '../history/inspect-bookkeeping.ts'
import { hasUnreadViews, present, tableKey } from '../model/edit.ts'
import type { SchemaModel } from '../model/schema-model.ts'
import type { Operation } from '../operations/operation.ts'
import { operationsOf } from '../operations/recording.ts'
import type { PlanOptions } from '../options/migrator-options.ts'
import type { ResolvedOptions } from '../options/resolve-options.ts'
import { checkDrift } from './check-drift.ts'
import { withInverseRemedy } from './downgrade/inverse-remedy.ts'
import { forecastBases } from './forecast-bases.ts'
import { defaultNotes } from './losses/default-notes.ts'
import { downgradeNotes, opaqueNotes, securityNotes } from './losses/downgrade-notes.ts'
import { forecastLosses, operationsAround } from './losses/forecast-losses.ts'
import { type PendingRows, pendingRows } from './losses/pending-rows.ts'
import {
  cautionNotes,
  lostPreservedNotes,
  replacedNotes,
  routineNotes,
  triggerNotes,
  waitNotes,
} from './losses/step-notes.ts'
import { recreatedNotes, undeclaredNotes } from './losses/undeclared-notes.ts'
import { plannedRestore } from './planned-restore.ts'
import { type ExecutableStep, plannedStep, stepIdentity } from './prepare.ts'
import { ofFunctions } from './refuse-stale.ts'

/** What the steps before one leave to it. */
interface EarlierSteps {
  /** The tables as they are now, and as the steps leave them. */
  readonly live: SchemaModel
  readonly model: SchemaModel
  readonly preserved: PreservedStore
  readonly earlier: readonly Operation[]
  readonly opaque: boolean
  readonly pending: PendingRows
  /** The place of the step in the plan. */
  readonly at: number
  /** The step as it was compiled for another database. */
  readonly compiledBefore: ForecastStep | undefined
}

interface Forecast {
  readonly step: PlanStep
  readonly compiled: ForecastStep
  readonly opaque: boolean
}

export interface ForecastSteps {
  readonly planned: readonly PlanStep[]
  /** By step: opaque SQL of an earlier one may have changed what it stands on. */
  readonly uncertain: readonly boolean[]
  /** By step; absent where the models of many steps on many tables would take too much memory: the run compiles those itself. */
  readonly compiled: readonly (ForecastStep | undefined)[]
}

export interface ForecastOptions extends PlanOptions {
  /**
   * The steps run next, and that run reports what it restores. It is counted before only where a value that can't be read would stop a step
   * after a part of it was committed.
   */
  readonly runsNext?: boolean
}

/** Tables in the models that the compiled steps of a plan keep reachable. */
const maxReachableTables = 200_000

/**
 * The tables once the rest of what an earlier run left in the middle has run: what follows stands on them, not on the half of
 * it that is there now. `undefined`: a half that its operation cannot be applied to (its table exists already), so that it is
 * known when it has run.
 */
function afterRest(dialect: Dialect, model: SchemaModel, { resumed }: ExecutableStep): SchemaModel | undefined {
  try {
    return (resumed?.rest?.part.resolvedOperations ?? []).reduce(
      (to, { operation }) => dialect.model.apply(to, operation),
      model,
    )
  } catch (error) {
    if (!isMigrateError(error)) throw error
    return undefined
  }
}

/** Whether a step can be compiled before those that rename what a view reads have run; else it is compiled from what they leave. */
function compiles(dialect: Dialect, model: SchemaModel, { operations }: ExecutableStep): boolean {
  try {
    forecastStep(dialect, model, operations)
    return true
  } catch (error) {
    if (!isMigrateError(error, 'UNSUPPORTED')) throw error
    return false
  }
}

async function forecastOne(
  resolved: ResolvedOptions,
  session: Session,
  executableStep: ExecutableStep,
  options: ForecastOptions,
  before: EarlierSteps,
): Promise<Forecast> {
  const { dialect } = resolved
  const { live, earlier, opaque, pending, preserved, at, compiledBefore } = before
  const rested = afterRest(dialect, before.model, executableStep)
  const [model, uncertain] = [rested ?? before.model, opaque || rested === undefined]
  const { header, step, isRecordedOnly } = executableStep.route
  const notes = isRecordedOnly ? ['what it replaces is applied: it is recorded, and nothing of it runs'] : []
  // What opaque SQL of an earlier step left is seen when it has run: the step is proven then.
  const drift = uncertain ? [] : await checkDrift(dialect, model, executableStep, options.acceptDrift === true)
  if (drift.length > 0) notes.push(`accepted drift: ${drift.join('; ')}`)
  if (step.direction === 'up' && !uncertain && executableStep.resumed === undefined)
    checkSources(model, executableStep.operations)
  const compiled = compiledBefore ?? forecastStep(dialect, model, executableStep.operations, uncertain)
  refuseUnrecordable(dialect, compiled)
  if (!(uncertain || compiled.opaque)) refuseUnservedKeys(dialect, model, compiled.after, compiled.operations)
  const upgrade = operationsOf(executableStep.upgrade ?? [])
  const drops = dropsOf(model, operationsOf(compiled.operations), filledBy(dialect, upgrade))
  // Rows that an earlier step changes are counted when this one runs.
  const [isDown, uncounted] = [step.direction === 'down', pending.all]
  const bases = isDown ? forecastBases(dialect, compiled, executableStep, drops) : undefined
  const dropped = isDown ? await plannedLosses(dialect, session, live, drops, resolved.preserve, earlier) : []
  const otherLosses = await forecastLosses(
    { dialect, session, live, pending, limits: resolved.preserve },
    [...operationsAround(compiled.groups), ...compiled.unforeseen.map((operation) => ({ operation }))],
    (each, names) => !(isDown && (each.how === 'dropped' || isPreservedWith(drops, names, each))),
  )
  const losses = [
    ...dropped.map((loss) => (uncounted ? withoutRows(loss) : loss)).map((loss) => bases?.explain(loss) ?? loss),
    ...otherLosses,
  ]
  notes.push(
    ...securityNotes(compiled.groups),
    ...downgradeNotes(dialect, executableStep, compiled.groups),
    ...opaqueNotes(dialect, executableStep.operations),
    ...cautionNotes(dialect, executableStep, model, compiled),
    ...(isDown || uncertain ? [] : await defaultNotes(dialect, session, model, compiled.after, compiled.operations)),
    ...recreatedNotes(model, compiled.after, operationsOf(compiled.operations)),
    ...(isDown ? undeclaredNotes(dialect, model, compiled.after, upgrade) : []),
    ...(await routineNotes(dialect, session, live, earlier, compiled.operations)),
    ...lostPreservedNotes(dialect, resolved.names.preserved, preserved, executableStep),
  )
  const isUncounted = isDown || (options.runsNext === true && dialect.capabilities.transactionalDdl === 'yes')
  const restores = isUncounted ? undefined : await plannedRestore(resolved, session, preserved, executableStep, at)
  const foreignKeys = compiled.foreignKeys ?? bases?.foreignKeys
  if (compiled.foreignKeys === 'off' && compiled.operations.some((each) => each.operation.kind === 'run')) {
    notes.push('its data steps run with foreign keys off; the end checks them')
  }
  const triggers = await triggerNotes(dialect, session, preserved, executableStep)
  notes.push(...waitNotes(dialect, model, compiled), ...triggers, ...(await replacedNotes(preserved, executableStep)))
  return {
    step: {
      ...plannedStep(executableStep, compiled),
      ...(compiled.operations.some(({ operation }) => operation.kind === 'run') ? ofFunctions(resolved, header) : {}),
      ...present({ foreignKeys, restores }),
      losses,
      notes,
    },
    compiled,
    opaque: compiled.opaque || rested === undefined,
  }
}

/** What steps name: what has to be looked at before they can be compiled. */
export function requestOf(dialect: Dialect, steps: readonly ExecutableStep[]): IntrospectRequest {
  const executed = operationsOf(steps.flatMap(({ operations, undoes = [] }) => [...operations, ...undoes]))
  const upgrades = operationsOf(steps.flatMap(({ operations, upgrade = [] }) => [...operations, ...upgrade]))
  const named = [
    ...namedTables(executed),
    ...parentTables(dialect, executed),
    ...sourceTables(upgrades),
    ...targetTables(executed),
  ]
  // What undoes an operation, and what the next upgrade runs, is compiled on that model, too.
  const related = steps.flatMap(({ undoes = [], upgrade = [], recorded = [] }) => [
    ...undoes,
    ...operationsOf([...upgrade, ...recorded]),
  ])
  return requestFor(executed, [...new Map(named.map((ref) => [tableKey(ref), ref])).values()], related)
}

/** The database has what a pending revision makes: the person who reads this may have written neither. */
function forOwners(
  { details, message }: MigrateError<'OBJECT_EXISTS'>,
  { route: { tier, step, reverts }, resumed }: ExecutableStep,
  previous: PlanStep | undefined,
): MigrateError<'OBJECT_EXISTS'> {
  if (resumed !== undefined) {
    // A stamp would record as applied what is interrupted.
    const remedy = `Revision ${step.revision} was interrupted, and what is left of it makes this object, which another program made meanwhile. Rename or drop it, and finish the revision with \`migrate resume\`.`
    return new MigrateError('OBJECT_EXISTS', details, message, { remedy })
  }
  const first = previous === undefined ? '' : `\`migrate upgrade ${previous.revision}\` and then `
  // Only a graph can be stamped, and only upwards.
  const same =
    tier.tier.kind === 'graph' && step.direction === 'up' && reverts === undefined
      ? `If the database has everything that revision ${step.revision} would make, run ${first}\`migrate stamp ${step.revision}\`; otherwise rename or drop it`
      : 'Rename or drop it'
  const remedy = `Check that this is the right database, and that no earlier revision makes this object. ${same}, and run the command again.`
  return new MigrateError('OBJECT_EXISTS', details, message, { remedy })
}

/** What the steps will do, one after the other from the live tables on. Throws DRIFT, DATA_LOSS and what cannot be compiled. */
export async function forecastSteps(
  resolved: ResolvedOptions,
  session: Session,
  {
    steps,
    live,
    inspection,
    compiled: compiledBefore = [],
  }: {
    readonly steps: readonly ExecutableStep[]
    readonly live: SchemaModel
    readonly inspection: Pick<BookkeepingInspection, 'present'>
    /** As they were compiled from the same tables of another database. */
    readonly compiled?: ForecastSteps['compiled']
  },
  options: ForecastOptions,
): Promise<ForecastSteps> {
  const { dialect, names } = resolved
  const preserved = createPreservedStore(dialect, session, names, inspection.present.has(names.preserved))
  const planned: PlanStep[] = []
  const earlier: Operation[] = []
  const uncertain: boolean[] = []
  let misfits: readonly MisfitDefault[] = []
  const compiled: (ForecastStep | undefined)[] = []
  let reachableTables = 0
  const pending = pendingRows()
  let opaque = false
  let model = live
  for (const [at, executableStep] of steps.entries()) {
    const location = stepIdentity(executableStep)
    try {
      opaque ||= hasUnreadViews(model) && !compiles(dialect, model, executableStep)
      const before = { live, model, earlier, opaque, pending, preserved, at, compiledBefore: compiledBefore[at] }
      const next = await forecastOne(resolved, session, executableStep, options, before)
      uncertain.push(opaque)
      if (!opaque) misfits = misfits.concat(misfitDefaults(dialect, next.compiled, location))
      opaque ||= next.opaque
      planned.push(next.step)
      for (const each of next.step.operations) if (each.skipped === undefined) earlier.push(each.operation)
      model = next.compiled.after
      reachableTables += model.tables.size
      compiled.push(reachableTables <= maxReachableTables ? next.compiled : undefined)
    } catch (error) {
      if (!isMigrateError(error)) throw error
      const owned = isMigrateError(error, 'OBJECT_EXISTS') ? forOwners(error, executableStep, planned.at(-1)) : error
      throw locate(withInverseRemedy(dialect, executableStep, owned), location)
    }
  }
  if (!opaque) refuseMisfits(misfits, model)
  const refusable = planned.flatMap(({ direction, losses }) =>
    losses.filter(({ how, refused }) => (direction === 'down' ? how === 'dropped' : refused === true)),
  )
  if (options.allowDataLoss !== true) refuseLosses(refusable)
  return { planned, uncertain, compiled }
}
