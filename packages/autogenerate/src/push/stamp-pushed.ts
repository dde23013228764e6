import { isMigrateError, MigrateError, type Migrator, type Operation } from '@org/migrate-core'
import {
  counted,
  describe,
  emptySchema,
  requireOptions,
  type SchemaModel,
  type ServerSession,
} from '@org/migrate-core/dialect'
import {
  callAfterHeadHook,
  contextOf,
  headsAfter,
  inhabitedSchemas,
  inOwnSchema,
  inspectBookkeeping,
  isOpaque,
  observeRun,
  planRoute,
  type ResolvedOptions,
  type RouteStep,
  readTierGraphs,
  recordUpgrade,
  refusePushed,
  rulesOf,
  stampRoute,
  wholeSchema,
  withLock,
} from '@org/migrate-core/internal'
import { diffSchemas } from '../compare/diff.ts'
import { featuresOfRevisions, liveSchema, takesPart } from '../compare/sources.ts'
import { differenceLines } from '../differences/change.ts'
import { filterSchema } from '../differences/filter.ts'
import { spelledAs } from '../differences/spelled-as.ts'
import { tryOperations } from '../differences/try-operations.ts'
import { type StampPushedOptions, type StampPushedResult, stampPushedChecks } from './options.ts'

interface RecordedSteps {
  readonly operations: readonly Operation[]
  /** What they make of an empty schema, without being run. */
  readonly replayed: SchemaModel
  /** Why they can't be stamped, whatever the schema is: the rows that they write are not there. */
  readonly writes: readonly string[]
  /** Data steps, which may have written something. */
  readonly dataSteps: readonly string[]
  readonly isOpaque: boolean
}

async function recordSteps({ dialect }: ResolvedOptions, steps: readonly RouteStep[]): Promise<RecordedSteps> {
  const operations: Operation[] = []
  const writes: string[] = []
  const dataSteps: string[] = []
  let replayed = emptySchema
  for (const { tier, step } of steps) {
    const { revision } = step
    for (const { operation } of (await recordUpgrade(dialect, tier, revision)).operations) {
      operations.push(operation)
      replayed = dialect.model.apply(replayed, operation)
      if (operation.kind === 'insertRows' || operation.kind === 'deleteRows')
        writes.push(`${revision} writes rows: ${describe(operation)}`)
      if (operation.kind === 'run') dataSteps.push(`${revision}: ${operation.label}`)
    }
  }
  return { operations, replayed, writes, dataSteps, isOpaque: operations.some(isOpaque) }
}

/** What the steps make where they are run; where this user may not create a shadow schema, what they amount to. */
async function produceSchema(
  { dialect }: ResolvedOptions,
  { operations, replayed, isOpaque: hasOpaque }: RecordedSteps,
  live: SchemaModel,
): Promise<SchemaModel> {
  const schemas = [...new Set([...inhabitedSchemas(replayed), ...inhabitedSchemas(live)])]
  try {
    return (await tryOperations(dialect, operations, { schemas })).schema
  } catch (error) {
    if (!isMigrateError(error, 'SHADOW_REFUSED') || hasOpaque) throw error
    return replayed
  }
}

/** What differs between the database and what the steps make; empty: they are equal. */
async function differencesOf(
  resolved: ResolvedOptions,
  session: ServerSession,
  recorded: RecordedSteps,
  options: StampPushedOptions,
): Promise<readonly string[]> {
  const { dialect } = resolved
  const { ownSchema } = dialect.model
  const introspected = inOwnSchema((await liveSchema(resolved, session)).schema, ownSchema)
  const expected = inOwnSchema(await produceSchema(resolved, recorded, introspected), ownSchema)
  const live = spelledAs(dialect, introspected, expected)
  const { include, exclude } = options
  const filter = { ...(include === undefined ? {} : { include }), ...(exclude === undefined ? {} : { exclude }) }
  const keep = takesPart(resolved, filter, inhabitedSchemas(expected))
  const actual = filterSchema(live, keep)
  const { changes } = await diffSchemas({
    dialect,
    from: actual,
    to: { ...wholeSchema(filterSchema(expected, keep)), supportedFeatures: featuresOfRevisions },
    answers: { none: true },
  })
  return differenceLines(dialect, actual, changes)
}

function notEqual(database: string, pending: number, lines: readonly string[]): MigrateError<'NOT_AT_HEAD'> {
  const message = `${database} was pushed, and the pending revisions make something else: ${counted(lines.length, 'difference')}.\n${lines.map((line) => `  ${line}`).join('\n')}`
  return new MigrateError('NOT_AT_HEAD', { database, state: 'pushed', pending }, message, {
    remedy:
      'Run `migrate reset`; or, to keep the rows, run `migrate push` with the schema that the revisions make, then `migrate upgrade`.',
  })
}

async function stampOn(
  resolved: ResolvedOptions,
  session: ServerSession,
  { hold, signal, ...options }: StampPushedOptions & Pick<Parameters<typeof stampRoute>[0], 'hold' | 'signal'>,
): Promise<Pick<StampPushedResult, 'stamped' | 'heads' | 'warnings'>> {
  const inspection = await inspectBookkeeping(resolved, session)
  const tiers = await readTierGraphs(resolved, session, inspection, 'fill', { readAll: true })
  const { target, tier } = options
  const route = planRoute(tiers, target, { direction: 'up', ...(tier === undefined ? {} : { tier }) })
  const { steps } = route
  const headsBefore = tiers.map((each) => ({ tier: each.tier.name, heads: rulesOf(each).position(each.applied) }))
  // Another run has stamped them meanwhile.
  if (steps.length === 0 || inspection.pushed === undefined) return { stamped: [], heads: headsBefore, warnings: [] }
  // A load gives rows too, and which of them it gave is not known.
  if (inspection.pushed.isLoad) refusePushed(inspection.pushed, resolved.dialect.connection.database, steps.length)
  const recorded = await recordSteps(resolved, steps)
  const differences = [...recorded.writes, ...(await differencesOf(resolved, session, recorded, options))]
  if (differences.length > 0) throw notEqual(resolved.dialect.connection.database, steps.length, differences)
  const left = await stampRoute({ resolved, session, hold, signal, inspection }, steps)
  return {
    stamped: steps.map((each) => `${each.tier.tier.name}:${each.step.revision}`),
    heads: headsAfter(route),
    warnings: [...recorded.dataSteps.map((step) => `Recorded without running its data step: ${step}.`), ...left],
  }
}

/**
 * Records pending revisions on a database that was pushed, without running them, where they make the schema that it has: they are run in a
 * shadow schema or database, and both are compared by introspection.
 *
 * Throws NOT_AT_HEAD with the state `pushed` where they make something else or write rows, MULTIPLE_HEADS, LOCKED, ABORTED, HOOK_FAILED.
 *
 * ```ts
 * const { stamped } = await stampPushed(migrator)
 * ```
 */
export async function stampPushed(migrator: Migrator, options: StampPushedOptions = {}): Promise<StampPushedResult> {
  const { resolved } = contextOf('stampPushed', migrator)
  requireOptions('stampPushed', options, stampPushedChecks)
  const startedAt = performance.now()
  const observer = observeRun(resolved, options)
  observer.throwIfStopped()
  const { waiting, warn } = observer
  const result = await withLock(resolved, { ...waiting, warn }, (session, here, hold, signal) =>
    stampOn(here, session, { ...options, hold, signal }),
  ).catch(observer.rethrow)
  for (const warning of result.warnings) warn(warning)
  await observer.waitUntilIdle()
  if (result.stamped.length > 0 && options.target === undefined)
    await callAfterHeadHook(resolved, { revision: result.heads.at(-1)?.heads ?? [], migrated: false })
  return {
    applied: [],
    stamped: result.stamped,
    heads: result.heads,
    reports: [],
    losses: [],
    warnings: observer.allWarnings(),
    preserved: 0,
    ms: Math.round(performance.now() - startedAt),
  }
}
