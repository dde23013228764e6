import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { DeclaredSchema, Exports } from '@org/migrate-core'
import type { UnloadedDialect } from '@org/migrate-core/dialect'
import { mysqlDialect } from '@org/migrate-dialect-mysql'
import { postgresDialect } from '@org/migrate-dialect-postgres'
import { sqliteDialect } from '@org/migrate-dialect-sqlite'
import { readDrizzle as readMysql } from '@org/migrate-drizzle/mysql'
import { readDrizzle as readPostgres } from '@org/migrate-drizzle/postgres'
import { readDrizzle as readSqlite } from '@org/migrate-drizzle/sqlite'
import Sqlite from 'better-sqlite3'
import { afterAll, describe } from 'vitest'
import { describeOn } from '../../kit/servers.ts'
import type { OracleDialect, OracleSchema } from './schema.ts'

export interface OracleDatabase {
  readonly dialect: UnloadedDialect
  /** As drizzle-kit's drivers want it. */
  readonly url: string
  /** Sends text by the driver itself. */
  sql(text: string): Promise<unknown>
  close(): Promise<void>
}

export interface OracleEngine {
  readonly dialect: OracleDialect
  readDrizzle(exports: Exports, options: Pick<OracleSchema, 'casing'>): DeclaredSchema
  /** An empty database. */
  open(): Promise<OracleDatabase>
}

function onSqlite(body: (engine: OracleEngine) => void): void {
  describe('sqlite', () => {
    const folder = mkdtempSync(join(tmpdir(), 'migrate-oracle-'))
    afterAll(() => rmSync(folder, { recursive: true, force: true }))
    let count = 0
    body({
      dialect: 'sqlite',
      readDrizzle: readSqlite,
      async open() {
        count += 1
        const file = join(folder, `${count}.db`)
        return {
          dialect: sqliteDialect({ url: `sqlite:${file}` }),
          url: file,
          async sql(text) {
            const client = new Sqlite(file)
            client.exec(text)
            client.close()
          },
          close: async () => rmSync(file, { force: true }),
        }
      },
    })
  })
}

const families = {
  postgres: { readDrizzle: readPostgres, dialectOf: (url: string): UnloadedDialect => postgresDialect({ url }) },
  mysql: { readDrizzle: readMysql, dialectOf: (url: string): UnloadedDialect => mysqlDialect({ url }) },
}

function onServer(dialect: 'postgres' | 'mysql'): (body: (engine: OracleEngine) => void) => void {
  const { readDrizzle, dialectOf } = families[dialect]
  return (body) =>
    describeOn(dialect, 'autogenerate and drizzle-kit', (createDatabase) => {
      body({
        dialect,
        readDrizzle,
        async open() {
          const database = await createDatabase()
          return { dialect: dialectOf(database.url), url: database.url, sql: database.sql, close: database.drop }
        },
      })
    })
}

export const on: { readonly [D in OracleDialect]: (body: (engine: OracleEngine) => void) => void } = {
  sqlite: onSqlite,
  postgres: onServer('postgres'),
  mysql: onServer('mysql'),
}
