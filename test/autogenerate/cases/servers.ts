import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { UnloadedDialect } from '@org/migrate-core/dialect'
import { mysqlDialect } from '@org/migrate-dialect-mysql'
import { postgresDialect } from '@org/migrate-dialect-postgres'
import { sqliteDialect } from '@org/migrate-dialect-sqlite'
import { readDrizzle as readMysql } from '@org/migrate-drizzle/mysql'
import { readDrizzle as readPostgres } from '@org/migrate-drizzle/postgres'
import { readDrizzle as readSqlite } from '@org/migrate-drizzle/sqlite'
import Sqlite from 'better-sqlite3'
import { afterAll } from 'vitest'
import { databaseOn, describeOn, type ServerName, serverUrl } from '../../kit/servers.ts'
import { emptied } from '../materialise/kit.ts'
import type { Case } from './case.ts'
import { casesOn, type Server } from './run.ts'

export function casesOnSqlite(cases: readonly Case[]): void {
  const folder = mkdtempSync(join(tmpdir(), 'migrate-cases-'))
  afterAll(() => rmSync(folder, { recursive: true, force: true }))
  let count = 0
  const server: Server = {
    name: 'SQLite',
    readDrizzle: readSqlite,
    open: async () => {
      count += 1
      const file = join(folder, `${count}.db`)
      const client = new Sqlite(file)
      return {
        dialect: sqliteDialect({ url: `sqlite:${file}` }),
        sql: async (text) => {
          if (!/^\s*SELECT\b/i.test(text)) client.exec(text)
          else return client.prepare(text).all() as object[]
          return []
        },
        close: async () => {
          client.close()
          rmSync(file)
        },
      }
    },
  }
  casesOn(server, cases)
}

type Family = Pick<Server, 'name' | 'flavour' | 'readDrizzle'> & {
  readonly dialect: (url: string) => UnloadedDialect
}

const mysqlFamily = {
  readDrizzle: readMysql,
  dialect: (url: string) => mysqlDialect({ url }),
}
const postgresFamily = {
  readDrizzle: readPostgres,
  dialect: (url: string) => postgresDialect({ url }),
}
const families: { readonly [S in ServerName & ('postgres' | 'postgres-next' | 'mariadb' | 'mysql')]: Family } = {
  postgres: { name: 'PostgreSQL', ...postgresFamily },
  'postgres-next': { name: 'PostgreSQL, next', ...postgresFamily },
  mariadb: { name: 'MariaDB', flavour: 'mariadb', ...mysqlFamily },
  mysql: { name: 'MySQL', flavour: 'mysql', ...mysqlFamily },
}

/** The major version of a server of PostgreSQL; undefined where it is not there. */
export async function majorOf(server: 'postgres' | 'postgres-next'): Promise<number | undefined> {
  const url = serverUrl(server)
  if (url === undefined) return undefined
  const [row] = await databaseOn(server, url).sql('SHOW server_version_num')
  return Math.floor(Number(row?.server_version_num) / 10_000)
}

export function casesOnServer(server: keyof typeof families, cases: readonly Case[], major?: number): void {
  const { dialect, ...about } = families[server]
  describeOn(server, 'autogenerate', () => {
    const { open, close } = emptied(server)
    casesOn(
      {
        ...about,
        ...(major === undefined ? {} : { major }),
        open: async () => {
          const database = await open()
          return { dialect: dialect(database.url), sql: database.sql, close: () => close(database) }
        },
      },
      cases,
    )
  })
}
