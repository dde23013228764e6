import { createHash, randomBytes } from 'node:crypto'
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { UnloadedDialect } from '@org/migrate-core/dialect'
import { mysqlDialect } from '@org/migrate-dialect-mysql'
import { postgresDialect } from '@org/migrate-dialect-postgres'
import { sqliteDialect } from '@org/migrate-dialect-sqlite'
import Database from 'better-sqlite3'
import { describe, onTestFinished } from 'vitest'
import { describeOnDialects, type ServerName, type TestDatabase } from '../../kit/servers.ts'

type Rows = readonly Record<string, unknown>[]

/** A database of one test, and what its own driver says of it. */
export interface Ground {
  readonly name: 'sqlite' | ServerName
  readonly url: string
  /** Only one driver at a time may have it open. */
  readonly isSingle?: boolean
  dialect(): UnloadedDialect
  sql(text: string): Promise<Rows>
  /** Everything that is there: equal before and after what changes nothing. */
  picture(): Promise<unknown>
  /** A dialect for a session that the database lets write nothing. */
  readOnly(): Promise<UnloadedDialect>
}

/** One statement on a file of SQLite, on a connection of its own. */
export function runOn(file: string, text: string, options: { readonly timeout?: number } = {}): Rows {
  const database = new Database(file, options)
  try {
    const statement = database.prepare(text)
    if (statement.reader) return statement.all() as Record<string, unknown>[]
    statement.run()
    return []
  } finally {
    database.close()
  }
}

function sqliteGround(): Ground {
  const folder = mkdtempSync(join(tmpdir(), 'migrate-ensure-'))
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
  const file = join(folder, 'a.db')
  const url = `sqlite:${file}`
  return {
    name: 'sqlite',
    url,
    dialect: () => sqliteDialect({ url }),
    sql: async (text) => runOn(file, text),
    picture: async () =>
      readdirSync(folder)
        .sort()
        .map((name) => [
          name,
          createHash('sha256')
            .update(readFileSync(join(folder, name)))
            .digest('hex'),
        ]),
    readOnly: async () => sqliteDialect({ url }),
  }
}

const serverDialect = (url: string): UnloadedDialect =>
  url.startsWith('postgres') ? postgresDialect({ url }) : mysqlDialect({ url })

/** Tables with their columns, and every row of them; on PostgreSQL with the transaction that wrote it. */
async function serverPicture(db: TestDatabase): Promise<unknown> {
  const isPostgres = db.url.startsWith('postgres')
  const own = isPostgres ? "table_schema NOT IN ('pg_catalog', 'information_schema')" : `table_schema = '${db.name}'`
  const columns = await db.sql(
    `SELECT table_schema AS s, table_name AS t, column_name AS c, data_type AS d FROM information_schema.columns WHERE ${own} ORDER BY 1, 2, 3`,
  )
  const schemas = await db.sql(
    isPostgres
      ? 'SELECT nspname AS s, xmin AS x FROM pg_namespace ORDER BY 1'
      : `SELECT schema_name AS s FROM information_schema.schemata WHERE schema_name LIKE '%${db.name}%'`,
  )
  const rows: unknown[] = []
  for (const table of new Set(columns.map((each) => String(each.t)))) {
    rows.push(table, await db.sql(isPostgres ? `SELECT xmin AS x, t.* FROM ${table} t` : `SELECT * FROM ${table}`))
  }
  return { columns, schemas, rows }
}

async function readOnlyOn(db: TestDatabase): Promise<UnloadedDialect> {
  if (db.url.startsWith('postgres')) {
    await db.sql(`ALTER DATABASE "${db.name}" SET default_transaction_read_only = on`)
    return serverDialect(db.url)
  }
  const user = `r_${randomBytes(5).toString('hex')}`
  const accounts = ['%', 'localhost'].map((host) => `'${user}'@'${host}'`)
  for (const each of accounts)
    await db.sql(`CREATE USER ${each} IDENTIFIED BY 'read'; GRANT SELECT ON ${db.name}.* TO ${each}`)
  onTestFinished(async () => {
    for (const each of accounts) await db.sql(`DROP USER ${each}`)
  })
  const url = new URL(db.url)
  url.username = user
  url.password = 'read'
  return serverDialect(url.href)
}

function serverGround(db: TestDatabase): Ground {
  return {
    name: db.server,
    url: db.url,
    dialect: () => serverDialect(db.url),
    sql: (text) => db.sql(text),
    picture: () => serverPicture(db),
    readOnly: () => readOnlyOn(db),
  }
}

const allServers = ['postgres', 'mariadb', 'mysql'] as const

/** A group of tests on SQLite and on each server. */
export function describeEverywhere(title: string, body: (ground: () => Promise<Ground>) => void): void {
  describeOnSqlite(title, body)
  describeOnServers(title, body)
}

export function describeOnSqlite(title: string, body: (ground: () => Promise<Ground>) => void): void {
  describe(`sqlite: ${title}`, () => body(async () => sqliteGround()))
}

export function describeOnServers(
  title: string,
  body: (ground: () => Promise<Ground>) => void,
  servers: readonly ServerName[] = allServers,
): void {
  describeOnDialects(servers, title, (createDatabase) => body(async () => serverGround(await createDatabase())))
}
