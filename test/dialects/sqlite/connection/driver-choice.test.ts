import { spawnSync } from 'node:child_process'
import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs'
import Module, { createRequire } from 'node:module'
import path from 'node:path'
import { expect, it, onTestFinished } from 'vitest'
import { candidates, loadFirst } from '../../../../packages/dialect-sqlite/src/connection/drivers/drivers.ts'
import { incompatibilityOf, locate } from '../../../../packages/dialect-sqlite/src/connection/drivers/installed.ts'
import { notLoaded } from '../../../../packages/dialect-sqlite/src/connection/drivers/not-loaded.ts'
import { hasBuiltin, thisRuntime } from '../../../../packages/dialect-sqlite/src/connection/drivers/runtime.ts'
import { bundle, folder } from './kit.ts'

const require = createRequire(import.meta.url)
const name = 'better-sqlite3'

/** A package of that name in the folder of a program, which says whose it is when a database is opened. */
function install(home: string, version: string, binary = ''): string {
  const at = path.join(home, 'node_modules', name)
  mkdirSync(path.join(at, 'build/Release'), { recursive: true })
  writeFileSync(path.join(at, 'package.json'), JSON.stringify({ name, version, main: 'index.js' }))
  writeFileSync(
    path.join(at, 'index.js'),
    `module.exports = class { constructor() { throw new Error('opened by ${version}') } }`,
  )
  writeFileSync(path.join(at, 'build/Release/better_sqlite3.node'), binary)
  return path.join(at, 'index.js')
}

const program = (home: string) => path.join(home, 'server.mjs')
const calls = '\0node::RemoveEnvironmentCleanupHook\0'

const better = {
  name,
  supports: (major: number) => [12, 13].includes(major),
  incompatibility: incompatibilityOf,
}

it('the copy of the program is the one that is loaded, where it is of a version that is known', () => {
  const home = folder()
  const own = install(home, '12.99.0')
  const node = process.versions.node
  expect(locate(better, { program: program(home), node })).toEqual({ version: '12.99.0', path: own })
  const old = folder()
  install(old, '9.6.0')
  expect(locate(better, { program: program(old), node })).not.toHaveProperty('path')
  expect(locate(better, { program: program(folder()), node })).not.toHaveProperty('path')
  expect(locate(better, { program: path.join(folder(), 'no path'), node })).not.toHaveProperty('path')
})

it('a copy that would end this Node is left alone', () => {
  const [thirteen, compiled] = [folder(), folder()]
  const own = install(thirteen, '13.2.0')
  expect(locate(better, { program: program(thirteen), node: '22.23.3' })).toEqual({ version: '13.2.0', path: own })
  expect(locate(better, { program: program(thirteen), node: '20.20.2' })).not.toHaveProperty('path')
  install(compiled, '12.11.1', calls)
  expect(locate(better, { program: program(compiled), node: '24.21.0' })).not.toHaveProperty('path')
})

it('the libsql that @libsql/client brought along is found where it is', () => {
  const home = folder()
  const client = path.join(home, 'node_modules/@libsql/client')
  const own = path.join(client, 'node_modules/libsql')
  mkdirSync(own, { recursive: true })
  writeFileSync(path.join(client, 'package.json'), '{"version":"0.18.0","main":"index.js"}')
  writeFileSync(path.join(own, 'package.json'), '{"version":"0.5.29","main":"index.js"}')
  const libsql = { name: 'libsql', supports: (major: number) => major === 0, within: '@libsql/client' }
  expect(locate(libsql, { program: program(home), node: '24.21.0' })).toEqual({
    version: '0.5.29',
    path: path.join(own, 'index.js'),
  })
})

/** As Yarn's Plug'n'Play does: no folder called node_modules leads to a package. */
it('without node_modules, the installation is issuers where a driver is', () => {
  const home = folder()
  const store = folder()
  install(store, '13.2.0')
  const at = path.join(store, 'node_modules', name)
  const issuers: unknown[] = []
  const module = Module as { findPnpApi?: unknown }
  module.findPnpApi = (file: string) =>
    file.startsWith(home)
      ? {
          resolveToUnqualified(request: string, issuer: string) {
            issuers.push(issuer)
            if (request === name) return at
            throw Object.assign(new Error('undeclared'), { code: 'MODULE_NOT_FOUND' })
          },
        }
      : null
  onTestFinished(() => {
    delete module.findPnpApi
  })
  const found = { version: '13.2.0', path: path.join(at, 'index.js') }
  expect(locate(better, { program: program(home), node: '24.21.0' })).toEqual(found)
  expect(issuers).toEqual([program(home)])
  const libsql = { name: 'libsql', supports: (major: number) => major === 0, within: '@libsql/client' }
  expect(locate(libsql, { program: program(home), node: '24.21.0' })).not.toHaveProperty('path')
  // A file that belongs to no such installation.
  expect(locate(better, { program: program(store), node: '24.21.0' })).toEqual(found)
})

it.each([
  [
    'node 20',
    { node: '20.20.2' },
    'Install it: `npm install better-sqlite3@12`, or use Node 24, which brings SQLite along.',
  ],
  [
    'node 22.12',
    { node: '22.12.0' },
    'Install it: `npm install better-sqlite3@13`, or use Node 24, which brings SQLite along.',
  ],
  [
    'node 24',
    { node: '24.21.0', hasBuiltin: true },
    'Install it: `npm install better-sqlite3@13`, or leave `driver` out, and the SQLite of Node is used.',
  ],
  [
    'Deno',
    { node: '26.3.0', deno: '2.9.6', hasBuiltin: true },
    'Install it: `deno add npm:better-sqlite3@13`, or leave `driver` out, and the SQLite of Deno is used.',
  ],
])('under %s the advice installs a version that is loaded there', (_name, facts, remedy) => {
  const runtime = { program: undefined, bun: undefined, deno: undefined, hasBuiltin: false, ...facts }
  const absent = Object.assign(new Error("Cannot find package 'better-sqlite3'"), { code: 'ERR_MODULE_NOT_FOUND' })
  expect(notLoaded(name, absent, runtime).remedy).toBe(remedy)
})

it('what is part of the runtime comes after the first that is installed', () => {
  const home = folder()
  const own = install(home, '13.2.0')
  const node = { ...thisRuntime(), program: program(home), node: '24.21.0', hasBuiltin: true }
  const names = (runtime: typeof node) => candidates(runtime).map((candidate) => candidate.name)
  expect(candidates(node)[0]).toEqual({ name, located: { version: '13.2.0', path: own } })
  expect(names(node)[1]).toBe('node:sqlite')
  const bun = { ...node, bun: '1.4.5' }
  expect(names(bun).filter((each) => each.startsWith(name))).toEqual([])
  expect(names(bun)).toContain('bun:sqlite')
  expect(names({ ...node, hasBuiltin: false })).not.toContain('node:sqlite')
})

it('node:sqlite is taken from Node 22.16 and 24.0 on, and not of 23', () => {
  const fit = ['20.20.2', '22.13.1', '22.15.1', '22.16.0', '23.11.1', '24.0.0', '26.10.0'].filter(hasBuiltin)
  expect(fit).toEqual(['22.16.0', '24.0.0', '26.10.0'])
})

it('which Node a binary ends is told by what it calls', () => {
  const home = folder()
  install(home, '12.11.1', calls)
  const installed = { version: '12.11.1', folder: path.join(home, 'node_modules', name) }
  const unfit = ['20.20.2', '22.23.3', '24.0.0', '24.21.0', '25.9.0', '26.3.1', '26.4.0', '28.0.0'].filter(
    (node) => incompatibilityOf(node, installed) !== undefined,
  )
  expect(unfit).toEqual(['24.0.0', '24.21.0', '26.3.1'])
  install(home, '12.11.1', '\0node::AddEnvironmentCleanupHook\0')
  expect(incompatibilityOf('24.21.0', installed)).toBeUndefined()
  expect(incompatibilityOf('24.21.0', { ...installed, version: '13.2.0' })).toBeUndefined()
})

const source = `
import { sqliteDialect } from '@org/migrate-dialect-sqlite'
const [driver] = process.argv.slice(2)
export const opened = sqliteDialect({ url: 'sqlite::memory:', ...(driver && { driver }) })
  .connection.connect({ purpose: 'run' })
  .then((session) => session.close())
  .then(() => ({ code: 'opened' }), (error) => error)
`

/** A program of one folder with this package in another, and what each has installed. */
async function openFrom(app: string, tool: string, ...driver: readonly string[]): Promise<unknown> {
  const outfile = path.join(tool, 'tool.mjs')
  await bundle(source, outfile)
  writeFileSync(
    program(app),
    `import { opened } from ${JSON.stringify(outfile)}\nconsole.log(JSON.stringify(await opened))\n`,
  )
  const { stdout, stderr } = spawnSync(process.execPath, [program(app), ...driver], { encoding: 'utf8' })
  return JSON.parse(stdout || JSON.stringify(stderr))
}

it('a program and the migrations in it open a database by one copy, and without one of its own by that of this package', async () => {
  const [app, tool] = [folder(), folder()]
  mkdirSync(path.join(tool, 'node_modules'))
  symlinkSync(path.dirname(require.resolve(`${name}/package.json`)), path.join(tool, 'node_modules', name))
  expect(await openFrom(app, tool)).toEqual({ code: 'opened' })
  install(app, '12.99.0')
  expect(await openFrom(app, tool)).toMatchObject({
    code: 'DATABASE_UNREACHABLE',
    details: { why: 'opened by 12.99.0' },
  })
})

const fittingHere = Number.parseInt(process.versions.node, 10) < 22 ? 12 : 13

/** Both are looked up when the first database is opened. */
it.each([
  [
    './prebuilds/linux-none.node',
    'Leave `driver` out, and the SQLite of Node is used; or install a C++ compiler, make and Python, and run `npm explore better-sqlite3 -- npm run build-release`.',
  ],
  ['bindings-of-none', `Remove it and install it again: \`npm install better-sqlite3@${fittingHere}\`.`],
])('a driver whose %s is not there is DRIVER_NOT_BUILT where it is named, else passed over', async (part, remedy) => {
  const app = folder()
  const index = install(app, '12.99.0')
  writeFileSync(index, `module.exports = class { constructor() { require('${part}') } }`)
  expect(await openFrom(app, folder(), name)).toMatchObject({
    code: 'DRIVER_NOT_BUILT',
    details: { driver: name, why: `Cannot find module '${part}'` },
    remedy,
  })
  const code = hasBuiltin(process.versions.node) ? 'opened' : 'DRIVER_NOT_BUILT'
  expect(await openFrom(app, folder())).toMatchObject({ code })
})

it.skipIf(Number.parseInt(process.versions.node, 10) >= 22)(
  'where none fits, it is said before one is loaded',
  async () => {
    const [app, tool] = [folder(), folder()]
    install(tool, '13.2.0')
    expect(await openFrom(app, tool)).toMatchObject({
      code: 'DRIVER_NOT_BUILT',
      details: { driver: name, why: `version 13.2.0 needs Node 22 or newer, and ends Node ${process.versions.node}` },
      remedy: 'Install one that fits beside your program: `npm install better-sqlite3@12`.',
    })
    install(app, '12.99.0')
    expect(await openFrom(app, tool)).toMatchObject({ details: { why: 'opened by 12.99.0' } })
  },
)

it('on Bun, the reason for another driver is that Bun does not load better-sqlite3, installed or not', async () => {
  const { why } = await loadFirst({ ...thisRuntime(), bun: '1.4.5' })
  expect(why).toMatch(/; Bun does not load better-sqlite3$/)
})
