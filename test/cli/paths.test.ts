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
