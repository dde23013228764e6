import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import Database from 'better-sqlite3'
import Encrypted from 'better-sqlite3-multiple-ciphers'
import { afterEach, beforeAll, beforeEach, describe, expect, it, test } from 'vitest'
import { describeOnEach } from '../kit/servers.ts'
import { needsDriver } from '../kit/sqlite-client/needs-driver.ts'
import { ensureBuilt, Project, revision, twoRevisions } from './project.ts'

beforeAll(ensureBuilt)
let project: Project
beforeEach(() => {
  project = new Project(twoRevisions)
})
afterEach(() => project.remove())

function rowsOf(file: string, sql: string): readonly unknown[] {
  const database = new Database(file, { readonly: true })
  try {
    return database.prepare(sql).all()
  } finally {
    database.close()
  }
}

describe('upgrade --backup', () => {
  test('makes a whole copy of what was there before the first change, where the caller stands', () => {
    expect(project.run(['upgrade', 'a1']).code).toBe(0)
    const caller = join(project.folder, 'elsewhere')
    mkdirSync(caller)
    const env = { INIT_CWD: caller, npm_package_json: join(project.folder, 'package.json') }
    const url = ['--url', `sqlite:${project.database}`]
    expect(project.run(['upgrade', '--backup', 'before.db', ...url], { env })).toMatchObject({ code: 0 })
    const copy = join(caller, 'before.db')
    expect(rowsOf(copy, 'SELECT * FROM accounts')).toEqual([{ id: 1, name: 'one' }])
    expect(rowsOf(copy, 'SELECT version_num FROM migrate_version')).toEqual([{ version_num: 'a1' }])
    expect(rowsOf(copy, 'PRAGMA integrity_check')).toEqual([{ integrity_check: 'ok' }])
    expect(rowsOf(project.database, 'SELECT version_num FROM migrate_version')).toEqual([{ version_num: 'b1' }])
    expect(readdirSync(caller)).toEqual(['before.db'])
  })

  test('overwrites nothing, and changes nothing then', () => {
    project.run(['upgrade', 'a1'])
    const file = join(project.folder, 'kept.db')
    writeFileSync(file, 'somebody needs this')
    const { code, stdout, stderr } = project.run(['upgrade', '--backup', 'kept.db'])
    expect(code).not.toBe(0)
    expect(stdout).toBe('')
    expect(stderr).toContain(file)
    expect(readFileSync(file, 'utf8')).toBe('somebody needs this')
    expect(rowsOf(project.database, 'SELECT version_num FROM migrate_version')).toEqual([{ version_num: 'a1' }])
  })

  test('that cannot be made stops the run before it changes anything', () => {
    project.run(['upgrade', 'a1'])
    expect(project.run(['upgrade', '--backup', 'no/such/folder/copy.db']).code).not.toBe(0)
    expect(rowsOf(project.database, 'SELECT version_num FROM migrate_version')).toEqual([{ version_num: 'a1' }])
  })

  test('makes no copy where nothing is to do', () => {
    project.run(['upgrade'])
    expect(project.run(['upgrade', '--backup', 'copy.db']).stdout).toContain('up to date')
    expect(existsSync(join(project.folder, 'copy.db'))).toBe(false)
  })
})

describeOnEach(['postgres', 'mariadb'], 'upgrade --backup', (createDatabase) => {
  it('is refused, and nothing is made', async () => {
    const db = await createDatabase()
    const { code, stderr } = project.run(['upgrade', '--backup', 'copy.db'], { env: { APP_URL: db.url } })
    expect(code).toBe(2)
    expect(stderr).toContain('INVALID_OPTION')
    expect(stderr).toContain('has backups of its own')
    expect(existsSync(join(project.folder, 'copy.db'))).toBe(false)
    for (const table of ['accounts', 'migrate_version']) {
      await expect(db.sql(`SELECT * FROM ${table}`)).rejects.toThrow()
    }
  })
})

describe('an encrypted file', () => {
  needsDriver('better-sqlite3-multiple-ciphers')
  const key = 'a horse that is correct'
  const env = { APP_URL: 'sqlite+sqlcipher://./app.db', DATABASE_PASSWORD: key }

  test('is migrated with the key of DATABASE_PASSWORD, and opens with that key alone', () => {
    expect(project.run(['upgrade'], { env })).toMatchObject({ code: 0 })
    expect(readFileSync(project.database).subarray(0, 15).toString('latin1')).not.toBe('SQLite format 3')
    const database = new Encrypted(project.database, { readonly: true })
    database.pragma("cipher = 'sqlcipher'")
    database.pragma('legacy = 4')
    database.pragma(`key = '${key}'`)
    expect(database.prepare('SELECT * FROM accounts').all()).toEqual([{ id: 1, name: 'one', locale: 'en' }])
    database.close()
  })

  test('with another key, or none, is left as it is; no key is printed', () => {
    project.run(['upgrade', 'a1'], { env })
    const before = readFileSync(project.database)
    const wrong = 'an ox that is not'
    const refused = project.run(['upgrade'], { env: { ...env, DATABASE_PASSWORD: wrong } })
    expect(refused).toMatchObject({ code: 1, stdout: '', stderr: expect.stringContaining('error: WRONG_KEY: ') })
    expect(refused.stderr).not.toContain(wrong)
    const { DATABASE_PASSWORD: _key, ...without } = env
    const none = project.run(['upgrade'], { env: { ...without, DATABASE_PASSWORD: undefined } })
    expect(none.code).not.toBe(0)
    expect(readFileSync(project.database).equals(before)).toBe(true)
  })

  test('prints its key nowhere: not when it fails, not for programs, not from the configuration', () => {
    project.put({
      'migrate.config.ts': `export default { url: 'sqlite+sqlcipher://./app.db', key: '${key}', migrations: './migrations' }\n`,
      'migrations/c1_fails.ts': revision('c1', 'b1', `  op.sql("SELECT '${key}' FROM no_such_table")`),
    })
    for (const args of [['upgrade'], ['upgrade', '--json'], ['plan'], ['status', '--json'], ['lock']]) {
      const { stdout, stderr } = project.run(args)
      expect(stdout + stderr).not.toContain(key)
    }
    expect(project.run(['upgrade']).stderr).toContain('***')
  })

  test('has a copy that is encrypted with the same key', () => {
    project.run(['upgrade', 'a1'], { env })
    expect(project.run(['upgrade', '--backup', 'copy.db'], { env }).code).toBe(0)
    const status = project.json(['status'], { env: { ...env, APP_URL: 'sqlite+sqlcipher://./copy.db' } })
    expect(status).toMatchObject({ pending: 1 })
    expect(readFileSync(join(project.folder, 'copy.db')).subarray(0, 15).toString('latin1')).not.toBe('SQLite format 3')
  })
})
