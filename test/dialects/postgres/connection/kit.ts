import type { ServerSession } from '@org/migrate-core/dialect'
import { type PostgresOptions, postgresDialect } from '@org/migrate-dialect-postgres'
import { onTestFinished } from 'vitest'

export async function open(
  url: string,
  options: Omit<PostgresOptions, 'url'> & {
    readonly purpose?: 'inspect' | 'run'
    readonly signal?: AbortSignal
    readonly waitMs?: number
  } = {},
): Promise<ServerSession> {
  const { purpose = 'run', signal, waitMs, ...otherOptions } = options
  const session = await postgresDialect({ url, ...otherOptions }).connection.connect({
    purpose,
    ...(signal === undefined ? {} : { signal }),
    ...(waitMs === undefined ? {} : { waitMs }),
  })
  onTestFinished(() => session.close())
  return session
}
