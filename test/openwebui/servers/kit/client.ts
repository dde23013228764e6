import mysql from 'mysql2/promise'
import postgres from 'postgres'
import { familyOf, type TestDatabase } from '../../../kit/servers.ts'

export type Row = Readonly<Record<string, unknown>>

/**
 * The server's own driver, on one connection: what a test expects never comes through our code. Integers are bigint, booleans
 * boolean, JSON, dates and times text. Names in double quotes are names, and a backslash is a backslash.
 */
export interface Client {
  rows(sql: string): Promise<readonly Row[]>
  /** The first column of the first row. */
  one(sql: string): Promise<unknown>
  /** Several statements. */
  script(sql: string): Promise<void>
  close(): Promise<void>
}

function withOne(client: Omit<Client, 'one'>): Client {
  return { ...client, one: async (sql) => Object.values((await client.rows(sql))[0] ?? {})[0] }
}

function postgresClient(url: string): Client {
  const type = (from: number[], parse: (text: string) => unknown) => ({ to: 0, from, serialize: String, parse })
  const client = postgres(url, {
    max: 1,
    onnotice: () => undefined,
    types: {
      integers: type([20, 21, 23, 26], BigInt),
      texts: type([114, 3802, 1082, 1114, 1184, 1700], String),
    },
  })
  return withOne({
    rows: async (sql) => [...((await client.unsafe(sql)) as unknown as readonly Row[])],
    script: async (sql) => {
      await client.unsafe(sql)
    },
    close: () => client.end({ timeout: 5 }),
  })
}

const integers = new Set(['TINY', 'SHORT', 'LONG', 'INT24', 'LONGLONG', 'YEAR'])

async function mysqlClient(url: string): Promise<Client> {
  const target = new URL(url)
  const connection = await mysql.createConnection({
    host: target.hostname,
    port: Number(target.port),
    user: decodeURIComponent(target.username),
    password: decodeURIComponent(target.password),
    database: decodeURIComponent(target.pathname.slice(1)),
    charset: 'utf8mb4',
    multipleStatements: true,
    dateStrings: true,
    jsonStrings: true,
    typeCast(field, next) {
      if (field.type === 'JSON') return field.string('utf8')
      if (!integers.has(field.type)) return next()
      const text = field.string()
      if (text === null) return null
      // The one width that both servers show is that of BOOLEAN.
      return field.type === 'TINY' && field.length === 1 ? text === '1' : BigInt(text)
    },
  })
  await connection.query(
    "SET SESSION sql_mode = 'ANSI_QUOTES,NO_BACKSLASH_ESCAPES,STRICT_TRANS_TABLES,NO_AUTO_VALUE_ON_ZERO', time_zone = '+00:00'",
  )
  return withOne({
    rows: async (sql) => (await connection.query(sql))[0] as unknown as readonly Row[],
    script: async (sql) => {
      await connection.query(sql)
    },
    close: () => connection.end(),
  })
}

export async function clientOf(database: TestDatabase): Promise<Client> {
  return familyOf(database.server) === 'postgres' ? postgresClient(database.url) : mysqlClient(database.url)
}

/** A text between quotes, as every server reads it. */
export function quoted(text: string | null): string {
  return text === null ? 'NULL' : `'${text.replaceAll("'", "''")}'`
}
