import { spawnSync } from 'node:child_process'
import { existsSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { describeOn, describeOnDialects, familyOf, type TestDatabase } from '../../kit/servers.ts'
import { executeIn, rowsOf } from '../../unit/run/kit.ts'
import { revisionFiles, textOf } from '../autogenerate-kit.ts'
import { ensureBuilt, Project, root } from '../project.ts'

beforeAll(ensureBuilt)
const projects: Project[] = []
afterEach(() => {
  for (const project of projects.splice(0)) project.remove()
})

const config = (source: string): string => `import { defineConfig, fromCommand, fromDatabase, fromSql } from '@org/cli'
export default defineConfig({
  url: process.env.APP_URL ?? 'sqlite:./app.db',
  migrations: './migrations',
  autogenerate: { schema: ${source} },
})
`

function projectWith(source: string, files: Readonly<Record<string, string>> = {}): Project {
  const project = new Project({ 'migrate.config.ts': config(source), ...files })
  projects.push(project)
  return project
}

const users = `CREATE TABLE users (
  id INTEGER NOT NULL PRIMARY KEY,
  mail VARCHAR(80) NOT NULL,
  CONSTRAINT users_mail UNIQUE (mail)
);
`
const notes = `-- Notes belong to users.
CREATE TABLE notes (
  id INTEGER NOT NULL PRIMARY KEY,
  author INTEGER NOT NULL,
  body VARCHAR(200) DEFAULT 'empty; so far',
  CONSTRAINT notes_author FOREIGN KEY (author) REFERENCES users (id) ON DELETE CASCADE,
  CONSTRAINT notes_body CHECK (length(body) > 2)
);
CREATE INDEX notes_by_author ON notes (author);
CREATE VIEW authors AS SELECT mail FROM users WHERE id IN (SELECT author FROM notes);
`
const created = ['create table users', 'create table notes', 'create view authors']

/** Writes and applies a revision of what differs, after which nothing differs. Gives its output. */
function written(project: Project, env: NodeJS.ProcessEnv): string {
  const run = (...args: readonly string[]) => project.run(args, { env })
  const first = run('revision', '--autogenerate', '-m', 'as declared')
  expect(first.code, first.stderr).toBe(0)
  const upgraded = run('upgrade')
  expect(upgraded.code, upgraded.stderr).toBe(0)
  const files = revisionFiles(project).length
  const second = run('revision', '--autogenerate', '-m', 'again')
  expect(second.stdout + second.stderr).toContain('nothing differs')
  expect(revisionFiles(project)).toHaveLength(files)
  const checked = run('check')
  expect(checked.code, checked.stdout).toBe(0)
  return first.stdout
}

type Database = Pick<TestDatabase, 'url' | 'sql'>

function stories(create: () => Promise<Database>, family: 'sqlite' | 'postgres' | 'mysql'): void {
  test('comes from files of SQL, in the order of their names', async () => {
    const { url } = await create()
    const env = { APP_URL: url }
    const project = projectWith("fromSql('schema/*.sql')", { 'schema/1-users.sql': users, 'schema/2-notes.sql': notes })
    const output = written(project, env)
    for (const each of created) expect(output).toContain(each)

    project.put({ 'schema/1-users.sql': users.replace('  CONSTRAINT', '  age INTEGER,\n  CONSTRAINT') })
    expect(written(project, env)).toContain('add column users.age')
    project.put({ 'schema/2-notes.sql': notes.replace(/CREATE VIEW.*\n/, '') })
    expect(written(project, env)).toContain('drop view authors')
  })

  test('comes from another database of the same kind', async () => {
    const other = await create()
    await other.sql(`${users}${notes}`)
    const project = projectWith(`fromDatabase(${JSON.stringify(other.url)})`)
    expect(written(project, { APP_URL: (await create()).url })).toContain('create table notes')
  })

  test('comes from what a command prints, which says nothing of views, so that they stay', async () => {
    const database = await create()
    const env = { APP_URL: database.url }
    const project = projectWith("fromCommand('node print.mjs')", {
      'print.mjs': `console.error('a note'); console.log(${JSON.stringify(users)})`,
    })
    expect(written(project, env)).toContain('create table users')
    await database.sql('CREATE VIEW mails AS SELECT mail FROM users')
    project.put({ 'print.mjs': `console.log(${JSON.stringify(users.replace('(80)', '(90)'))})` })
    const { code, stdout } = project.run(['revision', '--autogenerate'], { env })
    expect({ code, hasView: stdout.includes('mails') }).toEqual({ code: 0, hasView: false })
    expect(stdout).toContain('change column users.mail: type')
    expect(await database.sql('SELECT count(*) AS n FROM mails')).toHaveLength(1)
  })

  test('comes from what a command makes in an empty database, which is gone afterwards', async () => {
    const database = await create()
    const env = { APP_URL: database.url }
    const driver = (name: string): string =>
      JSON.stringify(
        pathToFileURL(join(root, family === 'sqlite' ? '' : `packages/dialect-${family}`, 'node_modules', name)).href,
      )
    const program = {
      sqlite: `const { default: Database } = await import(${driver('better-sqlite3/lib/index.js')})
const place = process.env.PLACE.replace(/^(sqlite:\\/\\/\\/|file:)/, '')
new Database(place).exec(text)`,
      postgres: `const { default: postgres } = await import(${driver('postgres/src/index.js')})
const place = process.env.PLACE
const sql = postgres(place)
await sql.unsafe(text)
await sql.end()`,
      mysql: `const { default: mysql } = await import(${driver('mysql2/promise.js')})
const place = process.env.PLACE
const db = await mysql.createConnection({ uri: place.replace('mariadb:', 'mysql:'), multipleStatements: true })
await db.query(text)
await db.end()`,
    }[family]
    const project = projectWith("fromCommand('node make.mjs', { database: 'PLACE' })", {
      'make.mjs': `import { writeFileSync } from 'node:fs'
const text = ${JSON.stringify(users + notes)}
${program}
writeFileSync('place.txt', place)`,
    })
    expect(written(project, env)).toContain('create table notes')
    if (family === 'sqlite') return
    const listed =
      family === 'postgres'
        ? 'SELECT datname AS name FROM pg_database'
        : 'SELECT schema_name AS name FROM information_schema.schemata'
    const names = (await database.sql(listed)).map((row) => String(Object.values(row)[0]))
    const [, name = ''] = /\/(migrate_shadow_[^?]*)/.exec(textOf(project, 'place.txt')) ?? []
    expect(name).toMatch(/^migrate_shadow_/)
    expect(names).not.toContain(name)
  })

  test('is refused with its location, nothing is written, and what the error advises works', async () => {
    const env = { APP_URL: (await create()).url }
    const project = projectWith("fromSql('schema.sql')", {
      'schema.sql': `${users}\n\nCREATE TABLE notes (id NO SUCH TYPE!);\n`,
    })
    const generate = () => project.run(['revision', '--autogenerate'], { env })
    const source = (call: string): void => project.put({ 'migrate.config.ts': config(call) })
    expect(generate()).toMatchObject({ code: 1, stderr: expect.stringContaining('schema.sql:8') })
    project.put({ 'schema.sql': `${users}ROLLBACK;\n` })
    expect(generate()).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('schema.sql:6: it controls the transaction'),
    })
    source("fromSql('missing/*.sql')")
    expect(generate()).toMatchObject({ code: 2, stderr: expect.stringContaining('there is no such file') })
    source('fromCommand(\'node -e "console.error(7007); process.exit(3)"\')')
    expect(generate()).toMatchObject({ code: 2, stderr: expect.stringMatching(/exit code 3:\n7007/) })
    source("fromCommand('no-such-program --x')")
    expect(generate()).toMatchObject({ code: 2, stderr: expect.stringMatching(/exit code 127:\n.*no-such-program/) })
    source("fromCommand('node -e 0')")
    expect(generate()).toMatchObject({ code: 2, stderr: expect.stringContaining('makes no table and no view') })
    source("fromCommand('node -e 0', { database: 'PLACE' })")
    expect(generate()).toMatchObject({ code: 2, stderr: expect.stringContaining('makes no table and no view') })
    const foreign = family === 'sqlite' ? 'postgresql://127.0.0.1:1/x' : 'sqlite:./other.db'
    if (family !== 'sqlite') executeIn(join(project.folder, 'other.db'), users)
    source(`fromDatabase('${foreign}')`)
    const why = family === 'sqlite' ? '127.0.0.1:1' : 'is a database of sqlite'
    expect(generate()).toMatchObject({ code: 2, stderr: expect.stringContaining(why) })
    expect(revisionFiles(project)).toEqual([])

    project.put({ 'schema.sql': users })
    source("fromSql('schema.sql')")
    expect(written(project, env)).toContain('create table users')
    project.put({ 'print.mjs': `console.log(${JSON.stringify(users + notes)})` })
    source("fromCommand('node print.mjs')")
    expect(written(project, env)).toContain('create table notes')
    const other = await create()
    await other.sql(users + notes.replace(/CREATE VIEW.*\n/, ''))
    source(`fromDatabase(${JSON.stringify(other.url)})`)
    expect(written(project, env)).toContain('drop view authors')
  })
}

describeOnDialects(['postgres', 'mariadb', 'mysql'], 'a schema that is not in TypeScript', (create, server) => {
  stories(create, familyOf(server))
})

describe('sqlite: a schema that is not in TypeScript', () => {
  const folders: string[] = []
  afterAll(() => {
    for (const folder of folders) rmSync(folder, { recursive: true, force: true })
  })
  const create = async (): Promise<Database> => {
    const folder = mkdtempSync(join(tmpdir(), 'source-'))
    folders.push(folder)
    const file = join(folder, 'app.db')
    return {
      url: `sqlite:///${file}`,
      sql: async (text) => {
        if (/^SELECT/.test(text)) return rowsOf(file, text) as Record<string, unknown>[]
        executeIn(file, text)
        return []
      },
    }
  }
  stories(create, 'sqlite')
})

/** As pg_dump 17.6 writes it. */
const dump = String.raw`--
-- PostgreSQL database dump
--

\restrict pUD9sCgYc3jVhKfoQ7Jm

-- Dumped from database version 15.18

SET statement_timeout = 0;
SET client_encoding = 'UTF8';
SET standard_conforming_strings = on;
SELECT pg_catalog.set_config('search_path', '', false);
SET check_function_bodies = false;
SET default_tablespace = '';
SET default_table_access_method = heap;

--
-- Name: notes; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.notes (
    id integer NOT NULL,
    author integer NOT NULL,
    body character varying(200) DEFAULT 'empty; so far'::character varying,
    CONSTRAINT notes_body CHECK ((length((body)::text) > 2))
);

CREATE SEQUENCE public.notes_id_seq
    AS integer
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;

ALTER SEQUENCE public.notes_id_seq OWNED BY public.notes.id;

CREATE TABLE public.users (
    id integer NOT NULL,
    mail character varying(80) NOT NULL
);

CREATE VIEW public.authors AS
 SELECT users.mail
   FROM public.users
  WHERE (users.id IN ( SELECT notes.author
           FROM public.notes));

ALTER TABLE ONLY public.notes ALTER COLUMN id SET DEFAULT nextval('public.notes_id_seq'::regclass);

ALTER TABLE ONLY public.notes
    ADD CONSTRAINT notes_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.users
    ADD CONSTRAINT users_pkey PRIMARY KEY (id);

CREATE INDEX notes_by_author ON public.notes USING btree (author);

ALTER TABLE ONLY public.notes
    ADD CONSTRAINT notes_author FOREIGN KEY (author) REFERENCES public.users(id) ON DELETE CASCADE;

--
-- PostgreSQL database dump complete
--

\unrestrict pUD9sCgYc3jVhKfoQ7Jm

`

describeOn('postgres', 'a schema of SQL for PostgreSQL', (create) => {
  test('needs the server, and may be what pg_dump writes', async () => {
    const project = projectWith("fromSql('schema.sql')", { 'schema.sql': dump })
    const env = { APP_URL: (await create()).url }
    expect(project.run(['revision', '--autogenerate', '--no-database'], { env })).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('which only its server can read'),
    })
    expect(written(project, env)).toContain('create table notes')
  })

  test('needs the right to create a database for a command that makes its schema', async () => {
    const database = await create()
    const role = `source_${process.pid}_${Date.now().toString(36)}`
    const own = new URL(database.url)
    const name = decodeURIComponent(own.pathname.slice(1))
    await database.sql(`CREATE ROLE ${role} LOGIN PASSWORD 'source-secret'; ALTER DATABASE "${name}" OWNER TO ${role}`)
    try {
      own.username = role
      own.password = 'source-secret'
      const env = { APP_URL: own.href }
      const text = JSON.stringify(users)
      const driver = JSON.stringify(
        pathToFileURL(join(root, 'packages/dialect-postgres/node_modules/postgres/src/index.js')).href,
      )
      const project = projectWith("fromCommand('node make.mjs', { database: 'PLACE' })", {
        'make.mjs': `import postgres from ${driver}
console.log('a word of the secret', process.env.PLACE, 'source-secret')
const sql = postgres(process.env.PLACE)
await sql.unsafe(${text})
await sql.end()
if (process.env.FAILS) process.exit(1)`,
      })
      const refusal = project.run(['revision', '--autogenerate'], { env })
      expect(refusal).toMatchObject({
        code: 1,
        stderr: expect.stringMatching(
          /ALTER ROLE … CREATEDB; or run it on another server of this version, with --url\./,
        ),
      })
      await database.sql(`ALTER ROLE ${role} CREATEDB`)
      const failed = project.run(['revision', '--autogenerate'], { env: { ...env, FAILS: '1' } })
      expect(failed).toMatchObject({ code: 2, stderr: expect.stringContaining('a word of the secret') })
      expect(failed.stdout + failed.stderr).not.toContain('source-secret')
      expect(written(project, env)).toContain('create table users')
    } finally {
      await database.sql(`ALTER DATABASE "${name}" OWNER TO CURRENT_USER; DROP OWNED BY ${role}`).catch(() => undefined)
      await database.sql(`REASSIGN OWNED BY ${role} TO CURRENT_USER; DROP OWNED BY ${role}; DROP ROLE ${role}`)
    }
  })
})

test('the configuration says what a source needs', () => {
  const project = projectWith("{ from: 'sqll', files: 'a.sql' }")
  const problems = (source: string): string => {
    project.put({ 'migrate.config.ts': config(source) })
    const { code, stderr } = project.run(['status'])
    expect(code).toBe(2)
    return stderr
  }
  expect(problems("{ from: 'sqll', files: 'a.sql' }")).toContain(
    '`autogenerate.schema.from`: expected one of "sql", "database", "command"',
  )
  expect(problems("{ from: 'command' }")).toContain('`autogenerate.schema.command` is missing')
  expect(problems('{ sqlite: fromDatabase(7) }')).toContain('`autogenerate.schema.sqlite.url`: expected a text')
})

test('a password of another database is not printed', () => {
  const project = projectWith("fromDatabase('postgresql://app:s3cretword@127.0.0.1:1/app')")
  executeIn(join(project.folder, 'app.db'), users)
  const { stdout, stderr } = project.run(['revision', '--autogenerate'])
  expect(stdout + stderr).toContain('127.0.0.1')
  expect(stdout + stderr).not.toContain('s3cretword')
})

describe('a command', () => {
  const databaseOf = (project: Project): void => executeIn(join(project.folder, 'app.db'), 'PRAGMA user_version = 7')
  const pidIn = (project: Project, file: string): number => Number(textOf(project, file))
  /** What has ended may wait for its parent as a zombie. */
  const isRunning = (pid: number): boolean =>
    /^[^Z\s]/.test(spawnSync('ps', ['-o', 'stat=', '-p', String(pid)], { encoding: 'utf8' }).stdout)

  test('that leaves a program in the background ends, with all that it printed itself', async () => {
    // More than a pipe holds.
    const columns = Array.from({ length: 9_000 }, (_, at) => `-- column ${at}`).join('\n')
    const project = projectWith("fromCommand('node print.mjs')", {
      'print.mjs': `import { spawn } from 'node:child_process'
import { writeFileSync } from 'node:fs'
const child = spawn('sleep', ['60'], { stdio: 'inherit', detached: true })
writeFileSync('pid', String(child.pid))
child.unref()
process.stdout.write(${JSON.stringify(`${columns}\n${users}`)})`,
    })
    databaseOf(project)
    const began = performance.now()
    try {
      const { code, stdout, stderr } = project.run(['revision', '--autogenerate'], { timeout: 40_000 })
      expect({ code, stderr }).toMatchObject({ code: 0 })
      expect(stdout).toContain('create table users')
      expect(performance.now() - began).toBeLessThan(30_000)
      expect(isRunning(pidIn(project, 'pid'))).toBe(true)
    } finally {
      process.kill(pidIn(project, 'pid'), 'SIGKILL')
    }
  })

  test('whose background still prints after its end has failed: its schema is not whole', () => {
    const project = projectWith("fromCommand('sh print.sh')", {
      'print.sh': `(for i in $(seq 100); do echo "-- $i"; sleep 0.1; done) &\n`,
    })
    databaseOf(project)
    expect(project.run(['revision', '--autogenerate'])).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('it ended, and what it started in the background still prints'),
    })
  })

  test('ends when the terminal of the run closes, or with Ctrl-\\', async () => {
    for (const signal of ['SIGHUP', 'SIGQUIT'] as const) {
      const project = projectWith("fromCommand('sh wait.sh; true')", { 'wait.sh': 'sleep 60 & echo $! > pid\nwait\n' })
      databaseOf(project)
      const run = project.start(['revision', '--autogenerate'])
      while (!existsSync(join(project.folder, 'pid'))) await new Promise((resolve) => setTimeout(resolve, 50))
      run.signal(signal)
      expect(await run.ended).toMatchObject({ code: null, signal })
      await expect.poll(() => isRunning(pidIn(project, 'pid'))).toBe(false)
    }
  })

  test('that ignores SIGTERM is killed with what it started', async () => {
    const project = projectWith("fromCommand('sh stubborn.sh; true')", {
      'stubborn.sh': `trap '' TERM\necho $$ > pid\nsh -c 'trap "" TERM; echo $$ > inner; while :; do sleep 0.2; done' &\nwhile :; do sleep 0.2; done\n`,
    })
    databaseOf(project)
    const run = project.start(['revision', '--autogenerate'])
    while (!existsSync(join(project.folder, 'inner'))) await new Promise((resolve) => setTimeout(resolve, 50))
    run.signal('SIGTERM')
    expect(await run.ended).toMatchObject({ code: null, signal: 'SIGTERM' })
    const isAnyRunning = (): boolean => ['pid', 'inner'].some((file) => isRunning(pidIn(project, file)))
    await expect.poll(isAnyRunning).toBe(false)
    expect(revisionFiles(project)).toEqual([])
  })
})
