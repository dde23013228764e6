import { spawnSync } from 'node:child_process'
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { delimiter, join } from 'node:path'
import { integer, type Migrator, type MigratorOptions, text } from '@org/migrate-core'
import type { UnloadedDialect } from '@org/migrate-core/dialect'
import { mysqlDialect } from '@org/migrate-dialect-mysql'
import { postgresDialect } from '@org/migrate-dialect-postgres'
import { afterAll, afterEach, beforeAll, beforeEach } from 'vitest'
import { line, migratorOf, type Recorded } from '../../kit/migrator.ts'
import { clientsIn } from '../../kit/servers/clients.mjs'
import { familyOf, type TestDatabase } from '../../kit/servers.ts'

const programs = ['pg_dump', 'pg_restore', 'mariadb', 'mariadb-dump', 'mysql', 'mysqldump']

/** Puts the clients of all servers on PATH for the tests of a file, before what else is there. */
export function withPrograms(): { readonly folder: string } {
  const clients = { folder: '' }
  const before = process.env.PATH
  beforeAll(async () => {
    clients.folder = mkdtempSync(join(tmpdir(), 'migrate-clients-'))
    const missing = await clientsIn(clients.folder, programs)
    if (missing.length > 0) throw new Error(missing.join('\n'))
    process.env.PATH = [clients.folder, before ?? ''].join(delimiter)
  })
  afterAll(() => {
    process.env.PATH = before
    rmSync(clients.folder, { recursive: true, force: true })
  })
  return clients
}

/** A folder for backups, and another PATH, for each test. */
export function backupFolder(): { readonly path: string; readonly file: string; files(): readonly string[] } {
  let [path, before] = ['', '']
  beforeEach(() => {
    path = mkdtempSync(join(tmpdir(), 'migrate-backup-'))
    before = process.env.PATH ?? ''
  })
  afterEach(() => {
    process.env.PATH = before
    rmSync(path, { recursive: true, force: true })
  })
  return {
    get path() {
      return path
    },
    get file() {
      return join(path, 'before.dump')
    },
    files: () => readdirSync(path),
  }
}

export const dialectOf = ({ server, url }: Pick<TestDatabase, 'server' | 'url'>): UnloadedDialect =>
  familyOf(server) === 'mysql' ? mysqlDialect({ url }) : postgresDialect({ url })

export const accounts: Recorded = (op) =>
  op.createTable('accounts', (t) => {
    t.column('id', integer(), { nullable: false })
    t.column('name', text())
    t.column('extra', text())
    t.primaryKey(['id'])
  })

/** Two revisions, of which the second drops values. */
export function shop(database: Pick<TestDatabase, 'server' | 'url'>, options: Partial<MigratorOptions> = {}): Migrator {
  const chain = line(accounts, { up: (op) => op.dropColumn('accounts', 'extra'), down: () => {} })
  return migratorOf(dialectOf(database), chain, options)
}

const textOfAll = 'tätigkeit 😀 \\ \'quoted\' "twice"\nand a line'
const literal = textOfAll.replaceAll("'", "''")

/** The first revision, rows of all kinds, and what a schema has beside tables. */
export async function filled(database: TestDatabase): Promise<void> {
  await shop(database).upgrade('r1')
  const isMysql = familyOf(database.server) === 'mysql'
  const value = isMysql ? literal.replaceAll('\\', '\\\\') : literal
  const statements = isMysql
    ? [
        'CREATE TABLE files (id int PRIMARY KEY AUTO_INCREMENT, body longblob, size int AS (length(body)) STORED)',
        "INSERT INTO files (body) VALUES (x'00ff0a5c27'), (NULL), ('')",
        'CREATE VIEW names AS SELECT name FROM accounts',
        'CREATE TRIGGER no_blank BEFORE INSERT ON accounts FOR EACH ROW SET NEW.name = coalesce(NEW.name, 0)',
        'CREATE PROCEDURE nothing() SELECT 1',
      ]
    : [
        'CREATE SCHEMA other',
        'CREATE TABLE other.files (id serial PRIMARY KEY, body bytea, size int GENERATED ALWAYS AS (length(body)) STORED)',
        "INSERT INTO other.files (body) VALUES ('\\x00ff0a5c27'), (NULL), ('')",
        'CREATE VIEW names AS SELECT name FROM accounts',
        'CREATE FUNCTION nothing() RETURNS int LANGUAGE sql AS $$SELECT 1$$',
      ]
  const rows = `INSERT INTO accounts (id, name, extra) VALUES (1, '${value}', 'x'), (2, NULL, 'y')`
  for (const statement of [rows, ...statements]) await database.sql(statement)
}

/** Everything of the database that a dump could forget. */
export async function contents({ server, sql }: TestDatabase): Promise<unknown> {
  const isMysql = familyOf(server) === 'mysql'
  const queries = isMysql
    ? [
        'SHOW CREATE TABLE accounts',
        'SHOW CREATE TABLE files',
        'SELECT id, hex(body) AS body, size FROM files ORDER BY id',
        'SELECT table_name AS name, view_definition IS NOT NULL AS known FROM information_schema.views WHERE table_schema = database()',
        'SELECT trigger_name AS name, action_statement AS body FROM information_schema.triggers WHERE trigger_schema = database()',
        'SELECT routine_name AS name FROM information_schema.routines WHERE routine_schema = database()',
        'SELECT table_name AS name FROM information_schema.tables WHERE table_schema = database() ORDER BY 1',
      ]
    : [
        "SELECT id, encode(body, 'hex') AS body, size FROM other.files ORDER BY id",
        'SELECT last_value FROM other.files_id_seq',
        "SELECT n.nspname AS schema, c.relname AS name, c.relkind AS kind FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace WHERE n.nspname IN ('public', 'other') ORDER BY 1, 2",
        "SELECT conrelid::regclass::text AS name, pg_get_constraintdef(oid) AS definition FROM pg_constraint WHERE conrelid <> 0 AND connamespace = 'public'::regnamespace ORDER BY 1, 2",
        "SELECT pg_get_viewdef('names'::regclass) AS definition",
        "SELECT proname FROM pg_proc WHERE pronamespace = 'public'::regnamespace",
      ]
  const both = ['SELECT id, name, extra FROM accounts ORDER BY id', 'SELECT * FROM migrate_version']
  const history = 'SELECT id, revision, direction, operations, finished_at FROM migrate_history ORDER BY id'
  const results: unknown[] = []
  for (const query of [...queries, ...both, history]) results.push(await sql(query))
  return results
}

const must = (program: string, args: readonly string[], input?: Buffer): void => {
  const { status, stderr, error } = spawnSync(program, args, input === undefined ? {} : { input })
  if (error !== undefined) throw error
  if (status !== 0) throw new Error(`${program}: ${stderr.toString()}`)
}

/** Into an empty database, by the client of the server, as the guide says. */
export function restore(file: string, { server, url }: TestDatabase): void {
  if (familyOf(server) === 'postgres') {
    must('pg_restore', ['--dbname', url, file])
    return
  }
  const { hostname, port, username, pathname } = new URL(url)
  const args = ['--no-defaults', `--host=${hostname}`, `--port=${port}`, `--user=${username}`, pathname.slice(1)]
  must(server === 'mariadb' ? 'mariadb' : 'mysql', args, readFileSync(file))
}
