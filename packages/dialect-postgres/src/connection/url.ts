import { resolve } from 'node:path'
import { invalidUrl, isLoopback, MigrateError, parseServerUrl, present } from '@org/migrate-core/connection'
import type { UrlForms } from '@org/migrate-core/dialect'
import type { DriverName, OpenClient } from './drivers/names.ts'

/** As libpq has them: https://www.postgresql.org/docs/current/libpq-ssl.html */
const sslModes = ['disable', 'allow', 'prefer', 'require', 'verify-ca', 'verify-full'] as const
export type SslMode = (typeof sslModes)[number]

/** Where the database is and how a session on it begins. */
export interface ConnectionTarget {
  /** The database for people: without password and parameters. */
  readonly display: string
  readonly host: string
  /** The folder of a Unix socket, in the place of the host. */
  readonly socket?: string
  readonly port: number
  readonly user?: string
  readonly password?: string
  readonly database: string
  readonly schema?: string
  readonly searchPath?: string
  readonly applicationName?: string
  /** Command-line options of the server's process: `-c name=value`. */
  readonly options?: string
  readonly connectTimeoutMs?: number
  readonly lockTimeoutMs?: number
  readonly statementTimeoutMs?: number
  /** Runs are kept apart by a row with a lease, and nothing is expected of a session. */
  readonly lock?: 'table'
  /** Absent: the first one that is installed. */
  readonly driver?: DriverName
  /** An open client of the application, in the place of all that says how to connect. */
  readonly client?: OpenClient
  /** There is one connection, on which sessions take turns: no second one can be asked about the first. */
  readonly isSingle?: true
  /** Of PGlite; absent: memory. */
  readonly folder?: string | undefined
  readonly ssl: {
    readonly mode?: SslMode
    readonly rootCert?: string
    readonly cert?: string
    readonly key?: string
  }
}

const forms: UrlForms = {
  server: 'PostgreSQL',
  schemes: ['postgresql', 'postgres'],
  supported: [
    'postgresql://user:password@host:5432/database?sslmode=require',
    'postgres://…',
    'postgresql+<driver>://…',
    'postgresql:///database?host=/folder/of/the/socket',
    'pglite:./folder',
    'pglite:memory://',
  ],
}

type Params = Record<string, string | undefined>

const supportedParams: ReadonlySet<string> = new Set([
  'application_name',
  'channel_binding',
  'client_encoding',
  'connect_timeout',
  'gssencmode',
  'host',
  'lock_timeout',
  'options',
  'password',
  'port',
  'schema',
  'search_path',
  'ssl',
  'sslcert',
  'sslkey',
  'sslmode',
  'sslrootcert',
  'statement_timeout',
  'target_session_attrs',
  'user',
])

/** Parameters of libpq of which only some values say what is so here. */
const fixed: { readonly [param: string]: readonly string[] } = {
  client_encoding: ['utf8', 'utf-8', 'unicode', 'auto'],
  gssencmode: ['disable', 'prefer'],
  // The driver knows no channel binding: to require it and continue without would be weaker than was requested.
  channel_binding: ['disable', 'prefer'],
  // A run refuses a server that cannot be written by itself.
  target_session_attrs: ['any', 'read-write', 'primary'],
}

function wholeNumber(params: Params, name: string): number | undefined {
  const text = params[name]
  if (text === undefined || text === '') return undefined
  if (!/^\d{1,9}$/.test(text)) throw invalidUrl(forms, `its parameter ${name} is no whole number`)
  return Number(text)
}

/** `ssl=` of other drivers beside libpq's `sslmode=`. */
function sslMode({ sslmode, ssl }: Params): SslMode | undefined {
  const text = sslmode ?? (ssl === 'true' || ssl === '1' ? 'require' : ssl === 'false' || ssl === '0' ? 'disable' : ssl)
  if (text === undefined) return undefined
  const mode = sslModes.find((name) => name === text)
  if (mode === undefined) throw invalidUrl(forms, `its sslmode is not one of ${sslModes.join(', ')}`)
  return mode
}

function checkedParams(params: ReadonlyMap<string, string>): Params {
  const unknown = [...params.keys()].filter((name) => !supportedParams.has(name))
  if (unknown.length > 0) {
    const names = unknown.map((name) => JSON.stringify(name)).join(', ')
    throw invalidUrl(
      forms,
      `it has the parameter ${names}, which is not known (docs/reference/postgres.md lists those that are); settings of the server go into options=-c%20name%3Dvalue`,
    )
  }
  for (const [name, values] of Object.entries(fixed)) {
    const value = params.get(name)
    if (value !== undefined && !values.includes(value.toLowerCase())) {
      throw invalidUrl(forms, `its parameter ${name} can only be ${values.join(', ')}`)
    }
  }
  return Object.fromEntries(params)
}

export const socketFile = (folder: string, port: number): string => `${folder}/.s.PGSQL.${port}`

function socketOf(host: string): string | undefined {
  if (host.startsWith('/')) return host
  return /^%2f/i.test(host) ? decodeURIComponent(host) : undefined
}

/** `pglite:` and what PGlite itself takes: a folder, `file://` and a folder, or `memory://`. */
function pgliteTarget(at: string, query: string | undefined, baseDirectory = '.'): ConnectionTarget {
  if (at === '') throw invalidUrl(forms, 'it names neither a folder nor memory://')
  const { schema, search_path: searchPath, ...remaining } = checkedParams(new Map(new URLSearchParams(query)))
  const [unused] = Object.keys(remaining)
  if (unused !== undefined) throw invalidUrl(forms, `its parameter ${unused} has no meaning for PGlite`)
  const folder = at === 'memory://' ? undefined : resolve(baseDirectory, at.replace(/^file:\/\//, ''))
  return {
    display: folder ?? 'pglite:memory://',
    host: '',
    port: 0,
    database: 'postgres',
    driver: 'pglite',
    isSingle: true,
    ...present({ folder, schema, searchPath }),
    ssl: {},
  }
}

/**
 * Reads the forms of a PostgreSQL URL. A relative folder of PGlite starts at `baseDirectory`. Throws INVALID_URL, whose text never holds the
 * password.
 */
export function parseUrl(url: string, baseDirectory?: string): ConnectionTarget {
  const [, at, query] = /^pglite:([^?]*)(?:\?(.*))?$/i.exec(url) ?? []
  if (at !== undefined) return pgliteTarget(at, query, baseDirectory)
  const parsed = parseServerUrl(url, forms)
  const params = checkedParams(parsed.params)
  const host = params.host ?? parsed.host ?? 'localhost'
  if (host.includes(',')) {
    throw invalidUrl(forms, 'it names several hosts; a migrator works on one server that it knows: name the primary')
  }
  const socket = socketOf(host)
  const mode = sslMode(params)
  const connectTimeout = wholeNumber(params, 'connect_timeout')
  const given = <K extends string, V>(key: K, value: V | undefined): { readonly [P in K]?: V } =>
    value === undefined || value === '' ? {} : ({ [key]: value } as { readonly [P in K]: V })
  return {
    display: parsed.display,
    host,
    ...given('socket', socket),
    port: wholeNumber(params, 'port') ?? parsed.port ?? 5432,
    ...given('user', parsed.user ?? params.user),
    ...given('password', parsed.password ?? params.password),
    database: parsed.database,
    ...given('schema', params.schema),
    ...given('searchPath', params.search_path),
    ...given('applicationName', params.application_name),
    ...given('options', params.options),
    // 0 is no limit in libpq; a connection that never comes would hang a start for good.
    ...given(
      'connectTimeoutMs',
      connectTimeout === undefined || connectTimeout === 0 ? undefined : connectTimeout * 1000,
    ),
    ...given('lockTimeoutMs', wholeNumber(params, 'lock_timeout')),
    ...given('statementTimeoutMs', wholeNumber(params, 'statement_timeout')),
    ssl: {
      ...given('mode', mode),
      ...given('rootCert', params.sslrootcert),
      ...given('cert', params.sslcert),
      ...given('key', params.sslkey),
    },
  }
}

/** What tells which machine a database is on. */
export type ServerLocation = Pick<ConnectionTarget, 'client' | 'driver' | 'socket' | 'host' | 'display'>

/** The host that is not this machine; an open client may be connected to any. */
export function remoteHostOf({ client, driver, socket, host, display }: ServerLocation): string | undefined {
  if (client !== undefined) return display
  return driver === 'pglite' || socket !== undefined || isLoopback(host) ? undefined : host
}

/** Throws INVALID_OPTION for what only a server, or only PGlite, takes. */
export function requirePgliteOptions(
  parsed: ConnectionTarget,
  driver: DriverName | undefined,
  lock: 'table' | undefined,
): void {
  if (driver !== undefined && (driver === 'pglite') !== (parsed.driver === 'pglite')) {
    const why = 'PGlite has URLs of its own, pglite:<folder> and pglite:memory://, and no other driver takes them'
    throw new MigrateError('INVALID_OPTION', { option: 'driver', why }, `driver: ${why}`)
  }
  if (parsed.driver === 'pglite' && lock !== undefined) {
    const why = 'PGlite has one session, which is the lock'
    throw new MigrateError('INVALID_OPTION', { option: 'lock', why }, `lock: ${why}`)
  }
}
