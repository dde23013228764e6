import { createHash } from 'node:crypto'
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import type { Session } from '@org/migrate-core/dialect'
import { sqliteDialect } from '@org/migrate-dialect-sqlite'
import Database from 'better-sqlite3'
import { build } from 'esbuild'
import { onTestFinished } from 'vitest'
import { clientOfSqlite } from '../../../kit/sqlite-client/bundled.ts'

/** A folder that goes away with the test. */
export function folder(): string {
  const created = mkdtempSync(path.join(tmpdir(), 'sqlite-'))
  onTestFinished(() => rmSync(created, { recursive: true, force: true }))
  return created
}

/** A program that imports our packages, bundled into one file: drivers are looked for from where that lies. */
export async function bundle(contents: string, outfile: string): Promise<void> {
  await build({
    stdin: { contents, resolveDir: import.meta.dirname },
    outfile,
    bundle: true,
    format: 'esm',
    platform: 'node',
    conditions: ['source'],
    external: ['better-sqlite3', 'better-sqlite3-multiple-ciphers'],
    plugins: [clientOfSqlite],
    logLevel: 'error',
  })
}

/** A database file made by the driver itself. */
export function database(sql: string): string {
  const file = path.join(folder(), 'app.db')
  const db = new Database(file)
  db.exec(sql)
  db.close()
  return file
}

export function raw<T>(file: string, work: (db: Database.Database) => T): T {
  const db = new Database(file)
  try {
    return work(db)
  } finally {
    db.close()
  }
}

export async function open(url: string, purpose: 'inspect' | 'run' = 'run', busyTimeoutMs = 5_000): Promise<Session> {
  const session = await sqliteDialect({ url, busyTimeoutMs }).connection.connect({ purpose })
  onTestFinished(() => session.close())
  return session
}

export const digest = (file: string): string => createHash('sha256').update(readFileSync(file)).digest('hex')
export const siblings = (file: string): string[] => readdirSync(path.dirname(file)).sort()
