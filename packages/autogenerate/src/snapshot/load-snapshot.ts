import { isMigrateError, MigrateError, type Migrator, type RunResult, type WaitOptions } from '@org/migrate-core'
import {
  counted,
  type Dialect,
  isText,
  type OptionChecks,
  refText,
  requireArgument,
  requireOptions,
  type SchemaModel,
  type ServerSession,
  someOf,
} from '@org/migrate-core/dialect'
import {
  type BookkeepingInspection,
  callAfterHeadHook,
  contextOf,
  countCounters,
  countPreserved,
  headsAfter,
  inspectBookkeeping,
  interruptedError,
  interruptedLoadRemedy,
  interruptedLoadText,
  isAbort,
  limitStatements,
  loadName,
  loadParts,
  observeRun,
  planRoute,
  type ResolvedOptions,
  readTierGraphs,
  recordPush,
  refuseForeign,
  stampRoute,
  type UnloadedOptions,
  waitChecks,
  withLock,
} from '@org/migrate-core/internal'
import { ownTables } from '../compare/sources.ts'
import { staleReasons } from './compare-snapshot.ts'
import { everything, headsOf, type RecordedRevisions, recordRevisions } from './revisions.ts'
import { runStatements } from './run-statements.ts'
import { productOf, readHeader, type SnapshotHeader, statementsIn, unchangedText } from './text.ts'

export interface LoadOptions extends WaitOptions {
  /** The name of the file, for people. */
  readonly file?: string
}

export interface LoadResult extends RunResult {
  /** `tier:revision` of those that were recorded, in their order. */
  readonly stamped: readonly string[]
}

const fileChecks: OptionChecks<Pick<LoadOptions, 'file'>> = { file: isText }

/** Loads a snapshot into a database with the revisions that it was prepared for. */
export type SnapshotLoader = (migrator: Migrator, options?: WaitOptions) => Promise<LoadResult>

interface Snapshot {
  readonly file: string
  readonly header: SnapshotHeader
  readonly statements: readonly string[]
  readonly revisions: RecordedRevisions
}

function refusedFile(
  file: string,
  why: string,
  remedy = 'Write it again with `migrate upgrade`, or use the revisions that it was written for.',
) {
  return new MigrateError('INVALID_OPTION', { option: 'file', why }, `${file} is not loaded: ${why}`, { remedy })
}

/** Throws INVALID_OPTION for a text that is not the unedited snapshot of these revisions, or that does not hold all of them make. */
async function requireCurrent(resolved: ResolvedOptions, text: string, file: string): Promise<Snapshot> {
  const revisions = await recordRevisions(resolved)
  const [why] = staleReasons(resolved, revisions, text)
  if (why !== undefined) throw refusedFile(file, why)
  const header = readHeader(text)
  if (header === undefined) throw refusedFile(file, 'it is no snapshot')
  if (header.without.length > 0) {
    const remedy = 'Run `migrate upgrade` on the empty database instead.'
    throw refusedFile(file, `it does not hold ${header.without.join(', ')}`, remedy)
  }
  return { file, header, statements: statementsIn(unchangedText(text) ?? text, resolved.dialect), revisions }
}

function notEmpty(database: string, why: string, remedy: string): MigrateError<'DATABASE_PROTECTED'> {
  const message = `\`migrate load\` does not run on ${database}: ${why}`
  return new MigrateError('DATABASE_PROTECTED', { database, command: 'load' }, message, { remedy })
}

const shownObjects = 5

/** What is in the schema of the connection, but for our own tables. */
function objectsOf(resolved: ResolvedOptions, model: SchemaModel): readonly string[] {
  const own = ownTables(resolved)
  const of = (kind: string, all: ReadonlyMap<string, { readonly ref: Parameters<typeof refText>[0] }>) =>
    [...all.values()].flatMap(({ ref }) => (ref.schema === undefined ? [`${kind} ${refText(ref)}`] : []))
  const tables = new Map([...model.tables].filter(([, { ref }]) => ref.schema !== undefined || !own.has(ref.name)))
  const sequences = new Map([...model.sequences].filter(([, { ownedBy }]) => ownedBy === undefined))
  return [...of('table', tables), ...of('view', model.views), ...of('enum', model.enums), ...of('sequence', sequences)]
}

/** Throws DATABASE_PROTECTED, REVISION_INTERRUPTED, FOREIGN_HISTORY. */
async function requireEmpty(
  resolved: ResolvedOptions,
  session: ServerSession,
  inspection: BookkeepingInspection,
): Promise<void> {
  const { dialect } = resolved
  const { database } = dialect.connection
  refuseForeign(inspection)
  const { applied, interrupted, pushed } = inspection
  const [first] = interrupted
  if (first !== undefined) throw interruptedError(first)
  const recorded = [...applied.values()].flat()
  if (recorded.length > 0)
    throw notEmpty(
      database,
      `it has a history, at ${someOf(recorded, shownObjects)}`,
      'Run `migrate upgrade`, which applies what is pending.',
    )
  if (pushed !== undefined) {
    if (pushed.isLoad) throw notEmpty(database, interruptedLoadText(pushed), interruptedLoadRemedy)
    const why = `it was pushed at ${pushed.at}, and no revision was recorded since`
    throw notEmpty(
      database,
      why,
      'Name an empty database; or run `migrate reset`, which drops what was pushed and upgrades.',
    )
  }
  const { preserved, superseded } = await countPreserved(resolved, session, inspection.present)
  const counters = await countCounters(resolved, session, inspection.present)
  if (preserved > superseded || counters > 0)
    throw notEmpty(
      database,
      `it has ${preserved > superseded ? counted(preserved - superseded, 'preserved value') : `the position of ${counted(counters, 'counter')}`}, which only an upgrade restores`,
      'Run `migrate upgrade`, which restores them; or delete them with `migrate preserved purge <revision>`.',
    )
  const objects = objectsOf(resolved, await dialect.introspection.schema(session, { schemas: [] }))
  if (objects.length > 0)
    throw notEmpty(
      database,
      `it is not empty: ${someOf(objects, shownObjects)}`,
      'Name an empty database; or take this one over with `migrate adopt`.',
    )
}

/** What was committed before it stays where DDL commits by itself. */
function failedLoad(dialect: Dialect, cause: unknown): unknown {
  const isImplicit = dialect.capabilities.transactionalDdl === 'implicitCommit'
  const remedy = isImplicit ? interruptedLoadRemedy : 'Load it again: nothing was made.'
  if (!isMigrateError(cause)) return cause
  const { code, details, message, location } = cause
  const failed = isImplicit ? `${message} What was made before is left.` : message
  return new MigrateError(code, details, failed, {
    cause: cause.cause,
    remedy: code === 'STATEMENT_FAILED' && !isImplicit ? cause.remedy : remedy,
    location,
  })
}

async function loadOn(
  resolved: ResolvedOptions,
  session: ServerSession,
  snapshot: Snapshot,
  { hold, signal }: Pick<Parameters<typeof stampRoute>[0], 'hold' | 'signal'>,
): Promise<Pick<LoadResult, 'stamped' | 'heads' | 'warnings'>> {
  const { dialect } = resolved
  const { file, header, statements, revisions } = snapshot
  const product = productOf(dialect)
  if (header.server !== product) throw refusedFile(file, `it is for ${header.server}, and this server is ${product}`)
  const inspection = await inspectBookkeeping(resolved, session)
  await requireEmpty(resolved, session, inspection)
  await limitStatements(session, resolved)
  const tiers = await readTierGraphs(resolved, session, inspection, 'fill', { readAll: true })
  if (headsOf(tiers).join() !== revisions.heads.join())
    throw refusedFile(
      file,
      `it was prepared for ${revisions.heads.join(', ')}, and this migrator has ${headsOf(tiers).join(', ')}`,
    )
  const route = planRoute(tiers, everything(tiers), { direction: 'up' })
  const { steps } = route
  const fence = await hold.fence(undefined)
  const commitsDdl = dialect.capabilities.transactionalDdl === 'implicitCommit'
  const tier = tiers.at(-1)
  const make = async (present: Set<string>): Promise<void> => {
    // An interrupted one has its record: no upgrade runs on what it left, and a reset knows whose it is.
    if (commitsDdl && tier !== undefined)
      await recordPush({ resolved, session, tier, operations: revisions.operations }, loadName, present)
    await runStatements(dialect, session, statements, {
      file,
      signal,
      inTransaction: !commitsDdl,
      ...(commitsDdl && fence !== undefined ? { check: () => fence.check() } : {}),
    })
  }
  const { hashes } = revisions
  const stamping = { resolved, session, hold, signal, inspection, make, hashes }
  const warnings = await stampRoute(stamping, steps).catch((error: unknown) => {
    const stopped = (): MigrateError =>
      new MigrateError('ABORTED', { applied: [] }, `Stopped while ${file} was being loaded.`, { cause: error })
    throw failedLoad(dialect, isAbort(error, signal) ? stopped() : error)
  })
  return {
    warnings,
    stamped: steps.map((each) => `${each.tier.tier.name}:${each.step.revision}`),
    heads: headsAfter(route),
  }
}

/**
 * Checks a snapshot once, and gives what loads it into any number of databases with the revisions of the migrator.
 *
 * Throws INVALID_OPTION for a text that is edited, of another dialect, or not that of the revisions. The loader throws what `loadSnapshot`
 * throws besides, and INVALID_OPTION for a migrator with other heads.
 *
 * ```ts
 * const load = await prepareSnapshot(migrator, await readFile('schema.sql', 'utf8'))
 * for (const tenant of newTenants) await load(migratorOf(tenant))
 * ```
 */
export async function prepareSnapshot(
  migrator: Migrator,
  text: string,
  options: Pick<LoadOptions, 'file'> = {},
): Promise<SnapshotLoader> {
  const { resolved } = contextOf('prepareSnapshot', migrator)
  requireArgument('prepareSnapshot', 'text', text, isText)
  const { file = 'the snapshot' } = requireOptions('prepareSnapshot', options, fileChecks)
  const snapshot = await requireCurrent(await loadParts(resolved), text, file)
  return (member, waiting = {}) =>
    load(
      contextOf('the loader of a snapshot', member).resolved,
      snapshot,
      requireOptions('the loader of a snapshot', waiting, waitChecks),
    )
}

/**
 * Brings an empty database to the schema of a snapshot, and records its revisions without running them, under the lock of a run. In one
 * transaction where the server has such; else what an interrupted load has made is refused until `emptyDatabase` drops it.
 *
 * Throws INVALID_OPTION for a text that is edited, of another dialect, or not that of the revisions; DATABASE_PROTECTED where the
 * database is not empty; REVISION_INTERRUPTED, STATEMENT_FAILED, FOREIGN_HISTORY, LOCKED, ABORTED, HOOK_FAILED.
 *
 * ```ts
 * const { heads } = await loadSnapshot(migrator, await readFile('schema.sql', 'utf8'))
 * ```
 */
export async function loadSnapshot(migrator: Migrator, text: string, options: LoadOptions = {}): Promise<LoadResult> {
  const { resolved } = contextOf('loadSnapshot', migrator)
  requireArgument('loadSnapshot', 'text', text, isText)
  const { file = 'the snapshot', ...waitOptions } = requireOptions('loadSnapshot', options, {
    ...waitChecks,
    ...fileChecks,
  })
  return load(resolved, await requireCurrent(await loadParts(resolved), text, file), waitOptions)
}

async function load(resolved: UnloadedOptions, snapshot: Snapshot, waitOptions: WaitOptions): Promise<LoadResult> {
  const { file, header } = snapshot
  const startedAt = performance.now()
  const observer = observeRun(resolved, waitOptions)
  observer.throwIfStopped()
  const { waiting, warn } = observer
  const result = await withLock(resolved, { ...waiting, warn }, (session, here, hold, signal) =>
    loadOn(here, session, snapshot, { hold, signal }),
  ).catch(observer.rethrow)
  for (const warning of result.warnings) warn(warning)
  for (const table of header.withoutRows)
    warn(`${file} does not hold the rows of ${table}, which a data step or SQL of a revision writes.`)
  await observer.waitUntilIdle()
  await callAfterHeadHook(resolved, { revision: result.heads.at(-1)?.heads ?? [], migrated: false })
  return {
    applied: [],
    ...result,
    reports: [],
    losses: [],
    warnings: observer.allWarnings(),
    preserved: 0,
    ms: Math.round(performance.now() - startedAt),
  }
}
