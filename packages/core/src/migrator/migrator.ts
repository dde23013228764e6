import type { Plan } from '../compile/plan.ts'
import type { PreservedValues } from '../data-steps/preserved/preserved-types.ts'
import { isFlag, requireOptions } from '../errors/option-check.ts'
import { withSession, withUnloadedSession } from '../history/with-session.ts'
import type { Readiness } from '../options/ensure-options.ts'
import type { MigrationEvent } from '../options/events.ts'
import type { MigratorOptions, MigratorStatus, RunOptions, RunResult } from '../options/migrator-options.ts'
import { loadParts, resolveOptions, type UnloadedOptions } from '../options/resolve-options.ts'
import { callAfterHeadHook, runTo } from '../run/move/run-to.ts'
import type { MoveOptions } from '../run/move/start-plan.ts'
import type { LockedWork } from '../run/with-lock.ts'
import { checkedCalls, checkMigratorOptions, migratorChecks } from './checked-calls.ts'
import { type MigratorContext, withContext } from './context.ts'
import type { EnsureParts } from './ensure.ts'
import { readReadiness, readState } from './state.ts'
import type { Migrator } from './types.ts'

const readOnlyWaitMs = 5_000

const lockedOn =
  (resolved: UnloadedOptions) =>
  async <T>(work: LockedWork<T>): Promise<T> =>
    (await import('../run/with-lock.ts')).withLock(resolved, { waitMs: resolved.waitMs }, work)

/**
 * The migrator of one database. Nothing is opened until a method is called, and nothing stays open after it. Most runs find
 * nothing to do, and loading code is most of what they cost: what prepares and runs steps is imported when there are any.
 *
 * Throws INVALID_OPTION; INVALID_NAME and NAME_TOO_LONG for names of the bookkeeping tables.
 *
 * ```ts
 * const migrator = createMigrator({
 *   dialect: sqliteDialect({ url: 'sqlite:///app.db' }),
 *   tiers: [graph(new URL('./migrations/', import.meta.url))],
 * })
 * await migrator.upgrade()
 * ```
 */
export function createMigrator(options: MigratorOptions): Migrator {
  checkMigratorOptions('createMigrator', options, migratorChecks, ['dialect', 'tiers'])
  const resolved = resolveOptions(options)
  const { dialect, waitMs } = resolved
  type SessionWork<T> = Parameters<typeof withSession<T>>[2]
  // A read-only call reports a locked database early; a run waits for its turn.
  const readOnlyWait = Math.min(waitMs, readOnlyWaitMs)
  const withReadOnlySession = <T>(work: SessionWork<T>): Promise<T> =>
    withSession(resolved, { purpose: 'inspect', waitMs: readOnlyWait }, work)
  const withUnloaded = <T>(work: Parameters<typeof withUnloadedSession<T>>[2]): Promise<T> =>
    withUnloadedSession(resolved, { purpose: 'inspect', waitMs: readOnlyWait }, work)

  const move = (target: string | undefined, run: MoveOptions, expected?: Plan): Promise<RunResult> =>
    runTo(resolved, target, run, expected)

  const parts: EnsureParts = {
    database: dialect.connection.database,
    withReadOnlySession: withUnloaded,
    upgrade: (run) => move(undefined, { ...run, direction: 'up' }),
    afterHead: (revision) => callAfterHeadHook(resolved, { revision, migrated: false }),
  }
  function status(request?: { readonly files?: true }): Promise<MigratorStatus>
  function status(request: { readonly files: false }): Promise<Readiness>
  async function status(request: { readonly files?: boolean } = {}): Promise<MigratorStatus | Readiness> {
    const { files = true } = requireOptions('status', request, { files: isFlag })
    return withUnloaded((session, here) => (files ? readState(here, session) : readReadiness(here, session)))
  }
  const migrator = checkedCalls({
    status,
    async ensure(ensureOptions) {
      const { ensure } = await import('./ensure.ts')
      return ensure(parts, ensureOptions)
    },
    lock: {
      async report() {
        const { reportLock } = await import('../history/lock-report.ts')
        return withUnloaded((session, here) => reportLock(here, session))
      },
      async release() {
        const { takeLockAway } = await import('../history/take-lock-away.ts')
        return withSession(resolved, { purpose: 'run', waitMs }, (session, here) => takeLockAway(here, session))
      },
    },
    plan: (target, planOptions = {}) =>
      withReadOnlySession(async (session, here) => {
        const { planNow } = await import('../planning/plan-now.ts')
        return planNow(here, session, target, planOptions)
      }),
    async script(target, scriptOptions = {}) {
      const { isLive, writeAssumed, writeLive } = await import('../script/write-script.ts')
      if (!isLive(target, scriptOptions)) return writeAssumed(await loadParts(resolved), target, scriptOptions)
      return withReadOnlySession((session, here) => writeLive(here, session, target, scriptOptions))
    },
    run: (given, runOptions = {}) =>
      eventsOf(async (onEvent, signal) => {
        const { checkedPlan } = await import('../compile/plan-check.ts')
        const plan = checkedPlan(given)
        const direction = { direction: plan.direction, tier: plan.tier }
        return move(
          plan.target,
          { ...runOptions, ...direction, onEvent: both(runOptions.onEvent, onEvent), signal },
          plan,
        )
      }, runOptions.signal),
    upgrade: (target, runOptions = {}) => move(target, { ...runOptions, direction: 'up' }),
    downgrade: (target, runOptions = {}) => move(target, { ...runOptions, direction: 'down' }),
    resume: (runOptions = {}) => move('open', { ...runOptions, onlyInterrupted: true }),
    async stamp(targets, stampOptions = {}) {
      const { stampTo } = await import('../run/stamp-to.ts')
      return stampTo(resolved, targets, stampOptions, readOnlyWait)
    },
    async history() {
      const { listHistory } = await import('./records.ts')
      return withReadOnlySession((session, here) => listHistory(here, session))
    },
    preserved: preservedValues(withReadOnlySession, lockedOn(resolved)),
  })
  const onDatabase = migratorOnDatabase(options)
  return withContext(migrator, { resolved, readOnlyWaitMs: readOnlyWait, withReadOnlySession, onDatabase })
}

/** Migrators with the same options on another database; hooks and events of this one are not theirs. */
function migratorOnDatabase(options: MigratorOptions): MigratorContext['onDatabase'] {
  const { onEvent: _, beforeRevision: __, afterRevision: ___, afterHead: ____, ...plain } = options
  return (dialect, hooks) => createMigrator({ ...plain, ...hooks, dialect })
}

/** The values that downgrades preserved: listed without a lock; written under it, where there is anything to write. */
function preservedValues(
  withReadOnlySession: MigratorContext['withReadOnlySession'],
  withRunLock: <T>(work: LockedWork<T>) => Promise<T>,
): PreservedValues {
  return {
    async list() {
      const { listPreserved } = await import('./records.ts')
      return withReadOnlySession((session, here) => listPreserved(here, session))
    },
    async purge(revision) {
      const { hasPreserved, purgePreserved } = await import('./records.ts')
      if (!(await withReadOnlySession((session, here) => hasPreserved(here, session, revision)))) return 0
      return withRunLock((session, here) => purgePreserved(here, session, revision))
    },
    async restore(revision, selection = {}) {
      const { listPreserved, restorePreservedOf } = await import('./records.ts')
      const preserved = await withReadOnlySession((session, here) => listPreserved(here, session))
      const isSuperseded = preserved.some((each) => each.revision === revision && each.superseded > 0)
      if (!isSuperseded) return { restored: 0, missing: 0, refused: 0 }
      return withRunLock((session, here) => restorePreservedOf(here, session, revision, selection))
    },
  }
}

function both(first: RunOptions['onEvent'], second: (event: MigrationEvent) => void): (event: MigrationEvent) => void {
  return (event) => {
    second(event)
    return first?.(event)
  }
}

/** The events of a run as an async sequence. A reader that stops early stops the run, at a step's boundary. */
async function* eventsOf(
  work: (onEvent: (event: MigrationEvent) => void, signal: AbortSignal) => Promise<RunResult>,
  outer: AbortSignal | undefined,
): AsyncGenerator<MigrationEvent, RunResult, undefined> {
  const { createChannel } = await import('./channel.ts')
  const channel = createChannel<MigrationEvent>()
  const abandoned = new AbortController()
  const signal = outer === undefined ? abandoned.signal : AbortSignal.any([outer, abandoned.signal])
  const running = work(channel.push, signal)
  const done = running.then(
    () => channel.end(),
    (error: unknown) => channel.end(error),
  )
  try {
    yield* channel.values
  } finally {
    abandoned.abort()
    await done
  }
  return running
}
