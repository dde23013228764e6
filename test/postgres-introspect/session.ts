import type { Outcome, Row, Session, SqlValue } from '@org/migrate-core/dialect'
import postgres from 'postgres'

/** A session of the driver alone: what is tested here are the texts, not how they are sent. */
export interface PlainSession extends Session {
  close(): Promise<void>
}

export function plainSession(url: string, searchPath?: string): PlainSession {
  const client = postgres(url, {
    max: 1,
    onnotice: () => undefined,
    fetch_types: false,
    types: { integer: { to: 0, from: [20, 21, 23, 26], serialize: String, parse: BigInt } },
    ...(searchPath === undefined ? {} : { connection: { search_path: searchPath } }),
  })
  const send = async (sql: string, params: readonly SqlValue[] = []) => {
    let at = 0
    const text = params.length === 0 ? sql : sql.replaceAll('?', () => `$${(at += 1)}`)
    return client.unsafe(text, params.map((value) => (typeof value === 'bigint' ? String(value) : value)) as never[])
  }
  const never = async (): Promise<never> => {
    throw new Error('not here')
  }
  return {
    open: true,
    query: async (sql, params) => [...(await send(sql, params))] as unknown as readonly Row[],
    execute: async (sql, params): Promise<Outcome> => ({ changes: (await send(sql, params)).count }),
    begin: never,
    savepoint: never,
    copy: never,
    close: () => client.end({ timeout: 1 }),
  }
}
