import type { Plan } from '../compile/plan.ts'
import { MigrateError } from '../errors/migrate-error.ts'
import { createRevisionGraph } from '../graph/create-revision-graph.ts'
import { createChannel } from './channel.ts'
import { checkedCalls, checkMigratorOptions } from './checked-calls.ts'
import type { EnsureParts } from './ensure.ts'
import type { MigrationEvent } from './events.ts'
import type { Migrator, MigratorOptions, RunOptions, RunResult } from './migrator-types.ts'
import { settle } from './options.ts'
import { type MoveOptions, runTo, tellHead } from './run-to.ts'
import { readState, readTierPosition } from './state.ts'
import { type LockedWork, underLock } from './under-lock.ts'
import { withSession } from './with-session.ts'

const lookWaitMs = 5_000

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
  checkMigratorOptions(options)
  const settled = settle(options)
  const { dialect, waitMs } = settled
  type Work<T> = Parameters<typeof withSession<T>>[2]
  // Somebody who only asks is told soon that the database is locked; a run waits for its turn.
  const looking = <T>(work: Work<T>): Promise<T> =>
    withSession(settled, { purpose: 'look', waitMs: Math.min(waitMs, lookWaitMs) }, work)
  const running = <T>(work: LockedWork<T>): Promise<T> => underLock(settled, { waitMs }, work)

  const move = (target: string | undefined, run: MoveOptions, expected?: Plan): Promise<RunResult> =>
    runTo(settled, target, run, expected)

  const parts: EnsureParts = {
    database: dialect.database,
    looking,
    upgrade: (run) => move(undefined, { ...run, direction: 'up' }),
    afterHead: (revision) => tellHead(settled, { revision, migrated: false }),
  }
  return checkedCalls({
    readiness: () =>
      looking(async (session, here) => {
        const { readPosition } = await import('./readiness.ts')
        const { state, revision, pending } = await readPosition(here, session)
        return { state, revision, pending }
      }),
    async ensure(ensureOptions) {
      const { ensure } = await import('./ensure.ts')
      return ensure(parts, ensureOptions)
    },
    async lock() {
      const { reportLock } = await import('./lock-report.ts')
      return looking((session, here) => reportLock(here, session))
    },
    async releaseLock() {
      const { takeLockAway } = await import('./lock-report.ts')
      return withSession(settled, { purpose: 'run', waitMs }, (session, here) => takeLockAway(here, session))
    },
    state: () => looking((session, here) => readState(here, session)),
    plan: (target, planOptions = {}) =>
      looking(async (session, here) => {
        const { planNow } = await import('./plan-now.ts')
        return planNow(here, session, target, planOptions)
      }),
    async script(target, scriptOptions = {}) {
      const { atTheDatabase, writeAssumed, writeLive } = await import('./offline/write-script.ts')
      if (scriptOptions.from !== atTheDatabase) return writeAssumed(settled, target, scriptOptions)
      return looking((session, here) => writeLive(here, session, target, scriptOptions))
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
    resume: (runOptions = {}) => move('open', { ...runOptions, onlyBegun: true }),
    async stamp(targets, stampOptions = {}) {
      const begunAt = performance.now()
      const { purge, acceptEdit, tier } = stampOptions
      const request = {
        targets: typeof targets === 'string' ? [targets] : targets,
        ...(purge === undefined ? {} : { purge }),
        ...(acceptEdit === undefined ? {} : { acceptEdit }),
        ...(tier === undefined ? {} : { tier }),
      }
      const { checkStamp, stamp } = await import('./stamp.ts')
      // Everything that can be refused is refused before a file could be made.
      await looking((session, here) => checkStamp(here, session, request))
      const stamped = await running((session, here, hold) => stamp(here, session, request, hold))
      const heads = [{ tier: tier ?? settled.tiers.at(-1)?.name ?? '', heads: stamped.heads }]
      return {
        applied: [],
        heads,
        reports: [],
        losses: [],
        warnings: [],
        preserved: 0,
        ms: Math.round(performance.now() - begunAt),
      }
    },
    async check(checkOptions = {}) {
      const { check } = await import('./check/check.ts')
      return check(settled, checkOptions, Math.min(waitMs, lookWaitMs))
    },
    async compare(declared, compareOptions = {}) {
      const { compare } = await import('./compare/compare.ts')
      return compare(settled, declared, compareOptions, Math.min(waitMs, lookWaitMs))
    },
    async survey(surveyOptions = {}) {
      const { survey } = await import('./adopt/survey.ts')
      return looking((session, here) => survey(here, session, surveyOptions))
    },
    async prove(revision, proveOptions = {}) {
      const { prove } = await import('./adopt/prove.ts')
      return looking((session, here) => prove(here, session, revision, proveOptions))
    },
    async checkBranches(heads = [], { tier } = {}) {
      const { checkBranches } = await import('./check/branches.ts')
      return checkBranches(settled, heads, tier)
    },
    async examine() {
      const { examine } = await import('./doctor.ts')
      return looking((session, here) => examine(here, session))
    },
    async ensureVersion() {
      const { ensureVersion, missingTables } = await import('./ensure-version.ts')
      const missing = await looking((session, here) => missingTables(here, session))
      return missing.length === 0 ? [] : running((session, here, hold) => ensureVersion(here, session, hold))
    },
    async graph(name) {
      const tier = name === undefined ? settled.tiers.at(-1) : settled.tiers.find((each) => each.name === name)
      if (tier !== undefined) return createRevisionGraph(await tier.source.headers())
      const tiers = settled.tiers.map((each) => each.name)
      throw new MigrateError(
        'TIER_UNKNOWN',
        { tier: name ?? '', tiers },
        `There is no tier ${name}; there are ${tiers.join(', ')}.`,
      )
    },
    position: (name) => looking((session, here) => readTierPosition(here, session, name)),
    async history() {
      const { listHistory } = await import('./records.ts')
      return looking((session, here) => listHistory(here, session))
    },
    preserved: {
      async list() {
        const { listPreserved } = await import('./records.ts')
        return looking((session, here) => listPreserved(here, session))
      },
      async purge(revision) {
        const { listPreserved, purgePreserved } = await import('./records.ts')
        const preserved = await looking((session, here) => listPreserved(here, session))
        if (!preserved.some((each) => each.revision === revision)) return 0
        return running((session, here) => purgePreserved(here, session, revision))
      },
      async restore(revision, selection = {}) {
        const { listPreserved, restorePreservedOf } = await import('./records.ts')
        const preserved = await looking((session, here) => listPreserved(here, session))
        const isSuperseded = preserved.some((each) => each.revision === revision && each.superseded > 0)
        if (!isSuperseded) return { restored: 0, missing: 0, refused: 0 }
        return running((session, here) => restorePreservedOf(here, session, revision, selection))
      },
    },
  })
}

function both(first: RunOptions['onEvent'], second: (event: MigrationEvent) => void): (event: MigrationEvent) => void {
  return (event) => {
    second(event)
    return first?.(event)
  }
}

/** The events of a run as an async sequence. A reader that stops early stops the run, at a step's boundary. */
async function* eventsOf(
  work: (onEvent: (event: MigrationEvent) => void, signal: AbortSignal) => Promise<unknown>,
  outer: AbortSignal | undefined,
): AsyncGenerator<MigrationEvent> {
  const channel = createChannel<MigrationEvent>()
  const left = new AbortController()
  const signal = outer === undefined ? left.signal : AbortSignal.any([outer, left.signal])
  const done = work(channel.push, signal).then(
    () => channel.end(),
    (error: unknown) => channel.end(error),
  )
  try {
    yield* channel.values
  } finally {
    left.abort()
    await done
  }
}
