import { existsSync, rmSync } from 'node:fs'
import { afterEach, beforeAll, describe, expect, test } from 'vitest'
import { executeIn } from '../unit/run/kit.ts'
import { configWith, declaringProject, revisionFiles, textOf } from './autogenerate-kit.ts'
import { ensureBuilt, type Finished, filePath, type Project, revision } from './project.ts'

beforeAll(ensureBuilt)
const projects: Project[] = []
afterEach(() => {
  for (const project of projects.splice(0)) project.remove()
})

const accounts = `import { integer, sqliteTable, text } from 'drizzle-orm/sqlite-core'
export const accounts = sqliteTable('accounts', {
  id: integer('id').primaryKey(),
  name: text('name'),
})
`
const withPhone = accounts.replace("  name: text('name'),\n", "  name: text('name'),\n  phone: text('phone'),\n")

function declared(files: Readonly<Record<string, string>> = {}): Project {
  const project = declaringProject({ 'schema.ts': accounts, ...files })
  projects.push(project)
  return project
}

/** A project whose first revision, a1, makes the accounts and is applied. */
function startedProject(files: Readonly<Record<string, string>> = {}): Project {
  const project = declared()
  expect(generate(project, '-m', 'accounts', '--rev-id', 'a1').code).toBe(0)
  expect(project.run(['upgrade']).code).toBe(0)
  project.put(files)
  return project
}

const generate = (project: Project, ...args: readonly string[]): Finished =>
  project.run(['revision', '--autogenerate', ...args])

describe('a file that autogenerate writes', () => {
  test('is what its author would have written, line by line', () => {
    const project = declared()
    expect(generate(project, '-m', 'accounts', '--rev-id', 'a1')).toMatchObject({ code: 0, stderr: '' })
    expect(textOf(project, 'migrations/a1_accounts.ts').replace(/\d{4}-\d\d-\d\dT[\d:]{8}Z/, 'TODAY')).toBe(`/**
 * accounts — Revises <base> — TODAY
 *
 * - create table accounts
 */
import { integer, type OperationRecorder, text } from '@org/migrate-core'

export const revision = 'a1'
export const downRevision = null
export const branchLabels: readonly string[] = []
export const dependsOn: readonly string[] = []

export function upgrade(op: OperationRecorder) {
  op.createTable('accounts', (t) => {
    t.column('id', integer(), { nullable: false })
    t.column('name', text())
    t.primaryKey(['id'])
  })
}
`)
  })

  test('says its downgrade where that is wished for', () => {
    const project = startedProject({ 'schema.ts': withPhone })
    expect(generate(project, '--rev-id', 'b1', '--explicit-downgrade').code).toBe(0)
    const text = textOf(project, 'migrations/b1.ts')
    expect(text).toContain(`export function upgrade(op: OperationRecorder) {
  op.addColumn('accounts', 'phone', text())
}
`)
    expect(text).toContain(`export function downgrade(op: OperationRecorder) {
  op.dropColumn('accounts', 'phone')
}
`)
    for (const target of ['head', 'a1', 'head']) {
      expect(project.run([target === 'a1' ? 'downgrade' : 'upgrade', target]).code).toBe(0)
    }
    expect(project.run(['check']).code).toBe(0)
  })

  test('goes where every new revision goes, with what the words for that say', () => {
    const project = startedProject({ 'schema.ts': withPhone })
    expect(
      project.json(['revision', '--autogenerate', '--rev-id', 'b1', '--branch-label', 'people', '-m', 'x']),
    ).toEqual({
      revision: 'b1',
      parents: ['a1'],
      dependsOn: [],
      branchLabels: ['people'],
      message: 'x',
      files: [expect.stringMatching(/migrations\/\d{8}T\d{6}_b1_x\.ts$/)],
      summary: ['add column accounts.phone'],
      toFillIn: [],
      toFillInForDowngrade: [],
    })
    expect(textOf(project, 'migrations/b1_x.ts')).toContain("branchLabels: readonly string[] = ['people']")
  })
})

describe('--dry-run', () => {
  test('shows what would be written with the SQL of this database, and leaves nothing behind', () => {
    const project = declared()
    expect(generate(project, '--dry-run')).toMatchObject({
      code: 0,
      stderr: '',
      stdout:
        '- create table accounts\n    CREATE TABLE "accounts" ( "id" INTEGER NOT NULL PRIMARY KEY, "name" TEXT )\n',
    })
    expect(existsSync(project.database)).toBe(false)
    expect(revisionFiles(project)).toEqual([])
  })

  test('marks what loses data, and asks for no leave', () => {
    const project = startedProject({ 'schema.ts': accounts.replace("  name: text('name'),\n", '') })
    expect(generate(project, '--dry-run')).toMatchObject({
      code: 0,
      stdout:
        '- drop column accounts.name\n  destructive: loses the values of accounts.name\n    ALTER TABLE main."accounts" DROP COLUMN "name"\n',
    })
  })

  test('gives programs the changes as data', () => {
    const project = startedProject({ 'schema.ts': withPhone })
    expect(project.json(['revision', '--autogenerate', '--dry-run'])).toEqual({
      comparisons: [
        {
          dialect: 'sqlite',
          from: 'database',
          changes: [
            {
              change: {
                kind: 'operation',
                operation: {
                  kind: 'addColumn',
                  table: { name: 'accounts' },
                  column: { name: 'phone', type: { kind: 'text' }, nullable: true },
                },
              },
              describe: 'add column accounts.phone',
              statements: ['ALTER TABLE main."accounts" ADD COLUMN "phone" TEXT'],
            },
          ],
          losses: [],
          notes: [],
        },
      ],
    })
    expect(revisionFiles(project)).toEqual(['a1_accounts.ts'])
  })
})

describe('where nothing differs', () => {
  test('no file is made, which is said and no failure', () => {
    const project = startedProject()
    expect(generate(project, '-m', 'nothing')).toMatchObject({
      code: 0,
      stderr: '',
      stdout: `nothing differs from ${project.database}: no file was made\n`,
    })
    expect(project.json(['revision', '--autogenerate'])).toEqual({ files: [], revision: null })
    expect(generate(project, '--dry-run').stdout).toBe('nothing differs\n')
    expect(revisionFiles(project)).toEqual(['a1_accounts.ts'])
  })

  test('--empty makes one all the same', () => {
    const project = startedProject()
    expect(generate(project, '--empty', '--rev-id', 'b1')).toMatchObject({
      code: 0,
      stdout: expect.stringContaining('b1 revises a1'),
    })
    expect(textOf(project, 'migrations/b1.ts')).toContain("// op.createTable('accounts'")
    expect(project.run(['upgrade']).code).toBe(0)
  })
})

describe('what the schema is compared with', () => {
  test('all revisions, with no database at the head: --from replay', () => {
    const project = declared()
    expect(generate(project, '--rev-id', 'a1').code).toBe(0)
    project.put({ 'schema.ts': withPhone })
    expect(generate(project, '--from', 'replay', '--rev-id', 'b1')).toMatchObject({
      code: 0,
      stdout: expect.stringContaining('  add column accounts.phone\n'),
    })
    expect(generate(project, '--from', 'replay').stdout).toBe(
      'nothing differs from what the revisions make: no file was made\n',
    )
    expect(existsSync(project.database)).toBe(false)
  })

  test.each([
    ['postgres://nobody@127.0.0.1:1/none', 'pg-core', 'pgTable'],
    ['mysql://nobody@127.0.0.1:1/none', 'mysql-core', 'mysqlTable'],
    ['mariadb://nobody@127.0.0.1:1/none', 'mysql-core', 'mysqlTable'],
    ['sqlite:./no/such/folder/app.db', 'sqlite-core', 'sqliteTable'],
  ])('all revisions, with no server at all at %s: --no-database', (url, core, table) => {
    const text = `import { text, ${table} } from 'drizzle-orm/${core}'
export const notes = ${table}('notes', { body: text('body') })
`
    const project = declared({ 'schema.ts': text })
    const env = { APP_URL: url }
    const run = (...args: readonly string[]) => project.run(['revision', '--autogenerate', ...args], { env })
    expect(run('--no-database', '--rev-id', 'a1')).toMatchObject({
      code: 0,
      stdout: expect.stringContaining('create table notes'),
    })
    expect(run('--no-database').stdout).toBe('nothing differs from what the revisions make: no file was made\n')
    expect(project.run(['check', '--no-database'], { env })).toMatchObject({
      code: 0,
      stdout: expect.stringMatching(/^the files: nothing to do\n.*\n {2}the database is the declared schema +yes\n/),
    })
    project.put({ 'schema.ts': text.replace("body: text('body')", "body: text('body'), title: text('title')") })
    expect(project.run(['check', '--no-database', '--json'], { env })).toMatchObject({
      code: 3,
      stdout: expect.stringContaining('"differences":["table notes: column title is missing"]'),
    })
  })

  test('a database behind its files would be given the same twice: NOT_AT_HEAD', () => {
    const project = startedProject({ 'schema.ts': withPhone })
    expect(generate(project, '--rev-id', 'b1').code).toBe(0)
    const refused = generate(project, '-m', 'again')
    expect(refused).toMatchObject({ code: 3, stdout: '' })
    expect(refused.stderr).toBe(
      [
        `error: NOT_AT_HEAD: ${project.database} is not at the head: what its pending revisions change would be written a second time.`,
        '  do         Run `migrate upgrade` first, or compare with what the revisions make: --from replay.',
        '  see        docs/reference/errors#NOT_AT_HEAD',
        '',
      ].join('\n'),
    )
    expect(revisionFiles(project)).toEqual(['a1_accounts.ts', 'b1.ts'])
    expect(generate(project, '--from', 'replay').stdout).toContain('nothing differs from what the revisions make')
  })

  test('what a revision of another branch made would be dropped where its file is absent: NOT_AT_HEAD', () => {
    const project = startedProject({ 'schema.ts': withPhone })
    expect(generate(project, '-m', 'phones', '--rev-id', 'b1').code).toBe(0)
    expect(project.run(['upgrade']).code).toBe(0)
    rmSync(filePath(project.folder, 'migrations/b1_phones.ts'))
    project.put({ 'schema.ts': accounts.replace("name: text('name')", "name: text('name'), city: text('city')") })
    const refused = generate(project, '--no-renames', '--allow-destructive')
    expect(refused).toMatchObject({ code: 3, stdout: '' })
    expect(refused.stderr).toBe(
      [
        `error: NOT_AT_HEAD: ${project.database} is ahead of the files: no file has b1, and what only the database has would be dropped.`,
        '  do         Bring the files back that it has, or compare with what the revisions make: --from replay.',
        '  see        docs/reference/errors#NOT_AT_HEAD',
        '',
      ].join('\n'),
    )
    expect(generate(project, '--from', 'replay', '--rev-id', 'c1', '-m', 'cities').stdout).toContain(
      'c1 revises a1\n  add column accounts.city\n',
    )
  })

  test('what was changed by hand is said, where the revision is written from the database', () => {
    const project = startedProject({ 'schema.ts': withPhone })
    executeIn(project.database, 'ALTER TABLE accounts ADD COLUMN extra INTEGER')
    const note = 'The database differs from what its revisions make, and the revision is written from the database'
    const fromDatabase = generate(project, '--dry-run', '--no-renames')
    expect(fromDatabase).toMatchObject({ code: 0, stderr: expect.stringContaining(note) })
    expect(fromDatabase.stdout).toContain('drop column accounts.extra')
    expect(fromDatabase.stdout).not.toContain('note:')
    const fromReplay = generate(project, '--from', 'replay', '--dry-run')
    expect(fromReplay).toMatchObject({ code: 0, stderr: '' })
    expect(fromReplay.stdout).not.toContain('extra')
    executeIn(project.database, 'ALTER TABLE accounts DROP COLUMN extra')
    expect(generate(project, '--dry-run')).toMatchObject({ code: 0, stderr: '' })
  })

  test('what SQL without declared effects made is no reason to doubt the revision that is written', () => {
    const up = (id: string, revises: string, sql: string): string =>
      `-- message: sql\n-- revision: ${id}\n-- revises: ${revises}\n\n${sql};\n`
    const project = declared({
      'migrations/a1/up.sql': up('a1', 'base', 'CREATE TABLE accounts (id integer PRIMARY KEY NOT NULL, name text)'),
    })
    expect(project.run(['upgrade']).code).toBe(0)
    project.put({ 'schema.ts': withPhone })
    expect(generate(project, '--rev-id', 'b1')).toMatchObject({ code: 0, stderr: '' })
    expect(project.run(['upgrade']).code).toBe(0)
    project.put({ 'schema.ts': withPhone.replaceAll('phone', 'fax') })
    // The replay knows no table accounts to which it could add the column.
    expect(generate(project, '--rev-id', 'c1', '--rename', 'accounts.phone:fax')).toMatchObject({ code: 0, stderr: '' })
  })

  test('SQL that does not say what it does is said, where revisions alone are looked at', () => {
    const project = startedProject({
      'migrations/b1_view.ts': revision('b1', 'a1', "  op.sql('CREATE TABLE other (id INTEGER)')"),
    })
    expect(generate(project, '--no-database')).toMatchObject({
      code: 0,
      stdout: expect.stringContaining('nothing differs'),
      stderr: expect.stringContaining('What b1 made by SQL without declared effects is not known to a replay'),
    })
  })
})

describe('what takes part', () => {
  const otherTables =
    'CREATE TABLE legacy_orders (id INTEGER); CREATE TABLE legacy_items (id INTEGER); CREATE TABLE stats (id INTEGER)'

  test('is everything but our own tables and those of Peewee, unless it is said', () => {
    const project = startedProject()
    executeIn(project.database, `${otherTables}; CREATE TABLE migratehistory (id INTEGER, name TEXT, migrated_at TEXT)`)
    expect(generate(project, '--dry-run').stdout.match(/^- .*/gm)?.toSorted()).toEqual([
      '- drop table legacy_items',
      '- drop table legacy_orders',
      '- drop table stats',
    ])
    expect(generate(project, '-m', 'x')).toMatchObject({ code: 1, stderr: expect.stringContaining('DATA_LOSS') })
  })

  test.each([
    ["schema: './schema.ts', exclude: ['legacy_*', 'stats']", []],
    ["schema: './schema.ts', exclude: [{ kind: 'table', name: 'legacy_*' }]", ['- drop table stats']],
    [
      "schema: './schema.ts', exclude: [({ name }) => name === 'stats']",
      ['- drop table legacy_items', '- drop table legacy_orders'],
    ],
    ["schema: './schema.ts', include: ['acc*']", []],
    ["schema: './schema.ts', include: ['acc*', 'legacy_*'], exclude: ['*_items']", ['- drop table legacy_orders']],
  ])('%s', (settings, lines) => {
    const project = startedProject({ 'migrate.config.ts': configWith(settings) })
    executeIn(project.database, otherTables)
    expect((generate(project, '--dry-run').stdout.match(/^- .*/gm) ?? []).toSorted()).toEqual(lines)
    // check goes by the same rules, and by nothing else.
    expect(project.run(['check']).code).toBe(lines.length === 0 ? 0 : 3)
  })
})

describe('words that do not go together', () => {
  test.each([
    [['revision', '--dry-run', '--rename', 'a:b'], '--rename, --dry-run is for --autogenerate'],
    [['revision', '--empty'], '--empty is for --autogenerate'],
    [['revision', '--autogenerate', '--sql-file'], 'what --autogenerate writes is no SQL'],
    [['revision', '--autogenerate', '--no-database', '--from', 'database'], 'leaves no database to compare with'],
    [['check', '--no-database', '--from', 'database'], 'leaves no database to compare with'],
    [['revision', '--autogenerate', '--rename', 'mail'], '--rename mail names no old and new name'],
    [['revision', '--autogenerate', '--from', 'here'], 'Allowed choices are database, replay'],
  ])('%j is refused, and nothing is made', (args, message) => {
    const project = declared()
    expect(project.run(args)).toMatchObject({ code: 2, stdout: '', stderr: expect.stringContaining(message) })
    expect(revisionFiles(project)).toEqual([])
    expect(existsSync(project.database)).toBe(false)
  })

  test('answers that fit nothing are refused with what there is', () => {
    const project = startedProject({ 'schema.ts': withPhone })
    expect(generate(project, '--rename', 'accounts.nam:phone')).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('INVALID_OPTION: The answer accounts.nam:phone fits nothing'),
    })
    expect(generate(project, '--dropped', 'accounts.mail').code).toBe(2)
    expect(revisionFiles(project)).toEqual(['a1_accounts.ts'])
  })
})
