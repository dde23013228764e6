import type { UnloadedDialect } from '@org/migrate-core/dialect'
import { mysqlDialect } from '@org/migrate-dialect-mysql'
import { postgresDialect } from '@org/migrate-dialect-postgres'
import { sqliteDialect } from '@org/migrate-dialect-sqlite'
import Database from 'better-sqlite3'
import { familyOf, type TestDatabase } from '../../kit/servers.ts'

export const folder = new URL('../../kit/fixtures/formats/', import.meta.url)

/** One fixture of each: MariaDB and MySQL differ in what they say of a table. */
export const servers = ['postgres', 'mariadb', 'mysql'] as const

/** A database that a fixture is read into, or written from. */
export interface Ground {
  readonly dialect: () => UnloadedDialect
  readonly sql: (text: string) => Promise<readonly Record<string, unknown>[]>
}

export function serverGround(database: TestDatabase): Ground {
  const { url, server, sql } = database
  return {
    dialect: () => (familyOf(server) === 'postgres' ? postgresDialect({ url }) : mysqlDialect({ url })),
    sql: async (text) => (await sql(text)).map((row) => ({ ...row })),
  }
}

export function fileGround(path: string): Ground {
  return {
    dialect: () => sqliteDialect({ url: `sqlite:///${path}` }),
    async sql(text) {
      const db = new Database(path)
      try {
        const statement = db.prepare(text)
        if (statement.reader) return statement.all() as Record<string, unknown>[]
        statement.run()
        return []
      } finally {
        db.close()
      }
    },
  }
}
