import { existsSync, mkdirSync, renameSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { ensureBuilt, Project, twoRevisions } from './project.ts'

beforeAll(ensureBuilt)
let project: Project
beforeEach(() => {
  project = new Project(twoRevisions)
  mkdirSync(join(project.folder, 'sub/deeper'), { recursive: true })
})
afterEach(() => project.remove())

describe('where things are', () => {
  test('the configuration is found from a folder below, its migrations beside it, a relative URL from where one stands', () => {
    const cwd = join(project.folder, 'sub/deeper')
    const { stdout } = project.run(['--url', 'sqlite:./here.db'], { cwd })
    expect(stdout).toContain(join(cwd, 'here.db'))
    expect(existsSync(join(cwd, 'here.db'))).toBe(true)
  })

  test('under a package manager, relative paths start where it was called', () => {
    const env = { INIT_CWD: join(project.folder, 'sub'), npm_package_json: join(project.folder, 'package.json') }
    expect(project.run(['--url', 'sqlite:x.db'], { env }).stdout).toContain(join(project.folder, 'sub/x.db'))
    renameSync(join(project.folder, 'migrate.config.ts'), join(project.folder, 'sub/other.config.ts'))
    renameSync(join(project.folder, 'migrations'), join(project.folder, 'sub/migrations'))
    expect(project.run(['status', '--config', 'other.config.ts', '--url', 'sqlite:x.db'], { env }).stdout).toContain(
      'up to date',
    )
  })

  test('an INIT_CWD inherited from a script of another folder does not count', () => {
    const env = { INIT_CWD: '/', npm_package_json: '/package.json' }
    expect(project.run(['status'], { env }).stdout).toContain(project.database)
  })

  test('the sources of the URL: --url, the configuration, DATABASE_URL', () => {
    const env = { DATABASE_URL: 'sqlite:from-environment.db' }
    const database = (args: readonly string[]): unknown => project.json(['status', ...args], { env }).database
    expect(database([])).toBe(project.database)
    expect(database(['--url', 'sqlite:option.db'])).toBe(join(project.folder, 'option.db'))
    project.put({ 'migrate.config.ts': "export default { migrations: './migrations' }\n" })
    expect(database([])).toBe(join(project.folder, 'from-environment.db'))
  })

  test.each(['mts', 'js', 'mjs'])('migrate.config.%s', (extension) => {
    rmSync(join(project.folder, 'migrate.config.ts'))
    project.put({
      [`migrate.config.${extension}`]:
        "import { defineConfig } from '@org/cli'\nexport default defineConfig({ url: 'sqlite:x.db', migrations: new URL('./migrations/', import.meta.url) })\n",
    })
    expect(project.run(['heads']).stdout).toBe('b1  accounts get a locale\n')
  })

  const inJson = { url: 'sqlite:x.db', migrations: './migrations' }
  test.each([
    ['migrate.config.cjs', `module.exports = ${JSON.stringify(inJson)}\n`],
    ['migrate.config.json', JSON.stringify(inJson)],
    ['package.json', JSON.stringify({ type: 'module', migrate: inJson })],
  ])('a configuration in %s, also where one names it', (name, content) => {
    rmSync(join(project.folder, 'migrate.config.ts'))
    project.put({ [name]: content })
    const cwd = join(project.folder, 'sub/deeper')
    expect(project.run(['heads'], { cwd }).stdout).toBe('b1  accounts get a locale\n')
    expect(project.run(['heads', '--config', `../../${name}`], { cwd }).stdout).toBe('b1  accounts get a locale\n')
    expect(project.json(['config'], { cwd }).file).toBe(join(project.folder, name))
  })

  test('a configuration in JSON that is none is refused with its place, and a package without one is none', () => {
    rmSync(join(project.folder, 'migrate.config.ts'))
    expect(project.json(['heads']).error).toMatchObject({
      code: 'CONFIG_NOT_FOUND',
      message: expect.stringMatching(/\(or \.mts, \.js, \.mjs, \.cjs, \.json\), nor a `migrate` in package\.json/),
    })
    expect(project.json(['heads', '--config', 'package.json']).error).toMatchObject({
      code: 'CONFIG_FAILED',
      message: expect.stringMatching(/package\.json: it has no `migrate`$/),
    })
    project.put({ 'migrate.config.json': '{ "url": "sqlite:x.db", }' })
    expect(project.json(['heads']).error).toMatchObject({
      code: 'CONFIG_FAILED',
      message: expect.stringMatching(/migrate\.config\.json: it cannot be read as JSON: /),
    })
    project.put({ 'migrate.config.json': '{ "url": "sqlite:x.db", "migratoins": "./migrations" }' })
    expect(project.json(['heads']).error).toMatchObject({
      code: 'CONFIG_INVALID',
      message: expect.stringMatching(/did you mean `migrations`\?/),
    })
  })

  test('variables of an env file: before the configuration that reads them, and for one that says nothing of the URL', () => {
    const databaseOf = (args: readonly string[], env = {}): unknown =>
      project.json(['status', ...args], { env }).database
    const own = { DATABASE_URL: undefined }
    project.put({
      '.env': '# ours\nDATABASE_URL="sqlite:from-file.db"\nSTAGE=\'x\'\n',
      'sub/other.env': 'DATABASE_URL=sqlite:other.db\n',
      'migrate.config.ts': "export default { url: process.env.DATABASE_URL, migrations: './migrations' }\n",
    })
    expect(databaseOf(['--dotenv', '.env'], own)).toBe(join(project.folder, 'from-file.db'))
    expect(databaseOf(['--dotenv', '.env'], { DATABASE_URL: 'sqlite:set.db' })).toBe(join(project.folder, 'set.db'))
    project.put({ 'migrate.config.ts': "export default { envFile: '.env', migrations: './migrations' }\n" })
    expect(databaseOf([], own)).toBe(join(project.folder, 'from-file.db'))
    expect(databaseOf(['--dotenv', 'sub/other.env'], own)).toBe(join(project.folder, 'other.db'))
    project.put({ 'migrate.config.ts': "export default { envFile: 'absent.env', migrations: './migrations' }\n" })
    expect(project.json(['status'], { env: own }).error).toMatchObject({
      code: 'CONFIG_FAILED',
      message: expect.stringMatching(/absent\.env: the env file cannot be read: ENOENT/),
    })
  })

  test('a password that an env file alone names is in no output', () => {
    project.put({ '.env': 'DATABASE_URL=postgres://app:hidden-word@127.0.0.1:1/app\n' })
    project.put({ 'migrate.config.ts': "export default { envFile: '.env', migrations: './migrations', waitMs: 0 }\n" })
    const { code, stdout, stderr } = project.run(['status', '--json'], { env: { DATABASE_URL: undefined } })
    expect(code).toBe(1)
    expect(stdout + stderr).toContain('DATABASE_UNREACHABLE')
    expect(stdout + stderr).not.toContain('hidden-word')
  })

  test('tiers as values, sequential first', () => {
    project.put({
      'legacy/001_first.ts':
        "import type { OperationRecorder } from '@org/migrate-core'\nimport { integer } from '@org/migrate-core'\nexport function migrate(op: OperationRecorder): void {\n  op.createTable('old', (t) => { t.column('id', integer()) })\n}\n",
      'migrate.config.ts':
        "import { graph, sequential } from '@org/migrate-core/node'\nexport default { url: 'sqlite:app.db', tiers: [sequential(new URL('./legacy/', import.meta.url)), graph(new URL('./migrations/', import.meta.url), { name: 'new' })] }\n",
    })
    expect(project.json([])).toMatchObject({ applied: ['legacy:001_first', 'new:a1', 'new:b1'] })
    expect(project.run(['history', '--tier', 'legacy']).stdout).toBe('<base> -> 001_first (head) (current)  first\n')
    expect(project.run(['downgrade', '--tier', 'legacy', 'base'])).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('TIER_BLOCKED'),
    })
  })
})
