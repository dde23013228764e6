import { symlinkSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeAll, describe } from 'vitest'
import {
  describeOnDialects,
  describeOnEach,
  familyOf,
  type ServerName,
  serversFor,
  type TestDatabase,
} from '../../kit/servers.ts'
import { executeIn, rowsOf } from '../../unit/run/kit.ts'
import { ensureBuilt, type Finished, Project, root } from '../project.ts'

type Rows = readonly Record<string, unknown>[]

/** A project and its database, which is read by the driver itself. */
export interface Desk {
  readonly project: Project
  /** What the configuration finds its URL in. */
  readonly env: NodeJS.ProcessEnv
  run(...args: readonly string[]): Finished
  json(...args: readonly string[]): Record<string, unknown>
  sql(text: string): Promise<Rows>
  tables(): Promise<readonly string[]>
}

const tableNames: { readonly [server: string]: string } = {
  sqlite: "SELECT name AS n FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%'",
  postgres:
    "SELECT table_name AS n FROM information_schema.tables WHERE table_schema = 'public' AND table_type = 'BASE TABLE'",
  mysql: 'SELECT table_name AS n FROM information_schema.tables WHERE table_schema = DATABASE()',
}

/** Every table of the database but our own, by name. */
const namesIn = (rows: Rows): readonly string[] =>
  rows
    .map((row) => String(row.n ?? row.N))
    .filter((name) => !name.startsWith('migrate_'))
    .toSorted()

const projects: Project[] = []

export function desk(files: Readonly<Record<string, string>>): Desk {
  const project = new Project(files)
  projects.push(project)
  return onDatabase(project, 'sqlite', {}, async (text) => {
    if (/^\s*(?:SELECT|WITH)\b/i.test(text)) return rowsOf(project.database, text) as Rows
    executeIn(project.database, text)
    return []
  })
}

function onDatabase(project: Project, server: string, env: NodeJS.ProcessEnv, sql: Desk['sql']): Desk {
  symlinkSync(join(root, 'test/node_modules/drizzle-orm'), join(project.folder, 'node_modules/drizzle-orm'))
  symlinkSync(join(root, 'packages/drizzle'), join(project.folder, 'node_modules/@org/migrate-drizzle'))
  return {
    project,
    env,
    run: (...args) => project.run(args, { env }),
    json: (...args) => project.json(args, { env }),
    sql,
    tables: async () => namesIn(await sql(tableNames[server] ?? '')),
  }
}

/** Removes the projects of a file's tests, and builds what they run. */
export function cleanDesks(): void {
  beforeAll(ensureBuilt)
  afterEach(() => {
    for (const project of projects.splice(0)) project.remove()
  })
}

type DeskTests = (
  open: (files: Readonly<Record<string, string>>) => Promise<Desk>,
  server: 'sqlite' | ReturnType<typeof familyOf>,
) => void

const servers = ['postgres', 'mariadb', 'mysql'] as const

const onServer =
  (body: DeskTests) =>
  (createDatabase: () => Promise<TestDatabase>, server: ServerName): void => {
    const family = familyOf(server)
    body(async (files) => {
      const database = await createDatabase()
      const project = new Project(files)
      projects.push(project)
      return onDatabase(project, family, { APP_URL: database.url }, database.sql)
    }, family)
  }

export function onSqlite(title: string, body: DeskTests): void {
  describe(`sqlite: ${title}`, () => body(async (files) => desk(files), 'sqlite'))
}

/** The scenario of a command: on a file of SQLite and on a server of each other dialect. */
export function onEachDatabase(title: string, body: DeskTests): void {
  onSqlite(title, body)
  describeOnEach(serversFor(servers, title), title, onServer(body))
}

/** What else it meets: the same, and in the loop one server beside SQLite. */
export function onDatabases(title: string, body: DeskTests): void {
  onSqlite(title, body)
  describeOnDialects(servers, title, onServer(body))
}

/** A configuration that finds its URL in APP_URL. */
export const configOf = (more = ''): string => `import { defineConfig } from '@org/cli'
export default defineConfig({
  url: process.env.APP_URL ?? 'sqlite:./app.db',
  migrations: './migrations',
  ${more}
})
`

/** Another session that reads a table in a transaction, which keeps it from being changed. */
export function holdTable(at: Desk, server: string, table: string) {
  const isPostgres = server === 'postgres'
  const count = async (text: string): Promise<number> => Number((await at.sql(text))[0]?.n)
  const sleeping = isPostgres
    ? "FROM pg_stat_activity WHERE datname = current_database() AND query LIKE '%pg_sleep(99)%' AND pid <> pg_backend_pid()"
    : "FROM information_schema.processlist WHERE db = DATABASE() AND info LIKE 'DO SLEEP(99)%'"
  const held = at
    .sql(
      isPostgres
        ? `BEGIN; SELECT id FROM ${table}; SELECT pg_sleep(99)`
        : `START TRANSACTION; SELECT id FROM ${table}; DO SLEEP(99)`,
    )
    .catch(() => undefined)
  return {
    readers: () => count(`SELECT count(*) AS n ${sleeping}`),
    waiting: () =>
      count(
        isPostgres
          ? 'SELECT count(*) AS n FROM pg_locks JOIN pg_database ON pg_database.oid = database WHERE NOT granted AND datname = current_database()'
          : "SELECT count(*) AS n FROM information_schema.processlist WHERE db = DATABASE() AND state LIKE '%metadata lock%'",
      ),
    async release() {
      if (isPostgres) await at.sql(`SELECT pg_terminate_backend(pid) ${sleeping}`)
      else for (const { id } of await at.sql(`SELECT id AS id ${sleeping}`)) await at.sql(`KILL ${id}`)
      await held
    },
  }
}
