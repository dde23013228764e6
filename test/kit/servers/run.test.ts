import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import {
  chmodSync,
  cpSync,
  existsSync,
  mkdirSync,
  readFileSync,
  realpathSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { delimiter, join } from 'node:path'
import { beforeEach, describe, expect, test, vi } from 'vitest'
import { root } from '../../repository/tree.ts'
import { landingFiles, longFiles } from '../long-files.mjs'
import { bareEnvironment, foldersOf, startRun, temporaryFolder, until } from './kit.ts'

const testFolder = temporaryFolder()
// A machine with much else to do takes its time.
vi.setConfig({ testTimeout: 180_000 })

function program(name: string, text: string): void {
  const path = join(testFolder.path, 'bin', name)
  mkdirSync(join(testFolder.path, 'bin'), { recursive: true })
  writeFileSync(path, `#!/bin/sh\n${text}`)
  chmodSync(path, 0o755)
}
const path = (): string => `${join(testFolder.path, 'bin')}${delimiter}${process.env.PATH}`

describe('npm test', () => {
  /** Our scripts with a vitest that passes three tests, and notes what it was given. */
  beforeEach(() => {
    const home = join(testFolder.path, 'home')
    const parts = ['scripts', 'test/kit/servers', 'test/kit/sqlite-client', 'test/kit/long-files.mjs']
    for (const part of [...parts, 'package.json', 'pnpm-lock.yaml']) {
      cpSync(join(root, part), join(home, part), { recursive: true })
    }
    for (const part of ['test', 'packages/dialect-sqlite']) {
      mkdirSync(join(home, part), { recursive: true })
      cpSync(join(root, part, 'package.json'), join(home, part, 'package.json'))
      symlinkSync(join(root, part, 'node_modules'), join(home, part, 'node_modules'), 'junction')
    }
    mkdirSync(join(home, 'apps'))
    // Of the workspace itself, so that this is no place which a test could change.
    mkdirSync(join(home, 'node_modules'))
    symlinkSync(
      realpathSync(join(root, 'node_modules/better-sqlite3')),
      join(home, 'node_modules/better-sqlite3'),
      'junction',
    )
    program('pnpm', '[ "$1" = --version ] && echo 10.0.0; exit 0')
    mkdirSync(join(home, 'node_modules/vitest'))
    writeFileSync(
      join(home, 'node_modules/vitest/vitest.mjs'),
      `import { writeFileSync } from 'node:fs'
const words = process.argv.slice(2)
const [, report] = /--outputFile\\.json=(\\S+)/.exec(words.join(' '))
writeFileSync(report, '{"numPassedTests":3,"numFailedTests":0,"numPendingTests":0,"numTodoTests":0}')
writeFileSync(${JSON.stringify(join(testFolder.path, 'given'))}, ['mysql=' + (process.env.TEST_MYSQL_URL ?? ''), ...words].join(' '))
`,
    )
  })

  const runTests = (env: Record<string, string>, ...args: string[]) => {
    const { status, stdout, stderr } = spawnSync(
      process.execPath,
      [join(testFolder.path, 'home/scripts/test.mjs'), ...args],
      { encoding: 'utf8', env: bareEnvironment({ TMPDIR: testFolder.path, PATH: path(), ...env }) },
    )
    return { status, stdout, stderr, last: stdout.trimEnd().split('\n').at(-1) }
  }
  const dead = { TEST_MYSQL_URL: 'mysql://root:geheim@127.0.0.1:1/test' }
  const given = (): string => readFileSync(join(testFolder.path, 'given'), 'utf8').trim()

  test('says which server does not answer and why, and tests without it', () => {
    const { status, stdout, last } = runTests(dead, '--servers=mysql', 'test/unit/graph')
    expect(stdout).toMatch(/^ {2}mysql {10}NOT RUN: TEST_MYSQL_URL \(127\.0\.0\.1:1\): .*ECONNREFUSED/m)
    expect(stdout).toMatch(/^ {2}postgres {7}NOT RUN: not asked for$/m)
    expect(stdout).not.toContain('geheim')
    expect({ status, last }).toEqual({ status: 0, last: '3 passed, 0 failed' })
    expect(given()).toMatch(/^mysql= run .* test\/unit\/graph$/)
    expect(given()).not.toContain('--servers')
  })

  test('leaves long files to --all and to the long run, and some to a landing, unless a path names what runs', () => {
    const excluded = (...args: readonly string[]): readonly string[] => {
      runTests({}, '--servers=none', ...args)
      return given()
        .split(' ')
        .filter((word) => word.startsWith('--exclude='))
    }
    const omitted = excluded()
    expect(omitted).toContain('--exclude=test/faults/network/**')
    expect(omitted).toContain('--exclude=test/faults/kills/postgres.test.ts')
    for (const args of [['--all'], ['--long'], ['test/faults/kills']]) expect(excluded(...args)).toEqual([])
    expect(omitted).toContain('--exclude=test/repository/examples/**')
    const landing = excluded('--landing')
    expect(landing).toContain('--exclude=test/faults/network/**')
    expect(landing).not.toContain('--exclude=test/repository/examples/**')
    const all = [...longFiles, ...landingFiles]
    expect(all.filter((path) => !existsSync(join(root, path)))).toEqual([])
    expect([landing.length, omitted.length]).toEqual([longFiles.length, all.length])
  })

  test('fails for each server that is missing where TEST_REQUIRE=all', () => {
    const { status, stderr, last } = runTests({ ...dead, TEST_REQUIRE: 'all' }, '--servers=mysql')
    expect({ status, last }).toEqual({ status: 1, last: '3 passed, 5 failed' })
    expect(stderr).toContain('NOT RUN: 5 servers, and TEST_REQUIRE=all asks for all.')
  })

  test('that is ended starts no second run', async () => {
    const vitest = join(testFolder.path, 'home/node_modules/vitest/vitest.mjs')
    const started = join(testFolder.path, 'started')
    writeFileSync(
      vitest,
      `import { appendFileSync } from 'node:fs'
process.on('SIGTERM', () => process.exit(143))
appendFileSync(${JSON.stringify(started)}, 'run ')
setInterval(() => undefined, 1_000)`,
    )
    const child = spawn(process.execPath, [join(testFolder.path, 'home/scripts/test.mjs'), '--servers=none'], {
      env: bareEnvironment({ TMPDIR: testFolder.path, PATH: path() }),
    })
    const ended = once(child, 'exit')
    await until('the tests run', () => existsSync(started) && readFileSync(started, 'utf8') !== '')
    child.kill('SIGTERM')
    expect(await ended).toEqual([1, null])
    expect(readFileSync(started, 'utf8')).toBe('run ')
  })

  test('says what every way came to where none gave a server', () => {
    const { stdout } = runTests({ TEST_SERVERS_FROM: 'npm' }, '--servers=mysql')
    expect(stdout).toMatch(/^ {2}mysql {10}NOT RUN: npm: not here$/m)
  })

  const { TEST_MARIADB_URL, TEST_MYSQL_URL } = process.env
  test.runIf(TEST_MYSQL_URL)('gives the URL of a server that answers to the tests, and its version at the end', () => {
    const { status, stdout } = runTests({ TEST_MYSQL_URL: TEST_MYSQL_URL ?? '' }, '--servers=mysql')
    expect(stdout).toMatch(/^ {2}mysql {10}MySQL \d+\.\d+\.\d+ \(TEST_MYSQL_URL\)$/m)
    expect(given()).toMatch(`mysql=${TEST_MYSQL_URL} `)
    expect(status).toBe(0)
  })

  test.runIf(TEST_MARIADB_URL)('does not take one product for another', () => {
    const { stdout } = runTests({ TEST_MYSQL_URL: TEST_MARIADB_URL ?? '' }, '--servers=mysql')
    expect(stdout).toMatch(/^ {2}mysql {10}NOT RUN: TEST_MYSQL_URL \(.*\): the server there is MariaDB \d/m)
  })
})

const { TEST_POSTGRES_URL } = process.env
describe.runIf(TEST_POSTGRES_URL && process.platform !== 'win32')('a container', () => {
  const calls = (): readonly string[] => {
    const file = join(testFolder.path, 'calls')
    return existsSync(file) ? readFileSync(file, 'utf8').trim().split('\n') : []
  }
  /** An engine whose containers are the server that is there already. */
  const engine = (ps: string): void =>
    program(
      'docker',
      `echo "$*" >> "${testFolder.path}/calls"
case $1 in port) echo "127.0.0.1:${new URL(TEST_POSTGRES_URL ?? '').port}" ;; ps) ${ps} ;; *) echo ok ;; esac
`,
    )
  const start = () => startRun('postgres', testFolder.path, { PATH: path(), TEST_SERVERS_FROM: 'docker' })
  const nameIn = (call = ''): string => /migrate-test-postgres-\w+/.exec(call)?.[0] ?? 'none'

  test('is published on a loopback port of the engine, and removed after kill -9 of the run', async () => {
    engine('echo up')
    const run = start()
    const [postgres] = await run.outcomes
    expect(postgres).toMatchObject({ name: 'postgres', from: 'docker' })
    const runCall = calls().find((call) => call.startsWith('run '))
    expect(runCall).toMatch(/^run --detach --rm --name migrate-test-postgres-\w+ --publish 127\.0\.0\.1::5432 /)
    expect(calls().filter((call) => call.startsWith('rm'))).toEqual([])
    run.process.kill('SIGKILL')
    const removal = `rm --force --volumes ${nameIn(runCall)}`
    await until('it is removed', () => calls().includes(removal))
    await until('the folder is removed', () => foldersOf(testFolder.path).length === 0)
  })

  test('that ended is removed, and said', async () => {
    engine('true')
    const run = start()
    expect((await run.outcomes)[0]?.reason).toBe('docker: the container ended')
    expect(calls()).toContain(`rm --force --volumes ${nameIn(calls().find((call) => call.startsWith('run ')))}`)
    run.process.kill('SIGTERM')
    await run.ended
  })

  test('is not asked for where no engine answers', async () => {
    program('docker', 'exit 1\n')
    const run = start()
    expect((await run.outcomes)[0]?.reason).toBe('docker: no engine answers')
    run.process.kill('SIGTERM')
    await run.ended
  })
})
