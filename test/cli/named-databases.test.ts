import { existsSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeAll, expect, test } from 'vitest'
import { ensureBuilt, Project, revision, twoRevisions } from './project.ts'

beforeAll(ensureBuilt)
let project: Project
const configured = (text: string): string => `export default { ${text} }\n`
const two = configured(`
  migrations: './migrations',
  databases: {
    main: { url: 'sqlite:main.db' },
    audit: { url: 'sqlite:audit.db', migrations: './audit' },
  },`)
const audit = {
  'audit/x1_events.ts': revision('x1', null, "  op.createTable('events', (t) => { t.column('id', integer()) })"),
}
const projectOf = (config: string, files = {}): Project => {
  project = new Project({ ...twoRevisions, 'migrate.config.ts': config, ...audit, ...files })
  return project
}
afterEach(() => project.remove())

const errorOf = (...args: readonly string[]) =>
  project.json(args).error as { code: string; message: string; remedy: string }

test('a database is chosen by its name, with its own revisions; nothing is touched where none is named', () => {
  const { folder } = projectOf(two)
  expect(errorOf('upgrade')).toMatchObject({
    code: 'USAGE',
    message: expect.stringMatching(/names several databases: main, audit$/),
    remedy: 'Add --database main, or --all for each of them.',
  })
  expect(errorOf('status', '--database', 'audti')).toMatchObject({
    code: 'USAGE',
    message: expect.stringMatching(/has no database audti: did you mean audit\?$/),
    remedy: 'Name one of main, audit.',
  })
  expect([existsSync(join(folder, 'main.db')), existsSync(join(folder, 'audit.db'))]).toEqual([false, false])
  expect(project.run(['upgrade', '--database', 'audit']).stdout).toMatch(/audit\.db: 1 revision applied/)
  expect(existsSync(join(folder, 'main.db'))).toBe(false)
  expect(project.json(['status', '--database', 'main'])).toMatchObject({ database: join(folder, 'main.db') })
  expect(project.run(['heads', '--database', 'main']).stdout).toBe('b1  accounts get a locale\n')
})

test('the only one needs no name', () => {
  projectOf(configured("migrations: './migrations', databases: { main: { url: 'sqlite:main.db' } }"))
  expect(project.run(['upgrade']).stdout).toMatch(/main\.db: 2 revisions applied/)
})

test('--all runs on each in order, and gives the highest exit code', () => {
  projectOf(two)
  const { code, stdout, stderr } = project.run(['upgrade', '--all'])
  expect(code, stderr).toBe(0)
  expect(stdout).toMatch(/main\.db: 2 revisions applied.*\n.*audit\.db: 1 revision applied/)
  expect(stderr).toMatch(/^database main\n[\s\S]*^database audit\n/m)
  const lines = project.run(['upgrade', '--all', '--json']).stdout.trim().split('\n')
  const results = lines.map((line) => JSON.parse(line) as { type: string }).filter(({ type }) => type === 'result')
  expect(results).toMatchObject([
    { ok: true, applied: [] },
    { ok: true, applied: [] },
  ])
  project.put({ 'audit/x2_more.ts': revision('x2', 'x1', "  op.addColumn('events', 'at', integer())") })
  expect(project.run(['check', '--all']).code).toBe(3)
})

test('with --all each database has a file of its own, and a folder has all of them', () => {
  const { folder } = projectOf(two)
  const names = (end: string, at = folder) => readdirSync(at).filter((name) => name.endsWith(end))
  const works = (...args: readonly string[]): void => {
    const { code, stderr } = project.run(args)
    expect(code, stderr).toBe(0)
  }
  works('upgrade', '--all', '--sql', '--out', 'up.sql')
  expect(names('.sql')).toEqual(['up.audit.sql', 'up.main.sql'])
  project.put({ 'scripts/0001_first.sql': '' })
  works('upgrade', '--all', '--sql', '--out', 'scripts')
  expect(names('.sql', join(folder, 'scripts'))).toEqual(['0001_first.sql', '0002_head.sql', '0003_head.sql'])
  works('plan', '--all', '--out', 'plan.json')
  expect(names('.json').filter((name) => name.startsWith('plan'))).toEqual(['plan.audit.json', 'plan.main.json'])
  works('upgrade', '--all', '--plan', 'plan.json')
  works('downgrade', 'base', '--all', '--allow-data-loss')
  works('upgrade', '--all', '--backup', 'before.copy')
  expect(names('.copy')).toEqual(['before.audit.copy', 'before.main.copy'])
  works('erd', '--all', '--out', 'schema.mmd')
  expect(names('.mmd')).toEqual(['schema.audit.mmd', 'schema.main.mmd'])
  works('pull', '--all', '--out', 'declared')
  expect(readdirSync(folder)).toEqual(expect.arrayContaining(['declared.audit', 'declared.main']))
  works('test', '--applied', '--all', '--junit', 'report.xml')
  expect(names('.xml')).toEqual(['report.audit.xml', 'report.main.xml'])
})

test('--all ends at the first that fails, and names those that were left out', () => {
  projectOf(
    two.replace('sqlite:main.db', 'postgres://app@127.0.0.1:1/main').replace("url: 'post", "waitMs: 0, url: 'post"),
  )
  const { code, stderr } = project.run(['upgrade', '--all'])
  expect(code).toBe(1)
  expect(stderr).toMatch(/error: DATABASE_UNREACHABLE/)
  expect(stderr).toMatch(/^not run on audit$/m)
  expect(existsSync(join(project.folder, 'audit.db'))).toBe(false)
})

test.each([
  [['upgrade', '--all', '--database', 'main'], '--all leaves nothing to choose with --database'],
  [['upgrade', '--all', '--url', 'sqlite:x.db'], '--all leaves nothing to choose with --url'],
  [['revision', '-m', 'x', '--all'], '`migrate revision` makes files, which are of no database'],
])('%s is refused', (args, message) => {
  projectOf(two)
  expect(errorOf(...args)).toMatchObject({ code: 'USAGE', message })
})

test('--database and --all are refused where the configuration names none', () => {
  projectOf(configured("url: 'sqlite:app.db', migrations: './migrations'"))
  const message = expect.stringMatching(/migrate\.config\.ts names no databases$/)
  expect(errorOf('status', '--database', 'main')).toMatchObject({ code: 'USAGE', message })
  expect(errorOf('status', '--all')).toMatchObject({ code: 'USAGE', message })
})

test.each([
  [
    "url: 'sqlite:a.db', migrations: './m', databases: { main: { url: 'sqlite:b.db' } }",
    'give `url` in each of `databases`',
  ],
  ["migrations: './m', databases: {}", '`databases`: expected an object of databases by their names'],
  ["migrations: './m', databases: { 'a b': { url: 'sqlite:b.db' } }", '`databases.a b`: expected a name of letters'],
  ["migrations: './m', databases: { main: { migrations: './n' } }", '`databases.main.url` is missing'],
  ["databases: { main: { url: 'sqlite:b.db' } }", 'give `databases.main.migrations` (a folder)'],
  [
    "migrations: './m', databases: { main: { url: 'sqlite:b.db', envFile: '.env' } }",
    '`databases.main.envFile` is not a key',
  ],
  ["migrations: './m', databases: { main: { url: 'sqlite:b.db', waitMS: 1 } }", 'did you mean `waitMs`?'],
  ["migrations: './m', databases: { main: { url: 'sqlite:b.db', LOCKWAITMS: 1 } }", 'did you mean `lockWaitMs`?'],
])('%s is no configuration', (config, problem) => {
  projectOf(configured(config))
  const error = errorOf('status', '--database', 'main')
  expect(error.code).toBe('CONFIG_INVALID')
  expect(error.message).toContain(problem)
})

test('a password of a database that was not chosen is in no output', () => {
  projectOf(two.replace('sqlite:main.db', 'postgres://app:hidden-word@127.0.0.1:1/main'), {
    'audit/x1_events.ts': revision('x1', null, "  throw new Error('hidden-word')"),
  })
  const { stdout, stderr } = project.run(['upgrade', '--database', 'audit', '--json'])
  expect(stdout).toContain('"ok":false')
  expect(stdout + stderr).not.toContain('hidden-word')
})

test('the files that a squashed revision replaces stay while another of the databases is inside the range', () => {
  const { folder } = projectOf(
    configured(`
  migrations: './migrations',
  databases: { main: { url: 'sqlite:main.db' }, second: { url: 'sqlite:second.db' }, absent: { url: '' } },`),
  )
  const files = () => readdirSync(join(folder, 'migrations')).filter((name) => !name.includes('squash'))
  expect(project.run(['upgrade', '--database', 'main'])).toMatchObject({ code: 0 })
  expect(project.run(['upgrade', 'a1', '--database', 'second'])).toMatchObject({ code: 0 })
  const squashed = project.run(['squash', 'base:b1', '--database', 'main', '--only-old-rows', 'all'])
  expect(squashed.code, squashed.stderr).toBe(0)
  const refused = project.run(['squash', '--prune', '--database', 'main'])
  expect(refused).toMatchObject({ code: 1, stderr: expect.stringContaining('INSIDE_SQUASH') })
  expect(refused.stderr).toContain('second.db is at a1')
  expect(errorOf('squash', '--prune', '--all').code).toBe('USAGE')
  expect(files()).toEqual(['a1_accounts.ts', 'b1_locale.ts'])
  expect(project.run(['upgrade', 'b1', '--database', 'second'])).toMatchObject({ code: 0 })
  const pruned = project.run(['squash', '--prune', '--database', 'main'])
  expect(pruned.code, pruned.stderr).toBe(0)
  expect(pruned.stdout).toMatch(/inside the range is none of \S+main\.db, \S+second\.db/)
  expect(files()).toEqual([])
})
