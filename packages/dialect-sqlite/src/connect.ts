import type { ConnectOptions, Session } from '@org/migrate-core/dialect'
import { type Connection, openFile, openMemory } from './connection.ts'
import { keyFor } from './key.ts'
import { shareMemory } from './memory.ts'
import type { SqliteOptions } from './options.ts'
import { SqliteSession, type Turn } from './session.ts'
import { parseUrl } from './url.ts'

export interface Connector {
  /** The absolute path, or `:memory:`. */
  readonly database: string
  connect(options: ConnectOptions): Promise<Session>
  /** Another database, in memory and of the same driver. */
  beside(): Promise<Connection>
}

/** Reads the URL; opens nothing. Throws INVALID_URL, INVALID_OPTION. */
export function connector(options: SqliteOptions): Connector {
  const place = parseUrl(options.url, options.baseDirectory)
  const key = keyFor(place, options.key)
  const own = options.busyTimeoutMs === undefined ? {} : { waitMs: options.busyTimeoutMs }
  const beside = (): Promise<Connection> => openMemory(own, false, key)
  if (place.kind === 'file') {
    return {
      database: place.path,
      beside,
      connect: async (asked) => {
        const options = { ...own, ...asked }
        return new SqliteSession(await openFile(place.path, { ...options, key }), {}, options)
      },
    }
  }
  let opened: Promise<Connection> | undefined
  const memory = (): Promise<Connection> => {
    opened ??= openMemory(own, true).catch((error: unknown) => {
      opened = undefined
      throw error
    })
    return opened
  }
  const turn: Turn = {}
  const connect: Connector['connect'] = async (asked) => new SqliteSession(await memory(), turn, { ...own, ...asked })
  shareMemory(connect, memory)
  return { database: ':memory:', beside, connect }
}
