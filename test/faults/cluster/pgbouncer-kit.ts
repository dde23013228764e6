import { createMigrator, type Migrator, type MigratorOptions } from '@org/migrate-core'
import { type PostgresOptions, postgresDialect } from '@org/migrate-dialect-postgres'
import { openWebuiTiers } from '@org/migrate-schema/tiers'
import postgres, { type Sql } from 'postgres'
import { onTestFinished } from 'vitest'
import { createDatabaseOn, type TestDatabase } from '../../kit/own-sessions.ts'
import { pictureOf } from '../proxy/picture.ts'

export const poolers = {
  transaction: process.env.TEST_PGBOUNCER_URL ?? '',
  session: process.env.TEST_PGBOUNCER_SESSION_URL ?? '',
  statement: process.env.TEST_PGBOUNCER_STATEMENT_URL ?? '',
  restarted: process.env.TEST_PGBOUNCER_RESTARTED_URL ?? '',
} as const

export const hasPoolers = process.env.TEST_PGBOUNCER_URL !== undefined && process.env.TEST_PGBOUNCER_URL !== ''

export async function database(): Promise<TestDatabase> {
  const created = await createDatabaseOn('postgres')
  onTestFinished(() => created.drop())
  return created
}

/** The database as it is reached through a pooler. */
export function through(mode: keyof typeof poolers, { name }: TestDatabase): string {
  const url = new URL(poolers[mode])
  url.pathname = `/${name}`
  return url.href
}

/** The raw driver, one connection. */
export function client(url: string): Sql {
  const created = postgres(url, { max: 1, prepare: false, fetch_types: false, onnotice: () => undefined })
  onTestFinished(() => created.end({ timeout: 1 }))
  return created
}

export function migratorAt(
  url: string,
  options: Omit<PostgresOptions, 'url'> = {},
  more: Partial<MigratorOptions> = {},
): Migrator {
  return createMigrator({ dialect: postgresDialect({ url, ...options }), tiers: openWebuiTiers(), ...more })
}

/** What other clients of the pool leave in its sessions, and what they find there. */
const settings = [
  'search_path',
  'default_transaction_read_only',
  'row_security',
  'lock_timeout',
  'statement_timeout',
  'idle_in_transaction_session_timeout',
  'bytea_output',
  'extra_float_digits',
] as const

export async function settingsIn(sql: Sql): Promise<Readonly<Record<string, unknown>>> {
  const rows = await sql.unsafe(
    `SELECT name, setting FROM pg_settings WHERE name IN (${settings.map((name) => `'${name}'`).join(', ')}) ORDER BY 1`,
  )
  return Object.fromEntries(rows.map(({ name, setting }) => [String(name), setting]))
}

/** As a client of its own finds them, which gives its place in the pool back. */
export async function settingsAt(url: string): Promise<Readonly<Record<string, unknown>>> {
  const sql = client(url)
  try {
    return await settingsIn(sql)
  } finally {
    await sql.end({ timeout: 5 })
  }
}

/** Clients that go in and out of the pool all the time, each of which leaves its own settings in the session it was given. */
export function bustle(url: string, more = 'SET lock_timeout = 3'): { stop(): Promise<void> } {
  let over = false
  const work = [1, 2, 3, 4].map(async () => {
    const sql = client(url)
    while (!over) {
      await sql.unsafe(`SET search_path TO elsewhere, public; SET bytea_output = 'escape'; ${more}`).simple()
      await sql.unsafe('SELECT pg_sleep(0.002)')
    }
    await sql.unsafe('RESET ALL').simple()
  })
  return {
    stop: async () => {
      over = true
      await Promise.all(work)
    },
  }
}

/** What a run leaves, without the moments at which it did. */
export async function picture(of: TestDatabase): Promise<unknown> {
  const pictured = JSON.stringify(await pictureOf(of))
  return JSON.parse(pictured.replaceAll(/("migrated_at":)"[^"]*"/g, '$1""'))
}
