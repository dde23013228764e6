import { isMigrateError, type ServerSession } from '@org/migrate-core/dialect'
import { type MysqlOptions, mysqlDialect } from '@org/migrate-dialect-mysql'
import { onTestFinished } from 'vitest'
import { mysqlDriver } from '../../../kit/drivers.ts'
import type { TestDatabase } from '../../../kit/servers.ts'

interface OpenOptions {
  readonly purpose?: 'inspect' | 'run'
  readonly waitMs?: number
  readonly signal?: AbortSignal
  readonly driver?: MysqlOptions['driver']
}

export async function open(
  { url }: Pick<TestDatabase, 'url'>,
  { driver = mysqlDriver.driver, ...options }: OpenOptions = {},
): Promise<ServerSession> {
  const dialect = mysqlDialect({ url, ...(driver === undefined ? {} : { driver }) })
  const session = await dialect.connection.connect({ purpose: 'run', ...options })
  onTestFinished(() => session.close())
  return session
}

/** A session of a user who may do everything in the database, and see nothing of the others of the server. */
export async function openPlain(db: Pick<TestDatabase, 'url' | 'name' | 'sql'>): Promise<ServerSession> {
  const user = `plain_${db.name.slice(2)}`
  await db.sql(`CREATE USER IF NOT EXISTS ${user}@'%' IDENTIFIED BY 'plain'; GRANT ALL ON ${db.name}.* TO ${user}@'%'`)
  onTestFinished(async () => {
    await db.sql(`DROP USER IF EXISTS ${user}@'%'`)
  })
  const url = new URL(db.url)
  url.username = user
  url.password = 'plain'
  return open({ url: url.href })
}

export async function one(
  session: ServerSession,
  sql: string,
  params: readonly never[] | unknown[] = [],
): Promise<unknown> {
  const [row] = await session.query(sql, params as never[])
  return Object.values(row ?? {})[0]
}

export const connectionId = async (session: ServerSession): Promise<bigint> =>
  (await one(session, 'SELECT CONNECTION_ID()')) as bigint

/** The error's code, or what it gave. */
export async function codeOf(work: Promise<unknown>): Promise<unknown> {
  try {
    return await work
  } catch (error) {
    return isMigrateError(error) ? error.code : (error as { readonly errno?: unknown }).errno
  }
}
