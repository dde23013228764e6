import type { Plan } from '../compile/plan.ts'
import type { Session, Waiting } from '../dialect/session.ts'
import { MigrateError } from '../errors/migrate-error.ts'
import { createRevisionGraph } from '../graph/create-revision-graph.ts'
import { canonicalJson } from '../model/canonical.ts'
import { createChannel } from './channel.ts'
import { editedWarning, findEdited } from './edited.ts'
import type { EnsureParts } from './ensure.ts'
import type { MigrationEvent } from './events.ts'
import type { Executed } from './executor.ts'
import type { Migrator, MigratorOptions, PlanOptions, RunOptions, RunResult } from './migrator-types.ts'
import { type Settled, settle } from './options.ts'
import { makePlan, type Planned, type Planning, planAgain, planUnlessBegun } from './planning.ts'
import { readState } from './state.ts'
import { type LockedWork, type RunWaiting, underLock } from './under-lock.ts'
import { withSession } from './with-session.ts'

const lookWaitMs = 5_000

/**
 * The migrator of one database. Nothing is opened until a method is called, and nothing stays open after it. Most runs find
 * nothing to do, and loading code is most of what they cost: what prepares and runs steps is imported when there are any.
 *
 * Throws INVALID_OPTION.
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
  const settled = settle(options)
  const { dialect, waitMs } = settled
  type Work<T> = Parameters<typeof withSession<T>>[2]
  // Somebody who only asks is told soon that the database is locked; a run waits for its turn.
  const looking = <T>(work: Work<T>, waiting: Waiting = { waitMs: Math.min(waitMs, lookWaitMs) }): Promise<T> =>
    withSession(settled, { purpose: 'look', ...waiting }, work)
  const running = <T>(work: LockedWork<T>, waiting: RunWaiting = { waitMs }): Promise<T> =>
    underLock(settled, waiting, work)

  async function move(
    target: string,
    run: RunOptions & Pick<Planning, 'onlyBegun'>,
    expected?: Plan,
  ): Promise<RunResult> {
    const begunAt = performance.now()
    const complaints: string[] = []
    // A run is not left half-way for a listener's sake; that it failed is said once.
    const emit = (event: MigrationEvent): void => {
      try {
        run.onEvent?.(event)
      } catch (error) {
        if (complaints.length === 0) complaints.push(`The listener of events threw: ${String(error)}`)
      }
    }
    const waiting = {
      waitMs,
      onWait: (waitedMs: number, holder?: string) => {
        const what = holder === undefined ? dialect.database : `the run lock of ${dialect.database}, held by ${holder}`
        emit({ type: 'waiting', what, waitedMs })
      },
      ...(run.signal === undefined ? {} : { signal: run.signal }),
    }
    const stopped = (cause: unknown): MigrateError =>
      new MigrateError('ABORTED', { applied: [] }, 'Stopped before anything ran; nothing was changed.', { cause })
    const warnings: string[] = []
    const start = async (session: Session, here: Settled, planned: Planned): Promise<Planned> => {
      if (expected !== undefined) refuseStale(expected, planned.plan)
      warnings.push(...planned.plan.warnings, ...(await checkEdited(here, session, planned, run)))
      for (const message of warnings) emit({ type: 'warning', message })
      emit({ type: 'started', database: dialect.database, steps: planned.plan.steps.length, from: planned.plan.from })
      return planned
    }
    const first = await looking(async (session, here) => {
      const planned = await planUnlessBegun(here, session, target, { ...run, unlessBegun: true })
      return planned && start(session, here, planned)
    }, waiting).catch((error: unknown) => {
      throw run.signal?.aborted && error === run.signal.reason ? stopped(error) : error
    })
    let plan = first?.plan
    let outcome: Executed = { applied: [], reports: [], kept: 0 }
    if (plan === undefined || plan.steps.length > 0) {
      if (run.signal?.aborted) throw stopped(run.signal.reason)
      const { execute } = await import('./executor.ts')
      const lockWait = run.lockWaitMs === undefined ? {} : { lockWaitMs: run.lockWaitMs }
      const wait = { ...waiting, ...lockWait, warn: (message: string) => emit({ type: 'warning', message }) }
      outcome = await running(async (session, here, hold, signal) => {
        let planned = first
        if (planned === undefined) planned = await start(session, here, await makePlan(here, session, target, run))
        else if (hold.exclusive) {
          const again = await planAgain(here, session, planned, run)
          if (expected !== undefined && again !== planned) refuseStale(expected, again.plan)
          tellSkipped(planned, again, emit)
          planned = again
        }
        plan = planned.plan
        if (planned.steps.length === 0) return outcome
        tellResumed(planned, emit)
        if (run.backup !== undefined) await backUp(here, session, run.backup)
        const { acceptDrift } = run
        return execute(
          here,
          session,
          planned,
          { emit, signal, ...(acceptDrift === undefined ? {} : { acceptDrift }) },
          hold,
        )
      }, wait)
    }
    const ms = Math.round(performance.now() - begunAt)
    const heads = plan?.to ?? []
    emit({ type: 'finished', applied: outcome.applied, heads, ms })
    return { ...outcome, heads, warnings: [...warnings, ...complaints], ms }
  }

  const parts: EnsureParts = {
    database: dialect.database,
    looking: (work) => looking(work),
    upgrade: (run) => move('head', { ...run, direction: 'up' }),
  }
  return {
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
    plan: (target = 'head', planOptions = {}) =>
      looking(async (session, here) => (await makePlan(here, session, target, planOptions)).plan),
    run: (plan, runOptions = {}) =>
      eventsOf((onEvent, signal) => {
        const direction = { direction: plan.direction, tier: plan.tier }
        return move(
          plan.target,
          { ...runOptions, ...direction, onEvent: both(runOptions.onEvent, onEvent), signal },
          plan,
        )
      }, runOptions.signal),
    upgrade: (target = 'head', runOptions = {}) => move(target, { ...runOptions, direction: 'up' }),
    downgrade: (target, runOptions = {}) => move(target, { ...runOptions, direction: 'down' }),
    resume: (runOptions = {}) => move('open', { ...runOptions, onlyBegun: true }),
    async stamp(target, stampOptions = {}) {
      const begunAt = performance.now()
      const { purge, acceptEdit, tier } = stampOptions
      const request = {
        target,
        ...(purge === undefined ? {} : { purge }),
        ...(acceptEdit === undefined ? {} : { acceptEdit }),
        ...(tier === undefined ? {} : { tier }),
      }
      const { checkStamp, stamp } = await import('./stamp.ts')
      // Everything that can be refused is refused before a file could be made.
      await looking((session, here) => checkStamp(here, session, request))
      const stamped = await running((session, here, hold) => stamp(here, session, request, hold))
      const heads = [{ tier: tier ?? settled.tiers.at(-1)?.name ?? '', heads: stamped.heads }]
      return { applied: [], heads, reports: [], warnings: [], kept: 0, ms: Math.round(performance.now() - begunAt) }
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
    async history() {
      const { listHistory } = await import('./records.ts')
      return looking((session, here) => listHistory(here, session))
    },
    async kept() {
      const { listKept } = await import('./records.ts')
      return looking((session, here) => listKept(here, session))
    },
    async purgeKept(revision) {
      const { listKept, purgeKept } = await import('./records.ts')
      const kept = await looking((session, here) => listKept(here, session))
      if (!kept.some((each) => each.revision === revision)) return 0
      return running((session, here) => purgeKept(here, session, revision))
    },
  }
}

async function checkEdited(
  settled: Settled,
  session: Parameters<typeof findEdited>[1],
  planned: Planned,
  options: PlanOptions,
): Promise<readonly string[]> {
  const hasHistory = planned.look.present.has(settled.names.history)
  const edited = await findEdited(settled, session, planned.route.tiers, hasHistory)
  if (edited.length === 0) return []
  const warnings = editedWarning(edited)
  if (!options.strict) return warnings
  throw new MigrateError('EDITED_REVISION', { revisions: edited.map((each) => each.revision) }, warnings.join('\n'))
}

/** What was found of steps that a run before this one left in the middle. */
function tellResumed(planned: Planned, emit: (event: MigrationEvent) => void): void {
  for (const { resumed, route } of planned.steps) {
    if (resumed === undefined) continue
    const { revision, direction } = route.step
    const { startedAt, operations, found } = resumed
    emit({ type: 'stepResumed', tier: route.tier.tier.name, revision, direction, startedAt, operations, found })
  }
}

async function backUp({ dialect }: Settled, session: Session, file: string): Promise<void> {
  if (session.backup !== undefined) return session.backup(file)
  const why = `${dialect.name} has backups of its own`
  throw new MigrateError('INVALID_OPTION', { option: 'backup', why }, `No backup can be made here: ${why}.`)
}

/** What another run did while this one waited for the lock. */
function tellSkipped(before: Planned, now: Planned, emit: (event: MigrationEvent) => void): void {
  if (before === now) return
  const due = new Set(now.plan.steps.map((step) => `${step.tier}\n${step.revision}`))
  for (const { tier, revision, direction } of before.plan.steps) {
    if (due.has(`${tier}\n${revision}`)) continue
    const why = `another run ${direction === 'up' ? 'applied' : 'reverted'} it meanwhile`
    emit({ type: 'stepSkipped', tier, revision, direction, why })
  }
}

/** A plan is run only if planning again gives the same: same revisions, same statements, from the same heads. */
function refuseStale(expected: Plan, found: Plan): void {
  const essence = (plan: Plan): string =>
    canonicalJson([
      plan.from,
      plan.steps.map((step) => [
        step.tier,
        step.revision,
        step.direction,
        step.operations.map((each) => each.statements),
      ]),
    ])
  if (essence(expected) === essence(found)) return
  const headsText = (plan: Plan): readonly string[] => plan.from.flatMap((each) => each.heads)
  throw new MigrateError(
    'PLAN_STALE',
    { planned: headsText(expected), found: headsText(found) },
    'The database, or a revision file, has changed since the plan was made.',
  )
}

function both(first: RunOptions['onEvent'], second: (event: MigrationEvent) => void): (event: MigrationEvent) => void {
  return (event) => {
    first?.(event)
    second(event)
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
