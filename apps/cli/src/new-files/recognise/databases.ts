import { posix } from 'node:path'
import { type Database, databaseOf } from '../project-files.ts'

/** What a database is called in the settings of other tools, and which package is a driver of it. */
const names: { readonly [word: string]: Database } = {
  postgresql: 'postgres',
  postgres: 'postgres',
  pg: 'postgres',
  pgnative: 'postgres',
  'pg-native': 'postgres',
  cockroachdb: 'postgres',
  pglite: 'postgres',
  sqlite: 'sqlite',
  sqlite3: 'sqlite',
  'better-sqlite3': 'sqlite',
  turso: 'sqlite',
  libsql: 'sqlite',
  mysql: 'mysql',
  mysql2: 'mysql',
  mariadb: 'mariadb',
}

const drivers: { readonly [name: string]: Database } = {
  pg: 'postgres',
  postgres: 'postgres',
  'pg-promise': 'postgres',
  '@neondatabase/serverless': 'postgres',
  '@vercel/postgres': 'postgres',
  '@electric-sql/pglite': 'postgres',
  '@org/migrate-dialect-postgres': 'postgres',
  'better-sqlite3': 'sqlite',
  'better-sqlite3-multiple-ciphers': 'sqlite',
  sqlite3: 'sqlite',
  '@libsql/client': 'sqlite',
  '@org/migrate-dialect-sqlite': 'sqlite',
  mysql: 'mysql',
  mysql2: 'mysql',
  mariadb: 'mariadb',
}

/** The database that a tool calls so; undefined for one that has no dialect. */
export const databaseCalled = (word: string | undefined): Database | undefined =>
  word !== undefined && Object.hasOwn(names, word.toLowerCase()) ? names[word.toLowerCase()] : undefined

/** The database of a URL, in the words of any tool: `postgresql+psycopg2://…`. */
export function databaseOfUrl(url: string): Database | undefined {
  const [, scheme = ''] = /^([a-z][a-z0-9]*)(?:\+[a-z0-9_]+)?:/i.exec(url.trim()) ?? []
  if (scheme === '') return undefined
  try {
    return databaseCalled(scheme) ?? databaseOf(url)
  } catch {
    // Of a database that has no dialect.
    return undefined
  }
}

/**
 * The URL of the SQLite file that a tool names, whose relative path begins at a folder of the project; undefined for a database in memory,
 * on a server, or with a path that our URLs do not take.
 */
export function sqliteUrl(named: string | undefined, folder = ''): string | undefined {
  if (named === undefined) return undefined
  const path = named.replace(/^(?:file|sqlite):(?:\/\/)?/i, '').replace(/\?.*$/, '')
  if (path === '' || path !== path.trim() || path.startsWith(':') || /^[a-z][a-z0-9+]+:|[#\\]/i.test(path))
    return undefined
  return path.startsWith('/') ? `sqlite:///${path}` : `sqlite:${posix.join(folder, path)}`
}

const isRecord = (value: unknown): value is { readonly [name: string]: unknown } =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/** The databases that a package.json has drivers of; none where it is no JSON. */
export function databasesOfManifest(text: string): readonly Database[] {
  let manifest: unknown
  try {
    manifest = JSON.parse(text)
  } catch {
    // npm says what is wrong with it.
    return []
  }
  if (!isRecord(manifest)) return []
  const { dependencies, devDependencies, optionalDependencies, peerDependencies } = manifest
  const packages = [dependencies, devDependencies, optionalDependencies, peerDependencies].flatMap((each) =>
    isRecord(each) ? Object.keys(each) : [],
  )
  const found = packages.flatMap((name) => (Object.hasOwn(drivers, name) ? (drivers[name] ?? []) : []))
  return [...new Set(found)]
}
