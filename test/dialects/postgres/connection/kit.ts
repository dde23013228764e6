import type { ServerSession } from '@org/migrate-core/dialect'
import { type PostgresOptions, postgresDialect } from '@org/migrate-dialect-postgres'
import { onTestFinished } from 'vitest'

/** The driver of a run of these suites; absent: the one that is taken without a word. */
export const driverOfRun = (process.env.TEST_POSTGRES_DRIVER || undefined) as PostgresOptions['driver']

export async function open(
  url: string,
  options: Omit<PostgresOptions, 'url'> & {
    readonly purpose?: 'inspect' | 'run'
    readonly signal?: AbortSignal
    readonly waitMs?: number
  } = {},
): Promise<ServerSession> {
  const { purpose = 'run', signal, waitMs, ...otherOptions } = options
  const session = await postgresDialect({
    url,
    ...(driverOfRun === undefined ? {} : { driver: driverOfRun }),
    ...otherOptions,
  }).connection.connect({
    purpose,
    ...(signal === undefined ? {} : { signal }),
    ...(waitMs === undefined ? {} : { waitMs }),
  })
  onTestFinished(() => session.close())
  return session
}
