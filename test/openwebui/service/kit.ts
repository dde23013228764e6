import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type OpenDatabaseOptions, type OpenWebuiDatabase, openDatabase } from '@org/migrate-schema/database'
import type { Environment } from '@org/migrate-schema/environment'
import Database from 'better-sqlite3'
import { describe, onTestFinished } from 'vitest'
import { describeOn, familyOf, type ServerName, type TestDatabase } from '../../kit/servers.ts'

export const head = 'e223b100ad81'
const servers = ['postgres', 'mariadb', 'mysql'] as const satisfies readonly ServerName[]
export type DatabaseName = 'sqlite' | (typeof servers)[number]

/** A server that others use as well may take its time: what hangs is ended by this. */
export const patience = 300_000

/** A database as a service is told of it, and the driver beside it. */
export interface ServiceDatabase {
  readonly env: Environment
  /** One statement; names that are words of SQL are avoided, so that all databases read the same. */
  sql(text: string): Promise<readonly Record<string, unknown>[]>
  /** The tables that are there, without those that `migrate_` begins. */
  tables(): Promise<readonly string[]>
}

export interface FileDatabase extends ServiceDatabase {
  readonly folder: string
  readonly file: string
}

export function createFileDatabase(): FileDatabase {
  const folder = mkdtempSync(join(tmpdir(), 'service-'))
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
  const file = join(folder, 'webui.db')
  const sql: ServiceDatabase['sql'] = async (text) => {
    const db = new Database(file)
    try {
      const statement = db.prepare(text)
      if (statement.reader) return statement.all() as Record<string, unknown>[]
      statement.run()
      return []
    } finally {
      db.close()
    }
  }
  const tables = async (): Promise<readonly string[]> => {
    const rows = await sql(`SELECT name FROM sqlite_master WHERE type = 'table'`)
    return rows.map(({ name }) => String(name)).filter((name) => !/^(migrate|sqlite)_/.test(name))
  }
  return { env: { DATA_DIR: folder }, folder, file, sql, tables }
}

const here = {
  postgres: `table_schema NOT IN ('pg_catalog', 'information_schema')`,
  mysql: 'table_schema = DATABASE()',
}

export function toServiceDatabase({ server, url, sql }: TestDatabase): ServiceDatabase {
  const listed = `SELECT table_name AS name FROM information_schema.tables WHERE ${here[familyOf(server)]}`
  return {
    env: { DATABASE_URL: url },
    sql,
    tables: async () =>
      (await sql(listed)).map(({ name }) => String(name)).filter((name) => !name.startsWith('migrate_')),
  }
}

/** A group of tests on each database. */
export function onDatabases(
  title: string,
  body: (createDatabase: () => Promise<ServiceDatabase>, name: DatabaseName) => void,
): void {
  describe(`sqlite: ${title}`, () => body(async () => createFileDatabase(), 'sqlite'))
  for (const server of servers) {
    describeOn(server, title, (createDatabase) => body(async () => toServiceDatabase(await createDatabase()), server))
  }
}

/** Opens, and closes when the test has ended. */
export async function openService(env: Environment, options: OpenDatabaseOptions = {}): Promise<OpenWebuiDatabase> {
  const service = await openDatabase(env, options)
  onTestFinished(() => service.close())
  return service
}

/** What a promise is rejected with. */
export async function failure(work: Promise<unknown>): Promise<Error> {
  return work.then(
    () => {
      throw new Error('it did not fail')
    },
    (error: unknown) => error as Error,
  )
}

export async function counted(database: ServiceDatabase, from: string): Promise<number> {
  const [row] = await database.sql(`SELECT COUNT(*) AS n FROM ${from}`)
  return Number(row?.n)
}
