import { MigrateError, maskedUrl } from '@org/migrate-core/connection'

/** A database of a libSQL server, sqld, over HTTP. */
export interface LibsqlLocation {
  /** Where its requests go. */
  readonly api: string
  readonly host: string
  /** For people. */
  readonly database: string
  readonly token: string | undefined
}

export const isLibsqlUrl = (url: string): boolean => /^libsql:/i.test(url)

const supported = ['libsql://<host>', 'libsql://<host>:<port>?tls=0']

/** `libsql://<host>`, as Turso gives it; `?authToken=` has its token, and `?tls=0` is a server without TLS. Throws INVALID_URL. */
export function parseLibsqlUrl(given: string): LibsqlLocation {
  const refused = (why: string): MigrateError<'INVALID_URL'> =>
    new MigrateError(
      'INVALID_URL',
      { why, supported },
      `not a URL of libSQL: ${why}; supported: ${supported.join(', ')}`,
    )
  // The parser of URLs reads no host of a scheme that it does not know.
  const text = given.replace(/^libsql:/i, 'https:')
  if (!/^https:\/\/[^/?#]/i.test(text) || !URL.canParse(text)) throw refused(`${maskedUrl(given)} names no host`)
  const { username, password, host, hostname, pathname, searchParams, hash } = new URL(text)
  if (username !== '' || password !== '' || hash !== '')
    throw refused(`${maskedUrl(given)} has more than a host and a path: a token stands in authToken`)
  const unknown = [...searchParams.keys()].find((name) => name !== 'authToken' && name !== 'tls')
  if (unknown !== undefined) throw refused(`there is no parameter ${JSON.stringify(unknown)}`)
  const tls = searchParams.get('tls') ?? '1'
  if (tls !== '0' && tls !== '1') throw refused('`tls` is 0 or 1')
  const path = pathname.replace(/\/+$/, '')
  return {
    api: `${tls === '0' ? 'http' : 'https'}://${host}${path}`,
    host: hostname,
    database: `libsql://${host}${path}`,
    token: searchParams.get('authToken') ?? undefined,
  }
}
