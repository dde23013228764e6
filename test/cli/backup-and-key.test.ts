import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { delimiter, join } from 'node:path'
import Database from 'better-sqlite3'
import Encrypted from 'better-sqlite3-multiple-ciphers'
import { afterEach, beforeAll, beforeEach, describe, expect, it, onTestFinished, test } from 'vitest'
import { clientsIn } from '../kit/servers/clients.mjs'
import { describeOnDialects, familyOf, type TestDatabase } from '../kit/servers.ts'
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
    const { code, stderr } = project.run(['upgrade', '--backup', 'before.db', ...url], { env })
    expect(code).toBe(0)
    const copy = join(caller, 'before.db')
    expect(stderr).toMatch(/^backup written to \S+before\.db \(\d+\.\d KiB\)\n {2}to restore it: rm -f .* && cp /m)
    expect(stderr).toContain(` && cp ${copy} ${project.database}\n`)
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

describeOnDialects(['postgres', 'mariadb', 'mysql'], 'upgrade --backup', (createDatabase, server) => {
  /** `run` of the configuration tells that it has started, and ends when it is stopped. */
  const slow = (): string => {
    const config = `export default {
      url: process.env.APP_URL, migrations: './migrations',
      backupCommand: { run: 'echo half > "$BACKUP_FILE"; echo $$ > started; exec sleep 600', verify: 'true' },
    }\n`
    project.put({ 'migrate.config.ts': config })
    return join(project.folder, 'started')
  }
  const leftOver = (): readonly string[] => readdirSync(project.folder).filter((name) => name.startsWith('copy.'))
  const isOver = (file: string): boolean => {
    try {
      process.kill(Number(readFileSync(file, 'utf8')), 0)
      return false
    } catch {
      return true
    }
  }
  const versionOf = async (db: TestDatabase) => db.sql('SELECT version_num FROM migrate_version')

  it('writes a dump where the caller is, of what was there before', async () => {
    const [db, clients] = [await createDatabase(), join(project.folder, 'clients')]
    expect(await clientsIn(clients, ['pg_dump', 'pg_restore', 'mariadb-dump', 'mysqldump'])).toEqual([])
    const env = { APP_URL: db.url, PATH: `${clients}${delimiter}${process.env.PATH}` }
    expect(project.run(['upgrade', 'a1'], { env }).code).toBe(0)
    expect(project.run(['upgrade', '--backup', 'copy.dump'], { env, ownProcess: true })).toMatchObject({ code: 0 })
    const dump = readFileSync(join(project.folder, 'copy.dump'), 'latin1')
    expect(dump).toContain(familyOf(server) === 'postgres' ? 'PGDMP' : '-- Dump completed')
    expect(dump).toContain('accounts')
    expect(await versionOf(db)).toEqual([{ version_num: 'b1' }])
  })

  it('that is interrupted by Ctrl-C leaves no file and changes nothing', async () => {
    const db = await createDatabase()
    const env = { APP_URL: db.url }
    expect(project.run(['upgrade', 'a1'], { env }).code).toBe(0)
    const started = slow()
    const running = project.start(['upgrade', '--backup', 'copy.dump'], { env })
    await expect.poll(() => existsSync(started) && readFileSync(started, 'utf8').endsWith('\n')).toBe(true)
    running.signal('SIGINT')
    expect((await running.ended).code).not.toBe(0)
    expect(isOver(started)).toBe(true)
    expect(leftOver()).toEqual([])
    expect(await versionOf(db)).toEqual([{ version_num: 'a1' }])
  })

  it('that is killed leaves nothing that looks like a backup, and the next one is made', async () => {
    const db = await createDatabase()
    const env = { APP_URL: db.url }
    expect(project.run(['upgrade', 'a1'], { env }).code).toBe(0)
    const started = slow()
    const running = project.start(['upgrade', '--backup', 'copy.dump'], { env })
    await expect.poll(() => existsSync(started) && readFileSync(started, 'utf8').endsWith('\n')).toBe(true)
    await running.kill()
    process.kill(Number(readFileSync(started, 'utf8')), 'SIGKILL')
    expect(leftOver()).toEqual([expect.stringMatching(/^copy\.dump\.[0-9a-f]{8}\.part$/)])
    expect(await versionOf(db)).toEqual([{ version_num: 'a1' }])
    project.put({
      'migrate.config.ts': `export default { url: process.env.APP_URL, migrations: './migrations',
        backupCommand: { run: 'echo whole > "$BACKUP_FILE"', verify: 'grep whole "$BACKUP_FILE"' } }\n`,
    })
    expect(project.run(['upgrade', '--backup', 'copy.dump'], { env, ownProcess: true }).code).toBe(0)
    expect(readFileSync(join(project.folder, 'copy.dump'), 'utf8')).toBe('whole\n')
  })

  it('prints no password, whatever the program prints', async () => {
    const db = await createDatabase()
    const password = 'a horse that is correct'
    const isPostgres = familyOf(server) === 'postgres'
    const user = `c_${db.name.slice(-10)}`
    await db.sql(
      isPostgres
        ? `CREATE ROLE ${user} LOGIN PASSWORD '${password}'; GRANT ALL ON SCHEMA public TO ${user}`
        : `CREATE USER ${user}@'%' IDENTIFIED BY '${password}'`,
    )
    if (!isPostgres) await db.sql(`GRANT ALL ON ${db.name}.* TO ${user}@'%'`)
    onTestFinished(async () => {
      await db.sql(isPostgres ? `DROP OWNED BY ${user} CASCADE; DROP ROLE ${user}` : `DROP USER ${user}@'%'`)
    })
    const env = { APP_URL: db.url.replace(/\/\/\w+@/, `//${user}:${encodeURIComponent(password)}@`) }
    const variable = isPostgres ? 'PGPASSWORD' : 'MYSQL_PWD'
    project.put({
      'migrate.config.ts': `export default { url: process.env.APP_URL, migrations: './migrations',
        backupCommand: { run: 'echo "with $${variable}"; exit 3', verify: 'true' } }\n`,
    })
    const { code, stdout, stderr } = project.run(['upgrade', '--backup', 'copy.dump'], { env, ownProcess: true })
    expect(code).toBe(1)
    expect(stderr).toContain('BACKUP_FAILED')
    expect(stderr).toContain('with ***')
    expect(stdout + stderr).not.toContain(password)
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
    // The variable holds for every encrypted file that a command line names.
    const copy = 'sqlite+sqlcipher://./copy.db'
    expect(project.run(['diff', copy, env.APP_URL, '--exit-code'], { env })).toMatchObject({ code: 3 })
    const status = project.json(['status'], { env: { ...env, APP_URL: 'sqlite+sqlcipher://./copy.db' } })
    expect(status).toMatchObject({ pending: 1 })
    expect(readFileSync(join(project.folder, 'copy.db')).subarray(0, 15).toString('latin1')).not.toBe('SQLite format 3')
  })
})
