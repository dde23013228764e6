import { forecastStep } from '../compile/compile-step.ts'
import type { PlannedLoss, PlanStep } from '../compile/plan.ts'
import { namedTables } from '../compile/tables-named.ts'
import type { Dialect } from '../dialect/dialect.ts'
import type { Session } from '../dialect/session.ts'
import { isMigrateError, locate, MigrateError } from '../errors/migrate-error.ts'
import { tableKey } from '../model/edit.ts'
import type { SchemaModel, TableRef } from '../model/schema-model.ts'
import type { Operation } from '../operations/operation.ts'
import { checkDrift } from './check-drift.ts'
import type { Look } from './look.ts'
import { downgradeNotes, opaqueNotes, securityNotes } from './losses/downgrade-notes.ts'
import { forecastLosses, type PendingRows, pendingRows } from './losses/forecast-losses.ts'
import { routineNotes } from './losses/routine-notes.ts'
import type { PlanOptions } from './migrator-types.ts'
import type { Settled } from './options.ts'
import type { PreparedStep } from './prepare.ts'
import { computes } from './preserved/bases.ts'
import { dropsOf } from './preserved/drops.ts'
import { forecastBases } from './preserved/forecast-bases.ts'
import { plannedLosses, refuseLosses } from './preserved/losses.ts'
import { plannedRestore } from './preserved/planned-restore.ts'
import { noteTriggers } from './preserved/silence.ts'
import { checkSources, sourceTables } from './preserved/sources.ts'
import { createPreservedStore, type PreservedStore } from './preserved/store.ts'
import { waitNotes } from './wait-notes.ts'

function operationsOf(steps: readonly PreparedStep[]): readonly Operation[] {
  return steps.flatMap((step) => [
    ...step.operations.map((each) => each.operation),
    ...(step.undoes ?? []).map((each) => each.operation),
  ])
}

/** What the steps before one leave to it. */
interface Before {
  readonly preserved: PreservedStore
  readonly earlier: readonly Operation[]
  readonly opaque: boolean
  readonly pending: PendingRows
  /** The place of the step in the plan. */
  readonly at: number
}

interface Forecast {
  readonly step: PlanStep
  readonly after: SchemaModel
  readonly opaque: boolean
}

export interface ForecastSteps {
  readonly planned: readonly PlanStep[]
  /** By step: opaque SQL of an earlier one may have changed what it stands on. */
  readonly uncertain: readonly boolean[]
}

/**
 * The tables once the rest of what an earlier run left in the middle has run: what follows stands on them, not on the half of
 * it that is there now. `undefined`: a half that its operation cannot be applied to (its table exists already), so that it is
 * known when it has run.
 */
function afterRest(dialect: Dialect, model: SchemaModel, { resumed }: PreparedStep): SchemaModel | undefined {
  try {
    return (resumed?.rest?.part.effective ?? []).reduce(
      (to, { operation }) => dialect.applyToModel(to, operation),
      model,
    )
  } catch (error) {
    if (!isMigrateError(error)) throw error
    return undefined
  }
}

async function forecastOne(
  settled: Settled,
  session: Session,
  prepared: PreparedStep,
  before: SchemaModel,
  live: SchemaModel,
  options: PlanOptions,
  { earlier, opaque, pending, preserved, at }: Before,
): Promise<Forecast> {
  const { dialect } = settled
  const rested = afterRest(dialect, before, prepared)
  const [model, uncertain] = [rested ?? before, opaque || rested === undefined]
  const { header, step, tier } = prepared.route
  const notes: string[] = []
  // What opaque SQL of an earlier step left is seen when it has run: the step is proven then.
  const drift = uncertain ? [] : checkDrift(dialect, model, prepared, options.acceptDrift === true)
  if (drift.length > 0) notes.push(`accepted drift: ${drift.join('; ')}`)
  if (step.direction === 'up' && !uncertain && prepared.resumed === undefined) checkSources(model, prepared.operations)
  const compiled = forecastStep(dialect, model, prepared.operations, uncertain)
  const upgrade = (prepared.upgrade ?? []).map((each) => each.operation)
  const drops = dropsOf(
    model,
    compiled.operations.map((each) => each.operation),
    computes(dialect, upgrade),
  )
  const isDown = step.direction === 'down'
  const bases = isDown ? forecastBases(dialect, compiled, prepared, drops) : undefined
  // Rows that an earlier step changes are counted when this one runs.
  const uncounted = pending.all
  const dropped = isDown ? await plannedLosses(dialect, session, live, drops, settled.preserve, earlier) : []
  const others = await forecastLosses(
    dialect,
    session,
    live,
    pending,
    { groups: compiled.groups, unforeseen: compiled.unforeseen },
    ({ how }) => !(isDown && how === 'dropped'),
    settled.preserve,
  )
  const losses = [
    ...dropped.map((loss) => (uncounted ? withoutRows(loss) : loss)).map((loss) => bases?.explain(loss) ?? loss),
    ...others,
  ]
  notes.push(
    ...securityNotes(dialect, compiled.groups),
    ...downgradeNotes(dialect, prepared, compiled.groups),
    ...opaqueNotes(dialect, prepared.operations),
    ...(await routineNotes(dialect, session, live, earlier, compiled.operations)),
  )
  const restores = isDown ? undefined : await plannedRestore(dialect, session, preserved, prepared, at)
  const foreignKeys = compiled.foreignKeys ?? bases?.foreignKeys
  const off = foreignKeys === undefined ? {} : { foreignKeys }
  if (compiled.foreignKeys === 'off' && compiled.operations.some((each) => each.operation.kind === 'run')) {
    notes.push('its data steps run with foreign keys off; the end checks them')
  }
  notes.push(...waitNotes(dialect, model, compiled))
  notes.push(...(await noteTriggers(dialect, session, preserved, prepared)))
  return {
    step: {
      tier: tier.tier.name,
      revision: header.revision,
      message: header.message,
      source: header.source,
      direction: step.direction,
      removed: step.removed,
      added: step.added,
      operations: compiled.operations,
      ...off,
      ...(compiled.parts === undefined ? {} : { parts: compiled.parts }),
      losses,
      ...(restores === undefined ? {} : { restores }),
      notes,
    },
    after: compiled.after,
    opaque: compiled.opaque || rested === undefined,
  }
}

function withoutRows({ rows: _rows, ...loss }: PlannedLoss): PlannedLoss {
  return loss
}

/** The tables that steps name: what has to be looked at before they can be compiled. */
export function tablesOf(steps: readonly PreparedStep[]): readonly TableRef[] {
  const upgrades = steps.flatMap(({ operations, upgrade = [] }) => [...operations, ...upgrade])
  const named = [...namedTables(operationsOf(steps)), ...sourceTables(upgrades.map(({ operation }) => operation))]
  return [...new Map(named.map((ref) => [tableKey(ref), ref])).values()]
}

/** The database has what a pending revision makes: the person who reads this may have written neither. */
function forOwners(
  { details, message }: MigrateError<'OBJECT_EXISTS'>,
  { route: { tier, step } }: PreparedStep,
  previous: PlanStep | undefined,
): MigrateError<'OBJECT_EXISTS'> {
  const first = previous === undefined ? '' : `\`migrate upgrade ${previous.revision}\` and then `
  // Only a graph can be stamped.
  const same =
    tier.tier.kind === 'graph'
      ? `If it is what revision ${step.revision} would make, run ${first}\`migrate stamp ${step.revision}\`; otherwise rename or drop it`
      : 'Rename or drop it'
  const remedy = `Check that this is the right database: no applied revision made this object. ${same}, and run the command again.`
  return new MigrateError('OBJECT_EXISTS', details, message, { remedy })
}

/** What the steps will do, one after the other from the live tables on. Throws DRIFT, DATA_LOSS and what cannot be compiled. */
export async function forecastSteps(
  settled: Settled,
  session: Session,
  {
    steps,
    live,
    look,
  }: { readonly steps: readonly PreparedStep[]; readonly live: SchemaModel; readonly look: Pick<Look, 'present'> },
  options: PlanOptions,
): Promise<ForecastSteps> {
  const { dialect, names } = settled
  const preserved = createPreservedStore(dialect, session, names, look.present.has(names.preserved))
  const planned: PlanStep[] = []
  const earlier: Operation[] = []
  const uncertain: boolean[] = []
  const pending = pendingRows()
  let opaque = false
  let model = live
  for (const [at, prepared] of steps.entries()) {
    const { header, tier } = prepared.route
    try {
      const next = await forecastOne(settled, session, prepared, model, live, options, {
        earlier,
        opaque,
        pending,
        preserved,
        at,
      })
      uncertain.push(opaque)
      opaque ||= next.opaque
      planned.push(next.step)
      earlier.push(...next.step.operations.flatMap((each) => (each.skipped === undefined ? [each.operation] : [])))
      model = next.after
    } catch (error) {
      if (!isMigrateError(error)) throw error
      throw locate(isMigrateError(error, 'OBJECT_EXISTS') ? forOwners(error, prepared, planned.at(-1)) : error, {
        tier: tier.tier.name,
        revision: header.revision,
        direction: prepared.route.step.direction,
      })
    }
  }
  refuseLosses(
    planned.flatMap(({ direction, losses }) =>
      losses.filter(({ how, refused }) => (direction === 'down' ? how === 'dropped' : refused === true)),
    ),
    options.allowDataLoss === true,
  )
  return { planned, uncertain }
}
