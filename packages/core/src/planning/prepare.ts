import { historyKey, historySource, type RecordedInverse } from '../bookkeeping/history.ts'
import type { InterruptedStep } from '../bookkeeping/journal-entries.ts'
import type { ForecastStep } from '../compile/compile-step.ts'
import type { PlanStep } from '../compile/plan.ts'
import { preservingAll, preservingRestored } from '../data-steps/preserved/preserving-default.ts'
import type { Dialect } from '../dialect/dialect.ts'
import { isMigrateError, MigrateError } from '../errors/migrate-error.ts'
import { emptySchema, present } from '../model/edit.ts'
import type { SchemaModel } from '../model/schema-model.ts'
import type { Operation } from '../operations/operation.ts'
import type { RecordedOperation, RecordedStep, Recording } from '../operations/recording.ts'
import { operationsOf } from '../operations/recording.ts'
import { describe } from '../operations/table.ts'
import { notNullLast } from './downgrade/not-null-last.ts'
import type { ResumeState } from './journal/resume.ts'
import {
  fileNeeded,
  inRevision,
  recordDowngrade,
  recordingHash,
  recordPart,
  recordUpgrade,
  writesDowngrade,
} from './recording/record-file.ts'
import { compiledFrom, replayRevision } from './replay-applied.ts'
import type { RouteStep, TierGraph } from './route.ts'
import { rulesOf } from './tier-rules.ts'

/** A step with what it will do: operations as data, and the functions that its data steps name. */
export interface ExecutableStep {
  readonly route: RouteStep
  readonly operations: readonly RecordedOperation[]
  readonly functions: ReadonlyMap<string, RecordedStep>
  /** Hash of what upgrade recorded; absent where the file is not needed. */
  readonly operationsHash?: string
  /** Down: what the upgrade did, as the history has it. */
  readonly upgraded?: readonly Operation[]
  /** Up: its file has no downgrade. */
  readonly derivesDowngrade?: true
  /** What the downgrade of its file records. */
  readonly writtenDowngrade?: readonly RecordedOperation[]
  /** Up: why the downgrade of its file is refused. */
  readonly refusedDowngrade?: string
  /** What the next upgrade of a revision runs that this step takes back; absent going up. */
  readonly upgrade?: readonly RecordedOperation[]
  /** Down by inverses: the upgrade whose result has to be what stands there. */
  readonly undoes?: readonly RecordedInverse[]
  /** Part of it is done already: `operations` is what is left, `recorded` all of it. */
  readonly resumed?: ResumeState
  readonly recorded?: readonly RecordedOperation[]
}

/** What a step is called in events and errors. */
export interface StepIdentity {
  readonly tier: string
  readonly revision: string
  readonly direction: 'up' | 'down'
}

export const stepIdentity = ({ route: { tier, step } }: ExecutableStep): StepIdentity => ({
  tier: tier.tier.name,
  revision: step.revision,
  direction: step.direction,
})

/** What a plan says of a step, as it is compiled. */
export function plannedStep(
  executableStep: ExecutableStep,
  { operations, parts }: Pick<ForecastStep, 'operations' | 'parts'>,
): Omit<PlanStep, 'losses' | 'notes'> {
  const { header, step } = executableStep.route
  const { message, source } = header
  const { removed, added } = step
  return { ...stepIdentity(executableStep), message, source, removed, added, operations, ...present({ parts }) }
}

/**
 * What leads back from an upgrade, last operation first. Throws IRREVERSIBLE, naming every operation that has no inverse.
 *
 * @param remedy where something better can be said than in general
 */
function inverseOperations(
  revision: string,
  undoes: readonly RecordedInverse[],
  remedy?: string,
): readonly RecordedOperation[] {
  const refused = undoes.flatMap(({ operation, inverse }) =>
    'irreversible' in inverse ? [{ operation: describe(operation), why: inverse.why }] : [],
  )
  if (refused.length > 0) {
    const lines = refused.map(({ operation, why }) => `  - ${operation}: ${why}`)
    throw new MigrateError(
      'IRREVERSIBLE',
      { revision, operations: refused },
      `Revision ${revision} has no downgrade, and one cannot be derived:\n${lines.join('\n')}`,
      { remedy },
    )
  }
  return [...undoes]
    .reverse()
    .flatMap(({ inverse }) =>
      'irreversible' in inverse ? [] : inverse.map((operation) => ({ operation, derived: true as const })),
    )
}

export interface PrepareContext {
  readonly dialect: Dialect
  /** Upgrades preserve what they take away, unless an operation says otherwise. */
  readonly preserves: boolean
  /** No history is read: a revision that is reverted has run as its upgrade would run now. */
  readonly isAssumed?: true
  readonly tiers: readonly TierGraph[]
  /** What the history says of the newest upgrade of a revision. */
  readonly resolvedOperations: (tier: string, revision: string) => Promise<readonly RecordedInverse[] | undefined>
  /** What stood before a revision, by its key in the history; filled on the way. */
  readonly replays: Map<string, SchemaModel>
}

/**
 * Records the upgrade of every revision before this one, folded from nothing: for revisions that were only stamped. Along a
 * line, what stood before each revision on the way is remembered: a downgrade asks for them all, the last one first.
 */
async function replayBefore(context: PrepareContext, step: RouteStep): Promise<SchemaModel> {
  const { dialect, replays } = context
  const key = historyKey(step.tier.tier.name, step.step.revision)
  const remembered = replays.get(key)
  if (remembered !== undefined) return remembered
  let model = emptySchema
  for (const each of context.tiers) {
    const last = each === step.tier
    const below = last ? each.graph.ancestorsOf([step.step.revision]) : undefined
    let straight = true
    let previous: string | undefined
    for (const revision of rulesOf(each).order(each)) {
      if (below !== undefined && !below.has(revision)) continue
      const before = each.graph.beforeOf(revision).join()
      straight &&= each.tier.kind === 'sequential' || before === (previous ?? '')
      if (straight) replays.set(historyKey(each.tier.name, revision), model)
      if (last && revision === step.step.revision) return model
      model = (await replayRevision(dialect, each, revision, model)).after
      previous = revision
    }
  }
  return model
}

export const hasFile = ({ tier, step, header }: RouteStep): boolean =>
  !tier.unknown.includes(step.revision) && header.source !== historySource

const upgradedBy = (recorded: readonly RecordedInverse[] | undefined): Pick<ExecutableStep, 'upgraded'> =>
  recorded === undefined ? {} : { upgraded: operationsOf(recorded) }

/** A downgrade that is refused keeps no upgrade from running: the plan of the upgrade names why. */
async function downgradeOf(
  { dialect }: PrepareContext,
  { tier, step }: RouteStep,
): Promise<Pick<ExecutableStep, 'derivesDowngrade' | 'writtenDowngrade' | 'refusedDowngrade'>> {
  try {
    const recording = await recordDowngrade(dialect, tier, step.revision)
    return recording === undefined ? { derivesDowngrade: true } : { writtenDowngrade: recording.operations }
  } catch (error) {
    if (!isMigrateError(error)) throw error
    return { refusedDowngrade: error.message }
  }
}

async function prepareUp(context: PrepareContext, route: RouteStep): Promise<ExecutableStep> {
  const recording = await recordUpgrade(context.dialect, route.tier, route.step.revision)
  const operationsHash = recordingHash(recording)
  if (route.isRecordedOnly) return { route, operations: [], functions: new Map(), operationsHash }
  return {
    route,
    operations: context.preserves ? preservingAll(recording.operations) : recording.operations,
    functions: recording.steps,
    ...(await downgradeOf(context, route)),
    operationsHash,
  }
}

function needsFunctions(operations: readonly RecordedOperation[]): boolean {
  return operations.some(
    ({ operation }) => operation.kind === 'run' && operation.direction === 'down' && operation.down === 'function',
  )
}

/** What the file says of the next upgrade; without one, what the last upgrade did. */
function upgradeOf(
  file: Recording | undefined,
  recorded: readonly RecordedInverse[] | undefined,
): readonly RecordedOperation[] {
  return file?.operations ?? (recorded ?? []).map(({ operation }) => ({ operation }))
}

/** What a revision has done that the history does not know: it was only stamped, or no database is read. */
async function assumedUndoes(
  context: PrepareContext,
  route: RouteStep,
  operations: readonly RecordedOperation[],
): Promise<readonly RecordedInverse[]> {
  const done = context.isAssumed && context.preserves ? preservingAll(operations) : operations
  return compiledFrom(context.dialect, await replayBefore(context, route), done)
}

async function prepareDown(context: PrepareContext, route: RouteStep): Promise<ExecutableStep> {
  const { dialect } = context
  const { revision } = route.step
  const each = route.tier
  const module = hasFile(route) ? await each.tier.source.module(revision) : undefined
  const recorded = await context.resolvedOperations(each.tier.name, revision)
  const sql = module?.sql
  const upgrade = module && recordPart(dialect, each, revision, module, 'upgrade')
  if (module !== undefined && writesDowngrade(dialect, module)) {
    const { operations, steps: functions } = recordPart(dialect, each, revision, module, 'downgrade')
    const ofUpgrade = { upgrade: upgradeOf(upgrade, recorded), ...upgradedBy(recorded) }
    return { route, operations, functions, writtenDowngrade: operations, ...ofUpgrade }
  }
  if (recorded === undefined && module === undefined) {
    const why = 'the history does not say what it did'
    throw fileNeeded(revision, why, `, and ${why}`)
  }
  const undoes = notNullLast(recorded ?? (await assumedUndoes(context, route, upgrade?.operations ?? [])))
  // The texts of an SQL file name no inverse: the file beside it does.
  const remedy = sql === undefined ? undefined : `Write what takes it back into ${sql.downFile}.`
  const operations = inRevision(each, revision, () => inverseOperations(revision, undoes, remedy))
  if (upgrade === undefined && needsFunctions(operations)) {
    const why = 'a data step of it has a downgrade function'
    throw fileNeeded(revision, why, ', and its downgrade needs a function of it')
  }
  const functions = upgrade?.steps ?? new Map()
  return { route, operations, functions, upgrade: upgradeOf(upgrade, recorded), undoes, ...upgradedBy(recorded) }
}

/** What is done of an interrupted step, by the inverses that its journal holds, last part first. Throws IRREVERSIBLE. */
async function prepareRevert(
  { dialect }: PrepareContext,
  route: RouteStep,
  original: InterruptedStep,
): Promise<ExecutableStep> {
  const { revision } = route.step
  const each = route.tier
  const done = notNullLast(original.parts.flatMap((part) => part.resolvedOperations))
  const remedy = 'Correct what stopped it, and finish it with `migrate resume`.'
  const operations = preservingRestored(inRevision(each, revision, () => inverseOperations(revision, done, remedy)))
  const functions = new Map<string, RecordedStep>()
  if (operations.some(({ operation }) => operation.kind === 'run')) {
    const back = original.direction === 'down' ? await recordDowngrade(dialect, each, revision) : undefined
    for (const recording of [await recordUpgrade(dialect, each, revision), back])
      for (const [label, step] of recording?.steps ?? []) functions.set(label, step)
  }
  // The next upgrade runs all of it, not only what is done: that decides over what is preserved.
  const whole = original.direction === 'up' && hasFile(route) ? await recordUpgrade(dialect, each, revision) : undefined
  return { route, operations, functions, upgrade: upgradeOf(whole, done) }
}

/** Imports only what is needed and records it. Nothing has been asked of the database but the history. */
export function prepareStep(context: PrepareContext, route: RouteStep): Promise<ExecutableStep> {
  if (route.reverts !== undefined) return prepareRevert(context, route, route.reverts)
  return route.step.direction === 'up' ? prepareUp(context, route) : prepareDown(context, route)
}
