import { withArticle } from '../errors/count-text.ts'
import { MigrateError } from '../errors/migrate-error.ts'

const secretParameter = /([?&;](?:password|pwd|pass|key|sslpassword|authtoken)=)[^&]*/gi

/**
 * A database URL for people, also one with a slip in it. What may be a password is replaced: everything between the first colon
 * of the user's part and the last `@`; without an `@` everything behind a colon that no port follows; without a colon the user.
 */
export function maskedUrl(url: string): string {
  const masked = withoutSecrets(url)
  return masked.length > longest ? `${masked.slice(0, longest)}… (${url.length} characters)` : masked
}

const longest = 500

function withoutSecrets(url: string): string {
  // A scheme with its slashes, also without the colon or with a part of the slashes.
  const [start = ''] = /^[\s'"`<]*(?:[a-z][a-z0-9+.-]*:?\/\/|[a-z][a-z0-9+.-]*:\/)?/i.exec(url) ?? []
  const rest = url.slice(start.length)
  const at = rest.lastIndexOf('@')
  if (at === -1) return maskedTail(start, rest)
  const credentials = rest.slice(0, at)
  const colon = credentials.indexOf(':')
  const user = colon === -1 ? '' : `${credentials.slice(0, colon)}:`
  return `${start}${user}***${rest.slice(at).replace(secretParameter, '$1***')}`
}

function maskedTail(start: string, rest: string): string {
  const clean = rest.replace(secretParameter, '$1***')
  const colon = clean.indexOf(':')
  const isPortOrDrive = /^:(?:\d{0,5}(?:[/?]|$)|[\\/])/.test(clean.slice(Math.max(colon, 0)))
  if (colon === -1 || isPortOrDrive || clean.startsWith('[')) return start + clean
  return `${start}${clean.slice(0, colon)}:***`
}

/** The scheme of a database URL in lower case; undefined for a path. One letter before the colon is a Windows drive. */
export function schemeOf(url: string): string | undefined {
  return /^([a-z][a-z0-9+.-]+):/i.exec(url)?.[1]?.toLowerCase()
}

/**
 * Why a text without a scheme isn't the path of a database: a server's URL with a slip must not become the name of a file, which
 * would hold the password. Undefined for a path.
 */
export function noPathReason(text: string): string | undefined {
  if (text.trim() !== text) return 'it begins or ends with a blank'
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
  if (/[\u0000-\u001f\u007f-\u009f]/.test(text)) return 'it holds a control character'
  if (text.includes('://')) return 'it holds :// and does not begin with a scheme'
  if (/['"`]/.test(text)) return 'it holds a quote'
  const sign = ['@', '<'].find((each) => text.includes(each))
  return sign === undefined ? undefined : `it has no scheme, and a path may not hold ${sign}`
}

/**
 * The URL, if there is one. Throws NO_DATABASE without one, and INVALID_OPTION for what is no text.
 */
export function requireUrl(url: unknown, from = '`url`'): string {
  if (url === undefined || url === null || (typeof url === 'string' && url.trim() === '')) {
    throw noDatabase(`${from} is ${url === undefined || url === null ? 'not set' : 'empty'}`, { from })
  }
  if (typeof url === 'string') return url
  const why = `it is ${url instanceof URL ? 'a URL object' : withArticle(typeof url)}, not a text`
  throw new MigrateError('INVALID_OPTION', { option: 'url', why }, `${from} names no database: ${why}`)
}

/** The error of a call that names no database; `variable` is the environment variable that should have. */
export function noDatabase(
  why: string,
  { from, variable, remedy }: { readonly from: string; readonly variable?: string; readonly remedy?: string },
): MigrateError<'NO_DATABASE'> {
  const details = { from, ...(variable === undefined ? {} : { variable }) }
  return new MigrateError('NO_DATABASE', details, `No database is named: ${why}`, { remedy })
}
