import { mkdirSync, mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
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

const server = 'postgresql://app:s3cr3t-w0rd@db.example/shop'
const slips: readonly (readonly [what: string, url: string])[] = [
  ['a leading blank', ` ${server}`],
  ['a leading tab', `\t${server}`],
  ['a line end behind it', 'db.sqlite\n'],
  ['a blank behind it', 'db.sqlite '],
  ['double quotes', `"${server}"`],
  ['single quotes', `'${server}'`],
  ['back quotes', `\`${server}\``],
  ['quotes around a path', '"app.db"'],
  ['angle brackets', `<${server}>`],
  ['a missing colon', server.replace('://', '//')],
  ['a missing colon and no @', 'postgresql//db.example/s3cr3t-w0rd'],
  ['a missing scheme', server.slice('postgresql://'.length)],
  ['a user with an underscore and no scheme', 'the_app:s3cr3t-w0rd@db.example/shop'],
  ['only slashes in front', server.slice('postgresql:'.length)],
  ['an equals sign copied along', `DATABASE_URL=${server}`],
  ['one slash', server.replace('://', ':/')],
  ['no slash', server.replace('://', ':')],
  ['a byte order mark', `\uFEFF${server}`],
  ['a control character', 'app\u0007.db'],
  ['a URL behind the scheme of SQLite', `sqlite:${server}`],
  ['a URL behind that of an encrypted file', `sqlite+sqlcipher://${server}`],
  ['a folder that does not exist', 'no/such/folder/app.db'],
  ['a longer path than there can be', `${'x/'.repeat(30_000)}app.db`],
]

describe('a URL with a slip', () => {
  test.each(slips)('%s is INVALID_URL: exit 2, no file, and no password in what is printed', (_what, url) => {
    const before = readdirSync(project.folder)
    for (const args of [
      ['--url', url],
      ['config', '--url', url, '--json'],
    ]) {
      if (url.length > 20_000 && args[0] === 'config') continue
      const { code, stdout, stderr } = project.run(args)
      expect([code, stdout + stderr]).toEqual([2, expect.stringContaining('INVALID_URL')])
      expect(stdout + stderr).not.toContain('s3cr3t-w0rd@')
      if (url.includes('@')) expect(stdout + stderr).not.toContain('s3cr3t-w0rd')
    }
    expect(readdirSync(project.folder)).toEqual(before)
  })

  test.each([
    ['sqliteDialect', sqliteDialect],
    ['postgresDialect', postgresDialect],
    ['mysqlDialect', mysqlDialect],
    ['openSqlite', openSqlite],
    ['openPostgres', openPostgres],
    ['openMysql', openMysql],
  ] as readonly (readonly [string, (options: { readonly url: string }) => unknown])[])(
    '%s refuses each of them by itself, without the password',
    (_name, make) => {
      for (const [what, url] of slips) {
        let error: unknown
        try {
          make({ url })
        } catch (caught) {
          error = caught
        }
        expect([what, error]).toEqual([what, expect.objectContaining({ code: 'INVALID_URL' })])
        const shown = JSON.stringify(error) + String(error) + String((error as Error).stack)
        if (url.includes('@')) expect(shown).not.toContain('s3cr3t-w0rd')
      }
    },
  )
})

describe('what is a path of SQLite', () => {
  test('a relative path with and without folders, an absolute one, and a Windows drive', () => {
    const folder = mkdtempSync(join(tmpdir(), 'paths-'))
    mkdirSync(join(folder, 'with space/50%'), { recursive: true })
    const at = (url: string): string => sqliteDialect({ url, baseDirectory: folder }).connection.database
    try {
      for (const path of [
        'app.db',
        'app',
        './app.db',
        'with space/app.db',
        'with space/50%/a?b#c,d=e&f.db',
        'ünïcödé.db',
        '$x.db',
      ]) {
        expect(at(path)).toBe(join(folder, path))
      }
      expect(at(join(folder, 'abs.db'))).toBe(join(folder, 'abs.db'))
      expect(at('../up.db')).toBe(join(tmpdir(), 'up.db'))
      expect(() => at('C:\\data\\app.db')).not.toThrow()
      expect(at(':memory:')).toBe(':memory:')
    } finally {
      rmSync(folder, { recursive: true })
    }
  })

  test('a URL with a scheme may name a folder that is still to be made', () => {
    expect(project.run(['--url', 'sqlite:new/folder/app.db'])).toMatchObject({ code: 0 })
    expect(readdirSync(join(project.folder, 'new/folder'))).toContain('app.db')
  })
})

describe('what `config` shows of a URL', () => {
  test.each([
    ['a password to the last @', 'postgresql://app:pa@ss@h:1/db', 'postgresql://app:***@h:1/db'],
    ['a password with a blank and a quote', `postgresql://app:p' "w x@h:1/db`, 'postgresql://app:***@h:1/db'],
    ['a short password', 'postgresql://app:pw@h:1/db', 'postgresql://app:***@h:1/db'],
    ['the user where there is no password', 'postgresql://t0ken@h:1/db', 'postgresql://***@h:1/db'],
    ['a parameter to the end', `postgresql://h:1/db?password=a b'c"d`, 'postgresql://h:1/db?password=***'],
  ])('%s', (_what, url, shown) => {
    project.put({
      'migrate.config.ts': `export default { url: ${JSON.stringify(url)}, migrations: './migrations' }\n`,
    })
    const { settings } = project.json(['config']) as unknown as {
      readonly settings: readonly { readonly name: string; readonly value: string }[]
    }
    const shownOf = (name: string): string | undefined => settings.find((each) => each.name === name)?.value
    expect(shownOf('url')).toBe(shown)
    expect(shownOf('database')).not.toMatch(/t0ken|pa@ss|pw/)
    expect(project.run(['config']).stdout).not.toMatch(/t0ken|pa@ss|"w x|:pw@|a b'c/)
  })
})
