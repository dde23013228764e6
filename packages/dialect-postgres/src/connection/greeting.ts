import { isMigrateError, MigrateError, present } from '@org/migrate-core/connection'
import type { ConnectOptions } from '@org/migrate-core/dialect'
import { oldestMajor } from '../capabilities.ts'
import { Connection } from './connection.ts'
import { driverFor } from './drivers/drivers.ts'
import { codeOf, messageOf, serverErrorFields } from './faults.ts'
import { beginning, uniqueName } from './identity.ts'
import { inOwnTransaction, localBegin, takesNoChanges } from './local.ts'
import {
  connectionCheck,
  localSql,
  type Purpose,
  settingsCondition,
  settingsOf,
  transactionTimeout,
} from './settings.ts'
import type { DriverSsl } from './tls.ts'
import type { ConnectionTarget } from './url.ts'

/** What a server says of itself at the start of a session. */
export interface Greeting {
  readonly versionNumber: number
  readonly version: string
  readonly database: string
  /** The first schema of the search path that exists. */
  readonly schema: string | null
  readonly readOnly: boolean
  /** `session_replication_role`. */
  readonly role: string
  /** The server's number of the session. */
  readonly pid: number
  readonly startedAt: string
  /** Whether the settings of the start stand. */
  readonly hasSettings: boolean
  /** Whether the server ends the session where a transaction takes longer than its role, its database or the server allow. */
  readonly limitsTransactions: boolean
  /** A pooler has keys of its own for canceling, so that it is not the number of the session that a client is told. */
  readonly pooled: boolean
}

/**
 * As `replica` the session fires no trigger, and so no foreign key holds and no row cascades.
 * https://www.postgresql.org/docs/current/runtime-config-client.html#GUC-SESSION-REPLICATION-ROLE
 */
export function requireOrigin({ display }: ConnectionTarget, { version, role }: Greeting): void {
  if (role !== 'replica') return
  const why = 'session_replication_role is replica, and so no foreign key holds'
  const remedy = 'Take it from the role, the database or the URL: ALTER ROLE … RESET session_replication_role.'
  const message = `${display} can't be migrated: ${why}`
  throw new MigrateError('SERVER_UNSUPPORTED', { server: `PostgreSQL ${version}`, why }, message, { remedy })
}

export function supported({ version, versionNumber }: Greeting): number {
  const major = Math.floor(versionNumber / 10_000)
  if (major >= oldestMajor) return major
  const details = { server: `PostgreSQL ${version}`, why: `version ${oldestMajor} or newer is needed` }
  throw new MigrateError('SERVER_UNSUPPORTED', details, `PostgreSQL ${version} is not supported: ${details.why}`)
}

/** Asks the server what it says of itself. */
export async function greet(
  connection: Connection,
  settings: Readonly<Record<string, string>>,
  begin?: string,
): Promise<Greeting> {
  const sql = `SELECT current_setting('server_version_num'), current_setting('server_version'),
  current_database(), current_schema(), current_setting('transaction_read_only'), current_setting('session_replication_role'), ${settingsCondition(settings)}, pg_catalog.pg_backend_pid(),
  (SELECT ${beginning('backend_start')} FROM pg_catalog.pg_stat_activity WHERE pid = pg_catalog.pg_backend_pid()),
  coalesce(current_setting('${transactionTimeout}', true), '0') <> '0'`
  const answer = await (begin === undefined ? connection.send(sql) : inOwnTransaction(connection, begin, [sql, [], {}]))
  const [number, version, database, schema, readOnly, role, hasSettings, pid, startedAt, limited] = answer[0] ?? []
  return {
    versionNumber: Number(number),
    version: version ?? '',
    database: database ?? '',
    schema: schema ?? null,
    readOnly: readOnly === 'on',
    role: role ?? '',
    pid: Number(pid),
    startedAt: startedAt ?? '',
    hasSettings: hasSettings === 't',
    limitsTransactions: limited === 't',
    pooled: answer.state?.pid !== Number(pid),
  }
}

/** In a session that no other client shares. It can't go with the request to connect, so only a server that has such a limit costs a round trip. */
export async function liftTransactionLimit(connection: Connection, { limitsTransactions }: Greeting): Promise<void> {
  if (limitsTransactions) await connection.send(`SET ${transactionTimeout} = 0`)
}

export interface GreetedConnection {
  readonly connection: Connection
  readonly greeting: Greeting
  /** Whether statements may stay prepared in the server: behind a pooler the next one may run elsewhere. */
  readonly named: boolean
  /** What each transaction of a service has to set for itself: behind a pooler the settings of a session are another client's, too. */
  readonly local?: string
  /** What each transaction of a run, or of a look, begins with, for the same reason. */
  readonly localBegin?: string
  /** What the server lists it as, where no other client has that name. */
  readonly uniqueName?: string
  /** Sets the settings of the session, once it is known that no other client shares it. */
  readonly applySettings?: () => Promise<Greeting>
}

/** What a connection is opened for. */
export interface ConnectionRequest extends Omit<ConnectOptions, 'purpose'> {
  readonly purpose: Purpose
}

/** The connection was ended by the first transaction on it. */
const lostAtBegin = 'LOST_AT_BEGIN'

/** For a server that takes the connection and then says nothing. */
const defaultTimeoutMs = 10_000
/** For one that is started in this process, or waits for its turn. */
const startTimeoutMs = 60_000

interface Start {
  readonly startup: Readonly<Record<string, string>>
  readonly settings: Readonly<Record<string, string>>
  /** Whether the settings go with the request to connect, after it, or with each transaction. */
  readonly when: 'with' | 'after' | 'each'
}

/** What is said to a server, or to the pooler in front of it, before the session is used. */
async function prepareSession(
  connection: Connection,
  purpose: Purpose,
  { settings, when }: Start,
): Promise<Omit<GreetedConnection, 'connection'>> {
  const inTransactions = async (): Promise<Omit<GreetedConnection, 'connection'>> => {
    // First alone, so that it is known which of the statements of the greeting ended the connection.
    await connection.send('BEGIN')
    const [answer] = await Promise.all([connection.send(takesNoChanges), connection.send('ROLLBACK')])
    const begin = localBegin(settings, answer[0]?.[0] === 't')
    return { greeting: await greet(connection, settings, begin), named: false, localBegin: begin }
  }
  if (when === 'each' && purpose !== 'serve') return inTransactions()
  const greeting = await greet(connection, settings)
  const named = when === 'with' && greeting.hasSettings
  if (purpose === 'serve') {
    // Behind a pooler they may stand in this session by chance: another client has set the same.
    const own = named && !greeting.pooled
    return { greeting, named: own, ...(own ? {} : { local: localSql(settings) }) }
  }
  if (purpose === 'probe') return { greeting, named }
  const applySettings = async (): Promise<Greeting> => {
    if (named) {
      await liftTransactionLimit(connection, greeting)
      return greeting
    }
    const { setSettings } = await import('./pooler.ts')
    await setSettings(connection, settings)
    return greet(connection, settings)
  }
  if (!greeting.pooled) return { greeting: await applySettings(), named }
  return purpose === 'run' ? { greeting, named, applySettings } : inTransactions()
}

async function begin(
  target: ConnectionTarget,
  ssl: DriverSsl,
  { purpose, signal }: ConnectionRequest,
  start: Start,
): Promise<GreetedConnection> {
  const timeoutMs = target.connectTimeoutMs ?? (target.isSingle ? startTimeoutMs : defaultTimeoutMs)
  const startup =
    start.when === 'with' ? { ...start.startup, ...without(start.settings, transactionTimeout) } : start.startup
  const driver = await driverFor(target)
  const connection = Connection.open(target.display, (handlers) =>
    driver.open(target, { ssl, timeoutMs, startup, isInner: purpose === 'shadow', ...handlers }),
  )
  let late = false
  let waitedFor: string | undefined
  const drop = (): void => void connection.drop()
  const timer = setTimeout(() => {
    late = true
    waitedFor = connection.waitsFor
    drop()
  }, timeoutMs)
  signal?.addEventListener('abort', drop, { once: true })
  try {
    const greeted = await prepareSession(connection, purpose, start)
    connection.established()
    return { connection, ...greeted }
  } catch (error) {
    drop()
    signal?.throwIfAborted()
    if (waitedFor !== undefined) throw Object.assign(new Error(waitedFor, { cause: error }), { code: 'CLIENT_BUSY' })
    if (late) throw Object.assign(new Error('no answer in time', { cause: error }), { code: 'CONNECT_TIMEOUT' })
    // What ends a session that has not begun yet is why it could not begin.
    if (!isMigrateError(error, 'CONNECTION_LOST')) throw error
    if (error.details.what !== 'BEGIN') throw error.cause
    throw Object.assign(new Error(messageOf(error.cause), { cause: error.cause }), { code: lostAtBegin })
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
  if (serverErrorFields(error) === undefined || code === undefined) return false
  return code === '42704' || code === '22023' || (code === '08P01' && /startup parameter/.test(messageOf(error)))
}

/**
 * Opens a connection and greets the server. The settings go with the request to connect, where they cost no round trip; where
 * they are refused, a second connection sends them as a statement.
 */
export async function openConnection(
  target: ConnectionTarget,
  ssl: DriverSsl,
  request: ConnectionRequest,
): Promise<GreetedConnection> {
  const settings = settingsOf(target, request.purpose)
  const name = target.applicationName ?? (request.purpose === 'serve' ? 'service' : 'migrate')
  const startup = { application_name: name, ...present({ options: target.options }) }
  try {
    if (target.lock === 'table' && request.purpose !== 'serve')
      return await beginShared(target, ssl, request, { name, settings })
    const taken = olderServers.has(target) ? settingsOf13(settings) : settings
    return await beginOwn(target, ssl, request, { startup, settings: taken })
  } catch (error) {
    if (codeOf(error) !== lostAtBegin) throw error
    const { endsWithTransaction, refused } = await import('./pooler.ts')
    const probe = async (): Promise<Connection> => {
      const probing: ConnectionRequest = { ...request, purpose: 'probe' }
      return (await beginOwn(target, ssl, probing, { startup, settings })).connection
    }
    throw (await endsWithTransaction(probe)) ? refused(target.display, 'statement', error) : error
  }
}

/** Nothing is expected of the session, whatever is in front of it. */
async function beginShared(
  target: ConnectionTarget,
  ssl: DriverSsl,
  request: ConnectionRequest,
  { name, settings }: { readonly name: string; readonly settings: Readonly<Record<string, string>> },
): Promise<GreetedConnection> {
  const unique = uniqueName(name)
  const startup = { application_name: unique, ...present({ options: target.options }) }
  const start = { startup, when: 'each' } as const
  const named = { ...settings, application_name: unique }
  const openWith = (taken: Readonly<Record<string, string>>): Promise<GreetedConnection> =>
    begin(target, ssl, request, { ...start, settings: taken })
  const greeted = await openWith(named).catch((error: unknown) => {
    if (!refusesCheck(error)) throw error
    return openWith(without(named, connectionCheck))
  })
  return { ...greeted, uniqueName: unique }
}

/** Where its value is refused, the server's system has no way to look whether the client is still there. */
const refusesCheck = (error: unknown): boolean =>
  codeOf(error) === '22023' && messageOf(error).includes(connectionCheck)

const without = (
  settings: Readonly<Record<string, string>>,
  ...dropped: readonly string[]
): Readonly<Record<string, string>> =>
  Object.fromEntries(Object.entries(settings).filter(([name]) => !dropped.includes(name)))

const settingsOf13 = (settings: Readonly<Record<string, string>>): Readonly<Record<string, string>> =>
  without(settings, connectionCheck, 'idle_session_timeout')

/** Where a server of version 13 has refused a connection for its settings, the next session is not refused one, too. */
const olderServers = new WeakSet<ConnectionTarget>()

async function beginOwn(
  target: ConnectionTarget,
  ssl: DriverSsl,
  request: ConnectionRequest,
  { startup, settings }: Omit<Start, 'when'>,
): Promise<GreetedConnection> {
  if (request.purpose === 'probe') return begin(target, ssl, request, { startup, settings, when: 'after' })
  try {
    return await begin(target, ssl, request, { startup, settings, when: 'with' })
  } catch (error) {
    if (!refusesSettings(error)) throw error
    if (request.purpose === 'serve') return begin(target, ssl, request, { startup, settings, when: 'each' })
    // Both came with version 14; 13 takes the others with the start, where they cost no round trip.
    if (codeOf(error) === '42704' && connectionCheck in settings) {
      olderServers.add(target)
      return beginOwn(target, ssl, request, { startup, settings: settingsOf13(settings) })
    }
    const taken = refusesCheck(error) ? without(settings, connectionCheck) : settings
    return begin(target, ssl, request, { startup, settings: taken, when: 'after' })
  }
}
