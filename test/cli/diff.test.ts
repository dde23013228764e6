import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { describeOnDialects, familyOf } from '../kit/servers.ts'
import { executeIn } from '../unit/run/kit.ts'
import { ensureBuilt, Project } from './project.ts'

beforeAll(ensureBuilt)
let project: Project
beforeEach(() => {
  project = new Project()
})
afterEach(() => project.remove())

const at = (name: string): string => join(project.folder, name)
const users = 'CREATE TABLE users (id INTEGER NOT NULL PRIMARY KEY, mail TEXT)'

describe('two SQLite files', () => {
  test('that are the same, but for what we and Peewee keep, have no difference', () => {
    executeIn(at('one.db'), `${users}; CREATE TABLE migrate_version (version_num TEXT)`)
    executeIn(at('other.db'), `CREATE TABLE migratehistory (id INTEGER); ${users}`)
    expect(project.run(['diff', 'sqlite:one.db', 'sqlite:other.db', '--exit-code'])).toMatchObject({
      code: 0,
      stderr: '',
      stdout: `from ${at('one.db')} to ${at('other.db')}:\nnothing differs\n`,
    })
  })

  test('that differ show what leads from the first to the second, and neither is written to', () => {
    executeIn(at('one.db'), `${users}; CREATE TABLE drafts (body TEXT)`)
    executeIn(
      at('other.db'),
      `${users.replace('mail TEXT', 'mail TEXT, phone TEXT')}; CREATE INDEX by_mail ON users (mail)`,
    )
    const before = ['one.db', 'other.db'].map((name) => readFileSync(at(name)))
    const { stdout, ...shown } = project.run(['diff', 'one.db', 'other.db'])
    // Before a table is dropped SQLite is asked what refers to it.
    expect({ ...shown, stdout: stdout.replaceAll(/^ {4}SELECT .*\n/gm, '') }).toMatchObject({
      code: 0,
      stderr: '',
      stdout: `from ${at('one.db')} to ${at('other.db')}:
- add column users.phone
    ALTER TABLE main."users" ADD COLUMN "phone" TEXT
- create index by_mail on users
    CREATE INDEX main."by_mail" ON "users" ("mail")
- drop table drafts
  destructive: loses the table drafts and its rows
    DROP TABLE main."drafts"
`,
    })
    expect(project.run(['diff', 'one.db', 'other.db', '--exit-code']).code).toBe(3)
    expect(project.json(['diff', 'other.db', 'one.db'])).toMatchObject({
      from: at('other.db'),
      to: at('one.db'),
      comparisons: [
        {
          dialect: 'sqlite',
          changes: [
            { describe: 'create table drafts' },
            { describe: 'drop index by_mail of users' },
            { describe: 'drop column users.phone', change: { loses: 'the values of users.phone' } },
          ],
          notes: [],
        },
      ],
    })
    expect(['one.db', 'other.db'].map((name) => readFileSync(at(name)))).toEqual(before)
  })

  test('of which only one has a virtual table, or has it otherwise, say so', () => {
    const docs = 'CREATE VIRTUAL TABLE docs USING fts5(body)'
    executeIn(at('one.db'), `${users}; ${docs}`)
    executeIn(at('other.db'), users)
    executeIn(at('third.db'), `${users}; ${docs.replace('body', 'title, body')}`)
    const notesOf = (one: string, other: string): unknown => project.json(['diff', one, other])
    expect(notesOf('one.db', 'other.db')).toMatchObject({
      comparisons: [
        { changes: [], notes: [`docs, a virtual table. Only ${at('one.db')} has it, and it is not compared.`] },
      ],
    })
    expect(notesOf('one.db', 'third.db')).toMatchObject({
      comparisons: [{ changes: [], notes: ['docs, a virtual table. Its definition differs, and it is not compared.'] }],
    })
    expect(notesOf('one.db', 'one.db')).toMatchObject({ comparisons: [{ changes: [], notes: [] }] })
  })

  test('need no configuration', () => {
    executeIn(at('one.db'), users)
    project.put({ 'elsewhere/x': '' })
    const here = { cwd: at('elsewhere') }
    project.put({ 'migrate.config.ts': "throw new Error('looked at')\n" })
    expect(project.run(['diff', '../one.db', '../one.db'], here)).toMatchObject({ code: 0 })
  })

  test('one that is not there is told, and not made', () => {
    executeIn(at('one.db'), users)
    for (const args of [
      ['one.db', 'none.db'],
      ['none.db', 'one.db'],
    ]) {
      const { code, stdout, stderr } = project.run(['diff', ...args])
      expect({ code, stdout }, stderr).toEqual({ code: 1, stdout: '' })
      expect(stderr).toContain('none.db')
    }
    expect(existsSync(at('none.db'))).toBe(false)
  })

  test.each([
    [['one.db', 'postgres://nobody:s3cret@127.0.0.1:1/none'], 1],
    [['one.db', 'oracle://x/y'], 2],
    [['one.db'], 2],
  ])('%j is refused, and no password is shown', (args, code) => {
    executeIn(at('one.db'), users)
    const refused = project.run(['diff', ...args])
    expect({ code: refused.code, stdout: refused.stdout }, refused.stderr).toEqual({ code, stdout: '' })
    expect(refused.stderr).not.toContain('s3cret')
  })
})

describeOnDialects(['postgres', 'mariadb', 'mysql'], 'two databases of a server', (createDatabase, server) => {
  const isPostgres = familyOf(server) === 'postgres'

  test('are compared as that server has them', async () => {
    const [one, other] = [await createDatabase(), await createDatabase()]
    const table = 'CREATE TABLE users (id INTEGER NOT NULL PRIMARY KEY, mail VARCHAR(80))'
    await one.sql(table)
    // Two ways of saying the same, which a comparison of texts would take for two.
    await other.sql(
      isPostgres
        ? 'CREATE TABLE users (id INT4 NOT NULL, mail CHARACTER VARYING(80), PRIMARY KEY (id))'
        : table.replace('INTEGER', 'INT(11)'),
    )
    const run = (...args: readonly string[]) => project.run(['diff', ...args, '--exit-code'])
    expect(run(one.url, other.url)).toMatchObject({ code: 0, stdout: expect.stringMatching(/:\nnothing differs\n$/) })
    await other.sql('ALTER TABLE users ADD COLUMN phone VARCHAR(20)')
    expect(run(one.url, other.url)).toMatchObject({
      code: 3,
      stdout: expect.stringMatching(/\n- add column users\.phone\n {4}ALTER TABLE .*phone.*\(20\)/i),
    })
    expect(run(other.url, one.url)).toMatchObject({
      code: 3,
      stdout: expect.stringContaining('- drop column users.phone\n  destructive: '),
    })

    if (isPostgres) {
      await one.sql('CREATE FUNCTION one_more(n integer) RETURNS integer LANGUAGE sql AS $$SELECT n + 1$$')
      await other.sql('ALTER TABLE users DROP COLUMN phone')
      const onlyIn = expect.stringMatching(/nothing differs\nnote: public\.one_more\(n integer\)\. Only .* has it/)
      expect(run(one.url, other.url)).toMatchObject({ code: 0, stdout: onlyIn })
    }

    executeIn(at('one.db'), users)
    expect(run(one.url, 'sqlite:one.db')).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('are databases of two kinds: their types are not the same'),
    })
  })
})

describeOnDialects(['postgres'], 'two databases of PostgreSQL', (createDatabase) => {
  test('a change that the server has no statement for is named with what to do, and the others are shown', async () => {
    const [one, other] = [await createDatabase(), await createDatabase()]
    await one.sql('CREATE TABLE events (id integer NOT NULL, at date NOT NULL) PARTITION BY RANGE (at)')
    await other.sql('CREATE TABLE events (id integer NOT NULL, at date NOT NULL, by text) PARTITION BY LIST (id)')
    await other.sql('CREATE TABLE users (mail text)')
    const shown = project.run(['diff', one.url, other.url, '--exit-code'])
    expect({ code: shown.code, stderr: shown.stderr }).toEqual({ code: 3, stderr: '' })
    expect(shown.stdout).toContain(`
- change options of events: partitionBy
  not supported: option partitionBy of events: it is decided when the table is created
    In a revision, create a table of another name as it should be, copy the rows, drop the old table, and rename the new one.
`)
    expect(shown.stdout).toContain('    ALTER TABLE "events" ADD COLUMN "by" text\n')
    expect(shown.stdout).toContain('    CREATE TABLE "users" (')
    expect(project.json(['diff', one.url, other.url])).toMatchObject({
      comparisons: [
        {
          changes: expect.arrayContaining([
            expect.objectContaining({
              describe: 'change options of events: partitionBy',
              statements: [],
              unsupported: expect.objectContaining({ next: expect.stringContaining('copy the rows') }),
            }),
          ]),
        },
      ],
    })
  })
})
