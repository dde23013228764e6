import { randomBytes } from 'node:crypto'
import mysql from 'mysql2/promise'
import postgres from 'postgres'
import { type ServerName, variables } from './servers/names.mjs'

export function serverUrl(name: ServerName): string | undefined {
  return process.env[variables[name]] || undefined
}

/** A database of one test, and the driver itself beside it: what a test expects never comes through our own code. */
export interface TestDatabase {
  readonly server: ServerName
  readonly name: string
  readonly url: string
  /** Sends text as it is (several statements are allowed) on a connection of its own; rows of the last result, values as text where the driver would change them. */
  sql(text: string): Promise<readonly Record<string, unknown>[]>
  drop(): Promise<void>
}

interface Admin {
  query(text: string, database?: string): Promise<readonly Record<string, unknown>[]>
  create(name: string): Promise<unknown>
  dropped(name: string): string
}

/** Those that make and drop databases: opened once, and closed by themselves when there is nothing more to do. */
const administrators = new Map<string, postgres.Sql>()

function postgresAdmin(url: string, reuses: boolean): Admin {
  const at = (database?: string): string => {
    const target = new URL(url)
    if (database !== undefined) target.pathname = `/${database}`
    return target.href
  }
  const asText = { to: 0, from: [20, 1700, 114, 3802, 1082, 1114, 1184], serialize: String, parse: String }
  const connection = (database?: string, more: { readonly idle_timeout?: number } = {}): postgres.Sql =>
    postgres(at(database), { max: 1, onnotice: () => undefined, types: { asText }, ...more })
  const rowsOf = async (client: postgres.Sql, text: string): Promise<readonly Record<string, unknown>[]> => {
    const result = (await client.unsafe(text)) as unknown as readonly unknown[]
    const last = Array.isArray(result[0]) ? result.at(-1) : result
    return [...(last as readonly Record<string, unknown>[])]
  }
  const administrator = (): postgres.Sql => {
    const client = administrators.get(url) ?? connection(undefined, { idle_timeout: 2 })
    administrators.set(url, client)
    return client
  }
  return {
    async query(text, database) {
      if (database === undefined && reuses) return rowsOf(administrator(), text)
      const client = connection(database)
      // Of a connection that the server ended, an orderly end comes only after its time.
      let timeout = 0
      try {
        const rows = await rowsOf(client, text)
        timeout = 5
        return rows
      } finally {
        await client.end({ timeout })
      }
    },
    async create(name) {
      const [row] = await this.query('SHOW server_version_num')
      // Copied as files: what goes through the log is written twice, and again when the database is dropped.
      const how = Number(row?.server_version_num) < 150_000 ? '' : ' STRATEGY FILE_COPY'
      return this.query(`CREATE DATABASE "${name}"${how}`)
    },
    dropped: (name) => `DROP DATABASE IF EXISTS "${name}" WITH (FORCE)`,
  }
}

function mysqlAdmin(url: string): Admin {
  return {
    async query(text, database) {
      const target = new URL(url)
      const connection = await mysql.createConnection({
        host: target.hostname,
        port: Number(target.port || 3306),
        user: decodeURIComponent(target.username),
        password: decodeURIComponent(target.password),
        database: database ?? decodeURIComponent(target.pathname.slice(1)),
        multipleStatements: true,
        // Without a number, each connection fills half a megabyte for those that it never has.
        maxPreparedStatements: 1,
        supportBigNumbers: true,
        bigNumberStrings: true,
        dateStrings: true,
        jsonStrings: true,
      })
      try {
        const [result] = await connection.query(text)
        const results = result as readonly unknown[]
        const last = Array.isArray(results) && results.some(Array.isArray) ? results.findLast(Array.isArray) : results
        return Array.isArray(last) ? (last as Record<string, unknown>[]) : []
      } finally {
        await connection.end()
      }
    },
    create(name) {
      return this.query(`CREATE DATABASE \`${name}\``)
    },
    dropped: (name) => `DROP DATABASE IF EXISTS \`${name}\``,
  }
}

export function familyOf(server: ServerName): 'postgres' | 'mysql' {
  return server === 'postgres' || server === 'postgres-next' ? 'postgres' : 'mysql'
}

/** Databases of a server at a URL, which is an administrator's. */
export function databaseOn(
  server: ServerName,
  url: string,
  { reusesConnection = false }: { readonly reusesConnection?: boolean } = {},
): { createDatabase(): Promise<TestDatabase>; sql: TestDatabase['sql'] } {
  const admin = familyOf(server) === 'postgres' ? postgresAdmin(url, reusesConnection) : mysqlAdmin(url)
  const createDatabase = async (): Promise<TestDatabase> => {
    const name = `t_${randomBytes(6).toString('hex')}`
    await admin.create(name)
    const target = new URL(url)
    target.pathname = `/${name}`
    if (server === 'mariadb') target.protocol = 'mariadb:'
    return {
      server,
      name,
      url: target.href,
      sql: (text) => admin.query(text, name),
      drop: async () => {
        await admin.query(admin.dropped(name))
      },
    }
  }
  return { createDatabase, sql: (text) => admin.query(text) }
}
