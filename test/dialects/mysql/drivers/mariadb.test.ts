import { spawnSync } from 'node:child_process'
import { cpSync, mkdirSync, mkdtempSync, readFileSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { mysqlDialect } from '@org/migrate-dialect-mysql'
import { beforeAll, describe, expect, onTestFinished, test } from 'vitest'
import { ensureBuilt, root } from '../../../cli/project.ts'
import { killedAndResumed, projectWith } from '../../../kit/killed-run.ts'
import { describeOnEach } from '../../../kit/servers.ts'
import { codeOf, open } from '../connection/kit.ts'

beforeAll(ensureBuilt)

describeOnEach(['mariadb', 'mysql'], 'the driver mariadb', (createDatabase) => {
  test('a killed run leaves nothing half; the next one ends at head, and goes down again', async () => {
    const { url, sql } = await createDatabase()
    await killedAndResumed(url, sql, ", driver: 'mariadb'", 'DATABASE()')
  })

  test('doctor and config name it, with its version and the reason', async () => {
    const { url } = await createDatabase()
    const project = projectWith(", driver: 'mariadb'")
    const settings = { env: { ...process.env, APP_URL: url } }
    const text = `mariadb ${versionOf('mariadb')} (\`driver\` names it)`
    expect(project.run(['doctor'], settings).stdout).toContain(`driver: ${text}.`)
    expect(project.run(['config'], settings).stdout).toMatch(
      new RegExp(`^driver +${text.replace(/[().]/g, '\\$&')} +file$`, 'm'),
    )
  })

  test('the session has no IGNORE_SPACE, which the driver adds, but where the server has it', async () => {
    const db = await createDatabase()
    const modes = async (): Promise<string> => {
      const session = await open(db, { driver: 'mariadb' })
      const [row] = await session.query('SELECT @@sql_mode AS modes')
      await session.close()
      return String(row?.modes)
    }
    expect(await modes()).not.toContain('IGNORE_SPACE')
    const [before] = await db.sql('SELECT @@GLOBAL.sql_mode AS modes')
    onTestFinished(async () => void (await db.sql(`SET GLOBAL sql_mode = '${before?.modes}'`)))
    await db.sql("SET GLOBAL sql_mode = CONCAT(@@GLOBAL.sql_mode, ',IGNORE_SPACE')")
    expect(await modes()).toContain('IGNORE_SPACE')
  })

  test('a statement that is killed leaves the session open; an error has the text of the server alone', async () => {
    const db = await createDatabase()
    const stop = new AbortController()
    const session = await open(db, { driver: 'mariadb', signal: stop.signal })
    const [row] = await session.query('SELECT CONNECTION_ID() AS id')
    await db.sql('CREATE TABLE t (id int PRIMARY KEY)')
    const waiting = codeOf(
      session.query(
        'SELECT COUNT(*) FROM information_schema.columns a, information_schema.columns b, information_schema.columns c',
      ),
    )
    const running = `SELECT 1 AS n FROM information_schema.PROCESSLIST WHERE ID = ${row?.id} AND INFO LIKE 'SELECT COUNT%'`
    await expect.poll(() => db.sql(running)).toHaveLength(1)
    await db.sql(`KILL QUERY ${row?.id}`)
    expect(await waiting).toBe(1317)
    await session.execute('INSERT INTO t VALUES (1)')
    const error: unknown = await session.execute("INSERT INTO t VALUES (1), ('9')").catch((reason: unknown) => reason)
    const key = db.server === 'mysql' ? 't.PRIMARY' : 'PRIMARY'
    expect(error).toMatchObject({ errno: 1062, message: `Duplicate entry '1' for key '${key}'` })
    expect(JSON.stringify(error, Object.getOwnPropertyNames(error))).not.toContain("('9')")
  })
})

function versionOf(name: string): string {
  const file = join(root, 'packages/dialect-mysql/node_modules', name, 'package.json')
  return (JSON.parse(readFileSync(file, 'utf8')) as { readonly version: string }).version
}

/** What a project has of the driver that has these packages installed. */
function chosenWith(installed: readonly string[], driver?: string): unknown {
  const home = realpathSync(mkdtempSync(join(tmpdir(), 'drivers-')))
  onTestFinished(() => rmSync(home, { recursive: true }))
  const modules = join(home, 'node_modules')
  const own = join(modules, '@org/migrate-dialect-mysql')
  mkdirSync(join(modules, '@org'), { recursive: true })
  cpSync(join(root, 'packages/dialect-mysql/dist'), join(own, 'dist'), { recursive: true })
  cpSync(join(root, 'packages/dialect-mysql/package.json'), join(own, 'package.json'))
  symlinkSync(join(root, 'packages/core'), join(modules, '@org/migrate-core'))
  for (const name of installed)
    symlinkSync(realpathSync(join(root, 'packages/dialect-mysql/node_modules', name)), join(modules, name))
  const options = JSON.stringify({ url: 'mysql://127.0.0.1:1/none', ...(driver === undefined ? {} : { driver }) })
  writeFileSync(
    join(home, 'program.mjs'),
    `import { mysqlDialect } from '@org/migrate-dialect-mysql'
const { driver } = mysqlDialect(${options}).connection
console.log(JSON.stringify(await driver().catch(({ code, message, remedy }) => ({ code, message, remedy }))))\n`,
  )
  const { stdout, stderr } = spawnSync(process.execPath, [join(home, 'program.mjs')], { encoding: 'utf8' })
  expect(stderr).toBe('')
  return JSON.parse(stdout)
}

describe('the choice of a driver', () => {
  test('is the first that is installed, unless `driver` names one', () => {
    const [mysql2, mariadb] = [versionOf('mysql2'), versionOf('mariadb')]
    expect(chosenWith(['mysql2', 'mariadb'])).toEqual({ name: 'mysql2', version: mysql2, why: 'installed' })
    expect(chosenWith(['mariadb'])).toEqual({ name: 'mariadb', version: mariadb, why: 'installed; mysql2 is not' })
    const named = { name: 'mariadb', version: mariadb, why: '`driver` names it' }
    expect(chosenWith(['mysql2', 'mariadb'], 'mariadb')).toEqual(named)
  })

  test('where none is installed, or not the one that is named, the error says what to install', () => {
    expect(chosenWith([])).toEqual({
      code: 'DRIVER_NOT_BUILT',
      message: 'no driver for MySQL is found: neither mysql2 nor mariadb is installed',
      remedy: 'Install one: `npm install mysql2` (or `npm install mariadb`).',
    })
    expect(chosenWith(['mysql2'], 'mariadb')).toMatchObject({
      code: 'DRIVER_NOT_BUILT',
      remedy: 'Install it: `npm install mariadb`.',
    })
    expect(chosenWith(['mysql2', 'mariadb'], 'mariadb')).toMatchObject({ name: 'mariadb' })
  })

  test('takes none but those that it has', () => {
    const driver = 'pg' as 'mariadb'
    expect(() => mysqlDialect({ url: 'mysql://localhost/x', driver })).toThrow(
      expect.objectContaining({ code: 'INVALID_OPTION' }),
    )
  })
})
