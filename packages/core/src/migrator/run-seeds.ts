import { createPreservedStore } from '../data-steps/preserved/store.ts'
import type { ServerSession } from '../dialect/dialect.ts'
import { counted } from '../errors/count-text.ts'
import { isMigrateError, locate, MigrateError } from '../errors/migrate-error.ts'
import { inspectBookkeeping } from '../history/inspect-bookkeeping.ts'
import { inTransaction } from '../history/with-session.ts'
import { stampLock } from '../lock/fence.ts'
import type { Hold } from '../lock/hold.ts'
import type { WaitOptions } from '../options/migrator-options.ts'
import type { ResolvedOptions } from '../options/resolve-options.ts'
import type { SeedFunction } from '../options/seeds.ts'
import { readPosition } from '../planning/readiness.ts'
import { guardBookkeeping } from '../run/guard-bookkeeping.ts'
import { rowDatabase } from '../run/hooks/row-database.ts'
import { limitStatements } from '../run/limit-statements.ts'
import { observeRun } from '../run/observe-run.ts'
import { runStepFunction } from '../run/run-step.ts'
import { withLock } from '../run/with-lock.ts'
import { contextOf } from './context.ts'
import type { Migrator } from './types.ts'

export interface Seed {
  /** For people: the name of its file. */
  readonly name: string
  readonly work: SeedFunction
  /** The file whose lines a failure names. */
  readonly source?: string
}

interface SeedOptions extends WaitOptions {
  /** Called behind the commit of each seed. */
  readonly onSeeded?: (name: string, ms: number) => void
}

interface SeedRun {
  readonly resolved: ResolvedOptions
  readonly session: ServerSession
  readonly hold: Hold
  readonly signal: AbortSignal
}

/** Seeds are written for the newest schema. Throws NOT_AT_HEAD. */
async function requireHead({ resolved, session }: SeedRun): Promise<void> {
  const { state, pending } = await readPosition(resolved, session, 'fill')
  if (state === 'atHead') return
  const { database } = resolved.dialect.connection
  throw new MigrateError(
    'NOT_AT_HEAD',
    { database, state: state === 'ahead' || state === 'interrupted' ? state : 'behind', pending },
    `${database} is not at the head, for which seeds are written: ${counted(pending, 'revision')} pending`,
    { remedy: 'Run `migrate upgrade`, then `migrate seed`.' },
  )
}

/** One seed in a transaction of its own. It may not touch the bookkeeping, as a data step may not. */
async function runSeed({ resolved, session, hold, signal }: SeedRun, seed: Seed): Promise<void> {
  const { dialect, names, stepIdleMs, waitMs } = resolved
  const { present } = await inspectBookkeeping(resolved, session)
  const fence = await hold.fence(undefined)
  const title = `seed "${seed.name}"`
  const context = {
    dialect,
    session,
    preserved: createPreservedStore(dialect, session, names, present.has(names.preserved)),
    owner: { tier: '', revision: '' },
    label: seed.name,
    title,
    arguments: resolved.arguments,
    report: () => undefined,
    progress: () => undefined,
    signal,
  }
  await inTransaction(session, { waitMs, signal }, async () => {
    await stampLock(session, fence)
    await guardBookkeeping({ resolved, session, state: { present: new Set(present) }, fence }, `the ${title}`, () =>
      runStepFunction(context, async (db) => seed.work(rowDatabase(db)), stepIdleMs),
    )
  })
}

/**
 * Runs seeds in their order under the lock of a run, each in a transaction of its own: of one that fails nothing stays, of those before it
 * everything.
 *
 * Throws NOT_AT_HEAD, LOCKED, ABORTED, DATA_STEP_FAILED and whatever else a data step may be refused for.
 */
export async function runSeeds(migrator: Migrator, seeds: readonly Seed[], options: SeedOptions = {}): Promise<void> {
  const { onSeeded, ...waitOptions } = options
  const { resolved } = contextOf('runSeeds', migrator)
  const observer = observeRun(resolved, waitOptions)
  observer.throwIfStopped()
  const { waiting, warn } = observer
  const done: string[] = []
  const runAll = async (run: SeedRun): Promise<void> => {
    await requireHead(run)
    await limitStatements(run.session, run.resolved)
    for (const seed of seeds) {
      const startedAt = performance.now()
      await runSeed(run, seed).catch((error: unknown) => {
        throw options.signal?.aborted === true ? abortedIn(seed, done, error) : located(seed, error)
      })
      done.push(seed.name)
      onSeeded?.(seed.name, Math.round(performance.now() - startedAt))
    }
  }
  await withLock(resolved, { ...waiting, warn }, (session, here, hold, signal) =>
    runAll({ resolved: here, session, hold, signal }),
  ).catch(observer.rethrow)
  await observer.waitUntilIdle()
}

function located({ source }: Seed, error: unknown): unknown {
  return source !== undefined && isMigrateError(error) ? locate(error, { source }) : error
}

function abortedIn({ name }: Seed, applied: readonly string[], cause: unknown): unknown {
  if (isMigrateError(cause, 'LOCK_LOST')) return cause
  return new MigrateError('ABORTED', { applied }, `Stopped in the seed "${name}"; it changed nothing.`, { cause })
}
