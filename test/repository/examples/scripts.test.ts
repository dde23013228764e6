import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import {
  chmodSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { delimiter, dirname, join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { builtinSqlite, checkDriver, nodeProblem } from '../../../scripts/workspace.mjs'
import { root } from '../tree.ts'

/** As on Node 20, which has no SQLite of its own. */
const withoutSqlite = process.allowedNodeEnvironmentFlags.has('--experimental-sqlite')
  ? ['--no-experimental-sqlite']
  : []

describe('the version of Node', () => {
  test.each(['20.19.0', '20.20.1', '22.3.0', '23.0.0', '24.11.0'])('%s will do', (version) => {
    expect(nodeProblem(version)).toBeUndefined()
  })

  test.each(['22.2.0', '22.0.0', '21.7.3', '20.18.3', '18.20.0'])('%s is refused by its number', (version) => {
    expect(nodeProblem(version)).toBe(`Node ${version} is too old: this needs Node 20.19, or 22.3 and newer.`)
  })
})

describe('the driver', () => {
  let home = ''
  /** A line of shell that our pnpm runs too. */
  let duringBuild = ''
  const dialect = (): string => join(home, 'packages/dialect-sqlite')
  const module = (): string => join(dialect(), 'node_modules/better-sqlite3')

  /** The driver as it is installed here, without its binary. */
  function installWithoutBinary(): void {
    const real = realpathSync(join(root, 'node_modules/better-sqlite3'))
    mkdirSync(module(), { recursive: true })
    for (const part of ['lib', 'package.json']) cpSync(join(real, part), join(module(), part), { recursive: true })
    symlinkSync(realpathSync(join(dirname(real), 'bindings')), join(dialect(), 'node_modules/bindings'), 'junction')
  }

  function breakBinary(): void {
    mkdirSync(join(module(), 'build/Release'), { recursive: true })
    writeFileSync(join(module(), 'build/Release/better_sqlite3.node'), 'this is no library')
  }

  /** Our scripts in a project whose pnpm installs and builds nothing and is content. */
  function runScript(name: string, flags: readonly string[] = [], args: readonly string[] = []) {
    const bin = join(home, 'bin')
    mkdirSync(bin, { recursive: true })
    const pnpm = join(bin, 'pnpm')
    writeFileSync(
      pnpm,
      `#!/bin/sh\n[ "$1" = --version ] && echo 10.0.0\necho "pnpm $*" >> "${join(home, 'calls')}"\n${duringBuild}\n`,
    )
    chmodSync(pnpm, 0o755)
    const { MIGRATE_NO_PREPARE: _skip, ...env } = process.env
    return spawnSync(process.execPath, [...flags, join(home, 'scripts', name), ...args], {
      encoding: 'utf8',
      env: { ...env, PATH: `${bin}${delimiter}${process.env.PATH}` },
    })
  }
  /** What is said about the driver in `home` where Node has no SQLite. */
  function problemWithoutSqlite(): string {
    const program = `import { checkDriver } from './scripts/workspace.mjs'
console.log(checkDriver(${JSON.stringify(dialect())}))`
    const args = [...withoutSqlite, '--input-type=module', '--eval', program]
    return spawnSync(process.execPath, args, { cwd: home, encoding: 'utf8' }).stdout
  }
  const calls = (): string => (existsSync(join(home, 'calls')) ? readFileSync(join(home, 'calls'), 'utf8') : '')

  beforeEach(() => {
    home = realpathSync(mkdtempSync(join(tmpdir(), 'migrate-house-')))
    duringBuild = ''
    mkdirSync(dialect(), { recursive: true })
    writeFileSync(join(dialect(), 'package.json'), '{}')
    writeFileSync(join(home, 'package.json'), '{"type":"module"}')
    writeFileSync(join(home, 'pnpm-lock.yaml'), '')
    cpSync(join(root, 'scripts'), join(home, 'scripts'), { recursive: true })
  })
  afterEach(() => {
    vi.unstubAllEnvs()
    rmSync(home, { recursive: true, force: true })
  })

  test('of this workspace can be loaded', () => {
    expect(checkDriver()).toBeUndefined()
  })

  test('that was never compiled: what to install, and the command that compiles it', () => {
    installWithoutBinary()
    const problem = problemWithoutSqlite()
    expect(problem).toMatch(/better-sqlite3\) cannot be loaded:\n {2}Could not locate the bindings file/)
    for (const failure of [
      'C++ compiler',
      'Python 3',
      'apt-get install',
      'xcode-select --install',
      'rebuild better-sqlite3',
    ]) {
      expect(problem).toContain(failure)
    }
  })

  test('whose binary is broken: the same', () => {
    installWithoutBinary()
    breakBinary()
    expect(problemWithoutSqlite()).toContain('C++ compiler')
  })

  test.each(['start.mjs', 'test.mjs', 'ci-setup.mjs'])(
    'without a binary ends %s with 1 before anything is built',
    (script) => {
      installWithoutBinary()
      const { status, stderr } = runScript(script, withoutSqlite)
      expect(status).toBe(1)
      expect(stderr).toContain('Install a C++ compiler, make and Python 3')
      expect(calls()).toContain('pnpm install --frozen-lockfile')
      expect(calls()).not.toContain('build')
      // The next call tries again.
      expect(existsSync(join(home, 'node_modules/.installed-for'))).toBe(false)
    },
  )

  test.each(['start.mjs', 'test.mjs'])('%s says that TMPDIR names no folder before anything is installed', (script) => {
    vi.stubEnv('TMPDIR', '/no/such folder')
    const { status, stderr } = runScript(script)
    expect(status).toBe(1)
    expect(stderr).toMatch(
      /^No temporary file can be made in \/no\/such folder: ENOENT.*\nSet TMPDIR to a folder that exists and can be written\.\n$/,
    )
    expect(calls()).toBe('')
  })

  test('without a binary ends `pnpm install` with 1', () => {
    installWithoutBinary()
    breakBinary()
    const { status, stderr } = runScript('prepare.mjs', withoutSqlite)
    expect(status).toBe(1)
    expect(stderr).toContain('Install a C++ compiler, make and Python 3')
    expect(calls()).toBe('')
  })

  if (builtinSqlite() !== undefined)
    test('without a binary is not missed where Node has SQLite', () => {
      installWithoutBinary()
      breakBinary()
      expect(checkDriver(dialect())).toBeUndefined()
      expect(runScript('ci-setup.mjs')).toMatchObject({ status: 0, stderr: '' })
    })

  test('that works lets installation and build be remembered until something changes', () => {
    const source = join(home, 'apps/one/src/a.ts')
    mkdirSync(dirname(source), { recursive: true })
    mkdirSync(join(home, 'apps/one/dist'))
    writeFileSync(source, '')
    const times = (word: string): number => calls().split(word).length - 1
    mkdirSync(join(dialect(), 'node_modules'))
    symlinkSync(realpathSync(join(root, 'node_modules/better-sqlite3')), module(), 'junction')
    const setUp = (): readonly number[] => {
      expect(runScript('ci-setup.mjs')).toMatchObject({ status: 0, stderr: '' })
      return [times('install'), times('build')]
    }
    expect(setUp()).toEqual([1, 1])
    expect(setUp()).toEqual([1, 1])
    const later = new Date(Date.now() + 60_000)
    utimesSync(source, later, later)
    expect(setUp()).toEqual([1, 2])
    rmSync(source)
    utimesSync(dirname(source), later, later)
    expect(setUp()).toEqual([1, 3])
    writeFileSync(join(home, 'pnpm-lock.yaml'), 'changed')
    expect(setUp()[0]).toBe(2)
  })

  test('a build is made again for all that it reads, and not for a link that leads nowhere', () => {
    const home1 = join(home, 'apps/one')
    mkdirSync(join(home1, 'src'), { recursive: true })
    mkdirSync(join(home1, 'dist'))
    writeFileSync(join(home1, 'src/a.ts'), '')
    mkdirSync(join(dialect(), 'node_modules'))
    symlinkSync(realpathSync(join(root, 'node_modules/better-sqlite3')), module(), 'junction')
    const builds = (): number => {
      expect(runScript('ci-setup.mjs')).toMatchObject({ status: 0, stderr: '' })
      return calls().split('--silent build').length - 1
    }
    symlinkSync('no-such-file', join(home1, 'src/.#a.ts'))
    expect([builds(), builds()]).toEqual([1, 1])
    const stamp = join(home, 'node_modules/.built')
    const inputs = ['scripts/program-scripts.mjs', 'pnpm-lock.yaml', 'apps/one/tsconfig.json']
    for (const [at, path] of inputs.entries()) {
      const later = new Date(Date.now() + (at + 1) * 60_000)
      writeFileSync(join(home, path), '')
      utimesSync(join(home, path), later, later)
      expect(builds(), path).toBe(2 + at)
      utimesSync(stamp, later, later)
    }
  })

  test('a demo that could not be made whole is not there', () => {
    const program = join(home, 'apps/cli/bin/migrate.js')
    mkdirSync(dirname(program), { recursive: true })
    // Makes a part of its tables, and fails.
    writeFileSync(
      program,
      `import { writeFileSync } from 'node:fs'
const url = process.argv.at(-1)
writeFileSync(url.slice('sqlite:'.length), 'tables')
process.exit(3)`,
    )
    expect(runScript('make-demo.mjs', [], [join(home, 'demo.db')]).status).toBe(3)
    expect(readdirSync(home).filter((name) => name.startsWith('demo'))).toEqual([])
  })

  test('what changes during a build is built by the next', () => {
    const source = join(home, 'apps/one/src/a.ts')
    mkdirSync(dirname(source), { recursive: true })
    mkdirSync(join(home, 'apps/one/dist'))
    writeFileSync(source, '')
    mkdirSync(join(dialect(), 'node_modules'))
    symlinkSync(realpathSync(join(root, 'node_modules/better-sqlite3')), module(), 'junction')
    duringBuild = `sleep 0.05; : > '${source}'; sleep 0.05`
    expect(runScript('ci-setup.mjs').status).toBe(0)
    duringBuild = ''
    expect(runScript('ci-setup.mjs').status).toBe(0)
    expect(calls().split('--silent build').length - 1).toBe(2)
    expect(runScript('ci-setup.mjs').status).toBe(0)
    expect(calls().split('--silent build').length - 1).toBe(2)
  })
})

describe('a folder for a while', () => {
  const program = `import { exitOnSignals, temporaryFolder } from ${JSON.stringify(pathToFileURL(join(root, 'scripts/workspace.mjs')).href)}
exitOnSignals()
console.log(temporaryFolder('migrate-while-'))
if (process.argv[1] === 'wait') setInterval(() => undefined, 1000)`
  const args = ['--input-type=module', '--eval', program]

  test('is gone with the process, also where a signal ends it', async () => {
    const ended = spawnSync(process.execPath, args, { encoding: 'utf8' })
    expect([ended.status, existsSync(ended.stdout.trim())]).toEqual([0, false])
    const child = spawn(process.execPath, [...args, 'wait'])
    const [folder] = await once(child.stdout, 'data')
    expect(existsSync(String(folder).trim())).toBe(true)
    child.kill('SIGTERM')
    expect(await once(child, 'exit')).toEqual([1, null])
    expect(existsSync(String(folder).trim())).toBe(false)
  })
})

test('`npm start` is given what it needs by what is in the repository', () => {
  const { scripts } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as {
    scripts: Record<string, string>
  }
  const named = Object.values(scripts).flatMap((line) =>
    [...line.matchAll(/\bnode ((?:scripts|bench)\/\S+)/g)].map(([, path = '']) => path),
  )
  expect(named.length).toBeGreaterThan(5)
  expect(named.filter((path) => !existsSync(join(root, path)))).toEqual([])
  const ci = readFileSync(join(root, '.ci/run'), 'utf8')
  for (const [, path = ''] of ci.matchAll(/^node (scripts\/\S+)/gm)) expect(existsSync(join(root, path))).toBe(true)
})
