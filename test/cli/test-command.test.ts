import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterEach, beforeAll, expect, test } from 'vitest'
import { ensureBuilt, gatedRevision, Project, revision } from './project.ts'

beforeAll(ensureBuilt)
const projects: Project[] = []
const projectOf = (files: Readonly<Record<string, string>>): Project => {
  const project = new Project(files)
  projects.push(project)
  return project
}
afterEach(() => {
  for (const project of projects.splice(0)) project.remove()
})

const users = `  op.createTable('users', (t) => {
    t.column('id', integer(), { nullable: false })
    t.column('name', text(), { nullable: false })
    t.primaryKey(['id'])
    t.index('users_name', ['name'])
  })`
const good = { 'migrations/a1.ts': revision('a1', null, users, 'make users') }
const bad = {
  ...good,
  'migrations/b2.ts': `${revision('b2', 'a1', `  op.dropIndex('users', 'users_name')`, 'drop an "index"')}
export function downgrade(): void {}
`,
}
const withoutTimes = (output: string): string => output.replaceAll(/\d+(?:\.\d)? m?s\b/g, 'N ms')

test('revisions without a fault are tested, and the database is not made', () => {
  const project = projectOf(good)
  const { code, stdout } = project.run(['test'])
  expect(withoutTimes(stdout)).toBe(
    [
      'ok  main:a1  make users  (up N ms, down N ms, up N ms, down N ms, up N ms)',
      '  the downgrade: table users: 2 rows dropped, preserved',
      '1 revision tested: nothing found',
      '',
    ].join('\n'),
  )
  expect(code).toBe(0)
  expect(existsSync(project.database)).toBe(false)
})

test('a lost index ends with 3, in words, in JSON and for JUnit', () => {
  const project = projectOf(bad)
  const { code, stdout } = project.run(['test', '--junit', 'report.xml'])
  expect(code).toBe(3)
  expect(stdout).toContain('problem  main:b2  drop an "index"')
  expect(stdout).toContain('    - table users: index users_name is missing')
  expect(stdout).toContain('2 revisions tested: 2 findings')
  const xml = readFileSync(join(project.folder, 'report.xml'), 'utf8')
  expect(xml).toContain('<testsuites name="migrate test" tests="2" failures="1" skipped="0">')
  expect(xml).toContain('classname="main" name="b2 drop an &quot;index&quot;"')
  expect(xml).toContain('<failure type="schema after downgrade"')
  expect(project.json(['test'])).toMatchObject({
    ok: false,
    dialect: 'sqlite',
    revisions: [
      { revision: 'a1', findings: [] },
      { revision: 'b2', findings: [{ kind: 'schema after downgrade' }, { kind: 'second upgrade failed' }] },
    ],
  })
})

test('what is applied is tested only where it is named', () => {
  const project = projectOf(bad)
  project.run(['upgrade'])
  const before = readFileSync(project.database)
  expect(project.run(['test'])).toMatchObject({
    code: 0,
    stdout: 'no revision is pending: name revisions, or test all with --applied\n',
  })
  expect(project.run(['test', 'a1'])).toMatchObject({ code: 0 })
  expect(project.run(['test', 'a1:head'])).toMatchObject({ code: 3 })
  expect(project.run(['test', '--applied'])).toMatchObject({ code: 3 })
  expect(project.run(['test', '--applied', 'a1'])).toMatchObject({ code: 2 })
  expect(project.run(['test', 'a1:b2:c3'])).toMatchObject({ code: 2 })
  expect(project.run(['test', 'nowhere'])).toMatchObject({ code: 1 })
  expect(project.run(['test', '--applied', '--junit', 'no/where.xml'])).toMatchObject({ code: 2 })
  expect(readFileSync(project.database).equals(before)).toBe(true)
})

test('rows of a revision are used, and refused ones are named', () => {
  const step = `  op.run('shorten names', {
    up: async (db) => {
      const [row] = await db.query('SELECT name FROM users')
      if (row?.name !== 'Ada') throw new Error('the row is ' + String(row?.name))
    },
    down: 'none',
  })`
  const rows = (name: string): string => `\nexport const testRows = { before: { users: [{ id: 1, name: ${name} }] } }\n`
  const project = projectOf({ ...good, 'migrations/b2.ts': `${revision('b2', 'a1', step)}${rows(`'Ada'`)}` })
  // The rows that a1 is tested with come first.
  expect(project.run(['test', 'b2'])).toMatchObject({ code: 0 })
  project.put({ 'migrations/b2.ts': `${revision('b2', 'a1', step)}${rows('null')}` })
  const { code, stdout } = project.run(['test', 'b2'])
  expect(code).toBe(3)
  expect(stdout).toContain('test rows refused: The test rows of b2 are refused.')
  expect(stdout).toContain('    - users, row 1: ')
  project.put({ 'migrations/b2.ts': `${revision('b2', 'a1', step)}\nexport const testRows = { users: 1 }\n` })
  expect(project.run(['test', 'b2']).stderr).toContain('`testRows` is not `{ before, after }`')
})

test('what needs a revision that cannot be upgraded is not reached', () => {
  const project = projectOf({
    ...good,
    'migrations/b2.ts': revision('b2', 'a1', `  op.addColumn('users', 'code', text(), { nullable: false })`),
    'migrations/c3.ts': revision('c3', 'b2', `  op.addColumn('users', 'nick', text())`),
  })
  expect(project.json(['test'])).toMatchObject({
    revisions: [
      { revision: 'a1', outcome: 'tested', findings: [] },
      { revision: 'b2', findings: [{ kind: 'upgrade failed' }] },
      { revision: 'c3', outcome: 'not reached', findings: [] },
    ],
  })
})

test('a revision without a downgrade is no finding', () => {
  const step = `  op.run('something', async (db) => void (await db.query('SELECT 1')))`
  const project = projectOf({ ...good, 'migrations/b2.ts': revision('b2', 'a1', step) })
  const { code, stdout } = project.run(['test'])
  expect(stdout).toContain('  it has no downgrade, and none can be derived')
  expect(code).toBe(0)
})

test('nothing is left of a test that is killed when the next one has run', async () => {
  const folders = (): readonly string[] => readdirSync(tmpdir()).filter((name) => name.startsWith('migrate-shadow-'))
  const project = projectOf({ ...good, 'migrations/b2.ts': gatedRevision('b2', 'a1') })
  const before = new Set(folders())
  const killed = project.start(['test'])
  while (!existsSync(join(project.folder, 'inside'))) await sleep(20)
  await killed.kill()
  const left = folders().filter((name) => !before.has(name))
  expect(left.length).toBeGreaterThan(0)
  project.put({ gate: '' })
  expect(project.run(['test'])).toMatchObject({ code: 0 })
  expect(folders().filter((name) => left.includes(name))).toEqual([])
})
