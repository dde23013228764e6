import {
  type Case,
  canary,
  composed,
  fromParts,
  fromUrl,
  full,
  parts,
  pooled,
  postgres,
  pragma,
  pragmas,
  pragmasWithout,
  server,
} from './case.ts'

const overflow = 'DATABASE_POOL_MAX_OVERFLOW is no whole number from 0 to 2147483647: 0 is used'
export const pool: readonly Case[] = [
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
export const files: readonly Case[] = [
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

export const rest: readonly Case[] = [
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
