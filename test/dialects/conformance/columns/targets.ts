import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { SubjectDatabase } from '@org/migrate-conformance'
import type { UnloadedDialect } from '@org/migrate-core/dialect'
import { type MysqlOptions, mysqlDialect } from '@org/migrate-dialect-mysql'
import { type PostgresOptions, postgresDialect } from '@org/migrate-dialect-postgres'
import { type SqliteOptions, sqliteDialect } from '@org/migrate-dialect-sqlite'
import type BetterSqlite3 from 'better-sqlite3'
import { startD1Server } from '../../../kit/d1/start-server.ts'
import { databaseOn, serverUrl, type TestDatabase } from '../../../kit/server-databases.ts'
import type { ServerName } from '../../../kit/servers/names.mjs'
import { startSqldServer } from '../../../kit/sqld/start-server.ts'
import { emptying } from '../emptying.ts'
import type { fragments } from '../subjects.ts'
import { neon } from './neon.ts'

/** What one run of the program is about. */
export interface ColumnRequest {
  readonly target: TargetName
  readonly driver: string
  readonly randomModels: number
  readonly seed: number
  /** A part of the titles of the tests that are run; absent: all. */
  readonly only?: string
  /** The module that opens a file of SQLite independently of the driver. */
  readonly sqliteClient: string
}

export interface Target {
  readonly flavour: keyof typeof fragments
  readonly transactional: boolean
  open(): Promise<SubjectDatabase>
  end(): Promise<void>
}

export type TargetName = 'file' | 'd1' | 'sqld' | 'pglite' | 'neon' | ServerName

type Rows = readonly Record<string, unknown>[]

/** A column says nothing of a machine that is busy with other work. */
const patience = { connectTimeoutMs: 120_000, unansweredMs: 600_000 }

async function file({ driver, sqliteClient }: ColumnRequest): Promise<Target> {
  const { Database } = (await import(sqliteClient)) as { readonly Database: typeof BetterSqlite3 }
  const folder = mkdtempSync(join(tmpdir(), 'migrate-column-'))
  let files = 0
  return {
    flavour: 'sqlite',
    transactional: true,
    end: async () => rmSync(folder, { recursive: true, force: true }),
    open: async () => {
      const path = join(folder, `${files++}.db`)
      const client = new Database(path)
      return {
        dialect: sqliteDialect({ url: `sqlite:${path}`, driver: driver as Extract<SqliteOptions['driver'], string> }),
        sql: async (text) => {
          const statement = client.prepare(text)
          if (statement.reader) return statement.safeIntegers().all() as Rows
          statement.run()
          return []
        },
        close: async () => void client.close(),
      }
    },
  }
}

async function d1({ only }: ColumnRequest): Promise<Target> {
  // Each test has one of its own, and each makes the start longer.
  const server = await startD1Server({ databases: only === undefined ? 1_200 : 40 })
  return {
    flavour: 'sqlite',
    transactional: true,
    end: () => server.end(),
    open: async () => {
      const { url, send } = server.createDatabase()
      const ask = async (text: string) => {
        const { result, errors } = await send({ sql: text })
        if (errors[0] !== undefined) throw new Error(errors[0].message)
        return result[0]?.results ?? { columns: [], rows: [] }
      }
      const isRounded = (value: unknown): boolean => Number.isInteger(value) && !Number.isSafeInteger(value)
      const sql = async (text: string): Promise<Rows> => {
        const { columns, rows } = await ask(text)
        const names = columns.map((_, at) => `c${at}`)
        const cells = names.map((name) => `iif(typeof(${name}) = 'integer', CAST(${name} AS TEXT), ${name})`)
        // Its JSON has numbers that are rounded: they are asked for as texts.
        const whole = rows.some((row) => row.some(isRounded))
          ? (await ask(`WITH r(${names.join(', ')}) AS (${text}) SELECT ${cells.join(', ')} FROM r`)).rows
          : rows
        return whole.map((row) =>
          Object.fromEntries(
            columns.map((name, at) => [name, Array.isArray(row[at]) ? Buffer.from(row[at] as number[]) : row[at]]),
          ),
        )
      }
      return {
        dialect: sqliteDialect({ url }),
        sql,
        close: async () => undefined,
      }
    },
  }
}

async function sqld(): Promise<Target> {
  const server = await startSqldServer()
  return {
    flavour: 'sqlite',
    transactional: true,
    end: () => server.end(),
    open: async () => {
      const { url, named } = await server.createDatabase()
      return { dialect: sqliteDialect({ url }), sql: named, close: async () => undefined }
    },
  }
}

/** One engine for all tests, emptied after each. */
async function pglite(): Promise<Target> {
  const { PGlite } = await import('@electric-sql/pglite')
  const { citext } = await import('@electric-sql/pglite/contrib/citext')
  // An engine has the extensions that its program gives it.
  const client = await PGlite.create({ extensions: { citext } })
  const asText = Object.fromEntries(
    [20, 1700, 114, 3802, 1082, 1114, 1184].map((type) => [type, (value: string) => value]),
  )
  const sql = async (text: string): Promise<Rows> =>
    ((await client.exec(text, { parsers: asText })).at(-1)?.rows ?? []) as Rows
  return {
    flavour: 'postgres',
    transactional: true,
    end: () => client.close(),
    open: async () => ({
      dialect: postgresDialect({ driver: client }),
      sql,
      close: async () => void (await sql(emptying)),
    }),
  }
}

/** The dialect of a database, and what ends its client. */
type DialectOn = (url: string) => { readonly dialect: UnloadedDialect; end?(): Promise<void> }

function onServer(server: ServerName, of: Pick<Target, 'flavour' | 'transactional'>, dialectOn: DialectOn): Target {
  const url = serverUrl(server)
  if (url === undefined) throw new Error(`there is no ${server}`)
  const { createDatabase } = databaseOn(server, url, { reusesConnection: true })
  const isPostgres = of.flavour === 'postgres'
  let idle: TestDatabase | undefined
  return {
    ...of,
    end: async () => idle?.drop(),
    open: async () => {
      const database = idle ?? (await createDatabase())
      idle = undefined
      const { dialect, end } = dialectOn(database.url)
      return {
        dialect,
        sql: database.sql,
        close: async () => {
          await end?.()
          if (!isPostgres) return database.drop()
          await database.sql(emptying)
          idle = database
        },
      }
    },
  }
}

const postgresOn =
  (server: ServerName) =>
  async ({ driver }: ColumnRequest): Promise<Target> =>
    onServer(server, { flavour: 'postgres', transactional: true }, (url) => ({
      dialect: postgresDialect({
        url,
        driver: driver as Extract<PostgresOptions['driver'], string>,
        ...patience,
      }),
    }))

/** Its pools are open clients. */
async function onNeon(): Promise<Target> {
  const { pool, end } = await neon()
  const target = onServer('postgres', { flavour: 'postgres', transactional: true }, (url) => {
    const client = pool(url)
    return { dialect: postgresDialect({ driver: client, ...patience }), end: () => client.end() }
  })
  return {
    ...target,
    end: async () => {
      await target.end()
      end()
    },
  }
}

const mysqlOn =
  (server: 'mariadb' | 'mariadb-next' | 'mysql') =>
  async ({ driver }: ColumnRequest): Promise<Target> =>
    onServer(server, { flavour: server === 'mysql' ? 'mysql' : 'mariadb', transactional: false }, (url) => ({
      dialect: mysqlDialect({
        url,
        driver: driver as Extract<MysqlOptions['driver'], string>,
        ...patience,
      }),
    }))

const targets: { readonly [N in TargetName]: (request: ColumnRequest) => Promise<Target> } = {
  file,
  d1,
  sqld,
  pglite,
  neon: onNeon,
  postgres: postgresOn('postgres'),
  'postgres-next': postgresOn('postgres-next'),
  mariadb: mysqlOn('mariadb'),
  'mariadb-next': mysqlOn('mariadb-next'),
  mysql: mysqlOn('mysql'),
}

export const openTarget = (request: ColumnRequest): Promise<Target> => targets[request.target](request)
