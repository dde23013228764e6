import { MigrateError, maskedUrl } from '@org/migrate-core/connection'

/** A database of D1 behind Cloudflare's HTTP API. */
export interface D1Location {
  readonly account: string
  readonly id: string
  /** For people. */
  readonly database: string
  readonly token: string | undefined
  /** Where the API is. */
  readonly api: string
}

export const isD1Url = (url: string): boolean => /^d1:/i.test(url)

/**
 * `d1://<account>/<database id>`, with the token of the API as password: `d1://:<token>@<account>/<database id>`. `?api=` names another
 * address of the API, for tests. Throws INVALID_URL.
 */
export function parseD1Url(given: string): D1Location {
  const match = /^d1:\/\/(?:[^:@/]*:([^@/]*)@)?([^@/:?#]+)\/([^/?#]+)(?:\?api=([^&#]+))?$/i.exec(given)
  const [, token, account, id, api] = match ?? []
  const isDecodable = !/%(?![\da-f]{2})/i.test(`${token ?? ''}${api ?? ''}`)
  if (account === undefined || id === undefined || !isDecodable) {
    const why = `${maskedUrl(given.replace(/\?.*$/s, '?…'))} names no account and database`
    const supported = ['d1://<account>/<database id>']
    throw new MigrateError('INVALID_URL', { why, supported }, `not a URL of D1: ${why}; supported: ${supported[0]}`)
  }
  return {
    account,
    id,
    database: `d1://${account}/${id}`,
    token: token === undefined ? undefined : decodeURIComponent(token),
    api: api === undefined ? 'https://api.cloudflare.com/client/v4' : decodeURIComponent(api),
  }
}
