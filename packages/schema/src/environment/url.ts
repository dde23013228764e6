import { isMigrateError, MigrateError, parseServerUrl } from '@org/migrate-core/dialect'
import type { OpenWebuiSettings } from './settings.ts'

export interface DatabaseUrl {
  readonly dialect: OpenWebuiSettings['dialect']
  readonly url: string
  readonly encrypted: boolean
}

export const supported = [
  'sqlite:///relative.db',
  'sqlite:////absolute.db',
  'sqlite:<path>',
  'sqlite:// (memory)',
  'sqlite+sqlcipher://<path>',
  'postgresql://user:password@host:5432/database',
  'postgres://…',
  'postgresql+<driver>://…',
  'mysql://user:password@host:3306/database',
  'mysql+<driver>://…',
  'mariadb://…',
  'mariadb+<driver>://…',
]

/** Names the variable. Its value, which may hold a password, is never a part of the text. */
export function invalidUrl(variable: string, why: string): MigrateError<'INVALID_URL'> {
  return new MigrateError(
    'INVALID_URL',
    { why: `${variable}: ${why}`, supported },
    `${variable} names no database: ${why}; supported: ${supported.join(', ')}`,
  )
}

const servers = new Map<string, { readonly dialect: 'postgres' | 'mysql'; readonly scheme: string }>([
  ['postgres', { dialect: 'postgres', scheme: 'postgresql' }],
  ['postgresql', { dialect: 'postgres', scheme: 'postgresql' }],
  ['mysql', { dialect: 'mysql', scheme: 'mysql' }],
  ['mariadb', { dialect: 'mysql', scheme: 'mariadb' }],
])

/** A `%` that begins no escape stands for itself before the last `@`: it is one of a password that was pasted in. */
function withPlainPercents(rest: string): string {
  const at = rest.lastIndexOf('@') + 1
  return rest.slice(0, at).replaceAll(/%(?![0-9a-f]{2})/gi, '%25') + rest.slice(at)
}

function checkServer(variable: string, url: string): void {
  try {
    parseServerUrl(url, { server: variable, schemes: [...servers.keys()], supported })
  } catch (error) {
    throw isMigrateError(error, 'INVALID_URL') ? invalidUrl(variable, error.details.why) : error
  }
}

function checkFile(variable: string, rest: string): void {
  const invalid = (why: string): MigrateError => invalidUrl(variable, why)
  if (rest === '' || rest === '///') throw invalid('it names no file')
  if (!rest.startsWith('//') || rest === '//') return
  if (rest[2] !== '/') throw invalid('two slashes name a host, which SQLite does not have')
  if (rest.includes('?')) throw invalid('options after ? are not supported')
}

function checkEncrypted(variable: string, rest: string): void {
  const invalid = (why: string): MigrateError => invalidUrl(variable, why)
  if (!rest.startsWith('//')) throw invalid('two slashes and the path come behind sqlite+sqlcipher:')
  if (rest.includes('?')) throw invalid('options after ? are not supported')
  if (/^\/+$/.test(rest)) throw invalid('it names no file')
  if (rest === '//:memory:' || rest === '///:memory:') throw invalid('a database in memory is not encrypted')
}

/** Reads one of the supported forms; `postgres` becomes `postgresql`, in the scheme alone. Throws INVALID_URL. */
export function readUrl(variable: string, text: string): DatabaseUrl {
  const found = /^([a-z][a-z0-9.-]+)(\+[a-z0-9_.-]+)?:(.*)$/is.exec(text)
  if (found === null) throw invalidUrl(variable, 'it has no scheme')
  const [, name = '', driver = '', rest = ''] = found
  const family = name.toLowerCase()
  const extension = driver.toLowerCase()
  if (family === 'sqlite' && extension === '') {
    checkFile(variable, rest)
    return { dialect: 'sqlite', url: `sqlite:${rest}`, encrypted: false }
  }
  if (family === 'sqlite' && extension === '+sqlcipher') {
    checkEncrypted(variable, rest)
    return { dialect: 'sqlite', url: `sqlite+sqlcipher:${rest}`, encrypted: true }
  }
  const server = servers.get(family)
  // What stands before a colon without slashes may be a user, and what follows it his password.
  if (server === undefined && !rest.startsWith('//')) throw invalidUrl(variable, 'it has no scheme that is known')
  if (server === undefined) throw invalidUrl(variable, `there is no dialect for the scheme ${family}${extension}`)
  if (!rest.startsWith('//')) throw invalidUrl(variable, `two slashes come behind ${family}:`)
  const url = `${server.scheme}${extension}:${withPlainPercents(rest)}`
  checkServer(variable, url)
  return { dialect: server.dialect, url, encrypted: false }
}
