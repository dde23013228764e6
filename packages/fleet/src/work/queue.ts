import { MigrateError } from '@org/migrate-core'
import { thrownMessage } from '@org/migrate-core/dialect'
import type { PgBoss } from 'pg-boss'
import { secretsOf } from '../run/failures.ts'
import type { MemberReport } from '../run/take-member.ts'
import { defaultHeartbeatSeconds, defaultSchema, type FleetQueueOptions } from './queue-options.ts'

/** What a job says to the worker that takes it. */
export interface FleetJob {
  readonly run: string
  readonly stage: string
  readonly ids: readonly string[]
  readonly target?: string
  readonly direction: 'up' | 'down'
  readonly parallel?: number
  /** After a failure no further member of the job is taken. */
  readonly stops?: true
  readonly accepted: {
    readonly tier?: string
    readonly allowDataLoss?: boolean
    readonly acceptDrift?: boolean
    readonly strict?: boolean
    readonly lockWaitMs?: number
  }
}

/** What a worker gives back. A job that was given up comes back as itself. */
export interface FleetReports {
  readonly run: string
  readonly reports: readonly MemberReport[]
}

export interface FleetQueue {
  readonly boss: PgBoss
  readonly url: string
  readonly heartbeatSeconds: number
  /** Jobs for the workers with these revisions. */
  readonly jobs: string
  /** The same of every release that has had a run. */
  jobsOfReleases(): Promise<readonly string[]>
  readonly reports: string
  /** Holds one job while a run is on: of two runs at once the second waits for it. */
  readonly lock: string
  close(): Promise<void>
}

const jobsPrefix = 'fleet-jobs-'

/** Of a job whose workers die each time. */
const maxAttempts = 20

/** The longest that pg-boss lets a job run. A worker that hangs gives no sign of life, and is noticed by that. */
const expireInSeconds = 24 * 3_600

async function loadEngine(): Promise<typeof import('pg-boss')> {
  try {
    return await import('pg-boss')
  } catch (cause) {
    const why = thrownMessage(cause).split('\n')[0] ?? ''
    throw new MigrateError('QUEUE_FAILED', { queue: 'pg-boss', why }, `pg-boss can't be loaded: ${why}`, {
      cause,
      remedy: 'Install it, on Node 22.12 or newer: `npm install pg-boss`.',
    })
  }
}

/**
 * pg-boss hands its options to its pool of pg, and its types leave these out. A connection that lets nothing through any more, and is not
 * closed, would be waited for without end: https://node-postgres.com/apis/client
 */
const ofDriver = { query_timeout: 30_000, keepAlive: true }

/** Whether a command of the engine still reached the job that it was about. Its answer has it, and its types leave it out. */
export const reachedJob = (response: object): boolean => Reflect.get(response, 'affected') !== 0

/** An error of the queue, without the password of its URL. */
export function queueError(url: string, cause: unknown): MigrateError<'QUEUE_FAILED'> {
  const masked = (text: string): string =>
    secretsOf(url).reduce((shown, secret) => shown.replaceAll(secret, '***'), text)
  // Node gives several addresses of a host an error without a message.
  const inner = cause instanceof AggregateError ? cause.errors.map(thrownMessage).join('; ') : thrownMessage(cause)
  const why = masked(inner.replace(/\s+/g, ' ').trim())
  return new MigrateError('QUEUE_FAILED', { queue: 'fleet.queue', why }, `The queue can't be used: ${why}`)
}

/**
 * Opens the queue, and makes its schema where there is none. Its engine reports what fails behind it to `onProblem`. Throws
 * QUEUE_FAILED.
 */
export async function openQueue(
  { url, schema = defaultSchema, heartbeatSeconds = defaultHeartbeatSeconds }: FleetQueueOptions,
  release: string,
  onProblem: (error: MigrateError) => void,
): Promise<FleetQueue> {
  const { PgBoss } = await loadEngine()
  const checkSeconds = Math.max(1, Math.round(heartbeatSeconds / 6))
  const boss = new PgBoss({
    connectionString: url,
    schema,
    application_name: 'migrate fleet',
    max: 3,
    ...ofDriver,
    schedule: false,
    registerInstance: false,
    reindex: false,
    monitorVacuum: false,
    // Each process looks after dead ones; the engine lets one of them do it at a time.
    superviseIntervalSeconds: checkSeconds,
    monitorIntervalSeconds: checkSeconds,
    openTelemetry: { enabled: false },
  })
  boss.on('error', (error) => onProblem(queueError(url, error)))
  const [jobs, reports, lock] = [`${jobsPrefix}${release}`, 'fleet-reports', 'fleet-run']
  try {
    await boss.start()
    await boss.createQueue(reports, { retryLimit: maxAttempts })
    await boss.createQueue(jobs, { heartbeatSeconds, retryLimit: maxAttempts, deadLetter: reports, expireInSeconds })
    await boss.createQueue(lock, { policy: 'exclusive', heartbeatSeconds, retryLimit: 0, expireInSeconds })
  } catch (error) {
    await boss.stop({ graceful: false }).catch(() => undefined)
    throw queueError(url, error)
  }
  return {
    boss,
    url,
    heartbeatSeconds,
    jobs,
    jobsOfReleases: async () =>
      (await boss.getQueues()).flatMap(({ name }) => (name.startsWith(jobsPrefix) ? [name] : [])),
    reports,
    lock,
    close: () => boss.stop({ graceful: false }).catch(() => undefined),
  }
}
