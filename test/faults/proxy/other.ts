import { setTimeout as sleep } from 'node:timers/promises'
import mysql from 'mysql2/promise'
import postgres from 'postgres'
import { onTestFinished } from 'vitest'
import type { TestDatabase } from '../../kit/servers.ts'
import { isPostgres } from './picture.ts'

/** Another session, by the raw driver: it keeps its transaction and its locks between two statements. */
export interface OtherSession {
  sql(text: string): Promise<readonly Record<string, unknown>[]>
  close(): Promise<void>
}

async function open(url: string): Promise<OtherSession> {
  if (isPostgres(url)) {
    const client = postgres(url, { max: 1, onnotice: () => undefined, max_lifetime: null })
    const own = await client.reserve()
    return {
      sql: async (text) => [...(await own.unsafe(text))],
      close: async () => client.end({ timeout: 1 }),
    }
  }
  const { hostname, port, username, pathname } = new URL(url)
  const connection = await mysql.createConnection({
    host: hostname,
    port: Number(port),
    user: username,
    database: pathname.slice(1),
    supportBigNumbers: true,
  })
  connection.on('error', () => undefined)
  return {
    sql: async (text) => {
      const [rows] = await connection.query(text)
      return Array.isArray(rows) ? (rows as Record<string, unknown>[]) : []
    },
    close: async () => connection.destroy(),
  }
}

export async function otherSession(url: string): Promise<OtherSession> {
  const session = await open(url)
  onTestFinished(async () => session.close().catch(() => undefined))
  return session
}

/** The number of the session of that database which is at a statement of that beginning now; waits until there is one. */
export async function atWork(database: TestDatabase, beginning: string, ended = () => false): Promise<number> {
  const observer = await otherSession(database.url)
  const text = isPostgres(database.url)
    ? `SELECT pid AS id FROM pg_stat_activity WHERE datname = current_database() AND state = 'active' AND query LIKE '${beginning}%'`
    : `SELECT id FROM information_schema.processlist WHERE db = DATABASE() AND info LIKE '${beginning}%'`
  for (let turn = 0; turn < 4_000 && !ended(); turn += 1) {
    const [row] = await observer.sql(text)
    if (row !== undefined) {
      await observer.close()
      return Number(Object.values(row)[0])
    }
    await sleep(2)
  }
  throw new Error(`no session is at ${beginning}`)
}

/** Keeps everybody out who wants to change that table. */
export async function reading(database: TestDatabase, table: string): Promise<OtherSession> {
  const session = await otherSession(database.url)
  await session.sql(isPostgres(database.url) ? 'BEGIN' : 'START TRANSACTION')
  await session.sql(`SELECT * FROM ${table} LIMIT 1`)
  return session
}
