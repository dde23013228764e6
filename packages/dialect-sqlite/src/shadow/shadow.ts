import type { ShadowDatabase, ShadowOptions } from '@org/migrate-core/dialect'
import type { Connection } from '../connection/connection.ts'
import { SqliteSession } from '../connection/session.ts'
import { confined } from './confine.ts'

/** A database in memory: of the real one not even the file is opened, and nothing is left of a process that is killed. */
export async function withShadowDatabase<T>(
  connect: () => Promise<Connection>,
  work: (shadow: ShadowDatabase) => Promise<T>,
  options: ShadowOptions = {},
): Promise<T> {
  options.signal?.throwIfAborted()
  const session = new SqliteSession(await connect(), {}, { purpose: 'run', ...options })
  try {
    return await work({ session, confined })
  } finally {
    await session.close()
  }
}
