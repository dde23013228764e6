import type { ConnectOptions, Session } from '@org/migrate-core/dialect'
import type { SqliteOptions } from '../types/options.ts'
import { type Connection, openFile, openMemory } from './connection.ts'
import { keyFor } from './key.ts'
import { shareMemory } from './memory.ts'
import { type MemoryTurn, SqliteSession } from './session.ts'
import { parseUrl } from './url.ts'

export interface Connector {
  /** The absolute path, or `:memory:`. */
  readonly database: string
  connect(options: ConnectOptions): Promise<Session>
  /** Another database, in memory and of the same driver. */
  openShadow(): Promise<Connection>
}

/** Reads the URL; opens nothing. Throws INVALID_URL, INVALID_OPTION. */
export function connector(options: SqliteOptions): Connector {
  const location = parseUrl(options.url, options.baseDirectory)
  const key = keyFor(location, options.key)
  const own = options.busyTimeoutMs === undefined ? {} : { waitMs: options.busyTimeoutMs }
  const openShadow = (): Promise<Connection> => openMemory(own, false, key)
  if (location.kind === 'file') {
    return {
      database: location.path,
      openShadow,
      connect: async (request) => {
        const options = { ...own, ...request }
        return new SqliteSession(await openFile(location.path, { ...options, key }), {}, options)
      },
    }
  }
  let memoryConnection: Promise<Connection> | undefined
  const memory = (): Promise<Connection> => {
    memoryConnection ??= openMemory(own, true).catch((error: unknown) => {
      memoryConnection = undefined
      throw error
    })
    return memoryConnection
  }
  const turn: MemoryTurn = {}
  const connect: Connector['connect'] = async (request) =>
    new SqliteSession(await memory(), turn, { ...own, ...request })
  shareMemory(connect, memory)
  return { database: ':memory:', openShadow, connect }
}
