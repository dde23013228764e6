import { join } from 'node:path'
import { isMigrateError, MigrateError, parseServerUrl } from '@org/migrate-core/dialect'
import type { OpenWebuiSettings } from './settings.ts'
import { invalidVariable, type Reading } from './variables.ts'

interface DatabaseUrl {
  readonly dialect: OpenWebuiSettings['dialect']
  readonly url: string
  readonly encrypted: boolean
}

const supported = [
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
  const match = /^([a-z][a-z0-9.-]+)(\+[a-z0-9_.-]+)?:(.*)$/is.exec(text)
  if (match === null) throw invalidUrl(variable, 'it has no scheme')
  const [, name = '', driver = '', rest = ''] = match
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

const parts = ['DATABASE_TYPE', 'DATABASE_USER', 'DATABASE_HOST', 'DATABASE_PORT', 'DATABASE_NAME'] as const
const encryptedType = 'sqlite+sqlcipher'

export interface Source extends DatabaseUrl {
  readonly source: OpenWebuiSettings['source']
}

/** The database that the variables name: all of the parts, else DATABASE_URL, else `webui.db` in the folder. */
export function sourceOf(reading: Reading, dataFolder: string): Source {
  const { env, note } = reading
  const type = env.DATABASE_TYPE
  const missing = parts.filter((name) => !env[name])
  if (missing.length === 0) {
    const url = fromParts(reading)
    note('the database comes from DATABASE_TYPE, _USER, _HOST, _PORT and _NAME')
    if (env.DATABASE_URL) note('DATABASE_URL is set as well and is not used')
    return { ...url, source: 'parts' }
  }
  const file = type?.toLowerCase() === encryptedType
  if (missing.length < parts.length && !(file && missing.length === parts.length - 1)) {
    note(`the DATABASE_* parts are not used: ${missing.join(', ')} not set`)
  }
  if (env.DATABASE_URL) {
    const url = readUrl('DATABASE_URL', env.DATABASE_URL)
    note('the database comes from DATABASE_URL')
    if (file && !url.encrypted) note(`DATABASE_TYPE ${encryptedType} is not used: DATABASE_URL names another database`)
    return { ...url, source: 'DATABASE_URL' }
  }
  if (env.DATA_DIR) note('the database lies in DATA_DIR')
  const path = join(dataFolder, 'webui.db')
  if (!file) return { dialect: 'sqlite', url: `sqlite:${path}`, encrypted: false, source: 'DATA_DIR' }
  // A relative folder stays relative: behind three slashes it would begin at the root.
  const url = path.startsWith('/') ? `${encryptedType}:///${path}` : `${encryptedType}://${path}`
  return { dialect: 'sqlite', url, encrypted: true, source: 'DATA_DIR' }
}

/** Every part is percent-encoded; in an address of IPv6 the colons stay. */
function fromParts({ env, note }: Reading): DatabaseUrl {
  const [type = '', user = '', host = '', port = '', name = ''] = parts.map((part) => env[part])
  if (/^sqlite/i.test(type)) {
    throw invalidVariable(
      'DATABASE_TYPE',
      'a SQLite file has no user, host, port and name',
      'Leave DATABASE_USER, DATABASE_HOST, DATABASE_PORT and DATABASE_NAME out, and name the file in DATABASE_URL or its folder in DATA_DIR.',
    )
  }
  if (!/^[a-z]+(\+[a-z0-9_.-]+)?$/i.test(type)) throw invalidUrl('DATABASE_TYPE', 'it is no scheme of a URL')
  if (!/^\d{1,5}$/.test(port) || Number(port) < 1 || Number(port) > 65_535) {
    throw invalidVariable('DATABASE_PORT', 'it is no port from 1 to 65535')
  }
  if (name.includes('?')) note('DATABASE_NAME holds a ?, which is a part of the name: parameters go into DATABASE_URL')
  const password = env.DATABASE_PASSWORD
  const credentials = [user, ...(password ? [password] : [])].map(encodeURIComponent).join(':')
  const address = /^\[?([0-9a-f.]*:[0-9a-f:.]*)\]?$/i.exec(host)?.[1]
  const hostPart = address === undefined ? encodeURIComponent(host) : `[${address}]`
  return readUrl('DATABASE_TYPE', `${type}://${credentials}@${hostPart}:${port}/${encodeURIComponent(name)}`)
}
