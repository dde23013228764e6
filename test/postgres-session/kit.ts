import type { Dialect, ServerSession } from '@org/migrate-core/dialect'
import { onTestFinished } from 'vitest'
import { connector, type PostgresOptions } from '../../packages/dialect-postgres/src/connect.ts'

/** A session without the parts of the dialect that no session needs. */
export async function open(
  url: string,
  options: Omit<PostgresOptions, 'url'> & {
    readonly purpose?: 'look' | 'run'
    readonly signal?: AbortSignal
    readonly waitMs?: number
  } = {},
): Promise<ServerSession> {
  const { purpose = 'run', signal, waitMs, ...others } = options
  const { connect } = connector({ url, ...others }, (major) => ({ name: 'postgres', major }) as unknown as Dialect)
  const session = await connect({
    purpose,
    ...(signal === undefined ? {} : { signal }),
    ...(waitMs === undefined ? {} : { waitMs }),
  })
  onTestFinished(() => session.close())
  return session
}
