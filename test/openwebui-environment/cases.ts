import type { Environment, OpenWebuiSettings } from '@org/migrate-schema/environment'

/** No case may have it in a note or an error. */
export const canary = 'c4n@ry/#%?:w0rd'
const encoded = 'c4n%40ry%2F%23%25%3F%3Aw0rd'

export interface Case {
  readonly title: string
  readonly env: Environment
  /** What differs from `defaults`. */
  readonly settings?: Partial<OpenWebuiSettings>
  readonly notes?: readonly string[]
  /** The code, the variable, and words of the message. */
  readonly error?: readonly [code: 'INVALID_OPTION' | 'INVALID_URL', variable: string, words: string]
}

export const fileDefaults: OpenWebuiSettings['sqlite'] = {
  journalMode: 'delete',
  busyTimeoutMs: 5000,
  pragmas: {
    synchronous: 'normal',
    cacheSize: -65536,
    tempStore: 'memory',
    mmapSize: 268435456,
    journalSizeLimit: 67108864,
  },
}

export const defaults: OpenWebuiSettings = {
  dialect: 'sqlite',
  url: 'sqlite:/app/data/webui.db',
  source: 'DATA_DIR',
  dataFolder: '/app/data',
  pool: {},
  sqlite: fileDefaults,
  migrate: true,
  sessionSharing: false,
  resetConfigOnStart: false,
  persistentConfig: true,
}

const none = { journalMode: 'delete', pragmas: {} } as const
const postgres = (url: string, more: Partial<OpenWebuiSettings> = {}): Partial<OpenWebuiSettings> => ({
  dialect: 'postgres',
  url,
  source: 'DATABASE_URL',
  sqlite: none,
  ...more,
})
const mysql = (url: string): Partial<OpenWebuiSettings> => ({ ...postgres(url), dialect: 'mysql' })
const sqlite = (url: string): Partial<OpenWebuiSettings> => ({ url, source: 'DATABASE_URL' })
const fromUrl = 'the database comes from DATABASE_URL'
const fromParts = 'the database comes from DATABASE_TYPE, _USER, _HOST, _PORT and _NAME'
const unused = (names: string): string => `the DATABASE_* parts are not used: ${names} not set`
const noFileKey = 'DATABASE_PASSWORD is not used: the database is a file without encryption'

const parts = {
  DATABASE_TYPE: 'postgresql',
  DATABASE_USER: 'app',
  DATABASE_PASSWORD: canary,
  DATABASE_HOST: 'db',
  DATABASE_PORT: '5432',
  DATABASE_NAME: 'webui',
}
const without = (name: keyof typeof parts): Environment => ({ ...parts, [name]: undefined })
const composed = (url: string): Partial<OpenWebuiSettings> => postgres(url, { source: 'parts' })
const full = `postgresql://app:${encoded}@db:5432/webui`
const server = { DATABASE_URL: 'postgresql://h/d' }
const pooled = (pool: OpenWebuiSettings['pool']): Partial<OpenWebuiSettings> => postgres('postgresql://h/d', { pool })
const pragma = (sqlite: Partial<OpenWebuiSettings['sqlite']>): Partial<OpenWebuiSettings> => ({
  sqlite: { ...fileDefaults, ...sqlite },
})
const pragmas = (some: OpenWebuiSettings['sqlite']['pragmas']): Partial<OpenWebuiSettings> =>
  pragma({ pragmas: { ...fileDefaults.pragmas, ...some } })
const pragmasWithout = (name: keyof typeof fileDefaults.pragmas): Partial<OpenWebuiSettings> => {
  const { [name]: _left, ...pragmas } = fileDefaults.pragmas
  return pragma({ pragmas })
}
const encryptedAt = (url: string): Partial<OpenWebuiSettings> => ({ url, key: canary })

const sources: readonly Case[] = [
  { title: 'nothing is set', env: {} },
  {
    title: 'DATA_DIR',
    env: { DATA_DIR: '/srv' },
    settings: { url: 'sqlite:/srv/webui.db', dataFolder: '/srv' },
    notes: ['the database lies in DATA_DIR'],
  },
  {
    title: 'a relative DATA_DIR stays relative',
    env: { DATA_DIR: 'my data' },
    settings: { url: 'sqlite:my data/webui.db', dataFolder: 'my data' },
    notes: ['the database lies in DATA_DIR'],
  },
  {
    title: 'a DATA_DIR with a question mark',
    env: { DATA_DIR: '/a?b' },
    settings: { url: 'sqlite:/a?b/webui.db', dataFolder: '/a?b' },
    notes: ['the database lies in DATA_DIR'],
  },
  {
    title: 'empty texts count as not set',
    env: { DATA_DIR: '', DATABASE_URL: '', DATABASE_TYPE: '', DATABASE_SCHEMA: '', DATABASE_POOL_SIZE: '' },
  },
  {
    title: 'DATABASE_URL',
    env: { DATABASE_URL: 'postgresql://app@db/webui' },
    settings: postgres('postgresql://app@db/webui'),
    notes: [fromUrl],
  },
  {
    title: 'DATABASE_URL wins over DATA_DIR',
    env: { DATABASE_URL: 'sqlite:////x.db', DATA_DIR: '/srv' },
    settings: { ...sqlite('sqlite:////x.db'), dataFolder: '/srv' },
    notes: [fromUrl],
  },
  { title: 'all parts, percent-encoded', env: parts, settings: composed(full), notes: [fromParts] },
  {
    title: 'all parts win over DATABASE_URL',
    env: { ...parts, DATABASE_URL: 'sqlite:///x.db' },
    settings: composed(full),
    notes: [fromParts, 'DATABASE_URL is set as well and is not used'],
  },
  {
    title: 'all parts without a password',
    env: without('DATABASE_PASSWORD'),
    settings: composed('postgresql://app@db:5432/webui'),
    notes: [fromParts],
  },
  {
    title: 'an empty password is none',
    env: { ...parts, DATABASE_PASSWORD: '' },
    settings: composed('postgresql://app@db:5432/webui'),
    notes: [fromParts],
  },
  { title: 'without the type', env: without('DATABASE_TYPE'), notes: [unused('DATABASE_TYPE'), noFileKey] },
  { title: 'without the user', env: without('DATABASE_USER'), notes: [unused('DATABASE_USER'), noFileKey] },
  { title: 'without the host', env: without('DATABASE_HOST'), notes: [unused('DATABASE_HOST'), noFileKey] },
  { title: 'without the port', env: without('DATABASE_PORT'), notes: [unused('DATABASE_PORT'), noFileKey] },
  { title: 'without the name', env: without('DATABASE_NAME'), notes: [unused('DATABASE_NAME'), noFileKey] },
  {
    title: 'an empty part is missing',
    env: { ...parts, DATABASE_HOST: '', ...server },
    settings: postgres('postgresql://h/d'),
    notes: [unused('DATABASE_HOST'), fromUrl],
  },
  {
    title: 'a password alone is no part',
    env: { ...server, DATABASE_PASSWORD: canary },
    settings: postgres('postgresql://h/d'),
    notes: [fromUrl],
  },
  {
    title: 'a user and a name with special characters',
    env: { ...parts, DATABASE_USER: 'a b@c', DATABASE_NAME: 'n/x#' },
    settings: composed(`postgresql://a%20b%40c:${encoded}@db:5432/n%2Fx%23`),
    notes: [fromParts],
  },
  {
    title: 'an address of IPv6',
    env: { ...parts, DATABASE_HOST: '::1' },
    settings: composed(`postgresql://app:${encoded}@[::1]:5432/webui`),
    notes: [fromParts],
  },
  {
    title: 'an address of IPv6 in brackets',
    env: { ...parts, DATABASE_HOST: '[fe80::2]' },
    settings: composed(`postgresql://app:${encoded}@[fe80::2]:5432/webui`),
    notes: [fromParts],
  },
  {
    title: 'the folder of a socket',
    env: { ...parts, DATABASE_HOST: '/run/postgresql' },
    settings: composed(`postgresql://app:${encoded}@%2Frun%2Fpostgresql:5432/webui`),
    notes: [fromParts],
  },
  {
    title: 'the type postgres',
    env: { ...parts, DATABASE_TYPE: 'postgres' },
    settings: composed(full),
    notes: [fromParts],
  },
  {
    title: 'a type with a driver',
    env: { ...parts, DATABASE_TYPE: 'mysql+pymysql' },
    settings: { ...composed(`mysql+pymysql://app:${encoded}@db:5432/webui`), dialect: 'mysql' },
    notes: [fromParts],
  },
  {
    title: 'the type mariadb',
    env: { ...parts, DATABASE_TYPE: 'mariadb' },
    settings: { ...composed(`mariadb://app:${encoded}@db:5432/webui`), dialect: 'mysql' },
    notes: [fromParts],
  },
  {
    title: 'parameters in the name',
    env: { ...parts, DATABASE_NAME: 'webui?sslmode=require' },
    settings: composed(`postgresql://app:${encoded}@db:5432/webui%3Fsslmode%3Drequire`),
    notes: ['DATABASE_NAME holds a ?, which is a part of the name: parameters go into DATABASE_URL', fromParts],
  },
  {
    title: 'a port that is none',
    env: { ...parts, DATABASE_PORT: canary },
    error: ['INVALID_OPTION', 'DATABASE_PORT', 'no port from 1 to 65535'],
  },
  {
    title: 'a port beyond all ports',
    env: { ...parts, DATABASE_PORT: '65536' },
    error: ['INVALID_OPTION', 'DATABASE_PORT', 'no port'],
  },
  {
    title: 'the parts with the type of a file',
    env: { ...parts, DATABASE_TYPE: 'sqlite' },
    error: ['INVALID_OPTION', 'DATABASE_TYPE', 'a SQLite file has no user'],
  },
  {
    title: 'all parts with an encrypted file put no password into its name',
    env: { ...parts, DATABASE_TYPE: 'sqlite+sqlcipher' },
    error: ['INVALID_OPTION', 'DATABASE_TYPE', 'a SQLite file has no user'],
  },
  {
    title: 'the parts with a type that is unknown',
    env: { ...parts, DATABASE_TYPE: 'oracle' },
    error: ['INVALID_URL', 'DATABASE_TYPE', 'no dialect for the scheme oracle'],
  },
  {
    title: 'the parts with a type that is no scheme',
    env: { ...parts, DATABASE_TYPE: `x://${canary}` },
    error: ['INVALID_URL', 'DATABASE_TYPE', 'it is no scheme'],
  },
]

const forms: readonly Case[] = [
  ...[
    ['postgres://a:b@h/d', 'postgresql://a:b@h/d'],
    ['postgresql://a:b@h:1/d?sslmode=require', 'postgresql://a:b@h:1/d?sslmode=require'],
    ['postgresql+psycopg2://h/d', 'postgresql+psycopg2://h/d'],
    ['postgres+asyncpg://h/d', 'postgresql+asyncpg://h/d'],
    ['POSTGRES://h/d', 'postgresql://h/d'],
    ['postgresql:///d?host=/run', 'postgresql:///d?host=/run'],
    // Only the scheme is rewritten.
    ['postgresql://a:postgres:%2F%2F@h/d', 'postgresql://a:postgres:%2F%2F@h/d'],
    ['postgres://a:postgres://x@h/d', 'postgresql://a:postgres://x@h/d'],
    // A name that has the word of another database in it.
    ['postgresql://h/sqlite_copy', 'postgresql://h/sqlite_copy'],
    // A percent sign that begins no escape is one, and none is doubled.
    ['postgresql://a:100%@h/d', 'postgresql://a:100%25@h/d'],
    ['postgresql://a:p%40s%zz@h/d', 'postgresql://a:p%40s%25zz@h/d'],
    ['postgresql://a:%%40@h/d', 'postgresql://a:%25%40@h/d'],
  ].map(
    ([given, url]): Case => ({
      title: String(given),
      env: { DATABASE_URL: given },
      settings: postgres(String(url)),
      notes: [fromUrl],
    }),
  ),
  ...['mysql://h/d', 'mariadb://h/d', 'mysql+pymysql://a:b@h:3306/d', 'mariadb+mariadbconnector://h/d'].map(
    (given): Case => ({ title: given, env: { DATABASE_URL: given }, settings: mysql(given), notes: [fromUrl] }),
  ),
  ...[
    'sqlite:///relative.db',
    'sqlite:////absolute.db',
    'sqlite://',
    'sqlite:///:memory:',
    'sqlite:x.db',
    'sqlite:/x.db',
  ].map((given): Case => ({ title: given, env: { DATABASE_URL: given }, settings: sqlite(given), notes: [fromUrl] })),
  ...(
    [
      ['oracle://a:SECRET@h/d', 'no dialect for the scheme oracle'],
      ['mssql+pyodbc://h/d', 'no dialect for the scheme mssql+pyodbc'],
      ['sqlite+aiosqlite:///x.db', 'no dialect for the scheme sqlite+aiosqlite'],
      ['file:x.db', 'it has no scheme that is known'],
      ['webui.db', 'it has no scheme'],
      ['app:SECRET@h/d', 'it has no scheme that is known'],
      ['postgresql:h/d', 'two slashes come behind postgresql:'],
      ['postgresql://app:SECRET@h', 'it names no database'],
      ['postgresql://app:SECRET@h:port/d', 'host and port cannot be told apart'],
      ['postgresql://app:SECRET@h:99999/d', 'its port is 99999'],
      ['sqlite:///', 'it names no file'],
      ['sqlite:', 'it names no file'],
      ['sqlite://host/x.db', 'two slashes name a host'],
      ['sqlite:///x.db?mode=ro', 'options after ? are not supported'],
      ['sqlite+sqlcipher:x.db', 'two slashes and the path'],
      ['sqlite+sqlcipher:///x.db?key=SECRET', 'options after ? are not supported'],
      ['sqlite+sqlcipher:///', 'it names no file'],
      ['sqlite+sqlcipher:///:memory:', 'a database in memory is not encrypted'],
    ] as const
  ).map(
    ([given, words]): Case => ({
      title: given,
      env: { DATABASE_URL: given.replace('SECRET', canary) },
      error: ['INVALID_URL', 'DATABASE_URL', words],
    }),
  ),
]

const key = { DATABASE_PASSWORD: canary }
const encrypted: readonly Case[] = [
  {
    title: 'three slashes are absolute',
    env: { ...key, DATABASE_URL: 'sqlite+sqlcipher:///data/x.db' },
    settings: { ...sqlite('sqlite+sqlcipher:///data/x.db'), key: canary },
    notes: [fromUrl],
  },
  {
    title: 'two slashes are relative',
    env: { ...key, DATABASE_URL: 'sqlite+sqlcipher://data/x.db' },
    settings: { ...sqlite('sqlite+sqlcipher://data/x.db'), key: canary },
    notes: [fromUrl],
  },
  {
    title: 'DATABASE_TYPE alone',
    env: { ...key, DATABASE_TYPE: 'sqlite+sqlcipher' },
    settings: encryptedAt('sqlite+sqlcipher:////app/data/webui.db'),
  },
  {
    title: 'DATABASE_TYPE with DATA_DIR',
    env: { ...key, DATABASE_TYPE: 'sqlite+sqlcipher', DATA_DIR: '/srv' },
    settings: { ...encryptedAt('sqlite+sqlcipher:////srv/webui.db'), dataFolder: '/srv' },
    notes: ['the database lies in DATA_DIR'],
  },
  {
    title: 'DATABASE_TYPE with a relative DATA_DIR',
    env: { ...key, DATABASE_TYPE: 'sqlite+sqlcipher', DATA_DIR: 'd' },
    settings: { ...encryptedAt('sqlite+sqlcipher://d/webui.db'), dataFolder: 'd' },
    notes: ['the database lies in DATA_DIR'],
  },
  {
    title: 'DATABASE_TYPE and some parts',
    env: { ...key, DATABASE_TYPE: 'sqlite+sqlcipher', DATABASE_NAME: 'x' },
    settings: encryptedAt('sqlite+sqlcipher:////app/data/webui.db'),
    notes: [unused('DATABASE_USER, DATABASE_HOST, DATABASE_PORT')],
  },
  {
    title: 'DATABASE_URL wins over DATABASE_TYPE',
    env: { ...key, DATABASE_TYPE: 'sqlite+sqlcipher', DATABASE_URL: 'sqlite:////x.db' },
    settings: sqlite('sqlite:////x.db'),
    notes: [fromUrl, 'DATABASE_TYPE sqlite+sqlcipher is not used: DATABASE_URL names another database', noFileKey],
  },
  {
    title: 'no password',
    env: { DATABASE_URL: 'sqlite+sqlcipher:///x.db' },
    error: ['INVALID_OPTION', 'DATABASE_PASSWORD', 'it is not set, or blank'],
  },
  {
    title: 'a blank password',
    env: { DATABASE_TYPE: 'sqlite+sqlcipher', DATABASE_PASSWORD: ' \t' },
    error: ['INVALID_OPTION', 'DATABASE_PASSWORD', 'it is not set, or blank'],
  },
  {
    title: 'a key keeps its blanks and quotes',
    env: { DATABASE_URL: 'sqlite+sqlcipher:///x.db', DATABASE_PASSWORD: " it's " },
    settings: { ...sqlite('sqlite+sqlcipher:///x.db'), key: " it's " },
    notes: [fromUrl],
  },
  {
    title: 'the pool of an encrypted file',
    env: {
      ...key,
      DATABASE_URL: 'sqlite+sqlcipher:///x.db',
      DATABASE_POOL_SIZE: '3',
      DATABASE_POOL_MAX_OVERFLOW: '2',
      DATABASE_POOL_RECYCLE: '9',
    },
    settings: { ...sqlite('sqlite+sqlcipher:///x.db'), key: canary, ...pragma({ maxConnections: 5 }) },
    notes: [fromUrl, 'DATABASE_POOL_RECYCLE not used: the database is a file'],
  },
  {
    title: 'no pool of an encrypted file',
    env: { ...key, DATABASE_URL: 'sqlite+sqlcipher:///x.db', DATABASE_POOL_SIZE: '0' },
    settings: { ...sqlite('sqlite+sqlcipher:///x.db'), key: canary },
    notes: [fromUrl],
  },
]

const overflow = 'DATABASE_POOL_MAX_OVERFLOW is no whole number from 0 to 2147483647: 0 is used'
const pool: readonly Case[] = [
  {
    title: 'a size alone',
    env: { ...server, DATABASE_POOL_SIZE: '7' },
    settings: pooled({ poolSize: 7, maxOverflow: 0, poolTimeoutMs: 30_000, recycleMs: 3_600_000 }),
    notes: [fromUrl],
  },
  {
    title: 'all four',
    env: {
      ...server,
      DATABASE_POOL_SIZE: '7',
      DATABASE_POOL_MAX_OVERFLOW: '3',
      DATABASE_POOL_TIMEOUT: '5',
      DATABASE_POOL_RECYCLE: '60',
    },
    settings: pooled({ poolSize: 7, maxOverflow: 3, poolTimeoutMs: 5000, recycleMs: 60_000 }),
    notes: [fromUrl],
  },
  {
    title: 'size 0 is no pool',
    env: { ...server, DATABASE_POOL_SIZE: '0' },
    settings: pooled({ poolSize: 0 }),
    notes: [fromUrl],
  },
  {
    title: 'size 0 leaves the others out',
    env: { ...server, DATABASE_POOL_SIZE: '0', DATABASE_POOL_TIMEOUT: '5' },
    settings: pooled({ poolSize: 0 }),
    notes: [fromUrl, 'DATABASE_POOL_TIMEOUT not used: with DATABASE_POOL_SIZE 0 there is no pool'],
  },
  {
    title: 'the others without a size',
    env: { ...server, DATABASE_POOL_MAX_OVERFLOW: '3', DATABASE_POOL_RECYCLE: '5' },
    settings: pooled({}),
    notes: [
      fromUrl,
      'DATABASE_POOL_MAX_OVERFLOW, DATABASE_POOL_RECYCLE not used: they count with DATABASE_POOL_SIZE only',
    ],
  },
  ...['many', '-1', '5.0', '1e3', '0x10', '99999999999', canary].map(
    (size): Case => ({
      title: `a size that is none: ${size}`,
      env: { ...server, DATABASE_POOL_SIZE: size },
      settings: pooled({}),
      notes: [fromUrl, 'DATABASE_POOL_SIZE is no whole number from 0 to 2147483647: as if it were not set'],
    }),
  ),
  ...[' 7 ', '+7', '0_7', '007'].map(
    (size): Case => ({
      title: `a size as Python reads it: ${JSON.stringify(size)}`,
      env: { ...server, DATABASE_POOL_SIZE: size },
      settings: pooled({ poolSize: 7, maxOverflow: 0, poolTimeoutMs: 30_000, recycleMs: 3_600_000 }),
      notes: [fromUrl],
    }),
  ),
  {
    title: 'an overflow that is none',
    env: { ...server, DATABASE_POOL_SIZE: '1', DATABASE_POOL_MAX_OVERFLOW: 'x' },
    settings: pooled({ poolSize: 1, maxOverflow: 0, poolTimeoutMs: 30_000, recycleMs: 3_600_000 }),
    notes: [fromUrl, overflow],
  },
  {
    title: 'a negative overflow',
    env: { ...server, DATABASE_POOL_SIZE: '1', DATABASE_POOL_MAX_OVERFLOW: '-1' },
    settings: pooled({ poolSize: 1, maxOverflow: 0, poolTimeoutMs: 30_000, recycleMs: 3_600_000 }),
    notes: [fromUrl, overflow],
  },
  {
    title: 'a negative timeout and a recycle that is none',
    env: { ...server, DATABASE_POOL_SIZE: '1', DATABASE_POOL_TIMEOUT: '-5', DATABASE_POOL_RECYCLE: 'never' },
    settings: pooled({ poolSize: 1, maxOverflow: 0, poolTimeoutMs: 30_000, recycleMs: 3_600_000 }),
    notes: [
      fromUrl,
      'DATABASE_POOL_TIMEOUT is no whole number from 0 to 2147483647: 30 is used',
      'DATABASE_POOL_RECYCLE is no whole number from 0 to 2147483647: 3600 is used',
    ],
  },
  {
    title: 'empty texts fall back in silence',
    env: {
      ...server,
      DATABASE_POOL_SIZE: '1',
      DATABASE_POOL_MAX_OVERFLOW: '',
      DATABASE_POOL_TIMEOUT: '',
      DATABASE_POOL_RECYCLE: '',
    },
    settings: pooled({ poolSize: 1, maxOverflow: 0, poolTimeoutMs: 30_000, recycleMs: 3_600_000 }),
    notes: [fromUrl],
  },
  {
    title: 'a timeout beyond every timer',
    env: { ...server, DATABASE_POOL_SIZE: '1', DATABASE_POOL_TIMEOUT: '2147483647' },
    settings: pooled({ poolSize: 1, maxOverflow: 0, poolTimeoutMs: 2_147_483_647, recycleMs: 3_600_000 }),
    notes: [fromUrl],
  },
  {
    title: 'a file has no pool',
    env: { DATABASE_POOL_SIZE: '7', DATABASE_POOL_TIMEOUT: 'x' },
    notes: ['DATABASE_POOL_SIZE, DATABASE_POOL_TIMEOUT not used: the database is a file'],
  },
  {
    title: 'a PostgreSQL database named after a file has one',
    env: { DATABASE_URL: 'postgresql://h/sqlite', DATABASE_POOL_SIZE: '2' },
    settings: postgres('postgresql://h/sqlite', {
      pool: { poolSize: 2, maxOverflow: 0, poolTimeoutMs: 30_000, recycleMs: 3_600_000 },
    }),
    notes: [fromUrl],
  },
]

const p = 'DATABASE_SQLITE_PRAGMA_'
const files: readonly Case[] = [
  ...['true', 'True', 'TRUE', 'tRuE'].map(
    (text): Case => ({
      title: `WAL ${text}`,
      env: { DATABASE_ENABLE_SQLITE_WAL: text },
      settings: pragma({ journalMode: 'wal' }),
    }),
  ),
  { title: 'WAL false', env: { DATABASE_ENABLE_SQLITE_WAL: 'False' } },
  ...['1', 'yes', 'true ', ''].map(
    (text): Case => ({
      title: `WAL ${JSON.stringify(text)}`,
      env: { DATABASE_ENABLE_SQLITE_WAL: text },
      notes: ['DATABASE_ENABLE_SQLITE_WAL is neither true nor false: it counts as false'],
    }),
  ),
  { title: 'synchronous', env: { [`${p}SYNCHRONOUS`]: 'FULL' }, settings: pragmas({ synchronous: 'full' }) },
  { title: 'synchronous by its number', env: { [`${p}SYNCHRONOUS`]: '0' }, settings: pragmas({ synchronous: 'off' }) },
  { title: 'synchronous left alone', env: { [`${p}SYNCHRONOUS`]: '' }, settings: pragmasWithout('synchronous') },
  {
    title: 'a statement in the place of a value',
    env: { [`${p}SYNCHRONOUS`]: `NORMAL; DROP TABLE user; -- ${canary}` },
    error: ['INVALID_OPTION', `${p}SYNCHRONOUS`, 'none of OFF, NORMAL, FULL, EXTRA'],
  },
  { title: 'busy timeout', env: { [`${p}BUSY_TIMEOUT`]: '250' }, settings: pragma({ busyTimeoutMs: 250 }) },
  {
    title: 'a negative busy timeout',
    env: { [`${p}BUSY_TIMEOUT`]: '-1' },
    error: ['INVALID_OPTION', `${p}BUSY_TIMEOUT`, 'no whole number from 0'],
  },
  { title: 'cache size in KiB', env: { [`${p}CACHE_SIZE`]: '-2000' }, settings: pragmas({ cacheSize: -2000 }) },
  { title: 'cache size in pages', env: { [`${p}CACHE_SIZE`]: '500' }, settings: pragmas({ cacheSize: 500 }) },
  { title: 'cache size left alone', env: { [`${p}CACHE_SIZE`]: '' }, settings: pragmasWithout('cacheSize') },
  {
    title: 'a cache size that is none',
    env: { [`${p}CACHE_SIZE`]: '64MB' },
    error: ['INVALID_OPTION', `${p}CACHE_SIZE`, 'no whole number'],
  },
  { title: 'temp store', env: { [`${p}TEMP_STORE`]: 'file' }, settings: pragmas({ tempStore: 'file' }) },
  { title: 'temp store left alone', env: { [`${p}TEMP_STORE`]: '' }, settings: pragmasWithout('tempStore') },
  {
    title: 'a temp store that is none',
    env: { [`${p}TEMP_STORE`]: '3' },
    error: ['INVALID_OPTION', `${p}TEMP_STORE`, 'none of DEFAULT, FILE, MEMORY'],
  },
  { title: 'mmap size', env: { [`${p}MMAP_SIZE`]: '0' }, settings: pragmas({ mmapSize: 0 }) },
  { title: 'mmap size left alone', env: { [`${p}MMAP_SIZE`]: '' }, settings: pragmasWithout('mmapSize') },
  {
    title: 'a mmap size that is none',
    env: { [`${p}MMAP_SIZE`]: '0xff' },
    error: ['INVALID_OPTION', `${p}MMAP_SIZE`, 'no whole number'],
  },
  {
    title: 'journal size limit',
    env: { [`${p}JOURNAL_SIZE_LIMIT`]: '-1' },
    settings: pragmas({ journalSizeLimit: -1 }),
  },
  {
    title: 'journal size limit left alone',
    env: { [`${p}JOURNAL_SIZE_LIMIT`]: '' },
    settings: pragmasWithout('journalSizeLimit'),
  },
  {
    title: 'a journal size limit that is none',
    env: { [`${p}JOURNAL_SIZE_LIMIT`]: '1.5' },
    error: ['INVALID_OPTION', `${p}JOURNAL_SIZE_LIMIT`, 'no whole number'],
  },
  {
    title: 'pragmas mean nothing to a server',
    env: { ...server, [`${p}SYNCHRONOUS`]: 'x', DATABASE_ENABLE_SQLITE_WAL: 'true' },
    settings: postgres('postgresql://h/d'),
    notes: [fromUrl],
  },
]

const rest: readonly Case[] = [
  {
    title: 'DATABASE_SCHEMA',
    env: { ...server, DATABASE_SCHEMA: 'App "x"' },
    settings: postgres('postgresql://h/d', { schema: 'App "x"' }),
    notes: [fromUrl],
  },
  {
    title: 'DATABASE_SCHEMA with the parts',
    env: { ...parts, DATABASE_SCHEMA: 'app' },
    settings: { ...composed(full), schema: 'app' },
    notes: [fromParts],
  },
  {
    title: 'DATABASE_SCHEMA on a file',
    env: { DATABASE_SCHEMA: 'app' },
    error: ['INVALID_OPTION', 'DATABASE_SCHEMA', 'only PostgreSQL'],
  },
  {
    title: 'DATABASE_SCHEMA on MariaDB',
    env: { DATABASE_URL: 'mariadb://h/d', DATABASE_SCHEMA: 'app' },
    error: ['INVALID_OPTION', 'DATABASE_SCHEMA', 'only PostgreSQL'],
  },
  { title: 'migrations off', env: { ENABLE_DB_MIGRATIONS: 'false' }, settings: { migrate: false } },
  { title: 'migrations on', env: { ENABLE_DB_MIGRATIONS: 'TRUE' } },
  ...['', '0', 'no', 'on', ' true'].map(
    (text): Case => ({
      title: `migrations ${JSON.stringify(text)}`,
      env: { ENABLE_DB_MIGRATIONS: text },
      settings: { migrate: false },
      notes: ['ENABLE_DB_MIGRATIONS is neither true nor false: it counts as false'],
    }),
  ),
  { title: 'session sharing', env: { DATABASE_ENABLE_SESSION_SHARING: 'True' }, settings: { sessionSharing: true } },
  { title: 'reset of the settings', env: { RESET_CONFIG_ON_START: 'true' }, settings: { resetConfigOnStart: true } },
  {
    title: 'settings that do not persist',
    env: { ENABLE_PERSISTENT_CONFIG: 'false' },
    settings: { persistentConfig: false },
  },
]

export const cases: readonly Case[] = [...sources, ...forms, ...encrypted, ...pool, ...files, ...rest]
