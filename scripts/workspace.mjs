// What the scripts at the root share: pnpm (fetched by npm where it is missing), installing, building, the driver.
import { spawn, spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import {
  accessSync,
  constants,
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

export const root = join(dirname(fileURLToPath(import.meta.url)), '..')
const stamp = join(root, 'node_modules/.installed-for')

/** What is wrong with a version of Node; undefined where it will do. */
export function nodeProblem(version) {
  const [major = 0, minor = 0] = version.split('.').map(Number)
  // `process.getBuiltinModule` came with 20.16 and 22.3; what is released of 21 has none.
  if (major > 22 || (major === 22 && minor >= 3) || (major === 20 && minor >= 19)) return undefined
  return `Node ${version} is too old: this needs Node 20.19, or 22.3 and newer.`
}

/** Without a folder for temporary files pnpm ends with a stack, and so does each test. */
function temporaryProblem() {
  const folder = tmpdir()
  try {
    accessSync(folder, constants.W_OK | constants.X_OK)
    return undefined
  } catch (error) {
    return `No temporary file can be made in ${folder}: ${error.message}.\nSet TMPDIR to a folder that exists and can be written.`
  }
}

export function refuseUnfitMachine() {
  const problem = nodeProblem(process.versions.node) ?? temporaryProblem()
  if (problem === undefined) return
  console.error(problem)
  process.exit(1)
}

let command

/** pnpm 10 from the PATH, or the one that npm fetches. */
function pnpmCommand() {
  command ??= findPnpm()
  return command
}

function findPnpm() {
  const pnpmVersion = spawnSync('pnpm', ['--version'], { encoding: 'utf8', shell: process.platform === 'win32' })
  return pnpmVersion.status === 0 && /^10\./.test(pnpmVersion.stdout) ? ['pnpm'] : ['npx', '--yes', 'pnpm@10']
}

export function pnpm(args, options = {}) {
  const [program, ...first] = pnpmCommand()
  return run(program, [...first, ...args], options)
}

/** Runs a program on our own terminal; gives its exit code. */
export function run(command, args, { env = {}, cwd = root, quiet = false } = {}) {
  const { status, signal, error, stdout, stderr } = spawnSync(command, args, {
    cwd,
    stdio: quiet ? 'pipe' : 'inherit',
    env: { ...process.env, ...env },
    shell: process.platform === 'win32',
  })
  if (error) console.error(`${command} could not be started: ${error.message}`)
  const code = signal ? 1 : (status ?? 1)
  if (quiet && code !== 0) process.stderr.write(`${stdout}${stderr}`)
  return code
}

/**
 * Runs vitest on our own terminal; gives its exit code. A signal to this process ends vitest, and what comes after clears away. It has a process
 * group of its own: a worker in the middle of a computation outlives it otherwise.
 */
export function vitest(args, env) {
  const child = spawn(process.execPath, [join(root, 'node_modules/vitest/vitest.mjs'), 'run', ...args], {
    cwd: root,
    stdio: 'inherit',
    env: { ...process.env, ...env },
    detached: true,
  })
  const signalGroup = (signal) => {
    try {
      process.kill(-child.pid, signal)
    } catch (error) {
      if (error.code !== 'ESRCH') throw error
    }
  }
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal))
  return new Promise((resolve, reject) => {
    child.once('error', reject)
    child.once('exit', () => signalGroup('SIGKILL'))
    child.once('close', (code) => resolve(code ?? 1))
  })
}

function installedFor() {
  return createHash('sha256')
    .update(readFileSync(join(root, 'pnpm-lock.yaml')))
    .update(process.versions.modules)
    .digest('hex')
}

/** Whether that version of Node has an SQLite that will do. */
export function hasBuiltinSqlite(version = process.versions.node) {
  const [major = 0, minor = 0] = version.split('.').map(Number)
  return major >= 24 || (major === 22 && minor >= 16)
}

/** The SQLite of Node itself, which migrations use where better-sqlite3 cannot be loaded. */
export function builtinSqlite(version = process.versions.node) {
  if (!hasBuiltinSqlite(version)) return undefined
  const { emitWarning } = process
  process.emitWarning = () => {}
  try {
    return process.getBuiltinModule('node:sqlite')?.DatabaseSync
  } finally {
    process.emitWarning = emitWarning
  }
}

/**
 * A constructor of handles with `exec` and `close`. `from` is a folder whose dependencies are asked where Node has no SQLite. Throws
 * where there is none.
 */
export function sqliteDriver(from = join(root, 'packages/dialect-sqlite')) {
  const builtin = builtinSqlite()
  if (builtin !== undefined) return builtin
  const Database = createRequire(join(from, 'package.json'))('better-sqlite3')
  new Database(':memory:').close()
  return Database
}

/**
 * Loads the SQLite driver as a migration would. Its binary is downloaded or compiled when it is installed; where neither
 * worked, and Node brings none along, this is the moment to say what is missing.
 */
export function checkDriver(from) {
  try {
    sqliteDriver(from)
    return undefined
  } catch (error) {
    return [
      'The SQLite driver (better-sqlite3) cannot be loaded:',
      `  ${String(error?.message ?? error).split('\n')[0]}`,
      'It comes as a binary or is compiled when it is installed. Install a C++ compiler, make and Python 3',
      '  Debian, Ubuntu:  apt-get install g++ make python3',
      '  Fedora:          dnf install gcc-c++ make python3',
      '  macOS:           xcode-select --install',
      'and then run:      npx pnpm@10 rebuild better-sqlite3',
      'Or use Node 24, which brings SQLite along.',
    ].join('\n')
  }
}

/** Installs what the lock file says, unless that was done already. Ends the process where it does not work. */
export function install() {
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === installedFor()) return
  const failed =
    pnpm(['install', '--frozen-lockfile', '--ignore-scripts=false'], {
      env: { MIGRATE_NO_PREPARE: '1', CI: 'true' },
    }) !== 0
  const problem = existsSync(join(root, 'packages/dialect-sqlite/node_modules')) ? checkDriver() : undefined
  if (problem !== undefined) {
    console.error(`\n${problem}`)
    process.exit(1)
  }
  if (failed) {
    console.error('\nThe dependencies could not be installed; the messages above say why.')
    process.exit(1)
  }
  mkdirSync(dirname(stamp), { recursive: true })
  writeFileSync(stamp, installedFor())
}

const built = join(root, 'node_modules/.built')

/** The newest change below a folder, in ms. A file that is gone shows in the time of its folder. Editors leave links that lead nowhere. */
function newest(folder) {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .map((entry) => lstatSync(join(entry.parentPath, entry.name)).mtimeMs)
    .reduce((latest, time) => Math.max(latest, time), statSync(folder).mtimeMs)
}

/** What every package is built with: as turbo.json has it, and the versions of what is bundled. */
const sharedInputs = ['tsconfig.base.json', 'scripts/build.mjs', 'scripts/program-scripts.mjs', 'pnpm-lock.yaml']

/** Whether a build is newer than every source: then not even the build tool has to be started. */
function isBuilt() {
  if (!existsSync(built)) return false
  const homes = ['packages', 'apps'].flatMap((group) =>
    readdirSync(join(root, group)).map((name) => join(root, group, name)),
  )
  const sources = homes.filter((home) => existsSync(join(home, 'src')))
  if (!sources.every((home) => existsSync(join(home, 'dist')))) return false
  const last = statSync(built).mtimeMs
  const changed = (path) => existsSync(path) && statSync(path).mtimeMs > last
  return !(
    sharedInputs.some((path) => changed(join(root, path))) ||
    sources.some(
      (home) =>
        newest(join(home, 'src')) > last || ['package.json', 'tsconfig.json'].some((path) => changed(join(home, path))),
    )
  )
}

export function build() {
  if (isBuilt()) return
  const startedAt = new Date()
  if (pnpm(['--silent', 'build'], { quiet: true }) !== 0) {
    console.error('\nThe packages could not be built.')
    process.exit(1)
  }
  writeFileSync(built, '')
  // What was changed during the build may not be in it.
  utimesSync(built, startedAt, startedAt)
}

/** A folder that is removed when the process ends, also by a signal where `exitOnSignals` is in force. */
export function temporaryFolder(prefix) {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), prefix)))
  process.on('exit', () => rmSync(folder, { recursive: true, force: true }))
  return folder
}

/** A signal ends the process as any other end does, so that it clears away. Gives a function that takes it back. */
export function exitOnSignals() {
  const signals = ['SIGINT', 'SIGTERM', 'SIGHUP']
  const exit = () => process.exit(1)
  for (const signal of signals) process.on(signal, exit)
  return () => {
    for (const signal of signals) process.off(signal, exit)
  }
}

/** The command line as `pnpm --filter cli migrate` starts it, without pnpm around it. */
export function migrate(args) {
  const home = join(root, 'apps/cli')
  return run(process.execPath, [join(home, 'bin/migrate.js'), ...args], { cwd: home })
}
