import { isDeepStrictEqual } from 'node:util'
import { type DeclaredSchema, MigrateError, type Migrator, type PlannedLoss } from '@org/migrate-core'
import {
  counted,
  type Dialect,
  isRecord,
  requireArgument,
  requireOptions,
  type ServerSession,
  someOf,
} from '@org/migrate-core/dialect'
import {
  type BookkeepingInspection,
  contextOf,
  inlineParams,
  inspectBookkeeping,
  interruptedError,
  interruptedLoadRemedy,
  interruptedLoadText,
  namedSchemas,
  observeRun,
  pushOperations,
  type ResolvedOptions,
  readTierGraphs,
  refuseForeign,
  withLock,
} from '@org/migrate-core/internal'
import { withLive } from '../compare/compare.ts'
import { type LiveSchema, liveSchema } from '../compare/sources.ts'
import type { ComparedChange, Comparison } from '../compare/types.ts'
import { fillStatement } from '../render/fill.ts'
import { type PushOptions, type PushResult, pushChecks, type SurveyPushOptions, surveyPushChecks } from './options.ts'
import { pushedOperationsOf, withoutNeedlessFills } from './pushed-operations.ts'

interface SurveyedPush {
  readonly comparison: Comparison
  readonly inspection: BookkeepingInspection
}

/** As the server gets it, with its values: so that a client can run it. */
const withFillStatement = (
  { sql: { quote, grammar, portable } }: Dialect,
  compared: ComparedChange,
): ComparedChange => {
  const { change } = compared
  if (change.kind !== 'fill' || change.value === undefined) return compared
  const { sql, params } = fillStatement(change)
  return { ...compared, statements: [inlineParams(quote, portable(sql), params, grammar)] }
}

function refused(database: string, why: string, remedy: string): MigrateError<'DATABASE_PROTECTED'> {
  const message = `\`migrate push\` does not run on ${database}: ${why}`
  return new MigrateError('DATABASE_PROTECTED', { database, command: 'push' }, message, { remedy })
}

/** A push is for a database whose schema no revision has made. Throws DATABASE_PROTECTED, REVISION_INTERRUPTED, FOREIGN_HISTORY. */
function refuseHistory({ dialect }: ResolvedOptions, inspection: BookkeepingInspection, { tools }: LiveSchema): void {
  const { database } = dialect.connection
  refuseForeign(inspection)
  const { applied, interrupted, pushed } = inspection
  const [first] = interrupted
  if (first !== undefined) throw interruptedError(first)
  const recorded = [...applied.values()].flat()
  if (recorded.length > 0) {
    const remedy = 'Run `migrate dev`, which writes a revision of what is declared and applies it.'
    throw refused(database, `it has a history, at ${recorded.join(', ')}`, remedy)
  }
  // The record of a push would hide that of the load, whose rows are missing.
  if (pushed?.isLoad === true) throw refused(database, interruptedLoadText(pushed), interruptedLoadRemedy)
  const [tool] = tools
  if (tool === undefined) return
  throw refused(database, `${tool.tool} has migrated it`, 'Take the database over with `migrate adopt`.')
}

async function surveyOn(
  resolved: ResolvedOptions,
  session: ServerSession,
  declared: DeclaredSchema,
  options: SurveyPushOptions,
): Promise<SurveyedPush> {
  const { dialect } = resolved
  const inspection = await inspectBookkeeping(resolved, session)
  const live = await liveSchema(resolved, session)
  refuseHistory(resolved, inspection, live)
  const { process: processChanges = (changes) => changes } = options
  const comparison = await withLive(resolved, session, declared, live, {
    ...options,
    from: 'database',
    process: async (changes) => processChanges(await withoutNeedlessFills(dialect, session, live.schema, changes)),
  })
  return {
    inspection,
    comparison: { ...comparison, changes: comparison.changes.map((each) => withFillStatement(dialect, each)) },
  }
}

/**
 * What a push would change: the declared schema beside the database as it is. Nothing is written.
 *
 * Throws DATABASE_PROTECTED where revisions or another tool have migrated the database, or a load was interrupted in it;
 * REVISION_INTERRUPTED, FOREIGN_HISTORY, and what `compare` throws.
 */
export async function surveyPush(
  migrator: Migrator,
  declared: DeclaredSchema,
  options: SurveyPushOptions = {},
): Promise<Comparison> {
  const { withReadOnlySession } = contextOf('surveyPush', migrator)
  requireArgument('surveyPush', 'declared', declared, isRecord)
  requireOptions('surveyPush', options, surveyPushChecks)
  const { comparison } = await withReadOnlySession((session, here) => surveyOn(here, session, declared, options))
  return comparison
}

const changesOf = (compared: readonly ComparedChange[]) => compared.map(({ change }) => change)
const linesOf = (compared: readonly ComparedChange[]) => compared.map(({ describe }) => describe)

function conversionLoss({ object, rows, about, why }: PlannedLoss) {
  const number = rows === undefined || about ? 'values' : counted(rows, 'value')
  return {
    table: object,
    ...(rows === undefined ? {} : { rows }),
    why: `${number} of ${object}, changed by the conversion${why === undefined ? '' : ` (${why})`}`,
  }
}

/** Throws RENAME_UNANSWERED, PLAN_STALE, DATA_LOSS. */
function requireExpected(
  { changes, losses: conversions, unanswered }: Comparison,
  { expected, allowDestructive }: PushOptions,
): void {
  if (unanswered.length > 0) {
    const candidates = unanswered.map(({ from, to }) => ({ from, to }))
    const pairs = someOf(candidates.map(({ from, to }) => `${from} and ${to}`))
    throw new MigrateError('RENAME_UNANSWERED', { candidates }, `It may be a rename: ${pairs}; nothing was changed.`)
  }
  if (expected !== undefined && !isDeepStrictEqual(changesOf(expected), changesOf(changes))) {
    const details = { planned: linesOf(expected), actual: linesOf(changes) }
    throw new MigrateError('PLAN_STALE', details, 'The database was changed since the changes were shown.', {
      remedy: 'Run `migrate push` again.',
    })
  }
  const losses = [
    ...changes.flatMap(({ change }) =>
      change.kind === 'operation' && change.loses !== undefined ? [{ why: change.loses }] : [],
    ),
    ...conversions.map(conversionLoss),
  ]
  if (losses.length === 0 || allowDestructive === true) return
  const lines = losses.map(({ why }) => `  ${why}`).join('\n')
  throw new MigrateError('DATA_LOSS', { losses }, `The push would lose for good:\n${lines}`, {
    remedy: 'Check what would be lost; then repeat the command with --allow-destructive.',
  })
}

/**
 * Brings a database without a history to the declared schema, under the lock of a run, and records that it was pushed. In one transaction
 * where the server has such; else the next push continues from what an interrupted one has made.
 *
 * Throws what `surveyPush` throws, RENAME_UNANSWERED, REVISION_INCOMPLETE, DATA_LOSS, PLAN_STALE, LOCKED, ABORTED, and what the server
 * says of a change that it does not take.
 *
 * ```ts
 * const { changes } = await pushChanges(migrator, readDeclared({ accounts }))
 * ```
 */
export async function pushChanges(
  migrator: Migrator,
  declared: DeclaredSchema,
  options: PushOptions = {},
): Promise<PushResult> {
  const { resolved } = contextOf('pushChanges', migrator)
  requireArgument('pushChanges', 'declared', declared, isRecord)
  const {
    allowDestructive: _,
    expected: __,
    lockWaitMs,
    onEvent,
    ...survey
  } = requireOptions('pushChanges', options, pushChecks)
  const startedAt = performance.now()
  const observer = observeRun(resolved, options)
  observer.throwIfStopped()
  const { waiting, warn, emit } = observer
  const comparison = await withLock(resolved, { ...waiting, warn }, async (session, here, hold, signal) => {
    const surveyed = await surveyOn(here, session, declared, { ...survey, signal })
    // Another push may have made all of it since the changes were shown.
    if (surveyed.comparison.changes.length + surveyed.comparison.unanswered.length === 0) return surveyed.comparison
    requireExpected(surveyed.comparison, options)
    const { inspection } = surveyed
    const tiers = await readTierGraphs(here, session, inspection, 'fill')
    const tier = tiers.at(-1)
    if (tier === undefined) throw new MigrateError('INTERNAL', { where: 'pushChanges' }, 'There is no tier.')
    const pushed = pushedOperationsOf(surveyed.comparison)
    const schemas = namedSchemas(pushed.operations)
    const before = await here.dialect.introspection.schema(session, { schemas, referrers: true, whole: true })
    await pushOperations({ ...pushed, resolved: here, session, hold, signal, emit, inspection, tier, before })
    return surveyed.comparison
  }).catch(observer.rethrow)
  await observer.waitUntilIdle()
  return {
    database: comparison.database,
    changes: comparison.changes,
    notes: comparison.notes,
    warnings: observer.allWarnings(),
    ms: Math.round(performance.now() - startedAt),
  }
}
