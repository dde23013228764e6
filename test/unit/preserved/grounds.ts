import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Migrator, OperationRecorder } from '@org/migrate-core'
import type { UnloadedDialect } from '@org/migrate-core/dialect'
import { mysqlDialect } from '@org/migrate-dialect-mysql'
import { postgresDialect } from '@org/migrate-dialect-postgres'
import { sqliteDialect } from '@org/migrate-dialect-sqlite'
import Database from 'better-sqlite3'
import { describe } from 'vitest'
import { atFileEnd } from '../../kit/file-end.ts'
import { migratorOf } from '../../kit/migrator.ts'
import { longRun } from '../../kit/scale.ts'
import { describeOnDialects, familyOf, type ServerName } from '../../kit/servers.ts'

/** An empty database with the server's own client beside the dialect. */
export interface Ground {
  readonly dialect: UnloadedDialect
  /** Changes of tables are part of a transaction. */
  readonly transactional: boolean
  sql(text: string): Promise<unknown>
  /** Rows as lists of texts; NULL is null. */
  rows(text: string): Promise<readonly (readonly (string | null)[])[]>
  /** Drops the database before the end of the test: the catalogs of hundreds make a server slow. */
  drop(): Promise<void>
}

const asTexts = (rows: readonly Record<string, unknown>[]): readonly (readonly (string | null)[])[] =>
  rows.map((row) => Object.values(row).map((value) => (value === null ? null : String(value))))

function openSqlite(): Ground {
  const folder = mkdtempSync(join(tmpdir(), 'migrate-preserved-'))
  atFileEnd(() => rmSync(folder, { recursive: true, force: true }))
  const file = join(folder, 'db.sqlite')
  const using = <T>(work: (client: Database.Database) => T): T => {
    const client = new Database(file)
    try {
      return work(client)
    } finally {
      client.close()
    }
  }
  return {
    dialect: sqliteDialect({ url: `sqlite:${file}` }),
    transactional: true,
    sql: async (text) => using((client) => client.exec(text)),
    rows: async (text) => using((client) => asTexts(client.prepare(text).all() as Record<string, unknown>[])),
    drop: async () => rmSync(folder, { recursive: true, force: true }),
  }
}

/** The next release of a server costs as much again as the first: it belongs to the long run. */
const servers: readonly ServerName[] = [
  'postgres',
  'mariadb',
  'mysql',
  ...(longRun ? (['postgres-next', 'mariadb-next'] as const) : []),
]

/** The same tests on SQLite and on a server of each other dialect. */
export function describeOnAll(title: string, body: (openGround: () => Promise<Ground>, server: string) => void): void {
  describe(`sqlite: ${title}`, () => body(async () => openSqlite(), 'sqlite'))
  describeOnDialects(servers, title, (createDatabase, server) =>
    body(async () => {
      const database = await createDatabase()
      const postgres = familyOf(server) === 'postgres'
      return {
        dialect: postgres ? postgresDialect({ url: database.url }) : mysqlDialect({ url: database.url }),
        transactional: postgres,
        sql: database.sql,
        rows: async (text) => asTexts(await database.sql(text)),
        drop: database.drop,
      }
    }, server),
  )
}

export interface Halves {
  readonly upgrade: (op: OperationRecorder) => void
  readonly downgrade?: (op: OperationRecorder) => void
}

/** A migrator of the revisions r1 <- r2 <- … */
export function migratorOn(dialect: UnloadedDialect, ...halves: readonly Halves[]): Migrator {
  const line = halves.map((each, at) => ({ revision: `r${at + 1}`, downRevision: at === 0 ? null : `r${at}`, ...each }))
  return migratorOf(dialect, line)
}

/** The same dialect, whose values pass core one page after the other. */
export function withoutServer({ preserving: _, ...dialect }: UnloadedDialect): UnloadedDialect {
  const connect: UnloadedDialect['connection']['connect'] = async (options) => {
    const session = await dialect.connection.connect(options)
    const ofServer: UnloadedDialect = session.dialect ?? dialect
    const { preserving: __, ...own } = ofServer
    return Object.defineProperty(session, 'dialect', { value: own })
  }
  return { ...dialect, connection: { ...dialect.connection, connect } }
}
