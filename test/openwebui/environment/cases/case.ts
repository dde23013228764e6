import type { Environment, OpenWebuiSettings } from '@org/migrate-schema/environment'

/** No case may have it in a note or an error. */
export const canary = 'c4n@ry/#%?:w0rd'
export const encoded = 'c4n%40ry%2F%23%25%3F%3Aw0rd'

export interface Case {
  readonly title: string
  readonly env: Environment
  /** What differs from `defaults`. */
  readonly settings?: Partial<OpenWebuiSettings>
  readonly notes?: readonly string[]
  /** The code, the variable, and words of the message. */
  readonly error?: readonly [code: 'INVALID_OPTION' | 'INVALID_URL', variable: string, part: string]
}

const fileDefaults: OpenWebuiSettings['sqlite'] = {
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
export const postgres = (url: string, more: Partial<OpenWebuiSettings> = {}): Partial<OpenWebuiSettings> => ({
  dialect: 'postgres',
  url,
  source: 'DATABASE_URL',
  sqlite: none,
  ...more,
})
export const mysql = (url: string): Partial<OpenWebuiSettings> => ({ ...postgres(url), dialect: 'mysql' })
export const sqlite = (url: string): Partial<OpenWebuiSettings> => ({ url, source: 'DATABASE_URL' })
export const fromUrl = 'the database comes from DATABASE_URL'
export const fromParts = 'the database comes from DATABASE_TYPE, _USER, _HOST, _PORT and _NAME'
export const unused = (names: string): string => `the DATABASE_* parts are not used: ${names} not set`
export const noFileKey = 'DATABASE_PASSWORD is not used: the database is a file without encryption'

export const parts = {
  DATABASE_TYPE: 'postgresql',
  DATABASE_USER: 'app',
  DATABASE_PASSWORD: canary,
  DATABASE_HOST: 'db',
  DATABASE_PORT: '5432',
  DATABASE_NAME: 'webui',
}
export const without = (name: keyof typeof parts): Environment => ({ ...parts, [name]: undefined })
export const composed = (url: string): Partial<OpenWebuiSettings> => postgres(url, { source: 'parts' })
export const full = `postgresql://app:${encoded}@db:5432/webui`
export const server = { DATABASE_URL: 'postgresql://h/d' }
export const pooled = (pool: OpenWebuiSettings['pool']): Partial<OpenWebuiSettings> =>
  postgres('postgresql://h/d', { pool })
export const pragma = (sqlite: Partial<OpenWebuiSettings['sqlite']>): Partial<OpenWebuiSettings> => ({
  sqlite: { ...fileDefaults, ...sqlite },
})
export const pragmas = (some: OpenWebuiSettings['sqlite']['pragmas']): Partial<OpenWebuiSettings> =>
  pragma({ pragmas: { ...fileDefaults.pragmas, ...some } })
export const pragmasWithout = (name: keyof typeof fileDefaults.pragmas): Partial<OpenWebuiSettings> => {
  const { [name]: _left, ...pragmas } = fileDefaults.pragmas
  return pragma({ pragmas })
}
export const encryptedAt = (url: string): Partial<OpenWebuiSettings> => ({ url, key: canary })
