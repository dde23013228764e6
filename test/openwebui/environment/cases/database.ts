import {
  type Case,
  canary,
  composed,
  encoded,
  encryptedAt,
  fromParts,
  fromUrl,
  full,
  mysql,
  noFileKey,
  parts,
  postgres,
  pragma,
  server,
  sqlite,
  unused,
  without,
} from './case.ts'

export const sources: readonly Case[] = [
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

export const forms: readonly Case[] = [
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
    ([given, message]): Case => ({
      title: given,
      env: { DATABASE_URL: given.replace('SECRET', canary) },
      error: ['INVALID_URL', 'DATABASE_URL', message],
    }),
  ),
]

const key = { DATABASE_PASSWORD: canary }
export const encrypted: readonly Case[] = [
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
