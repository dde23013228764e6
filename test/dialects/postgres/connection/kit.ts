import { PGlite } from '@electric-sql/pglite'
import type { ServerSession } from '@org/migrate-core/dialect'
import { type PostgresClient, type PostgresOptions, postgresDialect } from '@org/migrate-dialect-postgres'
import pg from 'pg'
import postgres from 'postgres'
import { onTestFinished } from 'vitest'

/** Parsers of an application that keep nothing of a value. */
const losing = { getTypeParser: () => () => 'parsed' } as unknown as pg.CustomTypesConfig
const number = { to: 20, from: [20, 1700, 16, 25], serialize: () => '1', parse: () => 1 }

/** Open clients of the application, by the names of `TEST_POSTGRES_DRIVER`. */
const openClients = {
  'pg.Pool': async (url: string): Promise<PostgresClient> => {
    const pool = new pg.Pool({ connectionString: url, max: 4, types: losing, query_timeout: 20 })
    // The idle ones, which a test that ends sessions may end.
    pool.on('error', () => undefined)
    onTestFinished(() => pool.end())
    return pool
  },
  'pg.Client': async (url: string): Promise<PostgresClient> => {
    const client = new pg.Client({ connectionString: url, types: losing })
    client.on('error', () => undefined)
    await client.connect()
    onTestFinished(() => client.end())
    return client
  },
  'postgres.js': async (url: string): Promise<PostgresClient> => {
    const client = postgres(url, {
      max: 4,
      prepare: false,
      fetch_types: false,
      types: { number },
      onnotice: () => undefined,
    })
    onTestFinished(() => client.end({ timeout: 1 }))
    return client
  },
  PGlite: async (): Promise<PostgresClient> => {
    const client = await PGlite.create()
    onTestFinished(() => client.close())
    return client
  },
} as const

export type OpenClientName = keyof typeof openClients

const requested = process.env.TEST_POSTGRES_DRIVER || undefined
const isOpenClient = (name: string | undefined): name is OpenClientName => name !== undefined && name in openClients

/** The driver of a run of these suites; absent: the one that is taken without a word. */
export const driverOfRun = (isOpenClient(requested) ? undefined : requested) as PostgresOptions['driver']

type DriverOfTest = PostgresOptions['driver'] | OpenClientName

/** `url` and `driver`, as a run of these suites has them. */
async function locationOf(
  url: string,
  driver: DriverOfTest = requested as DriverOfTest,
): Promise<Pick<PostgresOptions, 'url' | 'driver'>> {
  if (typeof driver === 'string' && isOpenClient(driver)) return { driver: await openClients[driver](url) }
  return { url, ...(driver === undefined ? {} : { driver }) }
}

export async function open(
  url: string,
  options: Omit<PostgresOptions, 'url' | 'driver'> & {
    readonly driver?: DriverOfTest
    readonly purpose?: 'inspect' | 'run'
    readonly signal?: AbortSignal
    readonly waitMs?: number
  } = {},
): Promise<ServerSession> {
  const { purpose = 'run', signal, waitMs, driver, ...otherOptions } = options
  const session = await postgresDialect({ ...(await locationOf(url, driver)), ...otherOptions }).connection.connect({
    purpose,
    ...(signal === undefined ? {} : { signal }),
    ...(waitMs === undefined ? {} : { waitMs }),
  })
  onTestFinished(() => session.close())
  return session
}
