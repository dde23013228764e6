import { spawnSync } from 'node:child_process'
import {
  chmodSync,
  cpSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeAll, beforeEach, expect, test } from 'vitest'
import { ensureBuilt, type Finished, Project, revision, root } from './project.ts'

const program = 'node_modules/@org/own'
const lengthOfHeading = 256

let project: Project
const at = (...path: string[]): string => join(project.folder, ...path)
const cache = (): string => at('node_modules/.cache/migrate')
const entries = (of: 'start' | 'run' = 'start', folder = cache()): readonly string[] =>
  readdirSync(folder).filter((name) => name.startsWith(`code-${of}-`))
const entry = (of: 'start' | 'run' = 'start'): string => join(cache(), entries(of)[0] ?? '')

/** A program of its own, so that no other test uses its cache. */
function install(): void {
  for (const part of ['bin', 'dist', 'package.json'])
    cpSync(join(root, 'apps/cli', part), at(program, part), { recursive: true, preserveTimestamps: true })
  for (const name of ['oxc-transform', 'oxc-resolver'])
    symlinkSync(join(root, 'apps/cli/node_modules', name), at('node_modules', name))
}

const status = (env: Record<string, string> = {}): Finished =>
  project.run(['status'], { env: { TMPDIR: at('tmp'), NODE_OPTIONS: '', ...env }, ownProcess: true })

function script(of: 'start' | 'run' = 'start'): string {
  const names = readdirSync(at(program, 'dist/chunks'))
  return at(program, 'dist/chunks', names.find((name) => name.startsWith(`${of}-`) && name.endsWith('.cjs')) ?? '')
}

/** Code of another text of the same length, which V8 takes. */
function plantCode(of: 'start' | 'run' = 'start', text = 'migrate.config.', planted = 'migrate.planted'): void {
  const make = `
    const [file, to, text, planted] = process.argv.slice(1)
    const source = require('node:fs').readFileSync(file, 'utf8').replaceAll(text, planted)
    require('node:fs').writeFileSync(to, new (require('node:vm').Script)(source).createCachedData())`
  const file = at('planted')
  expect(spawnSync(process.execPath, ['-e', make, script(of), file, text, planted]).status).toBe(0)
  const code = readFileSync(file)
  const heading = readFileSync(entry(of)).subarray(-lengthOfHeading)
  writeFileSync(entry(of), Buffer.concat([code, code, heading]))
}

const fromPlanted = { code: 2, stderr: expect.stringContaining('CONFIG_NOT_FOUND') }

beforeAll(ensureBuilt)
beforeEach(() => {
  project = new Project({ 'migrations/.keep': '' }, `${program}/bin/migrate.js`)
  mkdirSync(at('tmp'))
  install()
})
afterEach(() => rmSync(project.folder, { recursive: true, force: true }))

test('the code of the program is kept once, and run at the next start', () => {
  const first = status()
  expect(first.stderr).toBe('')
  expect(entries()).toHaveLength(1)
  const { mtimeMs, ino } = statSync(entry())
  expect(status()).toEqual(first)
  expect(statSync(entry())).toMatchObject({ mtimeMs, ino })
  plantCode()
  expect(status()).toMatchObject(fromPlanted)
  expect(status({ NODE_DISABLE_COMPILE_CACHE: '1' })).toEqual(first)
})

test('the code of what a run needs is kept by the first run, as an entry of its own', () => {
  const upgrade = (): Finished =>
    project.run(['upgrade'], { env: { TMPDIR: at('tmp'), NODE_OPTIONS: '' }, ownProcess: true })
  const table = "  op.createTable('item', (t) => { t.column('id', integer()) })"
  project.put({ 'migrations/a.ts': revision('aaaa', null, table) })
  expect(upgrade()).toMatchObject({ code: 0, stderr: expect.stringContaining('[1/1] up   main:aaaa') })
  expect([...entries('run'), ...entries()]).toHaveLength(2)
  const start = statSync(entry()).mtimeMs
  project.put({ 'migrations/b.ts': revision('bbbb', 'aaaa', table.replaceAll('item', 'thing')) })
  const whole = readFileSync(entry('run'))
  plantCode('run', '":counter"', 'planted_it')
  expect(upgrade().stderr).toContain('planted_it is not defined')
  writeFileSync(entry('run'), whole)
  expect(upgrade()).toMatchObject({ code: 0, stderr: expect.stringContaining('main:bbbb') })
  expect(statSync(entry()).mtimeMs).toBe(start)
  expect(entries('run')).toHaveLength(1)
})

test('a program that was changed, or copied to another folder with its cache, runs its own text', () => {
  const first = status()
  plantCode()
  const { atime, mtime } = statSync(script())
  writeFileSync(script(), readFileSync(script()))
  utimesSync(script(), atime, mtime)
  expect(status()).toEqual(first)
  expect(readFileSync(entry()).length).toBeGreaterThan(100_000)
  plantCode()
  expect(status()).toMatchObject(fromPlanted)
  cpSync(at(program), at('copy'), { recursive: true, preserveTimestamps: true })
  rmSync(at(program), { recursive: true })
  renameSync(at('copy'), at(program))
  expect(status()).toEqual(first)
})

test('an entry that is damaged counts as absent, and is written again', () => {
  const first = status()
  plantCode()
  const whole = readFileSync(entry())
  const flipped = Buffer.from(whole)
  flipped.writeUInt8(flipped.readUInt8(50_000) ^ 4, 50_000)
  const zeros = Buffer.from(whole).fill(0, 8_192, 12_288)
  for (const damaged of [flipped, zeros, whole.subarray(1), whole.subarray(0, -1), Buffer.alloc(0)]) {
    writeFileSync(entry(), damaged)
    expect(status()).toEqual(first)
    expect(readFileSync(entry()).equals(damaged)).toBe(false)
  }
})

test('nothing is run from a folder that every user can write to, and nothing is written there', () => {
  const first = status()
  plantCode()
  const planted = readFileSync(entry())
  chmodSync(cache(), 0o777)
  expect(status()).toEqual(first)
  expect(readFileSync(entry()).equals(planted)).toBe(true)
  chmodSync(cache(), 0o755)
  expect(status()).toMatchObject(fromPlanted)
})

test('where no folder can be written to, the program runs without', () => {
  writeFileSync(at('node_modules/.cache'), '')
  const first = status()
  const [own] = readdirSync(at('tmp')).filter((name) => name.startsWith('migrate-cache-'))
  expect(entries('start', at('tmp', own ?? ''))).toHaveLength(1)
  expect(status({ TMPDIR: at('package.json') })).toEqual(first)
})

test('processes that start at once leave one whole entry', async () => {
  const env = { TMPDIR: at('tmp'), NODE_OPTIONS: '' }
  const started = [1, 2, 3, 4].map(() => project.start(['status'], { env }))
  const ended = await Promise.all(started.map(({ ended: end }) => end))
  for (const each of ended) expect(each.code).toBe(0)
  expect(readdirSync(cache()).filter((name) => name.startsWith('code-start'))).toEqual([entries()[0]])
  const { ino } = statSync(entry())
  expect(status().code).toBe(0)
  expect(statSync(entry()).ino).toBe(ino)
})
