import { setTimeout as sleep } from 'node:timers/promises'
import { isMigrateError, MigrateError } from '@org/migrate-core'
import type { FleetMember } from '../members/member.ts'
import type { MemberReport } from '../run/take-member.ts'
import { type FleetJob, type FleetQueue, type FleetReports, queueError } from './queue.ts'
import { lockedError, RunLock } from './run-lock.ts'

/** How often reports are fetched. */
const pollMs = 200
/** A job that is not full yet waits for further members for so long. */
const fillMs = 200
/** After so long without a report it is checked whether there still are jobs. */
const silenceMs = 5_000
/** A queue that can't be reached is waited for. */
const patienceMs = 10 * 60_000

const reportsAtOnce = 100
/** Between a sign of life of a worker, and what it does about the answer. */
const leavingMs = 500

/** What the jobs of a run have in common. */
export type JobTemplate = Omit<FleetJob, 'ids' | 'stage' | 'parallel' | 'stops'>

/** The part of a stage that workers need. */
interface JobStage {
  readonly name: string
  readonly parallel?: number
  /** After a failure no further member is taken. */
  readonly stops: boolean
}

interface OutstandingMember {
  readonly stage: JobStage
  answer(report: MemberReport | undefined): void
  fail(error: unknown): void
}

/** Members that are in no job yet. */
interface Batch {
  readonly stage: JobStage
  readonly ids: string[]
  readonly since: number
}

/** Sends the members of one run to workers as jobs, and hears from them how each ended. Only one run at a time does. */
export class Coordinator {
  readonly #queue: FleetQueue
  readonly #lock: RunLock
  readonly #template: JobTemplate
  readonly #jobSize: number
  readonly #onNote: (text: string) => void
  readonly #outstanding = new Map<string, OutstandingMember>()
  #batch: Batch | undefined
  #stopping = false
  #ended = false
  #lost: { readonly error: unknown } | undefined
  #loop: Promise<void> = Promise.resolve()
  #heardAt = performance.now()
  #touchedAt = performance.now()
  #hasWorkers = false

  private constructor(
    queue: FleetQueue,
    lock: RunLock,
    template: JobTemplate,
    { jobSize, onNote }: Pick<CoordinatorOptions, 'jobSize' | 'onNote'>,
  ) {
    this.#queue = queue
    this.#lock = lock
    this.#template = template
    this.#jobSize = jobSize
    this.#onNote = onNote
  }

  /** Waits for another run to end. Removes the jobs of runs that were killed. Throws LOCKED, QUEUE_FAILED, the reason of the signal. */
  static async begin(queue: FleetQueue, template: JobTemplate, options: CoordinatorOptions): Promise<Coordinator> {
    const { lockWaitMs, signal, onNote } = options
    const lock = new RunLock(queue, template.run)
    const startedAt = performance.now()
    let isReported = false
    try {
      while (!(await lock.take())) {
        signal?.throwIfAborted()
        const waitedMs = performance.now() - startedAt
        const holder = await lock.holder()
        if (waitedMs >= lockWaitMs) throw lockedError(waitedMs, holder)
        if (!isReported) onNote(`waiting for ${holder}`)
        isReported = true
        await sleep(Math.min(1_000, lockWaitMs - waitedMs))
      }
      if (await removeJobs(queue)) {
        // Its workers would take members to the target of that run behind this one's: they hear at their next sign of life that it is over.
        onNote('waiting until the workers of a run that was killed have left it')
        await sleep((queue.heartbeatSeconds * 1_000) / 3 + leavingMs, undefined, signal === undefined ? {} : { signal })
      }
    } catch (error) {
      await lock.release()
      if (signal?.aborted) throw signal.reason
      throw isMigrateError(error) ? error : queueError(queue.url, error)
    }
    const coordinator = new Coordinator(queue, lock, template, options)
    coordinator.#loop = coordinator.#run()
    return coordinator
  }

  /** Undefined: the run was stopped before a worker took the member. Throws LOCK_LOST, QUEUE_FAILED. */
  migrate({ id }: FleetMember, stage: JobStage): Promise<MemberReport | undefined> {
    return new Promise((answer, fail) => {
      if (this.#lost !== undefined) return fail(this.#lost.error)
      if (this.#stopping) return answer(undefined)
      if (this.#outstanding.has(id)) {
        const why = `two members are called ${id}`
        fail(new MigrateError('INVALID_OPTION', { option: 'members', why }, `The members are not right: ${why}.`))
        return
      }
      this.#outstanding.set(id, { stage, answer, fail })
      this.#enqueue(id, stage)
    })
  }

  /** No further job is begun; workers end the members that they are at. */
  stop(): void {
    this.#stopping = true
    for (const id of this.#batch?.ids ?? []) this.#answer(id, undefined)
    this.#batch = undefined
  }

  async close(): Promise<void> {
    this.#ended = true
    await this.#loop
    await this.#lock.release()
  }

  #enqueue(id: string, stage: JobStage): void {
    this.#batch ??= { stage, ids: [], since: performance.now() }
    this.#batch.ids.push(id)
  }

  async #run(): Promise<void> {
    let troubledSince: number | undefined
    while (!this.#ended) {
      try {
        await this.#keepLock()
        if (!this.#stopping) await this.#send()
        // Each time: workers that are stopped, or die, give back what was left of their jobs.
        else await this.#queue.boss.deleteQueuedJobs(this.#queue.jobs)
        const heard = await this.#hear()
        if (heard === 0) await this.#checkSilence()
        if (troubledSince !== undefined) this.#onNote('the queue can be reached again')
        troubledSince = undefined
        if (heard < reportsAtOnce) await sleep(pollMs)
      } catch (error) {
        if (isMigrateError(error, 'LOCK_LOST')) return this.#failAll(error)
        if (troubledSince === undefined) this.#onNote(`${queueError(this.#queue.url, error).message}; trying again`)
        troubledSince ??= performance.now()
        if (performance.now() - troubledSince > patienceMs) return this.#failAll(queueError(this.#queue.url, error))
        await sleep(1_000)
      }
    }
  }

  #failAll(error: unknown): void {
    this.#lost = { error }
    for (const { fail } of this.#outstanding.values()) fail(error)
    this.#outstanding.clear()
  }

  async #keepLock(): Promise<void> {
    const now = performance.now()
    if (now - this.#touchedAt < (this.#queue.heartbeatSeconds * 1_000) / 3) return
    await this.#lock.renew()
    this.#touchedAt = now
  }

  async #send(): Promise<void> {
    const batch = this.#batch
    if (batch === undefined) return
    if (batch.ids.length < this.#jobSize && performance.now() - batch.since < fillMs) return
    // Members that come meanwhile are of the next one.
    this.#batch = undefined
    try {
      await this.#insert(batch.stage, batch.ids)
    } catch (error) {
      this.#putBack(batch)
      throw error
    }
  }

  #putBack(batch: Batch): void {
    if (!this.#stopping) this.#batch = { ...batch, ids: [...batch.ids, ...(this.#batch?.ids ?? [])] }
  }

  async #insert({ name, parallel, stops }: JobStage, ids: readonly string[]): Promise<void> {
    const common: Omit<FleetJob, 'ids'> = {
      ...this.#template,
      stage: name,
      ...(parallel === undefined ? {} : { parallel }),
      ...(stops ? { stops: true as const } : {}),
    }
    const jobs: FleetJob[] = []
    for (let at = 0; at < ids.length; at += this.#jobSize)
      jobs.push({ ...common, ids: ids.slice(at, at + this.#jobSize) })
    const { boss, heartbeatSeconds } = this.#queue
    await boss.insert(
      this.#queue.jobs,
      jobs.map((data) => ({ data, heartbeatSeconds })),
    )
  }

  async #hear(): Promise<number> {
    const { boss, reports: name } = this.#queue
    const jobs = await boss.fetch<FleetReports | FleetJob>(name, { batchSize: reportsAtOnce })
    for (const { data } of jobs) {
      if (data.run !== this.#template.run) continue
      if ('reports' in data) for (const report of data.reports) this.#answer(report.id, report)
      else {
        for (const id of data.ids) this.#answer(id, givenUp(id))
        await boss.deleteStoredJobs(this.#queue.jobs)
      }
    }
    if (jobs.length > 0) {
      await boss.deleteJob(
        name,
        jobs.map(({ id }) => id),
      )
      this.#heardAt = performance.now()
      this.#hasWorkers = true
    }
    return jobs.length
  }

  /** A second report is that of a job which ran again: the first one stays. */
  #answer(id: string, report: MemberReport | undefined): void {
    this.#outstanding.get(id)?.answer(report)
    this.#outstanding.delete(id)
  }

  /** Jobs may be lost with the queue's database; and of a run that was stopped some members are in no job. */
  async #checkSilence(): Promise<void> {
    if (this.#outstanding.size === 0 || this.#batch !== undefined) return
    if (!this.#stopping && performance.now() - this.#heardAt < silenceMs) return
    const { boss, jobs } = this.#queue
    const [job] = await boss.findJobs(jobs, { limit: 1 })
    if (job !== undefined) {
      if (!this.#hasWorkers && job.state === 'created' && !this.#stopping) this.#noteNoWorker()
      this.#heardAt = performance.now()
      return
    }
    // A job is removed after its reports were sent: they may have come meanwhile.
    if ((await this.#hear()) > 0) return
    const members = [...this.#outstanding]
    if (this.#stopping) {
      for (const [id] of members) this.#answer(id, undefined)
      return
    }
    // A stage begins when the one before it has ended: they are all of one.
    const [first] = members
    if (first !== undefined) await this.#insert(first[1].stage, [...this.#outstanding.keys()])
    this.#heardAt = performance.now()
  }

  #noteNoWorker(): void {
    this.#hasWorkers = true
    this.#onNote('no worker has taken a job yet: run `migrate fleet work`, with the same revisions, on each machine')
  }
}

/** Removes what runs that were killed have sent, those of other releases too. Gives whether a worker has one of their jobs. */
async function removeJobs({ boss, reports, jobsOfReleases }: FleetQueue): Promise<boolean> {
  let isTaken = false
  for (const name of await jobsOfReleases()) {
    const jobs = await boss.findJobs(name)
    await boss.deleteAllJobs(name)
    isTaken ||= jobs.some(({ state }) => state === 'active')
  }
  await boss.deleteAllJobs(reports)
  return isTaken
}

function givenUp(id: string): MemberReport {
  const message = 'Each worker that took the job of this member died, or gave no sign of life.'
  const remedy = 'Migrate the member by itself, to see what ends the workers.'
  const failure = { id, code: 'QUEUE_FAILED' as const, message, remedy }
  return { id, outcome: 'failed', heads: [], applied: [], warnings: [], attempts: 1, ms: 0, failure }
}

interface CoordinatorOptions {
  readonly jobSize: number
  readonly lockWaitMs: number
  readonly signal?: AbortSignal
  readonly onNote: (text: string) => void
}
