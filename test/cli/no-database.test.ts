import { existsSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { mysqlDialect } from '@org/migrate-dialect-mysql'
import { postgresDialect } from '@org/migrate-dialect-postgres'
import { sqliteDialect } from '@org/migrate-dialect-sqlite'
import { openMysql } from '@org/migrate-drizzle/mysql'
import { openPostgres } from '@org/migrate-drizzle/postgres'
import { openSqlite } from '@org/migrate-drizzle/sqlite'
import { afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { ensureBuilt, Project, twoRevisions } from './project.ts'

beforeAll(ensureBuilt)
let project: Project
beforeEach(() => {
  project = new Project(twoRevisions)
})
afterEach(() => project.remove())

const ownConfig = (text: string): void => project.put({ 'migrate.config.ts': `export default ${text}\n` })
const files = (): readonly string[] => readdirSync(project.folder).sort()

describe('a command that no database is named for', () => {
  test.each([
    ['a configuration without `url`', "{ migrations: './migrations' }", {}, 'DATABASE_URL is not set'],
    ['an empty DATABASE_URL', "{ migrations: './migrations' }", { DATABASE_URL: '' }, 'DATABASE_URL is empty'],
    ['a blank DATABASE_URL', "{ migrations: './migrations' }", { DATABASE_URL: '  ' }, 'DATABASE_URL is empty'],
    [
      'an unset variable, as the documents write it',
      "{ url: process.env.DATABASE_URL, migrations: './migrations' }",
      {},
      'DATABASE_URL, which is not set',
    ],
    [
      'an unset variable, while DATABASE_URL names another database',
      "{ url: process.env['STAGING_URL'], migrations: './migrations' }",
      { DATABASE_URL: 'sqlite:production.db' },
      'STAGING_URL, which is not set',
    ],
    [
      'an empty variable in a configuration that is a function',
      "({ env }) => ({ url: env.STAGING_URL, migrations: './migrations' })",
      { STAGING_URL: '', DATABASE_URL: 'sqlite:production.db' },
      'STAGING_URL, which is empty',
    ],
    ['an empty text', "{ url: '', migrations: './migrations' }", { DATABASE_URL: 'sqlite:x.db' }, 'has no value'],
  ])('%s: NO_DATABASE, exit 2, no file', (_what, config, env, message) => {
    ownConfig(config)
    const before = files()
    const more = [
      ['downgrade', 'base'],
      ['stamp', 'head'],
      ['doctor'],
      ['adopt'],
      ['check'],
      ['plan'],
      ['lock', 'release'],
    ]
    for (const args of [[], ['status'], ...(message.startsWith('DATABASE_URL, ') ? more : [])]) {
      const { code, stderr } = project.run(args, { env })
      expect([args, code, stderr]).toEqual([args, 2, expect.stringContaining('NO_DATABASE')])
      expect(stderr).toContain(message)
    }
    expect(files()).toEqual(before)
    const { error } = project.json(['upgrade'], { env }) as { readonly error?: unknown }
    expect(error).toMatchObject({ code: 'NO_DATABASE' })
  })

  test('an empty --url is not passed over for the database of DATABASE_URL or of the configuration', () => {
    ownConfig("{ migrations: './migrations' }")
    const before = files()
    for (const value of ['', ' ', '\t']) {
      for (const args of [
        ['--url', value],
        [`--url=${value}`, 'upgrade'],
      ]) {
        const { code, stderr } = project.run(args, { env: { DATABASE_URL: 'sqlite:production.db' } })
        expect([args, code, stderr]).toEqual([args, 2, expect.stringMatching(/NO_DATABASE: .*--url is empty/)])
      }
    }
    expect(files()).toEqual(before)
  })

  test('what only shows or makes files needs none, and says that it could not ask one', () => {
    ownConfig("{ url: process.env.DATABASE_URL, migrations: './migrations' }")
    expect(project.run(['heads'])).toMatchObject({ code: 0, stderr: '' })
    for (const args of [['history'], ['graph'], ['show', 'head']]) {
      const { code, stdout, stderr } = project.run(args)
      expect([args, code, stderr]).toEqual([
        args,
        0,
        expect.stringContaining('current revisions of the database are not known'),
      ])
      expect(stdout).toContain('b1')
    }
    expect(project.run(['history', '--indicate-current'])).toMatchObject({ code: 2 })
    expect(project.run(['revision', '-m', 'next'])).toMatchObject({ code: 0, stderr: '' })
  })

  test("the default of Open WebUI's own configuration is its own: an empty --url is refused there too", () => {
    const home = join(import.meta.dirname, '../../apps/cli')
    // After `npm start` its database is there.
    const had = existsSync(join(home, 'data'))
    const { code, stderr } = project.run(['status', '--url', ''], { cwd: home })
    expect({ code, stderr }).toEqual({ code: 2, stderr: expect.stringContaining('NO_DATABASE') })
    expect(existsSync(join(home, 'data'))).toBe(had)
  })
})

test.each([
  ['sqliteDialect', sqliteDialect],
  ['postgresDialect', postgresDialect],
  ['mysqlDialect', mysqlDialect],
  ['openSqlite', openSqlite],
  ['openPostgres', openPostgres],
  ['openMysql', openMysql],
] as readonly (readonly [string, (options: { readonly url: string }) => unknown])[])(
  '%s without a URL is NO_DATABASE, and with one that is no text INVALID_OPTION',
  (_name, make) => {
    for (const url of [undefined, null, '', '  '] as unknown as string[]) {
      expect(() => make({ url })).toThrow(expect.objectContaining({ code: 'NO_DATABASE' }))
    }
    for (const url of [5, {}, [], new URL('postgres://h/d')] as unknown as string[]) {
      expect(() => make({ url })).toThrow(expect.objectContaining({ code: 'INVALID_OPTION' }))
    }
  },
)
