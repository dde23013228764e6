import { type ConnectOptions, isMigrateError } from '@org/migrate-core/dialect'
import { Connection } from './connection.ts'
import { openClient } from './driver.ts'
import { codeOf, messageOf, serverSaid } from './faults.ts'
import { connectionCheck, localSql, type Purpose, settingsOf, standing } from './settings.ts'
import { socketsFor } from './socket.ts'
import type { DriverSsl } from './tls.ts'
import type { Place } from './url.ts'

/** What a server says of itself at the start of a session. */
export interface Greeting {
  readonly versionNumber: number
  readonly version: string
  readonly database: string
  /** The first schema of the search path that exists. */
  readonly schema: string | null
  readonly readOnly: boolean
  /** The server's number of the session. */
  readonly pid: number
}

async function greet(
  connection: Connection,
  settings: Readonly<Record<string, string>>,
): Promise<Greeting & { readonly settled: boolean }> {
  const [row] = await connection.send(`SELECT current_setting('server_version_num'), current_setting('server_version'),
  current_database(), current_schema(), current_setting('transaction_read_only'), ${standing(settings)}, pg_catalog.pg_backend_pid()`)
  const [number, version, database, schema, readOnly, settled, pid] = row ?? []
  return {
    versionNumber: Number(number),
    version: version ?? '',
    database: database ?? '',
    schema: schema ?? null,
    readOnly: readOnly === 'on',
    pid: Number(pid),
    settled: settled === 't',
  }
}

/** Settings by statements, those alone that this server has. */
const setSql = (count: number): string => {
  const rows = Array.from({ length: count }, (_, at) => `($${2 * at + 1}, $${2 * at + 2})`).join(', ')
  return `SELECT set_config(name, value, false) FROM (VALUES ${rows}) AS wanted (name, value)
  WHERE current_setting(name, true) IS NOT NULL`
}

export interface Opened {
  readonly connection: Connection
  readonly greeting: Greeting
  /** Whether statements may stay prepared in the server: behind a pooler the next one may run elsewhere. */
  readonly named: boolean
  /** What each transaction has to set for itself: behind a pooler the settings of a session are another client's, too. */
  readonly local?: string
}

/** What a connection is opened for. */
export interface Asked extends Omit<ConnectOptions, 'purpose'> {
  readonly purpose: Purpose
}

/** For a server that takes the connection and then says nothing. */
const defaultTimeoutMs = 10_000

interface Start {
  readonly startup: Readonly<Record<string, string>>
  readonly settings: Readonly<Record<string, string>>
  /** Whether the settings go with the request to connect, after it, or with each transaction. */
  readonly when: 'with' | 'after' | 'each'
}

async function begin(place: Place, ssl: DriverSsl, { purpose, signal }: Asked, start: Start): Promise<Opened> {
  const timeoutMs = place.connectTimeoutMs ?? defaultTimeoutMs
  const sockets = socketsFor(place)
  const startup = start.when === 'with' ? { ...start.startup, ...start.settings } : start.startup
  const connection = await Connection.open(
    place.display,
    (handlers) => openClient(place, { ssl, timeoutMs, startup, socket: sockets.open, ...handlers }),
    sockets.drop,
  )
  let late = false
  const drop = (): void => void connection.drop()
  const timer = setTimeout(() => {
    late = true
    drop()
  }, timeoutMs)
  signal?.addEventListener('abort', drop, { once: true })
  try {
    let named = false
    let greeting = start.when === 'with' ? await greet(connection, start.settings) : undefined
    let local: string | undefined
    if (greeting?.settled) named = true
    else if (purpose === 'serve') {
      local = localSql(start.settings)
      greeting ??= await greet(connection, start.settings)
    } else {
      const settings = Object.entries(start.settings)
      await connection.send(setSql(settings.length), settings.flat())
      greeting = await greet(connection, start.settings)
    }
    sockets.begun()
    return { connection, greeting, named, ...(local === undefined ? {} : { local }) }
  } catch (error) {
    drop()
    signal?.throwIfAborted()
    if (late) throw Object.assign(new Error('no answer in time', { cause: error }), { code: 'CONNECT_TIMEOUT' })
    // What ends a session that has not begun yet is why it could not begin.
    throw isMigrateError(error, 'CONNECTION_LOST') ? error.cause : error
  } finally {
    clearTimeout(timer)
    signal?.removeEventListener('abort', drop)
  }
}

/**
 * PgBouncer refuses parameters of the start that it does not track (08P01), a server those that it does not have (42704) or
 * whose value it cannot take (22023): https://www.pgbouncer.org/config.html#ignore_startup_parameters
 */
function refusesSettings(error: unknown): boolean {
  const code = codeOf(error)
  if (serverSaid(error) === undefined || code === undefined) return false
  return code === '42704' || code === '22023' || (code === '08P01' && /startup parameter/.test(messageOf(error)))
}

/**
 * Opens a connection and greets the server. The settings go with the request to connect, where they cost no round trip; where
 * they are refused, a second connection sends them as a statement.
 */
export async function openConnection(place: Place, ssl: DriverSsl, asked: Asked): Promise<Opened> {
  const settings = settingsOf(place, asked.purpose)
  const startup = {
    application_name: place.applicationName ?? (asked.purpose === 'serve' ? 'service' : 'migrate'),
    ...(place.options === undefined ? {} : { options: place.options }),
  }
  try {
    return await begin(place, ssl, asked, { startup, settings, when: 'with' })
  } catch (error) {
    if (!refusesSettings(error)) throw error
    if (asked.purpose === 'serve') return begin(place, ssl, asked, { startup, settings, when: 'each' })
    // Where its value is refused, the server's system has no way to look whether the client is still there.
    const dropped =
      codeOf(error) === '22023' && messageOf(error).includes(connectionCheck) ? connectionCheck : undefined
    const taken = Object.fromEntries(Object.entries(settings).filter(([name]) => name !== dropped))
    return begin(place, ssl, asked, { startup, settings: taken, when: 'after' })
  }
}
