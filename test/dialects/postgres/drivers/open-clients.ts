import { PGlite } from '@electric-sql/pglite'
import type { PostgresClient } from '@org/migrate-dialect-postgres'
import pg from 'pg'
import postgres from 'postgres'
import { onTestFinished } from 'vitest'

export type Rows = readonly Record<string, unknown>[]

/** A client with one connection, and the application's own way to send text on it. */
export interface OneConnection {
  readonly client: PostgresClient
  sql(text: string): Promise<Rows>
}

export const kinds: { readonly [kind: string]: (url: string) => Promise<OneConnection> } = {
  'pg.Pool': async (url) => {
    const client = new pg.Pool({ connectionString: url, max: 1 })
    onTestFinished(() => client.end())
    return { client, sql: async (text) => rowsOf(await client.query(text)) }
  },
  'pg.Client': async (url) => {
    const client = new pg.Client({ connectionString: url })
    await client.connect()
    onTestFinished(() => client.end())
    return { client, sql: async (text) => rowsOf(await client.query(text)) }
  },
  'postgres.js': async (url) => {
    const client = postgres(url, { max: 1, onnotice: () => undefined })
    onTestFinished(() => client.end({ timeout: 1 }))
    return { client, sql: async (text) => [...(await client.unsafe(text))] as Rows }
  },
  PGlite: async () => {
    const client = await PGlite.create()
    onTestFinished(() => client.close())
    return { client, sql: async (text) => ((await client.exec(text)).at(-1)?.rows ?? []) as Rows }
  },
}

function rowsOf(answer: unknown): Rows {
  const results = (Array.isArray(answer) ? answer : [answer]) as readonly { readonly rows: Rows }[]
  return results.at(-1)?.rows ?? []
}
