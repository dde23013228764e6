/** The program of a run's own process. */
import { createMigrator, isMigrateError } from '@org/migrate-core'
import type { UnloadedDialect } from '@org/migrate-core/dialect'
import { scenarios } from '../scenarios/index.ts'
import { watch } from './boundaries.ts'
import { dialectFor } from './dialects.ts'
import type { Failure, FromChild, Job } from './job.ts'

function report(message: FromChild, then?: () => void): void {
  process.send?.(message, undefined, undefined, () => then?.())
}

function failureOf(error: unknown): Failure {
  if (!isMigrateError(error))
    return { code: 'none', message: error instanceof Error ? (error.stack ?? '') : String(error) }
  const { code, message, remedy, details } = error
  return {
    code,
    message,
    remedy,
    details: JSON.parse(JSON.stringify(details, (_, v) => (typeof v === 'bigint' ? String(v) : v))),
  }
}

async function run(job: Job): Promise<void> {
  const boundaries = watch(job)
  const dialect = dialectFor(job.dialect, job.url)
  const watched: UnloadedDialect = {
    ...dialect,
    connection: {
      ...dialect.connection,
      connect: (options) => {
        if (options.purpose === 'run') boundaries.isOpen = true
        return dialect.connection.connect(options)
      },
    },
  }
  const { lockTimeoutMs, statementTimeoutMs, lockRetries, waitMs } = job
  const migrator = createMigrator({
    dialect: watched,
    tiers: scenarios[job.scenario].tiers(job.dialect),
    ...(lockTimeoutMs === undefined ? {} : { lockTimeoutMs }),
    ...(statementTimeoutMs === undefined ? {} : { statementTimeoutMs }),
    ...(lockRetries === undefined ? {} : { lockRetries }),
    ...(waitMs === undefined ? {} : { waitMs }),
  })
  const options = {
    ...(job.tier === undefined ? {} : { tier: job.tier }),
    onEvent: (event: unknown) => report({ type: 'event', event }),
  }
  const ended = await (job.direction === 'up'
    ? migrator.upgrade(job.target, options)
    : migrator.downgrade(job.target, options)
  ).then(
    ({ applied }) => ({ applied }),
    (error: unknown) => ({ failure: failureOf(error) }),
  )
  report({ type: 'ended', answer: { boundaries: boundaries.crossed, ...ended } }, () => process.exit(0))
}

process.once('message', (job: Job) => void run(job))
process.once('disconnect', () => process.exit(1))
// What costs time is loaded before there is anything to do: the next process gets ready while another one runs.
const drivers: { readonly [name: string]: () => Promise<unknown> } = {
  sqlite: () => import('better-sqlite3'),
  postgres: () => import('postgres'),
  mysql: () => import('mysql2'),
}
await drivers[process.argv[2] ?? '']?.()
report({ type: 'ready' })
