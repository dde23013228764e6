import { chmodSync, existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { describe, expect, test } from 'vitest'
import { revision, withRightsThatCount } from '../project.ts'
import { cleanDesks, configOf, type Desk, desk, onEachDatabase } from './kit.ts'

cleanDesks()

const notes = revision(
  'a1',
  null,
  `  op.createTable('notes', (t) => {
    t.column('id', integer(), { nullable: false })
    t.column('title', varchar(40))
    t.primaryKey(['id'])
  })
  op.insertRows('notes', [{ id: 1, title: 'kept' }], { key: ['id'] })`,
)
const wider = revision('b1', 'a1', "  op.addColumn('notes', 'body', text())")
const config = configOf("snapshot: './schema.sql',")
const files = { 'migrate.config.ts': config, 'migrations/a1.ts': notes, 'migrations/b1.ts': wider }

const fileOf = ({ project }: Desk): string => join(project.folder, 'schema.sql')
const textOf = (at: Desk): string => readFileSync(fileOf(at), 'utf8')
const errorOf = (at: Desk, ...args: readonly string[]) =>
  at.json(...args).error as { code: string; message: string; remedy: string }
const done = (at: Desk, ...args: readonly string[]): string => {
  const { code, stdout, stderr } = at.run(...args)
  expect(code, stderr).toBe(0)
  return `${stderr}${stdout}`
}

onEachDatabase('the snapshot of the schema', (open, server) => {
  test('upgrade writes it, check compares it, and load makes it of an empty database', async () => {
    const at = await open(files)
    expect(done(at, 'upgrade')).toMatch(/wrote \S*schema\.sql\n/)
    expect(textOf(at)).toMatch(new RegExp(`\n-- dialect: ${server}\n-- server: \\w+\n-- heads: main:b1\n`))
    expect(done(at, 'upgrade')).not.toContain('wrote')
    expect(done(at, 'check')).toMatch(/: nothing to do\n/)

    at.project.put({ 'migrations/c1.ts': revision('c1', 'b1', "  op.addColumn('notes', 'stars', integer())") })
    const stale = at.run('check', '--no-database')
    expect(stale.code).toBe(3)
    expect(stale.stdout).toMatch(
      /problem \(snapshot differs\): \S+schema\.sql is not the schema that the revisions make\.\n {2}- its heads are main:b1, and those of the revisions are main:c1\n/,
    )
    expect(stale.stdout).toMatch(/ {2}- in CREATE TABLE .*notes.*\n/)
    expect(stale.stdout).toMatch(/ {2}- missing: .*stars/)
    const { error: _, ...checked } = at.json('check', '--no-database')
    expect(checked).toMatchObject({ findings: [{ kind: 'snapshot differs', file: fileOf(at) }] })
    done(at, 'upgrade')
    expect(done(at, 'check')).toMatch(/: nothing to do\n/)

    const empty = await open({
      ...files,
      'migrations/c1.ts': revision('c1', 'b1', "  op.addColumn('notes', 'stars', integer())"),
      'schema.sql': textOf(at),
    })
    expect(done(empty, 'load', 'schema.sql')).toMatch(/: 3 revisions recorded, now at c1\n/)
    expect(await empty.sql('SELECT * FROM notes')).toEqual([
      { id: expect.anything(), title: 'kept', body: null, stars: null },
    ])
    expect(done(empty, 'upgrade')).toMatch(/: up to date at c1\n/)
    expect(done(empty, 'check')).toMatch(/: nothing to do\n/)
    expect(errorOf(empty, 'load')).toMatchObject({
      code: 'DATABASE_PROTECTED',
      message: expect.stringMatching(/: it has a history, at c1$/),
    })
    done(empty, 'downgrade', 'b1')
    done(empty, 'upgrade')
    expect(done(empty, 'check')).toMatch(/: nothing to do\n/)
  })

  test('a load that is killed leaves nothing, or what no other run takes for its own', async () => {
    const from = await open(files)
    done(from, 'upgrade')
    const waits = `afterRevision: async () => {
    console.error('half')
    while (!(await import('node:fs')).existsSync('go')) await new Promise((resolve) => setTimeout(resolve, 20))
  },
  hookTimeoutMs: 300_000,`
    const at = await open({
      ...files,
      'migrate.config.ts': configOf(`snapshot: './schema.sql',\n  ${waits}`),
      'schema.sql': textOf(from),
      'push.config.ts': configOf("autogenerate: { schema: './schema.ts' },"),
      'schema.ts':
        "import { column, integer, table } from '@org/migrate-core'\nexport const notes = table('notes', { id: column(integer()) })",
    })
    const run = at.project.start(['load'], { env: { ...process.env, ...at.env } })
    while (!run.output().includes('half')) await sleep(20)
    await run.kill()
    at.project.put({ go: '' })
    if (server === 'mysql') {
      expect(errorOf(at, 'load')).toMatchObject({
        code: 'DATABASE_PROTECTED',
        message: expect.stringMatching(
          /: A load of a snapshot, or of a fleet's template, began at 20\S+ and was interrupted: /,
        ),
        remedy: expect.stringMatching(/^Run `migrate reset`, .* or drop the database, and load it, /),
      })
      expect(errorOf(at, 'upgrade')).toMatchObject({
        code: 'NOT_AT_HEAD',
        details: { state: 'interrupted', pending: 2 },
        message: expect.stringMatching(
          / is not complete\. A load of a snapshot, .* and was interrupted: .* 2 revisions are pending\.$/,
        ),
        remedy: expect.stringMatching(/^Run `migrate reset`, .* or drop the database, and load it, /),
      })
      // A push on top would be the newest record, and the rows of the load would never come.
      expect(errorOf(at, 'push', '--config', 'push.config.ts')).toMatchObject({
        code: 'DATABASE_PROTECTED',
        message: expect.stringMatching(
          /: A load of a snapshot, .* and was interrupted: a part of the schema is there\.$/,
        ),
        remedy: expect.stringMatching(/^Run `migrate reset`, .* or drop the database, and load it, /),
      })
      for (const command of ['status', 'history'] as const) {
        expect(at.json(command)).toMatchObject({ interruptedLoadAt: expect.stringMatching(/^20/) })
        expect(at.json(command)).not.toHaveProperty('pushedAt')
      }
      for (const command of ['check', 'doctor'] as const) {
        const { code, stdout } = at.run(command)
        expect({ code, stdout }).toEqual({
          code: 3,
          stdout: expect.stringMatching(/A load of a snapshot, .* and was interrupted: .*\n?.*migrate reset/),
        })
      }
      done(at, 'reset', '--confirm', new URL(at.env.APP_URL ?? '').pathname.slice(1))
    } else {
      expect(await at.tables()).toEqual([])
      expect(done(at, 'load')).toMatch(/: 2 revisions recorded, now at b1\n/)
    }
    expect(await at.sql('SELECT title FROM notes')).toEqual([{ title: 'kept' }])
    expect(done(at, 'check')).toMatch(/: nothing to do\n/)
  })

  // Elsewhere the revision is one transaction, and nothing of it is left.
  const interrupted = server === 'mysql' ? [server] : []
  test.each(interrupted)('load has an interrupted revision finished or taken back first, on %s', async () => {
    const stops = revision(
      'b1',
      'a1',
      `  op.addColumn('notes', 'body', text())
  op.run('stop', { up: async () => { if ((await import('node:fs')).existsSync('stop')) throw new Error('stopped') }, down: 'none' })`,
    )
    const own = { ...files, 'migrations/b1.ts': stops }
    const from = await open(own)
    done(from, 'upgrade')
    const at = await open({ ...own, 'schema.sql': textOf(from), stop: '' })
    expect(at.run('upgrade').code).toBe(1)
    expect(errorOf(at, 'load')).toMatchObject({
      code: 'REVISION_INTERRUPTED',
      message: expect.stringMatching(
        /^Revision b1 is interrupted: its upgrade started at 20\S+ and has not finished\.$/,
      ),
      remedy: 'Finish it with `migrate resume`, or take back what is done of it with `migrate resume --revert`.',
    })
    done(at, 'resume', '--revert')
    expect(errorOf(at, 'load')).toMatchObject({
      code: 'DATABASE_PROTECTED',
      message: expect.stringMatching(/: it has a history, at a1$/),
    })
    rmSync(join(at.project.folder, 'stop'))
    done(at, 'upgrade')
    expect(await at.sql('SELECT title, body FROM notes')).toEqual([{ title: 'kept', body: null }])
  })
})

describe('what load refuses', () => {
  const loading = (more: Readonly<Record<string, string>> = {}): Desk => {
    const from = desk(files)
    done(from, 'upgrade')
    return desk({ ...files, 'schema.sql': textOf(from), ...more })
  }

  test('an edited file, one of another dialect, and one of other revisions', () => {
    const at = loading()
    const text = textOf(at)
    const refused = (changed: string): string => {
      writeFileSync(fileOf(at), changed)
      const { code, message } = errorOf(at, 'load')
      expect(code).toBe('INVALID_OPTION')
      return message
    }
    expect(refused(text.replace('"title"', '"headline"'))).toMatch(/schema\.sql is not loaded: it was edited$/)
    expect(refused(text.replace('dialect: sqlite', 'dialect: postgres'))).toMatch(/it was edited$/)
    expect(refused('CREATE TABLE notes (id INTEGER);\n')).toMatch(/it is no snapshot$/)
    at.project.put({ 'schema.sql': text, 'migrations/c1.ts': revision('c1', 'b1', "  op.dropColumn('notes', 'body')") })
    expect(errorOf(at, 'load').message).toMatch(/its heads are main:b1, and those of the revisions are main:c1$/)
    expect(existsSync(join(at.project.folder, 'app.db'))).toBe(false)
    // The advice writes it again.
    done(at, 'upgrade', '--url', 'sqlite:other.db')
    expect(done(at, 'load')).toMatch(/: 3 revisions recorded, now at c1\n/)
  })

  test('a database that is not empty, and a file that is not there', async () => {
    const at = loading()
    await at.sql('CREATE TABLE mine (id INTEGER)')
    expect(errorOf(at, 'load')).toMatchObject({
      code: 'DATABASE_PROTECTED',
      message: expect.stringMatching(/it is not empty: table mine$/),
    })
    expect(errorOf(at, 'load', 'none.sql').message).toMatch(/none\.sql is not loaded: there is no such file$/)
    at.project.put({ 'migrate.config.ts': configOf() })
    expect(errorOf(at, 'load')).toMatchObject({ code: 'USAGE' })
    // The advice names the file, and names an empty database.
    expect(done(at, 'load', 'schema.sql', '--url', 'sqlite:empty.db')).toMatch(/: 2 revisions recorded, now at b1\n/)
  })

  test('a second load at the same time', async () => {
    const at = loading()
    const runs = [1, 2].map(() => at.project.start(['load', '--json'], { env: { ...process.env, ...at.env } }).ended)
    const ended = await Promise.all(runs)
    expect(ended.map(({ code }) => code).toSorted()).toEqual([0, 2])
    expect(ended.map(({ stdout }) => stdout).join('')).toContain('DATABASE_PROTECTED')
    expect(await at.sql('SELECT count(*) AS n FROM notes')).toEqual([{ n: 1 }])
  })
})

test('a folder that takes no file fails no upgrade: the database is at the head', () => {
  const at = desk({ ...files, 'migrate.config.ts': configOf("snapshot: './locked/schema.sql',"), 'locked/.keep': '' })
  const folder = join(at.project.folder, 'locked')
  chmodSync(folder, 0o555)
  const { code, stdout, stderr } = at.project.run(['upgrade'], withRightsThatCount)
  chmodSync(folder, 0o755)
  expect(code, stderr).toBe(0)
  expect(stdout).toContain('2 revisions applied')
  expect(stderr).toMatch(/schema\.sql was not written: EACCES/)
  expect(at.run('check').stdout).toContain('schema.sql')
})

test('a file that is no snapshot is not replaced, and an edited one is', () => {
  const at = desk({ ...files, 'schema.sql': 'mine' })
  expect(errorOf(at, 'upgrade')).toMatchObject({ code: 'FILE_NOT_WRITTEN' })
  expect(textOf(at)).toBe('mine')
  // Nothing was tried.
  expect(at.json('status')).toMatchObject({ state: 'empty' })
  const other = desk(files)
  done(other, 'upgrade')
  const text = textOf(other)
  writeFileSync(fileOf(other), text.replace('"title"', '"headline"'))
  const edited = other.run('check')
  expect(edited.code).toBe(3)
  expect(edited.stdout).toMatch(
    / {2}- it was edited\n[\s\S]* {2}- not expected: "headline"[\s\S]* {2}- missing: "title"/,
  )
  done(other, 'upgrade')
  expect(textOf(other)).toBe(text)
})

test('a protected database keeps the file as it is', () => {
  const at = desk({ ...files, 'migrate.config.ts': configOf("snapshot: './schema.sql',\n  protected: true,") })
  expect(done(at, 'upgrade')).not.toContain('wrote')
  expect(existsSync(fileOf(at))).toBe(false)
})
