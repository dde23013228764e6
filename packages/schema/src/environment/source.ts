import { join } from 'node:path'
import type { OpenWebuiSettings } from './settings.ts'
import { type DatabaseUrl, invalidUrl, readUrl } from './url.ts'
import { invalidVariable, type Reading } from './values.ts'

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
  const place = address === undefined ? encodeURIComponent(host) : `[${address}]`
  return readUrl('DATABASE_TYPE', `${type}://${credentials}@${place}:${port}/${encodeURIComponent(name)}`)
}
