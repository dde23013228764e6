import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createMigrator, type Migrator } from '@org/migrate-core'
import { sqliteDialect } from '@org/migrate-dialect-sqlite'
import { openWebuiTiers } from '@org/migrate-schema/tiers'
import Database from 'better-sqlite3'
import { onTestFinished } from 'vitest'
import { keyed } from '../../../dialects/sqlite/encrypted/kit.ts'
import { counting } from './counting.ts'

export const head = 'e223b100ad81'
export const lastLegacy = '018_add_function_is_global'
const fixtures = new URL('../../../kit/fixtures/openwebui/', import.meta.url)

export interface TestDatabase {
  readonly path: string
  readonly migrator: Migrator
  /** Runs a script as SQLite itself reads it: the fixtures hold semicolons and newlines within strings. */
  script(sql: string): void
  load(...names: readonly string[]): void
  /** Integers come as bigint. */
  rows(sql: string, ...params: readonly unknown[]): readonly Record<string, unknown>[]
  one(sql: string, ...params: readonly unknown[]): unknown
  /** The statements that migrations have sent since the last call. */
  sent(): readonly string[]
}

export interface TestDatabaseOptions {
  readonly legacy?: boolean
  /** Of an encrypted database. */
  readonly key?: string
}

/** A database file of its own for one test, and the migrator of the real chain on it. */
export function testDatabase(options: TestDatabaseOptions = {}): TestDatabase {
  const directory = mkdtempSync(join(tmpdir(), 'openwebui-'))
  onTestFinished(() => rmSync(directory, { recursive: true, force: true }))
  const path = join(directory, 'webui.db')

  function open<T>(work: (db: Database.Database) => T): T {
    const db = options.key === undefined ? new Database(path) : keyed(path, options.key)
    try {
      return work(db)
    } finally {
      db.close()
    }
  }

  const rows = (sql: string, ...params: readonly unknown[]) =>
    open(
      (db) =>
        db
          .prepare(sql)
          .safeIntegers()
          .all(...params) as Record<string, unknown>[],
    )

  const statements: string[] = []
  const dialect =
    options.key === undefined
      ? sqliteDialect({ url: `sqlite:///${path}` })
      : sqliteDialect({ url: `sqlite+sqlcipher://${path}`, key: options.key })
  return {
    path,
    migrator: createMigrator({
      dialect: counting(dialect, statements),
      tiers: openWebuiTiers(options.legacy === undefined ? {} : { legacy: options.legacy }),
    }),
    script: (sql) => open((db) => db.exec(sql)),
    load: (...names) => {
      for (const name of names) {
        const text = readFileSync(new URL(name, fixtures), 'utf8')
        open((db) => db.exec(text))
      }
    },
    rows,
    one: (sql, ...params) => Object.values(rows(sql, ...params)[0] ?? {})[0],
    sent: () => statements.splice(0),
  }
}

let at018: Promise<Buffer> | undefined

async function makeAt018(): Promise<Buffer> {
  const db = testDatabase()
  await db.migrator.upgrade(lastLegacy, { tier: 'legacy' })
  return readFileSync(db.path)
}

/** A database where the sequential tier has run (once for each file of tests), and the rows of a script. */
export async function databaseAt018(script = ''): Promise<TestDatabase> {
  at018 ??= makeAt018()
  const bytes = await at018
  const db = testDatabase()
  writeFileSync(db.path, bytes)
  if (script !== '') db.script(script)
  return db
}

export function quoted(text: string | null): string {
  return text === null ? 'NULL' : `'${text.replaceAll("'", "''")}'`
}

/** An INSERT for a chat at 018. */
export function chatAt018(id: string, chat: string, user = 'u1'): string {
  return (
    'INSERT INTO "chat" ("id", "user_id", "title", "chat", "archived", "created_at", "updated_at") ' +
    `VALUES (${quoted(id)}, ${quoted(user)}, 't', ${quoted(chat)}, 0, 1, 2);`
  )
}
