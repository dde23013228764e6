import type { ServerSession } from '@org/migrate-core/dialect'
import { type PostgresOptions, postgresDialect } from '@org/migrate-dialect-postgres'
import { onTestFinished } from 'vitest'

export async function open(
  url: string,
  options: Omit<PostgresOptions, 'url'> & {
    readonly purpose?: 'look' | 'run'
    readonly signal?: AbortSignal
    readonly waitMs?: number
  } = {},
): Promise<ServerSession> {
  const { purpose = 'run', signal, waitMs, ...others } = options
  const session = await postgresDialect({ url, ...others }).connect({
    purpose,
    ...(signal === undefined ? {} : { signal }),
    ...(waitMs === undefined ? {} : { waitMs }),
  })
  onTestFinished(() => session.close())
  return session
}
