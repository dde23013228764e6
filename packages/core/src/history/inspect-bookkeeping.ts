import { isDeepStrictEqual } from 'node:util'
import { presentRead, readFirstTiers } from '../bookkeeping/history.ts'
import type { InterruptedStep } from '../bookkeeping/journal-entries.ts'
import { journalRead, readJournalRows } from '../bookkeeping/journal-rows.ts'
import type { PushRecord } from '../bookkeeping/push-record.ts'
import { historyTable } from '../bookkeeping/tables.ts'
import type { ReadStatement, Session } from '../dialect/session.ts'
import type { ForeignFinding } from '../files/tier.ts'
import { locateLock, lockRead } from '../lock/lock-row.ts'
import type { SchemaModel } from '../model/schema-model.ts'
import type { ResolvedTier, UnloadedOptions } from '../options/resolve-options.ts'
import {
  absentTables,
  isOutdated,
  lacksRun,
  newestFormatRead,
  ownTables,
  readTableColumns,
  refuseForeignShape,
  refuseNewer,
} from './own-tables.ts'
import { isReadingAhead } from './read-ahead.ts'

/** What the bookkeeping says, read without a lock and without writing. */
export interface BookkeepingInspection {
  /** By tier name: heads of a graph, names of a sequential tier; in the order of the table. */
  readonly applied: ReadonlyMap<string, readonly string[]>
  /** Which of our own tables exist, by name. */
  readonly present: ReadonlySet<string>
  /** Those of an earlier format: a run updates them before it writes anything else. */
  readonly outdated: ReadonlySet<string>
  /** Nothing is to be added to our tables before a run writes to them. */
  readonly isCurrent: boolean
  /** Neither our tables nor any other: no other program can be blocked or affected. */
  readonly empty: boolean
  readonly foreign?: ForeignFinding
  /** Optional tiers that the database was begun without. */
  readonly without: ReadonlySet<string>
  /** Steps that were begun and have not ended. */
  readonly interrupted: readonly InterruptedStep[]
  /** The declared schema was pushed, and no revision was recorded since. */
  readonly pushed?: PushRecord
}

async function findForeign(
  resolved: UnloadedOptions,
  session: Session,
  tier: ResolvedTier,
  existing: ReadonlySet<string>,
): Promise<ForeignFinding | undefined> {
  const { dialect } = resolved
  const history = tier.foreignHistory
  if (history === undefined) return undefined
  const candidates = history.tables.filter((name) => !resolved.ignored.has(name) && existing.has(name))
  if (candidates.length === 0) return undefined
  let whole: Promise<SchemaModel> | undefined
  const introspect = (): Promise<SchemaModel> => {
    whole ??= dialect.introspection.schema(session)
    return whole
  }
  const all = await introspect()
  return history.find({
    dialect: dialect.name,
    tableNames: [...all.tables.values()].map((table) => table.ref.name),
    query: (sql, params) => session.query(dialect.sql.portable(sql), params),
    introspect,
    differences: async (declared) => {
      const { databaseDifferences } = await import('../compare/database-differences.ts')
      return databaseDifferences(await dialect.load(), declared, await introspect())
    },
  })
}

interface AppliedState {
  readonly interrupted: readonly InterruptedStep[]
  /** By tier. */
  readonly rows: readonly (readonly string[])[]
}

const identities = (interrupted: readonly InterruptedStep[]): readonly string[] =>
  interrupted.map(({ tier, revision, direction, startedAt }) => [tier, revision, direction, startedAt].join('\n'))

/** Over a slow line steps of another run may end faster than they are asked for. What is planned of them is planned again under the lock. */
const mostRounds = 10

/**
 * The journal and the rows of what is applied, so that they belong together while another run is at work. The journal comes first:
 * read after the rows, a step that ends in between would seem never to have been begun. What it says is read again behind the rows,
 * because a step that was open may be recorded in them.
 */
async function readAppliedState(
  { dialect, names, tiers }: UnloadedOptions,
  session: Session,
  present: ReadonlySet<string>,
  reading: { readonly unreadable?: 'skip' },
): Promise<AppliedState> {
  const readInterrupted = async (): Promise<readonly InterruptedStep[]> => {
    const entries = present.has(names.journal) ? await readJournalRows(dialect, names, session) : []
    if (entries.length === 0) return []
    const { stepsIn } = await import('../bookkeeping/journal-entries.ts')
    return stepsIn(names.journal, entries)
  }
  for (let round = 1; ; round += 1) {
    // At once: on a server that takes them so they are one round trip.
    const [before, ...rows] = await Promise.all([
      readInterrupted(),
      ...tiers.map(({ store }) => (present.has(store.table.ref.name) ? store.read(session, reading) : [])),
    ])
    const interrupted = before.length === 0 ? before : await readInterrupted()
    if (round === mostRounds || isDeepStrictEqual(identities(interrupted), identities(before)))
      return { interrupted, rows }
  }
}

/** The first row of the history says which tiers the database was begun with. */
async function tiersWithout(
  { dialect, names, tiers }: UnloadedOptions,
  session: Session,
  { applied, present, interrupted }: Pick<BookkeepingInspection, 'applied' | 'present' | 'interrupted'>,
): Promise<ReadonlySet<string>> {
  const candidates = tiers.filter((tier) => tier.optional === true && applied.get(tier.name)?.length === 0)
  if (candidates.length === 0) return new Set()
  const first = present.has(names.history) ? await readFirstTiers(dialect, names, session) : undefined
  // Interrupted before its first row, only the journal says which tier it was.
  const startedTiers = first ?? interrupted.map((step) => step.tier)
  return new Set(
    startedTiers.length === 0 ? [] : candidates.map(({ name }) => name).filter((name) => !startedTiers.includes(name)),
  )
}

/** What an inspection and the comparison with the history read, of the tables that exist. */
function readsOf(
  { dialect, names, tiers }: UnloadedOptions,
  readsLock: boolean,
  present?: ReadonlySet<string>,
): readonly ReadStatement[] {
  const journal = dialect.capabilities.transactionalDdl === 'implicitCommit' || present?.has(names.journal) === true
  const location = readsLock ? locateLock(dialect, names.lock, names.history) : undefined
  const tables: readonly (readonly [table: string, read: () => ReadStatement])[] = [
    [names.history, () => newestFormatRead(dialect, historyTable(names))],
    ...(journal ? [[names.journal, () => journalRead(dialect, names)] as const] : []),
    ...tiers.map(({ store }) => [store.table.ref.name, () => store.statement] as const),
    [names.history, () => presentRead(dialect, names)],
    ...(location === undefined ? [] : [[names.lock, () => lockRead(location)] as const]),
  ]
  return tables.filter(([table]) => present?.has(table) !== false).map(([, read]) => read())
}

/** What an inspection, and the comparison after it, ask of a database that has the tables of every run. */
export function usualReads(resolved: UnloadedOptions, session: Session): readonly ReadStatement[] {
  return isReadingAhead(session) ? readsOf(resolved, session.readsLock) : []
}

/**
 * Reads what is applied. Nothing is written, no table is made. With `unreadable: 'skip'` rows of what is applied that cannot be
 * read are passed over: they are about to be forgotten. Throws BOOKKEEPING_INVALID,
 * BOOKKEEPING_NEWER.
 */
export async function inspectBookkeeping(
  resolved: UnloadedOptions,
  session: Session,
  reading: { readonly unreadable?: 'skip' } = {},
): Promise<BookkeepingInspection> {
  const { dialect } = resolved
  const models = ownTables(resolved)
  const own = models.map(({ ref }) => ref.name)
  const foreignNames = resolved.tiers.flatMap((tier) => tier.foreignHistory?.tables ?? [])
  const names = [...new Set([...own, ...foreignNames])]
  if (session.hiddenNames !== undefined) await (await import('./hidden-objects.ts')).refuseHidden(session, own)
  // Most databases have the tables that every run makes: their rows come together with the columns.
  const columns = dialect.introspection.tableColumnsRead?.(names)
  const ahead = isReadingAhead(session) ? session : undefined
  if (columns !== undefined) await ahead?.readAhead([columns, ...readsOf(resolved, ahead.readsLock)])
  const existing = await readTableColumns(dialect, session, names)
  const present = new Set(own.filter((name) => existing.has(name)))
  const outdated = new Set<string>()
  let isCurrent = true
  for (const table of models) {
    const actual = existing.get(table.ref.name)
    if (actual === undefined) continue
    await refuseForeignShape(dialect, session, table, actual)
    if (isOutdated(table, actual)) outdated.add(table.ref.name)
    if (isOutdated(table, actual) || lacksRun(table, actual)) isCurrent = false
  }
  // Each database that was migrated has both. The others are made when a run needs them first.
  if (!resolved.tiers.some(({ store }) => present.has(store.table.ref.name)) || !present.has(resolved.names.history))
    await (await import('./obstacles.ts')).refuseObstacles(dialect, session, absentTables(resolved, present))
  if (columns === undefined) await ahead?.readAhead(readsOf(resolved, ahead.readsLock, present))
  // At once, as above; where a newer program wrote the rows, that is the error to report.
  const [newest, state] = await Promise.allSettled([
    refuseNewer(resolved, session, existing),
    readAppliedState(resolved, session, present, reading),
  ])
  if (newest.status === 'rejected') throw newest.reason
  if (state.status === 'rejected') throw state.reason
  const { interrupted, rows } = state.value
  const applied = new Map(resolved.tiers.map(({ name }, at) => [name, rows[at] ?? []]))
  const without = await tiersWithout(resolved, session, { applied, present, interrupted })
  const unclaimed = !present.has(resolved.names.version) && !present.has(resolved.names.history)
  let foreign: ForeignFinding | undefined
  if (unclaimed || [...applied.values()].every((rows) => rows.length === 0)) {
    for (const tier of resolved.tiers) foreign ??= await findForeign(resolved, session, tier, new Set(existing.keys()))
  }
  // The table of the lock is made before anything else, and stays when that fails.
  const locks = present.has(resolved.names.lock) ? 1 : 0
  const empty =
    present.size === locks &&
    foreign === undefined &&
    (await (await import('./obstacles.ts')).tableCount(dialect, session, locks + 1)) === locks
  const pushed = newest.value
  return {
    applied,
    present,
    outdated,
    isCurrent,
    empty,
    without,
    interrupted,
    ...(foreign === undefined ? {} : { foreign }),
    ...(pushed === undefined ? {} : { pushed }),
  }
}
