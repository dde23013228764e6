import type { ConnectionOptions } from 'node:tls'
import {
  isAnything,
  isFlag,
  isNumber,
  isRecord,
  isText,
  MigrateError,
  noDriver,
  oneOf,
  present,
  timerMs,
} from '@org/migrate-core/connection'
import type { DriverFact, OptionChecks, ServerSession, UnloadedDialect } from '@org/migrate-core/dialect'
import { inspectSession } from './concurrent-sessions.ts'
import { type DriverName, driverNames, type OpenClient } from './drivers/names.ts'
import { openClientOf, type PostgresClient } from './drivers/open-client.ts'
import { concernsTls, offersNoTls, retryWhileBusy } from './faults.ts'
import {
  type ConnectionRequest,
  type GreetedConnection,
  type Greeting,
  openConnection,
  requireOrigin,
  supported,
} from './greeting.ts'
import { clientIdentity, processIdentity } from './identity.ts'
import { PostgresSession } from './session.ts'
import { searchPathOf } from './settings.ts'
import { sslAttempts } from './tls.ts'
import { type ConnectionTarget, parseUrl, requirePgliteOptions, type ServerLocation, type SslMode } from './url.ts'

export interface PostgresOptions {
  /**
   * `postgresql://user:password@host:5432/database`, also `postgres://`, `postgresql+driver://`, and
   * `postgresql:///database?host=/folder` for a Unix socket. Parameters as libpq has them: `sslmode`, `sslrootcert`,
   * `connect_timeout`, `application_name`, `options`; and `schema`, `search_path`, `lock_timeout`, `statement_timeout` (ms).
   * Absent only where `driver` is an open client.
   */
  readonly url?: string
  /** The schema to stand in; a run makes it. Default: the first that exists of the server's own search path. */
  readonly schema?: string
  /** How long a statement may wait for a lock, in ms; default: what the server says. */
  readonly lockTimeoutMs?: number
  /** How long a statement may take, in ms; default: what the server says. */
  readonly statementTimeoutMs?: number
  /** How long connecting may take, in ms; default 10 seconds. */
  readonly connectTimeoutMs?: number
  /** A mode of libpq, `true` for `verify-full`, or options of `tls.connect`; default: what the URL says, else `prefer`. */
  readonly ssl?: boolean | SslMode | ConnectionOptions
  /**
   * How long a statement may be without an answer before the server is asked on a second connection whether it is still at it, in
   * ms; default 30 seconds; 0: it is not asked. A connection that lets nothing through any more ends the run so.
   */
  readonly unansweredMs?: number
  /**
   * `table`: runs are kept apart by a row with a lease, and nothing is expected of a session. For servers that can only be had
   * through a pooler of transactions. Default: a lock of the session, which the server frees when the run ends however it ends.
   */
  readonly lock?: 'table'
  /** What the server lists this session as; default `migrate`, and `service` for `openPostgres`. */
  readonly applicationName?: string
  /** Where a relative folder of PGlite starts; default: the folder of the process. */
  readonly baseDirectory?: string
  /**
   * The package that speaks to the server, or an open client of the application: a `Pool` or `Client` of pg, the `sql` of postgres.js,
   * or a `PGlite`. An open one is used instead of `url` and never closed. Default: the first package that is installed, in this order.
   */
  readonly driver?: DriverName | PostgresClient
}

export const connectChecks: OptionChecks<PostgresOptions> = {
  // What is no URL has codes of its own.
  url: isAnything,
  // Of no name would be the default schema: another one than that of a tenant.
  schema: (value) => (value === '' ? 'the name of a schema is expected' : isText(value)),
  lockTimeoutMs: isNumber,
  statementTimeoutMs: isNumber,
  connectTimeoutMs: isNumber,
  ssl: (value) => (isFlag(value) === undefined || isText(value) === undefined ? undefined : isRecord(value)),
  unansweredMs: isNumber,
  lock: oneOf('table'),
  applicationName: isText,
  baseDirectory: isText,
  // A name, or an open client.
  driver: isAnything,
}

interface Connector {
  /** The URL without its password. */
  readonly database: string
  readonly target: ServerLocation & Pick<ConnectionTarget, 'schema' | 'searchPath'>
  driver(): Promise<DriverFact>
  connect(
    options: ConnectionRequest,
    dialectOf: (major: number, schema: string | undefined) => UnloadedDialect,
  ): Promise<ServerSession>
}

const defaultUnansweredMs = 30_000

function invalid(option: string, why: string): MigrateError<'INVALID_OPTION'> {
  return new MigrateError('INVALID_OPTION', { option, why }, `${option}: ${why}`)
}

const isName = (driver: unknown): driver is DriverName => driverNames.includes(driver as DriverName)

function clientTarget(client: OpenClient, { url, ssl }: PostgresOptions): ConnectionTarget {
  if (url !== undefined) throw invalid('driver', 'an open client is given instead of `url`, not beside it')
  if (ssl !== undefined) throw invalid('ssl', 'an open client has its connection')
  const { name, display, isSingle } = client
  return {
    display,
    host: '',
    port: 0,
    database: '',
    driver: name,
    client,
    ...(isSingle ? { isSingle } : {}),
    ssl: {},
  }
}

/** Where `driver`, `url` and their like lead. */
function locationOf(options: PostgresOptions): ConnectionTarget {
  const { driver, lock } = options
  if (driver === undefined || isName(driver)) {
    const parsed = parseUrl(options.url ?? '', options.baseDirectory)
    requirePgliteOptions(parsed, driver, lock)
    return driver === undefined ? parsed : { ...parsed, driver }
  }
  const client = openClientOf(driver)
  if (client === undefined) throw invalid('driver', noDriver(driverNames, driver))
  return clientTarget(client, options)
}

export function connectionTargetOf(options: PostgresOptions): ConnectionTarget {
  const { schema, applicationName, lock } = options
  const location = locationOf(options)
  // The server takes no more milliseconds than a timer: https://www.postgresql.org/docs/current/runtime-config-client.html
  const limit = (name: 'lockTimeoutMs' | 'statementTimeoutMs' | 'connectTimeoutMs'): number | undefined => {
    const ms = options[name] ?? location[name]
    return ms === undefined ? undefined : timerMs(ms)
  }
  return {
    ...location,
    ...present({
      schema,
      lockTimeoutMs: limit('lockTimeoutMs'),
      statementTimeoutMs: limit('statementTimeoutMs'),
      connectTimeoutMs: limit('connectTimeoutMs'),
      applicationName,
      lock,
    }),
  }
}

/** Reads the URL; opens nothing. Throws INVALID_URL. */
export function connector(options: PostgresOptions): Connector {
  const target = connectionTargetOf(options)
  return {
    database: target.display,
    target,
    driver: async () =>
      target.client === undefined
        ? (await import('./drivers/driver-fact.ts')).driverFact(target.driver)
        : { name: target.client.name, why: 'an open client of the application' },
    connect: async (request, dialectOf) => {
      const idle =
        request.scope &&
        (await import('./idle-connections.ts')).idleFor(request.scope, target, options.ssl, request.purpose)
      const taken = await idle?.take()
      // Before it is opened: that makes the folder.
      const isNewFolder =
        target.folder !== undefined && (await import('./drivers/pglite-folder.ts')).isMissing(target.folder, request)
      const open = (on: ConnectionTarget): Promise<GreetedConnection> =>
        retryWhileBusy(on, request, () =>
          attempt(isNewFolder && request.purpose !== 'run' ? { ...on, folder: undefined } : on, options.ssl, request),
        )
      const openFor = async (whenMissing: NonNullable<ConnectionRequest['whenMissing']>): Promise<GreetedConnection> =>
        (await import('./pinned-schema.ts')).openUnlessMissing(whenMissing, target, open)
      const { whenMissing } = request
      const greeted = taken?.greeted ?? (await (whenMissing === undefined ? open(target) : openFor(whenMissing)))
      const { connection, named, localBegin } = greeted
      let { greeting } = greeted
      const connectedAt = taken?.connectedAt ?? performance.now()
      const session = { pid: greeting.pid, connectedAt, pinned: named }
      connection.watch({
        // Of one connection there is no second one to ask on.
        afterMs: target.isSingle ? 0 : (options.unansweredMs ?? defaultUnansweredMs),
        probe: () => inspectSession(session, () => attempt(target, options.ssl, { purpose: 'inspect' })),
      })
      try {
        const major = supported(greeting)
        if (request.purpose === 'run') requireOrigin(target, greeting)
        if (greeted.applySettings !== undefined) {
          const { requireSession } = await import('./pooler.ts')
          await requireSession(target, connection, () => attempt(target, options.ssl, { ...request, purpose: 'probe' }))
          greeting = await greeted.applySettings()
        }
        const schema = await enterSchema(greeted, target, greeting, request)
        return new PostgresSession(connection, {
          dialect: dialectOf(major, schema),
          database: greeting.database,
          schema,
          limits: target,
          signal: request.signal,
          named,
          localBegin,
          pooled: greeting.pooled,
          isNew: isNewFolder,
          ownPath: searchPathOf(target) !== undefined,
          hiddenNamesOf: target.client && (await import('./drivers/temporary-objects.ts')).hiddenNamesOf,
          pinned: target.schema !== undefined && request.purpose === 'run',
          release: idle === undefined ? undefined : () => idle.give({ greeted, connectedAt }),
          ...identityAndLease(target, greeted, greeting),
        })
      } catch (error) {
        await connection.close()
        throw error
      }
    },
  }
}

/** What others know the session by, and whether its lock is one. */
function identityAndLease(
  { lock }: ConnectionTarget,
  { uniqueName }: GreetedConnection,
  { pid, startedAt }: Greeting,
): Pick<ServerSession, 'identity' | 'progressSql' | 'leased'> {
  return {
    ...(uniqueName !== undefined
      ? { identity: clientIdentity(uniqueName) }
      : startedAt === ''
        ? {}
        : {
            identity: processIdentity(pid, startedAt),
            progressSql: async () => (await import('../sql/progress.ts')).progressSql(pid),
          }),
    ...(lock === 'table' ? { leased: "lock: 'table' was asked for: its sessions may be shared by a pooler" } : {}),
  }
}

/** With TLS and without, as the mode says. Of several refusals the one is told that was made with TLS. */
export async function attempt(
  target: ConnectionTarget,
  ssl: PostgresOptions['ssl'],
  request: ConnectionRequest,
): Promise<GreetedConnection> {
  const refused: unknown[] = []
  const attempts = await sslAttempts(target, ssl)
  for (const each of attempts) {
    try {
      return await openConnection(target, each, request)
    } catch (error) {
      refused.push(error)
      if (!concernsTls(error)) break
    }
  }
  throw attempts[0] === false || offersNoTls(refused[0]) ? refused.at(-1) : refused[0]
}

/** The schema that the session stands in, made where a run is to have it. Throws DATABASE_UNREACHABLE, DATABASE_READ_ONLY. */
async function enterSchema(
  greeted: GreetedConnection,
  target: ConnectionTarget,
  greeting: Greeting,
  request: ConnectionRequest,
): Promise<string> {
  if (request.purpose !== 'inspect' && greeting.readOnly) {
    const { display: database } = target
    throw new MigrateError('DATABASE_READ_ONLY', { database }, `${database} takes no changes`, {
      remedy: 'Connect to the primary, and see default_transaction_read_only of the server, the database and the role.',
    })
  }
  const isTemporary = greeting.schema?.startsWith('pg_temp_') === true
  if (target.schema === undefined && greeting.schema !== null && !isTemporary) return greeting.schema
  return (await import('./pinned-schema.ts')).enterPinned(greeted, target, greeting, request)
}
