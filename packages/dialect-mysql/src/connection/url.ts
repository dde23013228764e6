import path from 'node:path'
import { invalidUrl, isLoopback, parseServerUrl, present } from '@org/migrate-core/connection'
import type { MigrateError, UrlForms } from '@org/migrate-core/dialect'
import type { Flavour } from '../flavour.ts'
import type { DriverName, OpenClient } from './drivers/names.ts'

/** As the `mysql` client has it: https://dev.mysql.com/doc/refman/8.4/en/connection-options.html#option_general_ssl-mode */
type SslMode = 'DISABLED' | 'PREFERRED' | 'REQUIRED' | 'VERIFY_CA' | 'VERIFY_IDENTITY'

interface Tls {
  readonly mode: SslMode
  /** Absolute paths of PEM files. */
  readonly ca?: string
  readonly cert?: string
  readonly key?: string
}

/** Where the server is and how to get there. Holds the password: never a part of an error. */
export interface Target {
  /** The flavour that is assumed until the server has spoken. */
  readonly flavour: Flavour
  readonly host: string
  readonly port: number
  readonly socket?: string
  readonly user?: string
  readonly password?: string
  readonly database: string
  readonly tls: Tls
  readonly connectTimeoutMs: number
  /** The one that an option names. */
  readonly driver?: DriverName
  /** An open client of the application, instead of all that comes before. */
  readonly client?: OpenClient
  /** The session is for a shadow: on the only connection of an open client it runs inside the one that waits for it. */
  readonly isInner?: boolean
  /** How long a session waits for its turn on that connection. */
  readonly waitsForTurnMs?: number
  /** For people: the URL without the password. */
  readonly display: string
}

const supported = [
  'mysql://user:password@host:3306/database',
  'mariadb://user:password@host:3306/database',
  'mysql+<driver>://…',
  'mysql://user@localhost/database?socket=/run/mysqld/mysqld.sock',
  'mysql://user:password@host/database?ssl-mode=VERIFY_IDENTITY&ssl-ca=/path/ca.pem',
]

const forms: UrlForms = { server: 'MySQL or MariaDB', schemes: ['mysql', 'mariadb'], supported }

const invalid = (why: string): MigrateError<'INVALID_URL'> => invalidUrl(forms, why)

/** The spellings of the command line, of libmysql, of JDBC (also MariaDB's) and of the drivers of other languages. */
const sslModes: ReadonlyMap<string, SslMode> = new Map<string, SslMode>([
  ['DISABLED', 'DISABLED'],
  ['DISABLE', 'DISABLED'],
  ['FALSE', 'DISABLED'],
  ['PREFERRED', 'PREFERRED'],
  ['PREFER', 'PREFERRED'],
  ['REQUIRED', 'REQUIRED'],
  ['REQUIRE', 'REQUIRED'],
  ['TRUST', 'REQUIRED'],
  ['TRUE', 'REQUIRED'],
  ['VERIFY_CA', 'VERIFY_CA'],
  ['VERIFY_IDENTITY', 'VERIFY_IDENTITY'],
  ['VERIFY_FULL', 'VERIFY_IDENTITY'],
])

type Parameter = 'mode' | 'ca' | 'cert' | 'key' | 'socket' | 'charset' | 'seconds' | 'milliseconds'

/** By name without `-` and `_`, in lower case. */
const parameters: ReadonlyMap<string, Parameter> = new Map<string, Parameter>([
  ['sslmode', 'mode'],
  ['ssl', 'mode'],
  ['sslca', 'ca'],
  ['sslcert', 'cert'],
  ['sslkey', 'key'],
  ['socket', 'socket'],
  ['socketpath', 'socket'],
  ['unixsocket', 'socket'],
  ['charset', 'charset'],
])

/** `connect-timeout` and `connect_timeout` are seconds as in libmysql, `connectTimeout` milliseconds as in JDBC and the driver. */
function parameterOf(name: string): Parameter | undefined {
  if (name === 'connectTimeout') return 'milliseconds'
  const plain = name.replaceAll(/[-_]/g, '').toLowerCase()
  return plain === 'connecttimeout' ? 'seconds' : parameters.get(plain)
}

function read(params: ReadonlyMap<string, string>): ReadonlyMap<Parameter, string> {
  const values = new Map<Parameter, string>()
  for (const [name, value] of params) {
    const parameter = parameterOf(name)
    if (parameter === undefined) {
      throw invalid(
        `it has the parameter ${JSON.stringify(name)}, which is not known; known are ssl-mode, ssl-ca, ssl-cert, ssl-key, socket, charset and connect-timeout`,
      )
    }
    if (values.has(parameter)) throw invalid(`its parameter ${name} is given twice`)
    values.set(parameter, value)
  }
  return values
}

function timeout(params: ReadonlyMap<Parameter, string>): number | undefined {
  const text = params.get('milliseconds') ?? params.get('seconds')
  if (text === undefined) return undefined
  const factor = params.has('milliseconds') ? 1 : 1_000
  if (/^\d{1,9}$/.test(text) && Number(text) > 0) return Number(text) * factor
  throw invalid(`its connect timeout is ${JSON.stringify(text)}, not a whole number above 0`)
}

function sslMode(text: string): SslMode {
  const mode = sslModes.get(text.toUpperCase().replaceAll('-', '_'))
  if (mode !== undefined) return mode
  throw invalid(
    `its ssl-mode is ${JSON.stringify(text)}, not one of DISABLED, PREFERRED, REQUIRED, VERIFY_CA, VERIFY_IDENTITY`,
  )
}

/** The host that is not this machine; an open client may be connected to any. */
export function remoteHostOf({ client, socket, host, display }: Target): string | undefined {
  if (client !== undefined) return display
  return socket !== undefined || isLoopback(host) ? undefined : host
}

/** What is sent to this very machine is not encrypted unless asked; elsewhere encryption is used where the server has it. */
function tlsOf(params: ReadonlyMap<Parameter, string>, near: boolean, baseDirectory: string): Tls {
  const files = { ca: params.get('ca'), cert: params.get('cert'), key: params.get('key') }
  const given = Object.entries(files).filter((entry): entry is [keyof typeof files, string] => entry[1] !== undefined)
  const requested = params.get('mode')
  const mode =
    requested === undefined ? (given.length > 0 ? 'REQUIRED' : near ? 'DISABLED' : 'PREFERRED') : sslMode(requested)
  if (mode === 'DISABLED' && given.length > 0) throw invalid('it names TLS files, but its ssl-mode is DISABLED')
  if ((files.cert === undefined) !== (files.key === undefined)) {
    throw invalid('ssl-cert and ssl-key belong together, and one of them is missing')
  }
  const paths = Object.fromEntries(given.map(([key, file]) => [key, path.resolve(baseDirectory, file)]))
  // As the server's own client has it: who names an authority wants it asked.
  return { mode: mode === 'REQUIRED' && files.ca !== undefined ? 'VERIFY_CA' : mode, ...paths }
}

const defaultConnectTimeoutMs = 10_000

/** Reads the URL; opens nothing. Throws INVALID_URL, whose text never holds the password. */
export function parseUrl(url: string, baseDirectory = ''): Target {
  const location = parseServerUrl(url, forms)
  const params = read(location.params)
  const charset = params.get('charset')
  if (charset !== undefined && charset.toLowerCase() !== 'utf8mb4') {
    throw invalid(
      `its charset is ${JSON.stringify(charset)}; the connection speaks utf8mb4, which holds every character`,
    )
  }
  const socket = params.get('socket')
  const host = location.host ?? 'localhost'
  return {
    flavour: location.scheme === 'mariadb' ? 'mariadb' : 'mysql',
    host,
    port: location.port ?? 3306,
    ...present({ socket, user: location.user, password: location.password }),
    database: location.database,
    tls: tlsOf(params, socket !== undefined || isLoopback(host), baseDirectory),
    connectTimeoutMs: timeout(params) ?? defaultConnectTimeoutMs,
    display: location.display,
  }
}
