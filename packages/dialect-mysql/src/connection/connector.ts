import {
  isAnything,
  isNumber,
  isText,
  MigrateError,
  noDriver,
  present,
  timerMs,
  withDatabaseName,
} from '@org/migrate-core/connection'
import type {
  ConnectOptions,
  DriverFact,
  OptionChecks,
  Row,
  ServerSession,
  ServiceConnection,
  UnloadedDialect,
  Waiting,
} from '@org/migrate-core/dialect'
import { toRows } from '../types/values.ts'
import { inspectSession } from './concurrent-sessions.ts'
import { Connection } from './connection.ts'
import { reach } from './driver.ts'
import { type DriverName, driverNames, type OpenClient } from './drivers/names.ts'
import { type MysqlClient, openClientOf } from './drivers/open-client.ts'
import { type SessionMark, sessionMark } from './identity.ts'
import { MysqlServiceConnection } from './service-connection.ts'
import { MysqlSession } from './session.ts'
import { readServerFacts, type ServerFacts, type SessionRequest, serverFactsSql, settingsSql } from './settings.ts'
import { parseUrl, type Target } from './url.ts'

export interface MysqlOptions {
  /**
   * `mysql://user:password@host:3306/database` or `mariadb://…`, also with `+driver` after the scheme. Parameters: `ssl-mode`
   * (DISABLED, PREFERRED, REQUIRED, VERIFY_CA, VERIFY_IDENTITY), `ssl-ca`, `ssl-cert`, `ssl-key`, `socket`, `connect-timeout`
   * (seconds). The scheme says only what to assume before the server has been asked. Absent only where `driver` is an open client.
   */
  readonly url?: string
  /** The database to be in instead of that of the URL; a run makes it. */
  readonly schema?: string
  /** Where relative paths of TLS files start; default: the working directory of the process. */
  readonly baseDirectory?: string
  /**
   * How long a statement may be without an answer before the server is asked on a second connection whether it is still at it, in
   * ms; default 30 seconds; 0: never. A connection that lets nothing through any more ends the run so.
   */
  readonly unansweredMs?: number
  /**
   * How long connecting may take, in ms; default: what the URL says, else 10 seconds. On the only connection of an open client, how long
   * a session waits for the end of another one; default 60 seconds.
   */
  readonly connectTimeoutMs?: number
  /**
   * The package that speaks to the server, or an open client of the application: a pool or a connection of mysql2, mysql2/promise or
   * mariadb. An open one is used instead of `url` and never closed. Default: the first package that is installed, in this order.
   */
  readonly driver?: DriverName | MysqlClient
}

export const connectChecks: OptionChecks<MysqlOptions> = {
  // What is no URL has codes of its own.
  url: isAnything,
  // Of no name would be the database of the URL: another one than that of a tenant.
  schema: (value) => (value === '' ? 'the name of a schema is expected' : isText(value)),
  baseDirectory: isText,
  unansweredMs: isNumber,
  connectTimeoutMs: isNumber,
  // A name, or an open client.
  driver: isAnything,
}

interface Connector {
  readonly target: Target
  driver(): Promise<DriverFact>
  /** `shadow`: a session for a shadow, in another database of the server where one is named. */
  connect(
    options: ConnectOptions,
    dialectFor: (facts: ServerFacts, database: string) => UnloadedDialect,
    shadow?: { readonly database?: string | undefined },
  ): Promise<ServerSession>
}

/** What the server is; with a mark, which session on it, in the same round trip. */
async function inspectServer(
  connection: Connection,
  database: string,
  mark?: SessionMark,
): Promise<{ readonly facts: ServerFacts; readonly identity: string | undefined }> {
  const read = async (sql: string): Promise<Row | undefined> => {
    const { rows, fields } = await connection.send(sql)
    return toRows(rows, fields ?? [])[0]
  }
  const row = await read(`${serverFactsSql}${mark?.sql ?? ''}`).catch((error: unknown) => {
    // A cluster may refuse such locks.
    if (mark === undefined || connection.lost !== undefined) throw error
    return read(serverFactsSql)
  })
  const facts = readServerFacts(row, connection.addsIgnoreSpace)
  if (facts !== undefined) return { facts, identity: mark?.identityOf(facts, row?.mark === 1n) }
  const why = 'its version is that of no MySQL or MariaDB'
  throw new MigrateError('SERVER_UNSUPPORTED', { server: database, why }, `${database}: ${why}`)
}

async function setUp(connection: Connection, sql: string, database: string): Promise<void> {
  try {
    await connection.send(sql)
  } catch (cause) {
    if (cause === connection.lost) throw cause
    throw (await import('./unusable-server.ts')).refusedSettings(database, sql, cause)
  }
}

/** A connection and what its server said of itself. */
interface ServerConnection {
  readonly connection: Connection
  readonly facts: ServerFacts
  /** Of a session that runs. */
  readonly identity: string | undefined
  /** Takes it when its session has ended; absent: it ends, too. */
  readonly release: ((connection: Connection) => Promise<void>) | undefined
}

const defaultUnansweredMs = 30_000

async function openConnection<T>(
  target: Target,
  request: SessionRequest,
  waiting: Waiting,
  unansweredMs: number,
  use: (serverConnection: ServerConnection) => Promise<T>,
): Promise<T> {
  const database = target.display
  const begin = async (how?: Waiting, at = target): Promise<Connection> =>
    new Connection(await reach(at, how), () => reach(at))
  const { scope } = request
  const scoped =
    scope === undefined
      ? undefined
      : (await import('./idle-connections.ts')).connectionsIn(scope, target, (at) => begin(waiting, at))
  const connection = await (scoped?.take() ?? begin(waiting))
  if (request.purpose !== 'serve') {
    const session = { threadId: connection.threadId, connectedAt: connection.connectedAt }
    connection.watch({ afterMs: unansweredMs, probe: () => inspectSession(session, begin) })
  }
  try {
    // Before the settings: with them a node of a cluster would first wait for what the others have written.
    const mark = request.purpose === 'run' ? sessionMark() : undefined
    const { facts, identity } = await inspectServer(connection, database, mark)
    if (scoped?.isFit(connection, facts.role) === false) {
      await connection.end()
      return await openConnection(target, request, waiting, unansweredMs, use)
    }
    if (!facts.cluster.galeraReady) throw (await import('./unusable-server.ts')).notReady(database)
    await setUp(connection, settingsSql(facts, request), database)
    const own =
      facts.server.generatesPrimaryKey || !facts.innodbStrict || !facts.storesWarnings
        ? await (await import('./unusable-server.ts')).withRestricted(connection, facts, database, request.purpose)
        : facts
    return await use({ connection, facts: own, identity, release: scoped?.give })
  } catch (error) {
    const lost = connection.lost
    await connection.end()
    if (lost === undefined || error !== lost) throw error
    const why = `the connection was lost: ${lost.message}`
    throw new MigrateError('DATABASE_UNREACHABLE', { database, why }, `cannot connect to ${database}: ${why}`, {
      cause: lost,
    })
  }
}

const invalid = (why: string): MigrateError<'INVALID_OPTION'> =>
  new MigrateError('INVALID_OPTION', { option: 'driver', why }, `driver: ${why}`)

const isName = (driver: unknown): driver is DriverName => driverNames.includes(driver as DriverName)

const defaultConnectMs = 10_000

function clientTarget(client: OpenClient): Target {
  const { name, host, port, socket, user, database, display } = client
  return {
    client,
    flavour: name === 'mariadb' ? 'mariadb' : 'mysql',
    host,
    port,
    ...present({ socket, user }),
    password: '',
    database,
    tls: { mode: 'DISABLED' },
    connectTimeoutMs: defaultConnectMs,
    display,
  }
}

/** Where `driver` and `url` lead. */
function locationOf({ url, baseDirectory, driver }: MysqlOptions): Target {
  if (driver === undefined || isName(driver)) {
    const target = parseUrl(url ?? '', baseDirectory)
    return driver === undefined ? target : { ...target, driver }
  }
  const client = openClientOf(driver)
  if (client === undefined) throw invalid(noDriver(driverNames, driver))
  if (url !== undefined) throw invalid('an open client is given instead of `url`, not beside it')
  return clientTarget(client)
}

function targetOf(options: MysqlOptions): Target {
  const { connectTimeoutMs, schema } = options
  const location = locationOf(options)
  const target =
    schema === undefined
      ? location
      : { ...location, database: schema, display: withDatabaseName(location.display, schema) }
  const limit = timerMs(connectTimeoutMs ?? target.connectTimeoutMs)
  return { ...target, connectTimeoutMs: limit, ...(connectTimeoutMs === undefined ? {} : { waitsForTurnMs: limit }) }
}

/** A pool of mariadb does not show its options. Which database they name is known once it gives a connection. */
const displayOf = ({ client, database, display }: Target, facts: ServerFacts): string =>
  client !== undefined && database === '' ? withDatabaseName(display, facts.database) : display

/** Reads the URL; opens nothing. Throws INVALID_URL. */
export function connector(options: MysqlOptions): Connector {
  const target = targetOf(options)
  const database = target.display
  return {
    target,
    driver: async () =>
      target.client === undefined
        ? (await import('./drivers/driver-fact.ts')).driverFact(target.driver)
        : { name: target.client.name, why: 'an open client of the application' },
    async connect(request, dialectFor, shadow) {
      const { schema } = options
      const pinned = schema === undefined || shadow !== undefined ? undefined : await import('./pinned-schema.ts')
      const guard = pinned?.databaseGuard(schema ?? '', database)
      const open = (): Promise<ServerSession> =>
        openConnection(
          shadow === undefined ? target : { ...target, isInner: true, database: shadow.database ?? target.database },
          request,
          request,
          // Of one connection there is no second one to ask on.
          target.client?.isSingle === true ? 0 : (options.unansweredMs ?? defaultUnansweredMs),
          async ({ connection, facts, identity, release }) => {
            const database = shadow === undefined ? displayOf(target, facts) : target.display
            const dialect = dialectFor(facts, database)
            if (request.purpose === 'run' && facts.readOnly)
              await (await import('./unusable-server.ts')).refuseReadOnly(connection, database)
            return new MysqlSession({
              connection,
              facts,
              dialect,
              database,
              waiting: request,
              identity,
              progressSql:
                identity === undefined || target.client?.isSingle === true
                  ? undefined
                  : async () => (await import('../sql/progress.ts')).progressSql(connection.threadId, facts.server),
              guard,
              release,
              hiddenNamesOf: target.client && (await import('./drivers/temporary-objects.ts')).hiddenNamesOf,
            })
          },
        )
      const { purpose, whenMissing } = request
      const isPlain = whenMissing === undefined && (schema === undefined || purpose === 'inspect')
      if (isPlain || target.client !== undefined || shadow !== undefined) return open()
      return (await import('./pinned-schema.ts')).openUnlessMissing(target, request, open)
    },
  }
}

/** How long a service waits for a server that has no place left. */
const connectionWaitMs = 5_000

/** The same for a service, which changes no schema. Throws INVALID_URL. */
export function servingConnector(options: MysqlOptions): {
  readonly database: string
  connect(signal: AbortSignal | undefined): Promise<ServiceConnection>
} {
  const target = targetOf(options)
  return {
    database: target.display,
    connect: (signal) => {
      const waiting = { waitMs: connectionWaitMs, ...present({ signal }) }
      return openConnection(target, { purpose: 'serve' }, waiting, 0, async (serverConnection) => {
        return new MysqlServiceConnection(serverConnection, target.display)
      })
    },
  }
}
