import { execFileSync, spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import Database from 'better-sqlite3'
import { drizzle } from 'drizzle-orm/better-sqlite3'
import { afterAll, beforeAll, describe, expect, type TestContext, test } from 'vitest'
import { sqliteDialect } from '../../../../packages/dialect-sqlite/src/index.ts'
import { ensureBuilt, root } from '../../../cli/project.ts'
import { otherNode } from '../../../kit/other-node.ts'
import { bun, npmPackage } from '../../../kit/servers/nodes.mjs'
import { skipWithout } from '../../../kit/sqlite-client/needs-driver.ts'

const home = mkdtempSync(join(tmpdir(), 'drivers-'))
beforeAll(ensureBuilt)
afterAll(() => rmSync(home, { recursive: true, force: true }))

const here = join(root, 'test/dialects/sqlite/connection')
const libsql = createRequire(join(root, 'packages/dialect-sqlite/package.json')).resolve('libsql')

async function orSkip<T>(context: TestContext, get: Promise<T>): Promise<T> {
  try {
    return await get
  } catch (error) {
    return context.skip(`it could not be fetched: ${String(error).slice(0, 200)}`)
  }
}

interface Runs {
  readonly driver: string
  /** The program, and the module that an application opens a client of the driver with. */
  on(context: TestContext): Promise<{ readonly program: string; readonly module: string }>
}

const runs: readonly Runs[] = [
  { driver: 'libsql', on: async () => ({ program: process.execPath, module: libsql }) },
  {
    driver: 'better-sqlite3',
    on: async (context) => {
      const file = 'better-sqlite3/lib/index.js'
      const module = await orSkip(context, npmPackage('better-sqlite3@13.2.0', file))
      return { program: await otherNode('24.21.0', context), module }
    },
  },
  {
    driver: 'node:sqlite',
    on: async (context) => ({ program: await otherNode('24.21.0', context), module: 'node:sqlite' }),
  },
  {
    driver: 'bun:sqlite',
    on: async (context) => ({ program: await orSkip(context, bun('1.4.5')), module: 'bun:sqlite' }),
  },
]

interface Facts {
  readonly lines: readonly unknown[]
  readonly nul: string
}

/** A program in a folder where the package of `module` is installed, if it is one. */
function programWith(module: string, name: string): string {
  if (!module.includes('/node_modules/') || module === libsql) return join(here, name)
  const folder = join(home, 'beside')
  mkdirSync(folder, { recursive: true })
  const program = join(folder, name)
  if (!existsSync(program)) symlinkSync(join(here, name), program)
  const modules = join(folder, 'node_modules')
  if (!existsSync(modules)) symlinkSync(module.slice(0, module.lastIndexOf('/better-sqlite3/')), modules)
  return program
}

function factsOf(program: string, facts: string, file: string, ...how: readonly string[]): Facts {
  const args = [facts, join(home, file), ...how]
  return JSON.parse(execFileSync(program, args, { encoding: 'utf8', cwd: root }))
}

const named = (facts: Facts) => facts.lines.filter((line) => (line as readonly unknown[])[0] !== 'looking')

describe.each(runs)('with the driver $driver', ({ driver, on }) => {
  const name = driver.replace(':', '-')

  test('a session gives the values, errors and counts that it gives with better-sqlite3 12', async (context) => {
    skipWithout('better-sqlite3', context)
    const { program, module } = await on(context)
    const facts = programWith(module, 'session-facts.mjs')
    const reference = factsOf(
      process.execPath,
      join(here, 'session-facts.mjs'),
      `${name}-reference.db`,
      'better-sqlite3',
    )
    const open = factsOf(program, facts, `${name}-open.db`, driver, 'open', module)
    expect(factsOf(program, facts, `${name}.db`, driver)).toEqual(reference)
    // All sessions of an open client have its one connection.
    expect(named(open)).toEqual(named(reference))
    expect(open.nul).toBe('a\0b')
  })

  for (const how of ['url', 'open']) {
    test(`a run that is killed leaves nothing behind, the next one ends it, and the downgrade leaves no table (${how})`, async (context) => {
      const { program, module } = await on(context)
      const file = join(home, `${name}-${how}-run.db`)
      const run = (command: string) =>
        spawnSync(program, [programWith(module, 'driver-program.mjs'), file, driver, how, module, command], {
          encoding: 'utf8',
          cwd: root,
        })
      expect(run('kill')).toMatchObject({ signal: 'SIGKILL' })
      const client = new Database(file)
      const tables = () =>
        client
          .prepare(`SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT GLOB 'migrate_*'`)
          .pluck()
          .all()
      expect(tables()).toEqual([])
      expect(run('upgrade')).toMatchObject({ status: 0, stderr: '' })
      expect(tables()).toEqual(['a'])
      expect(client.prepare('SELECT code, n, typeof(big) AS t FROM a ORDER BY code').raw().all()).toEqual([
        ['x', 1, 'integer'],
        ['y', 2, 'integer'],
      ])
      expect(run('downgrade')).toMatchObject({ status: 0, stderr: '' })
      expect(tables()).toEqual([])
      client.close()
    })
  }
})

test('an open client is used, stays open, and has its settings as before', async () => {
  const client = new Database(join(home, 'settings.db'))
  client.pragma('foreign_keys = OFF')
  client.pragma('busy_timeout = 1234')
  const dialect = sqliteDialect({ driver: client })
  expect(dialect.connection.database).toBe(join(home, 'settings.db'))
  const [one, two] = [
    await dialect.connection.connect({ purpose: 'run' }),
    await dialect.connection.connect({ purpose: 'inspect' }),
  ]
  expect(await one.query('PRAGMA foreign_keys')).toEqual([{ foreign_keys: 1n }])
  await one.execute('CREATE TABLE t (n INTEGER)')
  await one.execute('INSERT INTO t VALUES (9007199254740993)')
  await one.close()
  expect(client.pragma('busy_timeout', { simple: true })).toBe(0)
  await two.close()
  expect(client.open).toBe(true)
  expect(client.pragma('foreign_keys', { simple: true })).toBe(0)
  expect(client.pragma('busy_timeout', { simple: true })).toBe(1234)
  // Numbers, as the application has them.
  expect(client.prepare('SELECT count(*) FROM t').pluck().get()).toBe(1)
  expect(() => client.prepare("SELECT migrate_sha256('')")).toThrow('no such function: migrate_sha256')
  client.close()
})

test('a client in memory is one database for all sessions', async () => {
  const client = new Database(':memory:')
  const dialect = sqliteDialect({ driver: client })
  expect(dialect.connection.database).toBe(':memory:')
  const session = await dialect.connection.connect({ purpose: 'run' })
  const scope = await session.begin()
  await session.execute('CREATE TABLE t (n)')
  const other = await dialect.connection.connect({ purpose: 'run', waitMs: 0 })
  await expect(other.execute('DROP TABLE t')).rejects.toMatchObject({ code: 'DATABASE_BUSY' })
  await scope.commit()
  await other.execute('DROP TABLE t')
  await session.close()
  await other.close()
  expect(client.prepare('SELECT count(*) FROM sqlite_schema').pluck().get()).toBe(0)
  client.close()
})

test('a transaction of the application is not taken for one of ours', async () => {
  const client = new Database(':memory:')
  client.exec('CREATE TABLE t (n); BEGIN; INSERT INTO t VALUES (1)')
  const session = await sqliteDialect({ driver: client }).connection.connect({ purpose: 'run' })
  await expect(session.begin()).rejects.toMatchObject({ code: 'ALREADY_IN_TRANSACTION' })
  await session.close()
  client.exec('COMMIT')
  expect(client.prepare('SELECT n FROM t').pluck().all()).toEqual([1])
  client.close()
})

test('what is no driver is refused', () => {
  const refusal = (options: object): unknown => {
    try {
      return sqliteDialect(options as { readonly url: string })
    } catch (error) {
      return (error as Error).message
    }
  }
  const client = new Database(':memory:')
  const names = 'better-sqlite3, better-sqlite3-multiple-ciphers, libsql, node:sqlite, bun:sqlite'
  expect(refusal({ url: ':memory:', driver: 'sqlite3' })).toBe(
    `driver: it is one of ${names}, or an open client of one of them`,
  )
  expect(refusal({ driver: {} })).toBe(`driver: it is one of ${names}, or an open client of one of them`)
  expect(refusal({ driver: drizzle(client) })).toBe(
    `driver: it is one of ${names}, or an open client of one of them; this is an instance of Drizzle: give its \`$client\``,
  )
  expect(refusal({ url: ':memory:', driver: client })).toBe(
    'driver: an open client is given instead of `url`, not beside it',
  )
  expect(refusal({ url: 'sqlite+sqlcipher://x.db', key: 'k', driver: 'libsql' })).toBe(
    'driver: libsql opens no encrypted database of SQLCipher',
  )
  client.close()
})

test('a driver that is named and is not there is not replaced by another one', async () => {
  const error = await sqliteDialect({ url: ':memory:', driver: 'bun:sqlite' })
    .connection.connect({ purpose: 'run' })
    .catch((refused: unknown) => refused)
  expect(error).toMatchObject({
    code: 'DRIVER_NOT_BUILT',
    message: 'the driver bun:sqlite cannot be loaded: only Bun has it',
    remedy: 'Run the program with Bun, or name another driver.',
  })
})

test('doctor warns of an installed driver that was passed over', async (context) => {
  const program = await otherNode('24.21.0', context)
  const script = `import { sqliteDialect } from ${JSON.stringify(pathToFileURL(join(root, 'packages/dialect-sqlite/dist/index.js')).href)}
  const dialect = sqliteDialect({ url: ':memory:' })
  const session = await dialect.connection.connect({ purpose: 'inspect' })
  const found = await dialect.doctor.examine(session, {})
  console.log(JSON.stringify(found.filter(({ about }) => about === 'driver')))`
  const file = join(home, 'program.mjs')
  writeFileSync(file, script)
  const installed = join(home, 'node_modules/better-sqlite3')
  mkdirSync(installed, { recursive: true })
  writeFileSync(join(installed, 'package.json'), '{"version":"13.2.0","main":"index.js"}')
  writeFileSync(join(installed, 'index.js'), "throw new Error('bindings file is gone')")
  expect(JSON.parse(execFileSync(program, [file], { encoding: 'utf8' }))).toEqual([
    {
      level: 'warning',
      about: 'driver',
      what: 'node:sqlite is used: the driver better-sqlite3 cannot be loaded: bindings file is gone.',
      next: 'Install it again for this Node, or uninstall it.',
    },
  ])
  rmSync(installed, { recursive: true })
})
