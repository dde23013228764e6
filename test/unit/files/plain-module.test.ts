import { execFileSync } from 'node:child_process'
import { mkdtempSync, readdirSync, readFileSync, realpathSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest'
import { bundleImporter, putFiles } from './plain-node.ts'

// A compiled revision that can't be told from its evaluation by Node is evaluated as a function.

let bundle: string
let project: string

beforeAll(async () => {
  bundle = await bundleImporter()
})
afterAll(() => rmSync(bundle, { recursive: true }))
beforeEach(() => {
  project = realpathSync(mkdtempSync(join(tmpdir(), 'plain (50%) ')))
  putFiles(project, {
    'node_modules/@org/migrate-core/package.json': '{"name":"@org/migrate-core","exports":"./index.mjs"}',
    'node_modules/@org/migrate-core/index.mjs':
      "export const integer = () => 'integer'\nexport const text = () => 'text'\n",
  })
})
afterEach(() => rmSync(project, { recursive: true, force: true }))

/** Imports the file as the command does, and gives what `use` makes of it. */
function imported(source: string, use: string): unknown {
  putFiles(project, { 'a.ts': source })
  const code = `
    import { importCompiled, importModule, originalPositions } from ${JSON.stringify(pathToFileURL(join(bundle, 'node.mjs')).href)}
    importCompiled()
    const load = () => importModule(${JSON.stringify(join(project, 'a.ts'))})
    const use = ${use}
    console.log(JSON.stringify(await load().then(use, (error) => ({ code: error.code, message: error.message })) ?? null))`
  return JSON.parse(
    execFileSync(process.execPath, ['--expose-gc', '--input-type=module', '-e', code], { encoding: 'utf8' }),
  )
}

function isFunctionForm(): boolean {
  const folder = join(project, 'node_modules/.cache/migrate')
  const output = readdirSync(folder).filter((name) => name.endsWith('.mjs'))
  return output.some((name) => readFileSync(join(folder, name), 'utf8').includes('\n// form '))
}

const header = `/**
 * what a person wrote
 */
import { integer, type OperationRecorder, text as string } from '@org/migrate-core'

export const revision = '4f2a91c07b3e'
export const downRevision = null
export const dependsOn: readonly string[] = ['a', "b'"]
`

test('a revision has its exports, what it imports, and the lines of its source in stacks', () => {
  const source = `${header}
const table = 'item'

function columns(): readonly string[] {
  return [integer(), string(), table]
}

/** Up. */
export function upgrade(op: OperationRecorder): unknown {
  return op === undefined ? columns() : op.record()
}

export async function later(): Promise<string> {
  return await new Promise((done) => done('later'))
}
`
  const use = `async (module) => {
    const same = (await load()) === module
    const all = { ...module, names: Object.keys(module), columns: module.upgrade(), later: await module.later(), same }
    await new Promise((done) => setImmediate(done))
    gc()
    try { module.upgrade({ record() { throw new Error('refused') } }) } catch (error) { all.frame = originalPositions(error.stack).split('\\n')[2] }
    try { module.revision = 'other' } catch (error) { all.refused = error.name }
    return all
  }`
  const expected = {
    revision: '4f2a91c07b3e',
    downRevision: null,
    dependsOn: ['a', "b'"],
    names: ['dependsOn', 'downRevision', 'later', 'revision', 'upgrade'],
    columns: ['integer', 'text', 'item'],
    later: 'later',
    same: true,
    frame: `    at upgrade (${join(project, 'a.ts')}:18:44)`.replace('at upgrade', 'at Object.upgrade'),
    refused: 'TypeError',
  }
  expect(imported(source, use)).toEqual(expected)
  expect(imported(source, use)).toEqual(expected)
  expect(isFunctionForm()).toBe(true)
})

test('text in a revision that looks like the top of one is left as it is', () => {
  const inside = '`\n}\n\nexport const revision = "other";\nexport function upgrade(op) {\n`'
  const source = `${header}\nexport function upgrade(): string {\n  return ${inside}\n}\n`
  expect(imported(source, '(module) => [module.revision, module.upgrade()]')).toEqual([
    '4f2a91c07b3e',
    '\n}\n\nexport const revision = "other";\nexport function upgrade(op) {\n',
  ])
})

test.each([
  ['a value is computed', `${header}export const at = new Date(0).getTime()\n`, '({ at }) => at', 0],
  ['it waits', `${header}export const at = await 1\n`, '({ at }) => at', 1],
  [
    'it asks where it is',
    `${header}export const up = () => import.meta.filename\n`,
    '({ up }) => up().slice(-4)',
    'a.ts',
  ],
  [
    'a function of it asks where it is',
    `${header}export function up() {\n  return import.meta.url.slice(-4)\n}\n`,
    '({ up }) => typeof up()',
    'string',
  ],
  [
    'it asks for CommonJS',
    `${header}export function up() {\n  return typeof require\n}\n`,
    '({ up }) => up()',
    'undefined',
  ],
  [
    'it imports later',
    `${header}export function up() {\n  return import('node:path')\n}\n`,
    'async ({ up }) => (await up()).sep',
    '/',
  ],
  [
    'it imports from elsewhere',
    `${header}import { sep } from 'node:path'\nexport function up() {\n  return sep\n}\n`,
    '({ up }) => up()',
    '/',
  ],
])('Node evaluates a revision where %s', (_why, source, use, expected) => {
  expect(imported(source, use)).toBe(expected)
  expect(isFunctionForm()).toBe(false)
})

test('two revisions that import one of them have its constants, whichever way it is evaluated', () => {
  putFiles(project, { 'b.ts': "import { revision } from './a.ts'\nexport const after = revision\n" })
  const use = `async (module) => {
    const { after } = await importModule(${JSON.stringify(join(project, 'b.ts'))})
    return [module.revision, after]
  }`
  expect(imported(`${header}export function upgrade() {}\n`, use)).toEqual(['4f2a91c07b3e', '4f2a91c07b3e'])
})
