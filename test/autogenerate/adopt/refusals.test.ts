import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import Database from 'better-sqlite3'
import { afterEach, beforeAll, expect, test } from 'vitest'
import { ensureBuilt, Project, untimed } from '../../cli/project.ts'

beforeAll(ensureBuilt)
const projects: Project[] = []
afterEach(() => {
  for (const project of projects.splice(0)) project.remove()
})

function projectWith(sql: string, files: Readonly<Record<string, string>> = {}): Project {
  const project = new Project(files)
  projects.push(project)
  const db = new Database(project.database)
  db.exec(sql)
  db.close()
  return project
}

const filesOf = (project: Project): readonly string[] =>
  readdirSync(project.folder)
    .filter((name) => name === 'migrations')
    .flatMap((name) => readdirSync(join(project.folder, name)))

const users = 'CREATE TABLE users (id INTEGER PRIMARY KEY, mail TEXT NOT NULL UNIQUE); '
const knex = `${users}CREATE TABLE knex_migrations (id INTEGER PRIMARY KEY, name VARCHAR(255), batch INTEGER, migration_time DATETIME);
  INSERT INTO knex_migrations VALUES (1, '1_users.js', 1, 0);
  CREATE TABLE knex_migrations_lock ("index" INTEGER PRIMARY KEY, is_locked INTEGER); `

test('a tool that is in the middle of something is not taken over', () => {
  const project = projectWith(`${knex}INSERT INTO knex_migrations_lock VALUES (1, 1)`)
  const { code, stderr } = project.run(['adopt'])
  expect(code).toBe(1)
  expect(stderr).toContain('error: BOOKKEEPING_INVALID: Knex has unfinished work')
  expect(filesOf(project)).toEqual([])
})

test('--dry-run tells whose database it is, and makes nothing', () => {
  const project = projectWith(`${knex}INSERT INTO knex_migrations_lock VALUES (1, 0)`)
  const { code, stdout } = project.run(['adopt', '--dry-run'])
  expect({ code, stdout }).toEqual({
    code: 0,
    stdout:
      'Knex has run 1 migration; its knex_migrations, knex_migrations_lock are left alone\n1 operation creates the current schema\n- create table users\n',
  })
  expect(filesOf(project)).toEqual([])
})

test('a database without migrations is adopted; a second time there is nothing to take over', () => {
  const project = projectWith(users)
  expect(untimed(project.run(['adopt', '--rev-id', 'a1']).stdout)).toBe(
    [
      '1 operation creates the current schema',
      `created ${join(project.folder, 'migrations/a1_what_was_there.ts')}`,
      'a1: run on an empty database, it creates the same schema',
      `${project.database}: recorded without running, now at a1`,
      '',
    ].join('\n'),
  )
  const rerun = project.run(['adopt'])
  expect(rerun.code).toBe(2)
  expect(rerun.stderr).toContain('is migrated by us already: a1')
})

test('another database of the same kind finds the revision that makes what is in it', () => {
  const project = projectWith(users)
  expect(project.run(['adopt', '--rev-id', 'a1']).code).toBe(0)
  project.put({
    'migrations/b1_locale.ts': `import { type OperationRecorder, text } from '@org/migrate-core'
export const revision = 'b1'
export const downRevision = 'a1'
export function upgrade(op: OperationRecorder) {
  op.alterTable('users', (t) => t.addColumn('locale', text()))
}
`,
  })
  const other = join(project.folder, 'other.db')
  const db = new Database(other)
  db.exec(users)
  db.close()
  for (const option of [
    ['-m', 'theirs'],
    ['--rev-id', 'c1'],
  ])
    expect(project.run(['adopt', '--url', `sqlite:${other}`, ...option])).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('is of one first revision, and the folder has revisions already'),
    })
  const result = project.run(['adopt', '--url', `sqlite:${other}`])
  expect(result).toMatchObject({ code: 0 })
  expect(result.stdout.split('\n').slice(1)).toEqual([
    'a1: run on an empty database, it creates the same schema',
    `${other}: recorded without running, now at a1`,
    'pending: b1',
    '',
  ])
  expect(project.run(['upgrade', '--url', `sqlite:${other}`]).code).toBe(0)
})

test('a database that no revision makes is not stamped, and what is not the same is told', () => {
  const project = projectWith(users)
  expect(project.run(['adopt', '--rev-id', 'a1']).code).toBe(0)
  const other = join(project.folder, 'other.db')
  const db = new Database(other)
  db.exec(`${users} CREATE TABLE notes (id INTEGER PRIMARY KEY)`)
  db.close()
  const { code, stdout } = project.run(['adopt', '--url', `sqlite:${other}`])
  expect({ code, lines: stdout.split('\n').slice(1) }).toEqual({
    code: 3,
    lines: [
      'a1: run on an empty database, it creates another schema:',
      '  - table notes is not expected',
      'nothing was stamped',
      '',
    ],
  })
  expect(project.json(['current', '--url', `sqlite:${other}`])).not.toMatchObject({ heads: ['a1'] })
})

test('--no-stamp writes and proves, and stamps nothing', () => {
  const project = projectWith(users)
  const { code, stdout } = project.run(['adopt', '--rev-id', 'a1', '--no-stamp'])
  expect(code).toBe(0)
  expect(stdout).toContain('nothing was stamped')
  expect(project.json(['check'])).toMatchObject({ answers: { atHead: 'no' } })
})

test.each([[[]], [['--dry-run']]])('a file that is not there is not adopted: adopt %j', (args) => {
  const project = projectWith(users)
  const { code, stderr } = project.run(['adopt', ...args, '--url', 'sqlite:typo.db'])
  expect({ code, stderr }).toMatchObject({
    code: 1,
    stderr: expect.stringContaining(
      `DATABASE_UNREACHABLE: ${join(project.folder, 'typo.db')} cannot be adopted: there is no such file`,
    ),
  })
  expect(readdirSync(project.folder).filter((name) => name.startsWith('typo'))).toEqual([])
  expect(filesOf(project)).toEqual([])
})

test.each([
  [['--import', 'prisma', './x'], 'there is no such kind of folder; there are drizzle, sql'],
  [['--import', 'drizzle'], '--import takes a kind and one folder'],
  [['--tool-table', 'knex_migrations'], '--tool-table knex_migrations names no table'],
  [['--import', 'sql', './x', '-m', 'theirs'], '--message is of one first revision, and --import writes one for each'],
  [['--import', 'sql', './x', '--rev-id', 'a1'], '--rev-id is of one first revision, and --import writes one for each'],
])('%j is wrong usage', (args, message) => {
  const project = projectWith(users)
  const { code, stderr } = project.run(['adopt', ...args])
  expect(code).toBe(2)
  expect(stderr).toContain(message)
  expect(filesOf(project)).toEqual([])
})

const configWith = (more: string): Readonly<Record<string, string>> => ({
  'migrate.config.ts': `export default { url: 'sqlite:./app.db', migrations: './migrations', ${more} }\n`,
})

test('adopt that fails after its file was made leaves no file and no folder: a hook, the proof, the stamp', async () => {
  const folderOf = (project: Project): readonly string[] => readdirSync(project.folder).sort()
  const hook = configWith("newFiles: { hooks: [{ exec: 'node', args: ['-e', 'process.exit(7)'] }] }")
  const failing = projectWith(users, hook)
  const before = folderOf(failing)
  expect(failing.run(['adopt'])).toMatchObject({ code: 1, stderr: expect.stringContaining('HOOK_FAILED') })
  expect(folderOf(failing)).toEqual(before)

  const breaking = projectWith(
    users,
    configWith(
      "newFiles: { hooks: [{ exec: 'node', args: ['-e', 'const fs = require(`fs`); fs.appendFileSync(process.argv[1], `\\nthrow new Error(1)`)', '{{file}}'] }] }",
    ),
  )
  expect(breaking.run(['adopt'])).toMatchObject({ code: 1, stderr: expect.stringContaining('REVISION_IMPORT_FAILED') })
  expect(folderOf(breaking)).toEqual(before)

  const busy = projectWith(users, configWith('waitMs: 100'))
  const other = new Database(busy.database)
  other.exec('BEGIN IMMEDIATE')
  try {
    expect(busy.run(['adopt'])).toMatchObject({ code: 4 })
    expect(folderOf(busy).filter((name) => !name.startsWith('app.db'))).toEqual(
      before.filter((name) => !name.startsWith('app.db')),
    )
  } finally {
    other.exec('ROLLBACK')
    other.close()
  }
  // With the lock free the same command succeeds.
  expect(busy.run(['adopt'])).toMatchObject({ code: 0 })
  expect(filesOf(busy)).toHaveLength(1)
})

test('a folder that is imported leaves nothing behind either where the stamp fails', () => {
  const project = projectWith(
    `${users}CREATE TABLE schema_migrations (version VARCHAR(128) PRIMARY KEY); INSERT INTO schema_migrations VALUES ('001')`,
    { ...configWith('waitMs: 100'), 'theirs/001_users.sql': `${users}\n` },
  )
  const other = new Database(project.database)
  other.exec('BEGIN IMMEDIATE')
  try {
    const { code, stderr } = project.run(['adopt', '--import', 'sql', './theirs'])
    expect([code, stderr]).toEqual([4, expect.any(String)])
    expect(filesOf(project)).toEqual([])
    expect(readdirSync(project.folder)).not.toContain('migrations')
  } finally {
    other.exec('ROLLBACK')
    other.close()
  }
})

const flyway = (rows: string): string =>
  `${users}CREATE VIEW mails AS SELECT mail FROM users;
  CREATE TABLE flyway_schema_history (installed_rank INT NOT NULL PRIMARY KEY, version VARCHAR(50), description VARCHAR(200) NOT NULL, type VARCHAR(20) NOT NULL, script VARCHAR(1000) NOT NULL, checksum INT, installed_by VARCHAR(100) NOT NULL, installed_on TEXT NOT NULL, execution_time INT NOT NULL, success BOOLEAN NOT NULL);
  INSERT INTO flyway_schema_history VALUES (1, '1', 'users', 'SQL', 'V1__users.sql', 1, 'app', '2026-01-01 09:00:00.0', 1, 1)${rows}; `
const flywayFiles = {
  'theirs/V1__users.sql': `${users}\n`,
  'theirs/R__mails.sql': 'DROP VIEW IF EXISTS mails; CREATE VIEW mails AS SELECT mail FROM users;\n',
}

test('a repeatable migration of Flyway is in the folder, and has no place in a line', () => {
  const rows = ", (2, NULL, 'mails', 'SQL', 'R__mails.sql', 2, 'app', '2026-01-01 09:00:01.0', 1, 1)"
  const project = projectWith(flyway(rows), flywayFiles)
  const { code, stderr } = project.run(['adopt', '--import', 'sql', './theirs'])
  expect(code).toBe(1)
  expect(stderr).toContain(
    'Flyway and the folder do not fit together: R__mails.sql has no version, and no place in one line of revisions\n  do         Adopt the database without --import, by what is in it.\n',
  )
  expect(filesOf(project)).toEqual([])
  expect(project.run(['adopt']).code).toBe(0)
})

test('a repeatable migration that Flyway has not run yet is left out, and is to be added', () => {
  const project = projectWith(`${flyway('')} DROP VIEW mails`, flywayFiles)
  const { code, stdout, stderr } = project.run(['adopt', '--import', 'sql', './theirs'])
  expect(code).toBe(0)
  expect(stdout + stderr).toContain(
    'theirs/R__mails.sql is run by Flyway each time it changes, and was left out: add what it makes in a revision',
  )
})
