import { MigrateError } from '../errors/migrate-error.ts'
import { maskedUrl, requireUrl } from './database-url.ts'

/** The parts of a server's URL. Texts are percent-decoded; absent parts are the driver's own defaults. */
export interface ServerAddress {
  readonly scheme: string
  readonly host?: string
  readonly port?: number
  readonly user?: string
  readonly password?: string
  readonly database: string
  readonly params: ReadonlyMap<string, string>
  /** For people: without the password and without parameters. */
  readonly display: string
}

export interface UrlForms {
  /** For people: `PostgreSQL`. */
  readonly server: string
  /** Without `+driver`, which may follow each. The first is the one that is shown. */
  readonly schemes: readonly string[]
  readonly supported: readonly string[]
}

/** The error of a URL that is not one, with the right forms; `why` must not hold the password. */
export function invalidUrl({ server, supported }: UrlForms, why: string): MigrateError<'INVALID_URL'> {
  const message = `not a URL of ${server}: ${why}; supported: ${supported.join(', ')}`
  return new MigrateError('INVALID_URL', { why, supported }, message)
}

function decoded(text: string, part: string, invalid: (why: string) => MigrateError): string {
  try {
    return decodeURIComponent(text)
  } catch {
    // Its text is not shown: it may be a part of the password.
    throw invalid(
      `its ${part} has a % that is not followed by two hexadecimal digits; special characters are percent-encoded (% is %25)`,
    )
  }
}

/**
 * Reads `scheme://user:password@host:port/database?key=value`, and `scheme:///database?host=/socket/folder`. The user's part ends
 * at the last `@` before the path, as a password that was pasted in without encoding may hold one.
 *
 * Throws INVALID_URL, whose text never holds the password, and NO_DATABASE without a URL.
 */
export function parseServerUrl(given: string, forms: UrlForms): ServerAddress {
  const url = requireUrl(given)
  const invalid = (why: string): MigrateError => invalidUrl(forms, why)
  const scheme = /^([a-z][a-z0-9+.-]*):\/\//i.exec(url)?.[1]
  if (scheme === undefined) throw invalid(`${maskedUrl(url)} has no scheme`)
  const family = scheme.toLowerCase().replace(/\+.*$/, '')
  if (!forms.schemes.includes(family)) throw invalid(`its scheme is ${scheme}`)
  const rest = url.slice(scheme.length + 3)
  const at = rest.lastIndexOf('@')
  const [credentials, address] = at === -1 ? ['', rest] : [rest.slice(0, at), rest.slice(at + 1)]
  // An @ behind the first slash belongs to the path or its parameters unless what stands before it is credentials.
  const question = address.indexOf('?')
  const query = question === -1 ? '' : address.slice(question + 1)
  const [authority = '', ...path] = (question === -1 ? address : address.slice(0, question)).split('/')
  const match = /^(\[[0-9a-f:.%]+\]|[^:[\]]*)(?::(\d*))?$/i.exec(authority)
  if (match === null)
    throw invalid(
      'its host and port cannot be told apart; special characters of the password are percent-encoded (@ is %40, / is %2F, # is %23, : is %3A)',
    )
  const [, host = '', portText = ''] = match
  const port = portText === '' ? undefined : Number(portText)
  if (port !== undefined && (port < 1 || port > 65_535)) throw invalid(`its port is ${portText}`)
  const database = decoded(path.join('/'), 'database name', invalid)
  if (database === '') throw invalid('it names no database')
  const colon = credentials.indexOf(':')
  const user = decoded(colon === -1 ? credentials : credentials.slice(0, colon), 'user name', invalid)
  const password = colon === -1 ? undefined : decoded(credentials.slice(colon + 1), 'password', invalid)
  const shown = `${family}://${user === '' ? '' : `${encodeURIComponent(user)}@`}${host}${port === undefined ? '' : `:${port}`}/${path.join('/')}`
  return {
    scheme: family,
    ...(host === '' ? {} : { host: host.replace(/^\[|\]$/g, '') }),
    ...(port === undefined ? {} : { port }),
    ...(user === '' ? {} : { user }),
    ...(password === undefined ? {} : { password }),
    database,
    params: new Map(new URLSearchParams(query)),
    display: shown,
  }
}

/** Whether the name or address of a host is that of this machine by itself, whatever a resolver makes of it. */
export const isLoopback = (host: string): boolean => /^(?:localhost|127(?:\.\d{1,3}){3}|::1)$/i.test(host)

/** The same URL for another database of the server. */
export function withDatabaseName(url: string, database: string): string {
  const address = url.lastIndexOf('@') + 1 || url.indexOf('://') + 3
  return url.slice(0, address) + url.slice(address).replace(/^([^/?]*)[^?]*/, `$1/${encodeURIComponent(database)}`)
}
