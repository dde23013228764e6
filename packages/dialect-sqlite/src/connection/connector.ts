import { MigrateError, noDriver } from '@org/migrate-core/connection'
import type { ConnectOptions, Waiting } from '@org/migrate-core/dialect'
import { messageOf } from '../sql/faults.ts'
import { type Connection, openFile, openMemory } from './connection.ts'
import { type DriverRequest, loadDriver } from './driver.ts'
import { type DriverChoice, driverNames, type SqliteDriverName } from './drivers/names.ts'
import { driverOf, fileOf, type SqliteClient } from './drivers/open-client.ts'
import { keyFor } from './key.ts'
import type { D1Binding } from './list/d1-binding.ts'
import { type MemoryTurn, SqliteSession } from './session.ts'
import { parseUrl } from './url.ts'

export interface SqliteOptions {
  /**
   * `sqlite:///relative`, `sqlite:////absolute`, `sqlite:<path>`, a `file:` URL, a path; `:memory:` and `sqlite://` for a
   * database in memory, which lives as long as this dialect and is shared by its sessions. `sqlite+sqlcipher://<path>` for an
   * encrypted database; `d1://<account>/<database id>` for Cloudflare D1 through its HTTP API; `libsql://<host>` for a libSQL server.
   * Absent only where `driver` is an open client.
   */
  readonly url?: string
  /**
   * The name of a driver, or an open database of the application: of better-sqlite3, `node:sqlite`, libsql or `bun:sqlite`, or the D1 binding
   * of a Worker. An open one is
   * used instead of `url` and never closed. Default: the first that is installed of better-sqlite3 and libsql, else that of
   * Node or Bun.
   */
  readonly driver?: SqliteDriverName | SqliteClient | D1Binding
  /** The key of an encrypted database: its text, or `x'…'` with the hex digits of a raw key. Of D1: the token of Cloudflare's API; of a libSQL server: its token. */
  readonly key?: string
  /** How long to wait for a database that another connection writes, in ms, where the caller does not say; default 5000. */
  readonly busyTimeoutMs?: number
  /** Where relative paths start; default: the working directory of the process. */
  readonly baseDirectory?: string
}

export interface Connector {
  /** The absolute path, or `:memory:`. */
  readonly database: string
  connect(options: ConnectOptions): Promise<SqliteSession>
  /** The one connection of a database in memory. */
  readonly memory?: () => Promise<Connection>
  /** Another database, in memory and of the same driver. */
  openShadow(): Promise<Connection>
  /** Which driver it is and why. Throws DRIVER_NOT_BUILT. */
  driver(): Promise<DriverChoice>
  /** Whether SQL can call functions of ours. */
  functions(): Promise<boolean>
}

function invalid(option: string, why: string): MigrateError<'INVALID_OPTION'> {
  return new MigrateError('INVALID_OPTION', { option, why }, `${option}: ${why}`)
}

const isName = (driver: unknown): driver is SqliteDriverName => driverNames.includes(driver as SqliteDriverName)

/** What is named, or the client that is given with its driver. Throws INVALID_OPTION. */
function requestedDriver({
  driver,
  url,
  key,
}: SqliteOptions):
  | { readonly name: SqliteDriverName | undefined }
  | { readonly client: SqliteClient; readonly of: SqliteDriverName } {
  if (driver === undefined) return { name: undefined }
  if (isName(driver)) {
    if (key !== undefined && !driver.startsWith('better-sqlite3'))
      throw invalid('driver', `${driver} opens no encrypted database of SQLCipher`)
    return { name: driver }
  }
  const of = driverOf(driver)
  if (of === undefined || typeof driver === 'string') throw invalid('driver', noDriver(driverNames, driver))
  if (url !== undefined) throw invalid('driver', 'an open client is given instead of `url`, not beside it')
  return { client: driver, of }
}

/** Throws INVALID_OPTION for a client that is closed. */
function databaseOf(client: SqliteClient): string {
  try {
    return fileOf(client)
  } catch (cause) {
    throw invalid('driver', `this client takes no statements: ${messageOf(cause)}`)
  }
}

function lazyClientConnector(client: SqliteClient, of: SqliteDriverName, waiting: Waiting): Connector {
  const database = databaseOf(client)
  const load = async (): Promise<Connector> =>
    (await import('./open-client.ts')).clientConnector(client, of, { database, waiting })
  return {
    database,
    connect: async (options) => (await load()).connect(options),
    openShadow: async () => (await load()).openShadow(),
    driver: async () => (await load()).driver(),
    functions: async () => false,
  }
}

/** Reads the URL; opens nothing. Throws INVALID_URL, INVALID_OPTION. */
export function connector(options: SqliteOptions): Connector {
  const requested = requestedDriver(options)
  const own = options.busyTimeoutMs === undefined ? {} : { waitMs: options.busyTimeoutMs }
  if ('client' in requested) return lazyClientConnector(requested.client, requested.of, own)
  const location = parseUrl(options.url ?? '', options.baseDirectory)
  const request: DriverRequest = { key: keyFor(location, options.key), name: requested.name }
  const parts = {
    openShadow: (): Promise<Connection> => openMemory(own, false, request),
    driver: async () => (await loadDriver(request)).choice,
    functions: async () => (await loadDriver(request)).functions,
  }
  if (location.kind === 'file') {
    return {
      ...parts,
      database: location.path,
      connect: async (how) => {
        const options = { ...own, ...how }
        return new SqliteSession(await openFile(location.path, { ...options, ...request }), {}, options)
      },
    }
  }
  let memoryConnection: Promise<Connection> | undefined
  const memory = (): Promise<Connection> => {
    memoryConnection ??= openMemory(own, true, request).catch((error: unknown) => {
      memoryConnection = undefined
      throw error
    })
    return memoryConnection
  }
  const turn: MemoryTurn = {}
  const connect: Connector['connect'] = async (how) => new SqliteSession(await memory(), turn, { ...own, ...how })
  return { ...parts, database: ':memory:', connect, memory }
}
