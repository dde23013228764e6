import type { MysqlClient } from '@org/migrate-dialect-mysql'
import mariadb, { type ConnectionConfig } from 'mariadb'
import mysql from 'mysql2'
import mysqlPromise from 'mysql2/promise'
import { onTestFinished } from 'vitest'
import type { TestDatabase } from '../../../kit/servers.ts'

type Rows = readonly Record<string, unknown>[]

/** A client with one connection, and the application's own way to send text on it. */
export interface OneConnection {
  readonly client: MysqlClient
  sql(text: string): Promise<Rows>
}

const listed = (result: unknown): Rows => (Array.isArray(result) ? [...(result as Rows)] : [])
const rowsOf = ([rows]: readonly unknown[]): Rows => rows as Rows

/** The end of a pool of mysql2 tells that a test has cut one of its connections. */
function ofCutConnection(error: unknown): void {
  if (!(error instanceof Error) || !/ECONNRESET|EPIPE|closed/.test(error.message)) throw error
}

export const kinds: { readonly [kind: string]: (url: string, options?: object) => Promise<OneConnection> } = {
  'pool of mysql2': async (uri, options) => {
    const client = mysql.createPool({ uri, connectionLimit: 1, ...options })
    onTestFinished(() => client.promise().end().catch(ofCutConnection))
    return { client, sql: async (text) => rowsOf(await client.promise().query(text)) }
  },
  'connection of mysql2': async (uri, options) => {
    const client = mysql.createConnection({ uri, ...options })
    client.on('error', () => undefined)
    onTestFinished(() => client.destroy())
    return { client, sql: async (text) => rowsOf(await client.promise().query(text)) }
  },
  'pool of mysql2/promise': async (uri, options) => {
    const client = mysqlPromise.createPool({ uri, connectionLimit: 1, ...options })
    onTestFinished(() => client.end().catch(ofCutConnection))
    return { client, sql: async (text) => rowsOf(await client.query(text)) }
  },
  'connection of mysql2/promise': async (uri, options) => {
    const client = await mysqlPromise.createConnection({ uri, ...options })
    client.on('error', () => undefined)
    onTestFinished(() => client.destroy())
    return { client, sql: async (text) => rowsOf(await client.query(text)) }
  },
  'pool of mariadb': async (url, options) => {
    const client = mariadb.createPool({ ...addressOf(url), connectionLimit: 1, ...options })
    onTestFinished(() => client.end())
    return { client, sql: async (text) => listed(await client.query(text)) }
  },
  'connection of mariadb': async (url, options) => {
    const client = await mariadb.createConnection({ ...addressOf(url), ...options })
    client.on('error', () => undefined)
    onTestFinished(() => client.destroy())
    return { client, sql: async (text) => listed(await client.query(text)) }
  },
}

export function addressOf(url: string): ConnectionConfig {
  const { hostname: host, port, username: user, pathname } = new URL(url)
  // Numbers as mysql2 gives them.
  return {
    host,
    port: Number(port),
    user,
    database: pathname.slice(1),
    bigIntAsNumber: true,
    allowPublicKeyRetrieval: true,
  }
}

export const connected = (kind: string, { url }: Pick<TestDatabase, 'url'>, options?: object): Promise<OneConnection> =>
  (kinds[kind] as (typeof kinds)[string])(url, options)
