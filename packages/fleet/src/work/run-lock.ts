import { MigrateError } from '@org/migrate-core'
import { type FleetQueue, reachedJob } from './queue.ts'

/** What the job that stands for a run says of it. */
interface RunJob {
  readonly run: string
  readonly startedAt: string
}

export function lockedError(waitedMs: number, holder: string): MigrateError<'LOCKED'> {
  const message = `The fleet is locked by ${holder}, also after ${Math.round(waitedMs / 1_000)} s.`
  return new MigrateError('LOCKED', { database: 'the fleet', waitedMs: Math.round(waitedMs), holder }, message, {
    remedy: 'Wait for that run: `migrate fleet watch` shows it. After its process has died it ends by itself.',
  })
}

/** One run over a fleet at a time: the queue has one job for it, and hands it to no other run while this one gives signs of life. */
export class RunLock {
  readonly #queue: FleetQueue
  readonly #data: RunJob
  #job: { readonly id: string; readonly retryCount: number } | undefined

  constructor(queue: FleetQueue, run: string) {
    this.#queue = queue
    this.#data = { run, startedAt: new Date().toISOString() }
  }

  async take(): Promise<boolean> {
    const { boss, lock, heartbeatSeconds } = this.#queue
    // Gives nothing while there is a job: a job without a worker is that of a process that died right here.
    await boss.send(lock, this.#data, { heartbeatSeconds })
    const [job] = await boss.fetch(lock)
    this.#job = job
    return job !== undefined
  }

  /** The other run, in words. */
  async holder(): Promise<string> {
    const jobs = await this.#queue.boss.findJobs<RunJob>(this.#queue.lock)
    const active = jobs.find(({ state }) => state === 'active')
    return active === undefined
      ? 'a run that has just ended'
      : `the run ${active.data.run}, started at ${active.data.startedAt}`
  }

  /** Gives a sign of life. Throws LOCK_LOST where another run has begun meanwhile. */
  async renew(): Promise<void> {
    const { boss, lock } = this.#queue
    if (this.#job !== undefined) {
      if (reachedJob(await boss.touch(lock, this.#job))) return
    }
    // While the queue could not be reached this run counted as dead: it is again the one that runs if none came since.
    if (await this.take()) return
    const why = 'this run gave no sign of life for too long, and another one has begun'
    throw new MigrateError('LOCK_LOST', { database: 'the fleet', why }, `The lock of the fleet was lost: ${why}.`)
  }

  async release(): Promise<void> {
    const { boss, lock } = this.#queue
    if (this.#job !== undefined) await boss.deleteJob(lock, this.#job).catch(() => undefined)
  }
}
