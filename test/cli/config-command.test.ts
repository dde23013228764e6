import { readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { ensureBuilt, Project, twoRevisions } from './project.ts'

beforeAll(ensureBuilt)

let project: Project
beforeEach(() => {
  project = new Project(twoRevisions)
})
afterEach(() => project.remove())

interface Setting {
  readonly name: string
  readonly value: unknown
  readonly from: string
  readonly by?: string
}

const settingsOf = (args: readonly string[], env: Record<string, string> = {}): Map<string, Setting> => {
  const { settings } = project.json(['config', ...args], { env }) as unknown as {
    readonly settings: readonly Setting[]
  }
  return new Map(settings.map((each) => [each.name, each]))
}

describe('migrate config', () => {
  test('says of each setting whether it is of a flag, the file, an environment variable or a default', () => {
    project.put({
      'migrate.config.ts': `import { defineConfig } from '@org/cli'
export default defineConfig({
  url: process.env.APP_URL ?? 'sqlite:./app.db',
  migrations: './migrations',
  preserve: { maxBytes: 5 },
  waitMs: 10,
  lockWaitMs: 20,
  afterHead: () => {},
  arguments: { region: 'north', color: 'red' },
})`,
    })
    const args = ['--lock-wait', '5s', '-x', 'region=south', '--strict']
    const settings = settingsOf(args, { APP_URL: `sqlite:${project.folder}/other.db` })
    expect(settings.get('url')).toEqual({
      name: 'url',
      value: `sqlite:${project.folder}/other.db`,
      from: 'environment',
      by: 'APP_URL',
    })
    expect(settings.get('database')).toMatchObject({ value: `${project.folder}/other.db`, by: 'APP_URL' })
    expect(settings.get('preserve.maxBytes')).toEqual({ name: 'preserve.maxBytes', value: 5, from: 'file' })
    expect(settings.get('waitMs')).toEqual({ name: 'waitMs', value: 10, from: 'file' })
    expect(settings.get('lockWaitMs')).toEqual({ name: 'lockWaitMs', value: 5000, from: 'flag', by: '--lock-wait' })
    expect(settings.get('afterHead')).toEqual({ name: 'afterHead', value: 'a function', from: 'file' })
    expect(settings.get('arguments.region')).toEqual({
      name: 'arguments.region',
      value: 'south',
      from: 'flag',
      by: '-x',
    })
    expect(settings.get('arguments.color')).toEqual({ name: 'arguments.color', value: 'red', from: 'file' })
    expect(settings.get('strict')).toEqual({ name: 'strict', value: true, from: 'flag', by: '--strict' })
    expect(settings.get('stepIdleMs')).toEqual({ name: 'stepIdleMs', value: 600_000, from: 'default' })
    expect(settings.get('tables.version')).toEqual({
      name: 'tables.version',
      value: 'migrate_version',
      from: 'default',
    })
    expect(project.json(['config']).file).toBe(`${project.folder}/migrate.config.ts`)
  })

  test('shows where the database comes from in the order in which it is taken', () => {
    const plain = { 'migrate.config.ts': "export default { migrations: './migrations' }" }
    project.put(plain)
    const env = { DATABASE_URL: 'sqlite:env.db' }
    expect(settingsOf([], env).get('url')).toMatchObject({ from: 'environment', by: 'DATABASE_URL' })
    expect(settingsOf(['--url', 'sqlite:flag.db'], env).get('url')).toMatchObject({ from: 'flag', by: '--url' })
    project.put({ 'migrate.config.ts': "export default { url: 'sqlite:file.db', migrations: './migrations' }" })
    expect(settingsOf([], env).get('url')).toMatchObject({ from: 'file', value: 'sqlite:file.db' })
  })

  test('an environment with names that no program writes is none that it fails on', () => {
    expect(settingsOf([], { 'A(b=': '1', 'x[%%': '2', APP_URL: 'sqlite:other.db' }).get('url')).toMatchObject({
      from: 'environment',
      by: 'APP_URL',
    })
  })

  test('a byte order mark is no part of a variable, of JSON, nor of a plan', () => {
    const mark = '\uFEFF'
    rmSync(join(project.folder, 'migrate.config.ts'))
    project.put({
      '.env': `${mark}DATABASE_URL=sqlite:marked.db\n`,
      'migrate.config.json': `${mark}{ "migrations": "./migrations", "envFile": ".env" }`,
    })
    const database = join(project.folder, 'marked.db')
    expect(project.json(['status'])).toMatchObject({ database })
    expect(project.json(['status', '--dotenv', '.env'])).toMatchObject({ database })
    project.run(['plan', '--out', 'plan.json'])
    const plan = readFileSync(join(project.folder, 'plan.json'), 'utf8')
    project.put({ 'plan.json': `${mark}${plan}` })
    expect(project.run(['upgrade', '--plan', 'plan.json'])).toMatchObject({ code: 0 })
  })

  test('prints no password and no key, as text and as JSON, and opens nothing', () => {
    project.put({
      'migrate.config.ts':
        "export default { url: 'sqlite+sqlcipher:///app.db', key: 'k3y-of-the-file', migrations: './migrations', arguments: { apiToken: 'tok' } }",
    })
    for (const more of [[], ['--json']]) {
      const { code, stdout, stderr } = project.run(['config', '-x', 'secret=hush', ...more])
      expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
      expect(stdout).not.toMatch(/k3y-of-the-file|hush|"tok"| tok /)
      expect(stdout).toContain('***')
    }
    project.put({
      'migrate.config.ts':
        "export default { url: 'postgresql://app:pa55word@localhost:1/app', migrations: './migrations' }",
    })
    const { stdout } = project.run(['config', '--url', 'sqlite:x.db', '-x', 'a'])
    expect(stdout).not.toContain('pa55word')
    expect(stdout).toMatch(/arguments\.a +-x\n/)
  })
})

describe('how much is told', () => {
  test('--verbose shows each statement and how long it took; --quiet nothing; both are USAGE', () => {
    const { code, stdout, stderr } = project.run(['upgrade', '--verbose'])
    expect({ code, stdout }).toMatchObject({ code: 0, stdout: expect.stringContaining('2 revisions applied') })
    expect(stderr).toMatch(/\[1\/2\] up {3}main:a1 {2}accounts\n {2}create table accounts\n {4}CREATE TABLE .*\n/i)
    expect(stderr).toMatch(/ALTER TABLE .*"locale".*\n {4}[\d.]+ m?s\n {2}done in [\d.]+ m?s\n/)
    expect(project.run(['downgrade', 'base', '--quiet'])).toEqual({ code: 0, signal: null, stdout: '', stderr: '' })
    expect(project.run(['--verbose', 'status', '--quiet'])).toMatchObject({
      code: 2,
      stderr: expect.stringContaining("USAGE: option '--verbose' cannot be used with option '--quiet'"),
    })
    expect(project.run(['--verbose', 'heads']).stdout).toContain('b1_locale.ts')
  })

  test('--json is one event a line with its statements, and the result last; --verbose changes nothing of it', () => {
    const { stdout, stderr } = project.run(['--json', '--verbose'])
    const lines = stdout
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as Record<string, unknown>)
    expect(lines.map(({ type }) => type)).toEqual([
      ...['started', 'databaseCreated'],
      ...['stepStarted', 'statement', 'statement', 'stepFinished'],
      ...['stepStarted', 'statement', 'stepFinished'],
      ...['finished', 'result'],
    ])
    expect(lines[3]).toMatchObject({ revision: 'a1', sql: expect.stringContaining('CREATE TABLE') })
    expect(lines[5]).toMatchObject({ ms: expect.any(Number) })
    expect(stderr).toBe('')
  })
})
