import { createHash } from 'node:crypto'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { isMigrateError } from '@org/migrate-core'
import type { Dialect, SchemaModel, Session, UnloadedDialect } from '@org/migrate-core/dialect'
import { mysqlDialect } from '@org/migrate-dialect-mysql'
import { postgresDialect } from '@org/migrate-dialect-postgres'
import { sqliteDialect } from '@org/migrate-dialect-sqlite'
import Database from 'better-sqlite3'
import { afterAll, describe } from 'vitest'
import { describeOn, familyOf, type TestDatabase } from '../../kit/own-sessions.ts'

export type Engine = 'sqlite' | 'postgres' | 'mariadb' | 'mysql'
const engines: readonly Engine[] = ['sqlite', 'postgres', 'mariadb', 'mysql']

const fixtures = fileURLToPath(new URL('../../kit/fixtures/adopt/', import.meta.url))

/** The folder of migrations in SQL that the databases of a tool were made from: MariaDB got MySQL's. */
export function folderOf(tool: 'drizzle-kit' | 'dbmate', engine: Engine): string {
  const home = join(fixtures, tool, engine === 'mariadb' ? 'mysql' : engine)
  return tool === 'drizzle-kit' ? join(home, 'drizzle') : home
}

/** A database of one test, with what the server itself says of it. */
export interface AdoptedDatabase {
  readonly dialect: UnloadedDialect
  /** Sends text through the driver alone. */
  sql(text: string): Promise<readonly Record<string, unknown>[]>
  /** Of everything in it, as the driver alone sees it. */
  hash(): Promise<string>
  readonly url: string
  /** Of everything that is not ours, as the driver alone sees it. */
  hashOfForeignTables(): Promise<string>
}

const isOurs = (name: unknown): boolean => String(name).startsWith('migrate_')

const sha256 = (text: string | Uint8Array): string => createHash('sha256').update(text).digest('hex')

function sqliteAt(file: string): AdoptedDatabase {
  const open = <T>(work: (db: Database.Database) => T): T => {
    const db = new Database(file)
    try {
      return work(db)
    } finally {
      db.close()
    }
  }
  open((db) => db.exec('CREATE TABLE made (x); DROP TABLE made'))
  return {
    dialect: sqliteDialect({ url: file }),
    sql: (text) =>
      Promise.resolve(
        open((db) => {
          if (!/^\s*SELECT\b/i.test(text)) {
            db.exec(text)
            return []
          }
          return db.prepare(text).all() as Record<string, unknown>[]
        }),
      ),
    hash: () => Promise.resolve(sha256(readFileSync(file))),
    url: `sqlite:${file}`,
    hashOfForeignTables: () =>
      Promise.resolve(
        open((db) => {
          const all = db.prepare('SELECT type, name, tbl_name, sql FROM sqlite_master ORDER BY 1, 2').all()
          const foreign = (all as Record<string, unknown>[]).filter(({ tbl_name }) => !isOurs(tbl_name))
          const rows = foreign
            .filter(({ type }) => type === 'table')
            .map(({ name }) =>
              db
                .prepare(`SELECT * FROM "${String(name)}"`)
                .raw()
                .all(),
            )
          return sha256(JSON.stringify([foreign, rows]))
        }),
      ),
  }
}

const quoteMarks = { postgres: '"', mysql: '`' } as const

/** Every row of every table, and every column, index, constraint and view as the catalogs have them. */
async function contents(db: TestDatabase, foreign = false): Promise<unknown> {
  const family = familyOf(db.server)
  const mark = quoteMarks[family]
  const own =
    family === 'postgres' ? "table_schema NOT IN ('pg_catalog', 'information_schema')" : 'table_schema = database()'
  const list = async (what: string, from: string): Promise<readonly Record<string, unknown>[]> => {
    const rows = await db.sql(`SELECT ${what} FROM information_schema.${from} WHERE ${own} ORDER BY 1, 2, 3`)
    return foreign ? rows.filter((row) => !Object.values(row).some(isOurs)) : rows
  }
  const tables = await list('table_schema s, table_name t, table_type k', 'tables')
  const rows: unknown[] = []
  for (const { s, t } of tables) {
    const name = [s, t].map((part) => `${mark}${String(part)}${mark}`).join('.')
    rows.push(name, (await db.sql(`SELECT * FROM ${name}`)).map((row) => JSON.stringify(row)).sort())
  }
  const columns = await list('table_name, column_name, data_type, column_default, is_nullable', 'columns')
  const constraints = await list('table_name, constraint_name, constraint_type', 'table_constraints')
  return [tables, rows, columns, constraints, await list('table_name, view_definition, table_schema', 'views')]
}

/** What the tools' databases had: servers differ in what a new database gets. */
const collations: { readonly [P in Engine]?: string } = {
  mariadb: 'CHARACTER SET utf8mb4 COLLATE utf8mb4_general_ci',
  mysql: 'CHARACTER SET utf8mb4 COLLATE utf8mb4_0900_ai_ci',
}

function serverAt(db: TestDatabase): AdoptedDatabase {
  return {
    dialect: familyOf(db.server) === 'postgres' ? postgresDialect({ url: db.url }) : mysqlDialect({ url: db.url }),
    sql: db.sql,
    hash: async () => sha256(JSON.stringify(await contents(db))),
    url: db.url,
    hashOfForeignTables: async () => sha256(JSON.stringify(await contents(db, true))),
  }
}

/** A group of tests on SQLite and on each server that there is. */
export function onEachEngine(
  title: string,
  body: (empty: () => Promise<AdoptedDatabase>, engine: Engine) => void,
  on: readonly Engine[] = engines,
): void {
  for (const engine of on) {
    if (engine !== 'sqlite') {
      describeOn(engine, title, (createDatabase) => {
        const { [engine]: collation } = collations
        body(async () => {
          const db = await createDatabase()
          if (collation !== undefined) await db.sql(`ALTER DATABASE ${collation}`)
          return serverAt(db)
        }, engine)
      })
      continue
    }
    describe(`sqlite: ${title}`, () => {
      const folder = mkdtempSync(join(tmpdir(), 'adopt-'))
      let count = 0
      afterAll(() => rmSync(folder, { recursive: true, force: true }))
      body(() => {
        count += 1
        return Promise.resolve(sqliteAt(join(folder, `${count}.db`)))
      }, engine)
    })
  }
}

/** The database that a tool has made, from its dump. */
export async function loadDump(db: AdoptedDatabase, tool: string, engine: Engine): Promise<void> {
  await db.sql(readFileSync(join(fixtures, tool, `${engine}.sql`), 'utf8'))
}

export async function withInspection<T>(
  { dialect }: AdoptedDatabase,
  work: (d: Dialect, s: Session) => Promise<T>,
): Promise<T> {
  const session = await dialect.connection.connect({ purpose: 'inspect' })
  try {
    return await work(await (session.dialect ?? dialect).load(), session)
  } finally {
    await session.close()
  }
}

/** A schema as the dialect compares it. */
export function normal(dialect: Dialect, model: SchemaModel): SchemaModel {
  return { ...model, tables: new Map([...model.tables].map(([key, table]) => [key, dialect.model.normalise(table)])) }
}

/** `CODE: message` of what failed, with `folder` taken out. */
export function refusal(work: () => unknown, folder: string): string {
  try {
    work()
  } catch (error) {
    if (!isMigrateError(error)) throw error
    return `${error.code}: ${error.message.replaceAll(folder, '.')}`
  }
  return 'it was not refused'
}
