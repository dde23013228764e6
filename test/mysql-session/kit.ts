import { isMigrateError, type ServerSession } from '@org/migrate-core/dialect'
import { mysqlDialect } from '@org/migrate-dialect-mysql'
import { onTestFinished } from 'vitest'
import type { TestDatabase } from '../kit/servers.ts'

export async function open(
  { url }: Pick<TestDatabase, 'url'>,
  options: { readonly purpose?: 'look' | 'run'; readonly waitMs?: number; readonly signal?: AbortSignal } = {},
): Promise<ServerSession> {
  const session = await mysqlDialect({ url }).connect({ purpose: 'run', ...options })
  onTestFinished(() => session.close())
  return session
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
