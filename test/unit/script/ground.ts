import { randomBytes } from 'node:crypto'
import { existsSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { ScriptOptions } from '@org/migrate-core'
import type { UnloadedDialect } from '@org/migrate-core/dialect'
import { mysqlDialect } from '@org/migrate-dialect-mysql'
import { postgresDialect } from '@org/migrate-dialect-postgres'
import { sqliteDialect } from '@org/migrate-dialect-sqlite'
import Database from 'better-sqlite3'
import { afterAll, describe } from 'vitest'
import { describeOn, familyOf, type ServerName, type TestDatabase } from '../../kit/servers.ts'
import { type ClientRun, clientFor, sqliteClient, sqliteClientVersion } from './client.ts'

export type GroundName = ServerName | 'sqlite'

/** A database of one test, with its server's own client and catalog. */
export interface Ground {
  /** What a script for its client says besides, where that is another server than the session's. */
  readonly scriptOptions?: Pick<ScriptOptions, 'serverVersion'>
  readonly name: GroundName
  readonly url: string
  dialect(): UnloadedDialect
  client(script: string): ClientRun
  rows(sql: string): Promise<readonly Record<string, unknown>[]>
  /** What the server's catalog says of everything but the bookkeeping. */
  catalog(): Promise<unknown>
  drop(): Promise<void>
}

const postgresCatalog = [
  `SELECT table_name, column_name, data_type, character_maximum_length, is_nullable, column_default
   FROM information_schema.columns WHERE table_schema = 'public' AND table_name NOT LIKE 'migrate%' ORDER BY 1, ordinal_position`,
  `SELECT c.relname AS table_name, o.conname, pg_get_constraintdef(o.oid) AS text FROM pg_constraint o JOIN pg_class c ON c.oid = o.conrelid
   WHERE c.relnamespace = 'public'::regnamespace AND c.relname NOT LIKE 'migrate%' ORDER BY 1, 2`,
  `SELECT tablename, indexname, indexdef FROM pg_indexes WHERE schemaname = 'public' AND tablename NOT LIKE 'migrate%' ORDER BY 1, 2`,
  `SELECT viewname, definition FROM pg_views WHERE schemaname = 'public' ORDER BY 1`,
]

async function catalogOf(name: GroundName, rows: Ground['rows']): Promise<unknown> {
  if (name === 'sqlite') {
    return rows(
      "SELECT type, name, tbl_name, sql FROM sqlite_master WHERE name NOT LIKE 'sqlite%' AND tbl_name NOT LIKE 'migrate%' ORDER BY type, name",
    )
  }
  if (familyOf(name) === 'postgres') {
    const result = []
    for (const sql of postgresCatalog) result.push(await rows(sql))
    return result
  }
  const names = await rows(
    "SELECT table_name AS name FROM information_schema.tables WHERE table_schema = DATABASE() AND table_name NOT LIKE 'migrate%' ORDER BY 1",
  )
  const result = []
  for (const { name: table } of names) {
    const [shown] = await rows(`SHOW CREATE TABLE \`${String(table)}\``)
    result.push(String(shown?.['Create Table'] ?? shown?.['Create View']).replace(/ AUTO_INCREMENT=\d+/, ''))
  }
  return result
}

function serverGround(database: TestDatabase): Ground {
  const { server: name, url } = database
  const rows = async (sql: string) => (await database.sql(sql)).map((row) => ({ ...row }))
  return {
    name,
    url,
    dialect: () => (familyOf(name) === 'postgres' ? postgresDialect({ url }) : mysqlDialect({ url })),
    client: (script) => {
      const client = clientFor(name)
      if (client === undefined) throw new Error(`no client for ${name}`)
      return client(url, script)
    },
    rows,
    catalog: () => catalogOf(name, rows),
    drop: () => database.drop(),
  }
}

/** A number where that is exact. */
const plain = (cell: unknown): unknown =>
  typeof cell === 'bigint' && Number.isSafeInteger(Number(cell)) ? Number(cell) : cell

function sqliteGround(folder: string): Ground {
  const file = join(folder, `${randomBytes(6).toString('hex')}.db`)
  const url = `sqlite:${file}`
  const rows = async (sql: string): Promise<readonly Record<string, unknown>[]> => {
    const db = new Database(file)
    try {
      const result = db.prepare(sql).safeIntegers().all() as Record<string, unknown>[]
      return result.map((row) => Object.fromEntries(Object.entries(row).map(([name, cell]) => [name, plain(cell)])))
    } finally {
      db.close()
    }
  }
  return {
    name: 'sqlite',
    url,
    ...(sqliteClientVersion === undefined ? {} : { scriptOptions: { serverVersion: sqliteClientVersion } }),
    dialect: () => sqliteDialect({ url }),
    client: (script) => {
      if (sqliteClient === undefined) throw new Error('neither sqlite3 nor python3 is there')
      return sqliteClient(file, script)
    },
    rows,
    catalog: () => catalogOf('sqlite', rows),
    drop: async () => {
      for (const each of [file, `${file}-migrate.lock`]) if (existsSync(each)) rmSync(each)
    },
  }
}

/** A group of tests on every database that has its own client here; where that is missing the title says so. */
export function describeOnGrounds(
  title: string,
  body: (createGround: () => Promise<Ground>, name: GroundName) => void,
): void {
  describe.skipIf(sqliteClient === undefined)(
    `sqlite: ${title}${sqliteClient === undefined ? ' (SKIPPED: neither sqlite3 nor python3 on PATH)' : ''}`,
    () => {
      const folder = mkdtempSync(join(tmpdir(), 'migrate-offline-'))
      afterAll(() => rmSync(folder, { recursive: true, force: true }))
      body(async () => sqliteGround(folder), 'sqlite')
    },
  )
  for (const server of ['postgres', 'postgres-next', 'mariadb', 'mysql'] as const) {
    const missing = clientFor(server) === undefined
    describe.skipIf(missing)(missing ? `SKIPPED: no client of ${server} on PATH` : 'with its client', () => {
      describeOn(server, title, (createGround) => body(async () => serverGround(await createGround()), server))
    })
  }
}

/** The bookkeeping, but for when, by whom and how long; a server may show a table in other words than a revision made it with. */
export async function bookkeeping(
  ground: Ground,
  inverses: 'with inverses' | 'without' = 'with inverses',
): Promise<unknown> {
  const columns =
    'tier, revision, direction, text_hash, operations_hash, tool_version, parents, depends_on, labels, compatible_with, operations'
  return {
    heads: await ground.rows('SELECT version_num FROM migrate_version ORDER BY 1'),
    history: await ground.rows(
      `SELECT ${columns}${inverses === 'without' ? '' : ', inverses'} FROM migrate_history ORDER BY id`,
    ),
  }
}

/** What there is of tables and rows, whatever it is. */
export async function anything(ground: Ground): Promise<unknown> {
  const read = (sql: string) => ground.rows(sql).catch(() => 'no such table')
  return {
    catalog: await ground.catalog(),
    heads: await read('SELECT version_num FROM migrate_version'),
    history: await read('SELECT revision, direction FROM migrate_history ORDER BY id'),
    journal: await read('SELECT revision, position, state FROM migrate_journal ORDER BY 1, 2'),
  }
}
