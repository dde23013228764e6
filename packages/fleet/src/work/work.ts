import { setTimeout as sleep } from 'node:timers/promises'
import type { MigrationEvent, RunResult } from '@org/migrate-core'
import type { ConnectionScope, UnloadedDialect } from '@org/migrate-core/dialect'
import { createSharedPlans, type SharedPlans, withConnectionScope } from '@org/migrate-core/internal'
import type { JobWithMetadata } from 'pg-boss'
import { eachMember, type FleetMember, type FleetMemberSource } from '../members/member.ts'
import { rowChanges } from '../row-changes.ts'
import { inParallel } from '../run/in-parallel.ts'
import { type MemberReport, recordOf, takeMember } from '../run/take-member.ts'
import { changesOf, FleetState, type MemberRecord, readRecordsOf, readRuns } from '../state/store.ts'
import { isTransient, type RetryOptions, withRetries } from '../transient.ts'
import { type FleetJob, type FleetQueue, type FleetReports, openQueue, queueError, reachedJob } from './queue.ts'
import type { FleetQueueOptions } from './queue-options.ts'
import { RunWatch } from './run-watch.ts'
import type { FleetWorkEvent, FleetWorkOptions, FleetWorkResult } from './work-types.ts'

/** How often a worker without a job asks for one. */
const idleMs = 500
/** How often it looks for runs of other revisions, and for the end of its own, while it has no job. */
const inspectMs = 2_000
/** How long the result of a job is tried to be handed in. After that another worker has the job. */
const handInMs = 5 * 60_000

/** A control database that restarts is waited for: a job that is given back too often counts as one that ends its workers. */
const listing = { times: 6, delayMs: 500 }

export interface Worker {
  readonly members: FleetMemberSource
  readonly parallel: number
  readonly retry: RetryOptions
  readonly state: UnloadedDialect
  readonly queue: FleetQueueOptions
  readonly release: string
  readonly migrate: (
    member: FleetMember,
    job: FleetJob,
    shared: { readonly sharing: SharedPlans; readonly scope: ConnectionScope },
    onEvent: (event: MigrationEvent) => void,
  ) => Promise<RunResult>
}

type TakenJob = JobWithMetadata<FleetJob>

/** What a worker holds for the run that its jobs are of. */
interface RunOfJobs {
  readonly run: string
  readonly sharing: SharedPlans
  members: ReadonlyMap<string, FleetMember>
}

class WorkerRun {
  readonly #worker: Worker
  readonly #options: FleetWorkOptions
  readonly #queue: FleetQueue
  #state: FleetState | undefined
  #run: RunOfJobs | undefined
  #inspectedAt = Number.NEGATIVE_INFINITY
  readonly #watch: RunWatch
  #isTroubled = false
  readonly #refused = new Set<string>()
  #jobs = 0
  #members = 0
  #failed = 0

  constructor(worker: Worker, options: FleetWorkOptions, queue: FleetQueue) {
    this.#worker = worker
    this.#options = options
    this.#queue = queue
    this.#watch = new RunWatch(worker.release)
  }

  async result(): Promise<Omit<FleetWorkResult, 'warnings'>> {
    const { signal } = this.#options
    try {
      while (!signal?.aborted) {
        const job = await this.#reach(() => this.#fetch())
        if (job !== undefined) await this.#work(job)
        else if (await this.#reach(() => this.#isOver())) break
        else await this.#pause(idleMs)
      }
    } finally {
      await this.#state?.close().catch(() => undefined)
    }
    return { jobs: this.#jobs, members: this.#members, failed: this.#failed, refused: [...this.#refused] }
  }

  #emit(event: FleetWorkEvent): void {
    this.#options.onEvent?.(event)
  }

  async #pause(ms: number): Promise<void> {
    const { signal } = this.#options
    await sleep(ms, undefined, signal === undefined ? {} : { signal }).catch((error: unknown) => {
      if (signal?.aborted !== true) throw error
    })
  }

  /** A queue, or a state, that can't be reached is waited for: undefined. */
  async #reach<T>(ask: () => Promise<T>): Promise<T | undefined> {
    try {
      const answer = await ask()
      if (this.#isTroubled) this.#emit({ type: 'queueBack' })
      this.#isTroubled = false
      return answer
    } catch (error) {
      if (!this.#isTroubled) this.#emit({ type: 'queueLost', message: queueError(this.#queue.url, error).message })
      this.#isTroubled = true
      await this.#pause(1_000)
      return undefined
    }
  }

  async #fetch(): Promise<TakenJob | undefined> {
    const [job] = await this.#queue.boss.fetch<FleetJob>(this.#queue.jobs, { includeMetadata: true })
    return job
  }

  /** Whether the run that this worker was to help with has ended. Reports runs that it takes no part in. */
  async #isOver(): Promise<boolean> {
    if (performance.now() - this.#inspectedAt < inspectMs) return false
    const runs = await readRuns(this.#worker.state, 10)
    this.#inspectedAt = performance.now()
    for (const { run, release } of runs.filter((each) => each.finishedAt === undefined && !each.isDead)) {
      if (release === this.#worker.release || this.#refused.has(run)) continue
      this.#refused.add(run)
      this.#emit({ type: 'runRefused', run, release, own: this.#worker.release })
    }
    return this.#options.once === true && this.#watch.hasEnded(runs)
  }

  async #work(job: TakenJob): Promise<void> {
    const { boss, jobs, heartbeatSeconds } = this.#queue
    this.#watch.joined()
    this.#emit({ type: 'jobStarted', run: job.data.run, stage: job.data.stage, members: job.data.ids.length })
    let hasLapsed = false
    const renew = (): void => {
      const touched = boss.touch(jobs, job).then((response) => {
        hasLapsed ||= !reachedJob(response)
      })
      // Without a sign of life another worker gets the job; the lock of each member keeps them apart.
      touched.catch(() => undefined)
    }
    const heartbeat = setInterval(renew, (heartbeatSeconds * 1_000) / 3)
    try {
      const { reports, left } = await this.#take(job, () => hasLapsed)
      // Outcomes are in the state before the job is over: a worker that dies in between leaves a job that runs again.
      await this.#state?.written()
      await this.#handIn(job, reports, hasLapsed ? [] : left)
      this.#jobs += 1
      this.#emit({ type: 'jobFinished', run: job.data.run, members: reports.length })
    } catch (error) {
      await this.#state?.close().catch(() => undefined)
      this.#state = undefined
      this.#emit({ type: 'jobReturned', run: job.data.run, message: queueError(this.#queue.url, error).message })
      await boss.fail(jobs, job).catch(() => undefined)
      await this.#pause(1_000)
    } finally {
      clearInterval(heartbeat)
    }
  }

  async #take(
    { data, retryCount }: TakenJob,
    hasLapsed: () => boolean,
  ): Promise<{ readonly reports: readonly MemberReport[]; readonly left: readonly string[] }> {
    const { parallel, state: dialect } = this.#worker
    this.#state ??= await FleetState.open(dialect)
    const state = this.#state
    const run = await this.#runOf(data)
    const recorded = retryCount === 0 ? [] : await readRecordsOf(dialect, data.run)
    const earlier = new Map(recorded.map((record) => [record.id, record]))
    const reports: MemberReport[] = []
    let hasFailed = false
    const mayTake = (): boolean => !this.#options.signal?.aborted && !hasLapsed() && !(data.stops === true && hasFailed)
    const width = data.parallel ?? parallel
    const takeOne = async (id: string, scope: ConnectionScope): Promise<void> => {
      if (!mayTake()) return
      const done = earlier.get(id)
      if (done !== undefined && done.outcome !== 'failed') {
        reports.push(reportOf(done))
        return
      }
      const report = await this.#takeMember(id, data, { ...run, scope })
      hasFailed ||= report.outcome === 'failed'
      reports.push(report)
      state.add(recordOf(report, { run: data.run, stage: data.stage }))
    }
    await withConnectionScope(2 * width, (scope) =>
      inParallel(listed(data.ids), width, (id) => takeOne(id, scope), mayTake),
    )
    const taken = new Set(reports.map(({ id }) => id))
    const left = data.stops === true && hasFailed ? [] : data.ids.filter((id) => !taken.has(id))
    return { reports, left }
  }

  async #takeMember(
    id: string,
    job: FleetJob,
    { members, sharing, scope }: RunOfJobs & { readonly scope: ConnectionScope },
  ): Promise<MemberReport> {
    const member = members.get(id)
    this.#members += 1
    this.#emit({ type: 'memberStarted', id, stage: job.stage })
    const report =
      member === undefined
        ? unlisted(id)
        : await takeMember(
            member,
            this.#worker.retry,
            (each, onEvent) => this.#worker.migrate(each, job, { sharing, scope }, onEvent),
            (attempt, failure) => this.#emit({ type: 'memberRetried', id, attempt, failure }),
          )
    const { failure, applied, ms, losses = [], reports = [] } = report
    const changes = rowChanges(losses, reports)
    if (failure === undefined) {
      this.#emit({ type: 'memberFinished', id, stage: job.stage, applied, ...changes, ms })
      return report
    }
    this.#failed += 1
    this.#emit({ type: 'memberFailed', stage: job.stage, failure, ...changes, ms })
    return report
  }

  /** The members are listed once for a run, and again where a job has one that is new. */
  async #runOf({ run, ids }: FleetJob): Promise<RunOfJobs> {
    const known = this.#run?.run === run ? this.#run : undefined
    if (known !== undefined && ids.every((id) => known.members.has(id))) return known
    const members = await withRetries(
      listing,
      () => undefined,
      () => this.#listMembers(),
      (error) => {
        return isTransient(error) && this.#options.signal?.aborted !== true
      },
    )
    this.#run = { run, sharing: known?.sharing ?? createSharedPlans(), members }
    return this.#run
  }

  async #listMembers(): Promise<ReadonlyMap<string, FleetMember>> {
    const members = new Map<string, FleetMember>()
    for await (const member of eachMember(this.#worker.members)) members.set(member.id, member)
    return members
  }

  /** What is left goes back first, then the reports, then the job ends: whatever of it happens twice changes nothing. */
  async #handIn(job: TakenJob, reports: readonly MemberReport[], left: readonly string[]): Promise<void> {
    const { boss, jobs, reports: queue, heartbeatSeconds } = this.#queue
    const since = performance.now()
    for (;;) {
      try {
        if (left.length > 0) await boss.send(jobs, { ...job.data, ids: left }, { heartbeatSeconds })
        await boss.send(queue, { run: job.data.run, reports } satisfies FleetReports)
        await boss.deleteJob(jobs, job)
        return
      } catch (error) {
        if (performance.now() - since > handInMs) throw error
        await sleep(1_000)
      }
    }
  }
}

async function* listed(ids: readonly string[]): AsyncGenerator<string> {
  yield* ids
}

/** Of a job that runs again: how its member ended the first time. */
function reportOf(record: MemberRecord): MemberReport {
  const { id, outcome, heads, attempts, durationMs: ms } = record
  return { id, outcome, heads, attempts, ms, ...changesOf(record) }
}

function unlisted(id: string): MemberReport {
  const message = 'The configuration of the worker does not list this member.'
  const remedy = 'Give each worker the same `members` as the run.'
  const failure = { id, code: 'INVALID_OPTION' as const, message, remedy }
  return { id, outcome: 'failed', heads: [], applied: [], warnings: [], attempts: 1, ms: 0, failure }
}

/** Takes jobs until the signal. Throws QUEUE_FAILED, and what opening the state throws, where it can't begin. */
export async function workOnQueue(
  worker: Worker,
  options: FleetWorkOptions,
): Promise<Omit<FleetWorkResult, 'warnings'>> {
  await (await FleetState.open(worker.state)).close()
  const queue = await openQueue(worker.queue, worker.release, () => undefined)
  try {
    return await new WorkerRun(worker, options, queue).result()
  } finally {
    await queue.close()
  }
}
