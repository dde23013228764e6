import { mkdirSync, mkdtempSync, readFileSync, realpathSync, rmSync, symlinkSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { otherNode, otherNodes } from '../../kit/other-node.ts'
import { bundleImporter, type LoadOptions, loadAll, putFiles } from './plain-node.ts'

let bundle: string
let project: string

beforeAll(async () => {
  bundle = await bundleImporter()
})
afterAll(() => rmSync(bundle, { recursive: true }))
beforeEach(() => {
  project = realpathSync(mkdtempSync(join(tmpdir(), 'paths-')))
})
afterEach(() => rmSync(project, { recursive: true, force: true }))

const put = (files: Readonly<Record<string, string>>): void => putFiles(project, files)
const load = (names: readonly string[], options?: LoadOptions) =>
  loadAll(
    bundle,
    names.map((name) => join(project, name)),
    options,
  )

/** As the command line loads, and as a service does. */
const optionSets = [{ before: 'importCompiled()' }, {}]

/** An application in a workspace, with what real ones have: each line of `app/src/entry.ts` was a repository that did not load. */
const workspace = {
  'tsconfig.base.json': `{
    // Comments and commas at the end are allowed.
    "compilerOptions": { "paths": { "~shared/*": ["./packages/shared/*"], }, },
  }`,
  'app/package.json': '{"name":"app","type":"module"}',
  'app/tsconfig.json':
    '{"extends":"../tsconfig.base.json","include":["src"],"compilerOptions":{"paths":{"@/*":["./src/*"],"exact":["./src/exact.ts"],"installed":["./src/instead.ts"]}}}',
  'app/src/entry.ts': `import { extensionless } from '@/extensionless'
import { forJs } from '@/for-js.js'
import { index } from '@/folder'
import { exact } from 'exact'
import { instead } from 'installed'
import settings, { name } from '@/settings.json'
import { workspace } from '@acme/db'
import { deep } from '@acme/db/deep'
import type { Nothing } from '@/types-only'
import { OnlyAType } from './extensionless'
export const all = [extensionless, forJs, index, exact, instead, settings.size, name, workspace, deep]
export const none: OnlyAType | Nothing = undefined as never
`,
  'app/src/extensionless.ts': "export const extensionless: string = 'extensionless'\nexport type OnlyAType = string\n",
  'app/src/for-js.ts': "export const forJs: string = 'for .js'\n",
  'app/src/folder/index.ts': "export const index: string = 'index'\n",
  'app/src/exact.ts': "export const exact: string = 'exact'\n",
  'app/src/instead.ts': "export const instead: string = 'instead'\n",
  'app/src/settings.json': '{"name":"settings","size":3,"not-a-name":1,"default":2}',
  'app/node_modules/installed/package.json': '{"name":"installed","exports":"./index.mjs"}',
  'app/node_modules/installed/index.mjs': "export const instead = 'installed'\n",
  'packages/db/package.json': '{"type":"module","name":"@acme/db","exports":{".":"./src/index.ts","./*":"./src/*.ts"}}',
  'packages/db/tsconfig.json': '{"compilerOptions":{"baseUrl":"."}}',
  'packages/db/src/index.ts': "export { workspace } from 'src/based'\n",
  'packages/db/src/based.ts': "export const workspace: string = 'workspace'\n",
  'packages/db/src/deep.ts': "export const deep: string = 'deep'\n",
}
const everything = ['extensionless', 'for .js', 'index', 'exact', 'instead', 3, 'settings', 'workspace', 'deep']

function putWorkspace(): void {
  put(workspace)
  mkdirSync(join(project, 'app/node_modules/@acme'))
  symlinkSync('../../../packages/db', join(project, 'app/node_modules/@acme/db'))
}

// The `${configDir}` of a tsconfig.json.
const configFolder = '$' + '{configDir}'

describe('imports that tsconfig.json and workspaces decide', () => {
  test.each(optionSets)(
    'paths, baseUrl, extends, JSON, folders, .js for .ts and packages in TypeScript: %o',
    (loadOptions) => {
      putWorkspace()
      expect(load(['app/src/entry.ts'], loadOptions)).toEqual([{ all: everything }])
      expect(load(['app/src/entry.ts'], loadOptions)).toEqual([{ all: everything }])
    },
  )

  describe.each(otherNodes)('on Node %s', (version) => {
    test.each(optionSets)(
      'they lead to the same files: %o',
      async (loadOptions, context?: unknown) => {
        const node = await otherNode(version, context as never)
        putWorkspace()
        expect(load(['app/src/entry.ts'], { ...loadOptions, node })).toEqual([{ all: everything }])
      },
      60_000,
    )
  })

  test('extends of several and of a package, its configDir, references, and a file that no include names', () => {
    put({
      'node_modules/@tsc/base/tsconfig.json': `{"compilerOptions":{"paths":{"~/*":["${configFolder}/lib/*"]}}}`,
      'node_modules/@tsc/base/package.json': '{"name":"@tsc/base"}',
      'strict.json': '{"compilerOptions":{"strict":true}}',
      'a/tsconfig.json': '{"extends":["@tsc/base/tsconfig.json","../strict.json"],"include":["lib"]}',
      'a/lib/x.ts': "export const x: string = 'a'\n",
      'a/scripts/entry.ts': "export { x } from '~/x'\n",
      'b/tsconfig.json': '{"files":[],"references":[{"path":"./tsconfig.app.json"},{"path":"./tool"}]}',
      'b/tsconfig.app.json': '{"include":["src"],"compilerOptions":{"composite":true,"paths":{"#/*":["./src/*"]}}}',
      'b/tool/tsconfig.json': '{"compilerOptions":{"composite":true,"paths":{"#/*":["./own/*"]}}}',
      'b/src/x.ts': "export const x: string = 'b'\n",
      'b/src/entry.ts': "export { x } from '#/x'\n",
      'b/tool/own/x.ts': "export const x: string = 'tool'\n",
      'b/tool/entry.ts': "export { x } from '#/x'\n",
      'c/jsconfig.json': '{"compilerOptions":{"paths":{"@/*":["./*"]}}}',
      'c/entry.js': "export { x } from '@/lib/x'\n",
      'c/lib/x.js': "export { x } from '@/lib/y'\n",
      'c/lib/y.ts': "export const x: string = 'c'\n",
    })
    for (const loadOptions of optionSets) {
      const files = ['a/scripts/entry.ts', 'b/src/entry.ts', 'b/tool/entry.ts', 'c/entry.js']
      expect(load(files, loadOptions)).toEqual([{ x: 'a' }, { x: 'b' }, { x: 'tool' }, { x: 'c' }])
    }
  })

  test('a configuration that extends what is not there takes nothing from packages that are', () => {
    put({
      'tsconfig.json': '{"extends":"./.svelte-kit/tsconfig.json"}',
      'node_modules/installed/package.json': '{"name":"installed","exports":"./index.mjs"}',
      'node_modules/installed/index.mjs': 'export const x = 1\n',
      'a.ts': "import { x } from 'installed'\nexport const y: number = x\nenum E { A }\n",
    })
    for (const loadOptions of optionSets) expect(load(['a.ts'], loadOptions)).toEqual([{ y: 1 }])
  })

  test('a package that only NODE_PATH has is found, and after those of node_modules', () => {
    put({
      'path/hoisted/package.json': '{"name":"hoisted","exports":"./index.mjs"}',
      'path/hoisted/index.mjs': "export const x = 'path'\n",
      'path/both/package.json': '{"name":"both","exports":"./index.mjs"}',
      'path/both/index.mjs': "export const y = 'path'\n",
      'app/node_modules/both/package.json': '{"name":"both","exports":"./index.mjs"}',
      'app/node_modules/both/index.mjs': "export const y = 'installed'\n",
      'app/a.ts': "export { x } from 'hoisted'\nexport { y } from 'both'\n",
      'app/b.mjs': "export { x } from 'hoisted'\n",
    })
    for (const loadOptions of optionSets) {
      const options = { ...loadOptions, env: { NODE_PATH: join(project, 'path') } }
      for (const _time of [1, 2])
        expect(load(['app/a.ts', 'app/b.mjs'], options)).toEqual([{ x: 'path', y: 'installed' }, { x: 'path' }])
      expect(load(['app/a.ts'], { ...loadOptions, env: { NODE_PATH: '' } })).toMatchObject([
        { code: 'REVISION_IMPORT_FAILED' },
      ])
    }
  })

  test('a module is there once, whichever way leads to it', () => {
    put({
      'tsconfig.json': '{"compilerOptions":{"paths":{"@/*":["./src/*"],"@db/*":["./packages/db/src/*"]}}}',
      'packages/db/package.json': '{"name":"@acme/db","exports":{"./*":"./src/*.ts"}}',
      'packages/db/src/one.ts': 'enum Beyond { Stripping }\nexport const one: symbol = Symbol()\n',
      'src/barrel.ts': "export { one } from '@acme/db/one'\n",
      'src/other.ts': "export { one } from '@db/one'\n",
      'src/third.ts': "export { one } from '../packages/db/src/one.js'\n",
    })
    mkdirSync(join(project, 'node_modules/@acme'), { recursive: true })
    symlinkSync('../../packages/db', join(project, 'node_modules/@acme/db'))
    const files = ['packages/db/src/one.ts', 'src/barrel.ts', 'src/other.ts', 'src/third.ts']
    for (const loadOptions of optionSets)
      expect(load(files, loadOptions)).toEqual(files.map(() => ({ one: 'symbol 0' })))
  })

  test('what was compiled is not used once paths, a base of them, a file before it or the symlink of a package changed', () => {
    put({
      'tsconfig.json': '{"extends":"./base.json"}',
      'base.json': '{"compilerOptions":{"paths":{"@/*":["./first/*","./second/*"]}}}',
      'a.ts': "import { x } from '@/x'\nimport { db } from '@acme/db'\nexport const all: unknown[] = [x, db]\n",
      'second/x.ts': "export const x: string = 'second'\n",
      'third/x.ts': "export const x: string = 'third'\n",
      'db-1/package.json': '{"name":"@acme/db","exports":"./index.ts"}',
      'db-1/index.ts': "export const db: string = 'db 1'\n",
      'db-2/package.json': '{"name":"@acme/db","exports":"./index.ts"}',
      'db-2/index.ts': "export const db: string = 'db 2'\n",
    })
    const link = join(project, 'node_modules/@acme/db')
    mkdirSync(join(project, 'node_modules/@acme'), { recursive: true })
    symlinkSync('../../db-1', link)
    const compiled = { before: 'importCompiled()' }
    expect(load(['a.ts'], compiled)).toEqual([{ all: ['second', 'db 1'] }])
    put({ 'first/x.ts': "export const x: string = 'first'\n" })
    expect(load(['a.ts'], compiled)).toEqual([{ all: ['first', 'db 1'] }])
    put({ 'base.json': '{"compilerOptions":{"paths":{"@/*":["./third/*"]}}}' })
    expect(load(['a.ts'], compiled)).toEqual([{ all: ['third', 'db 1'] }])
    rmSync(link)
    symlinkSync('../../db-2', link)
    expect(load(['a.ts'], compiled)).toEqual([{ all: ['third', 'db 2'] }])
    put({ 'tsconfig.json': '{"compilerOptions":{"paths":{"@/*":["./second/*"]}}}' })
    expect(load(['a.ts'], compiled)).toEqual([{ all: ['second', 'db 2'] }])
  })

  test('a project whose tsconfig.json names no such import loads no resolver once it was compiled', () => {
    put({
      'base.json': '{"compilerOptions":{"paths":{"@/*":["./src/*"]},"lib":["es2023"]}}',
      'tsconfig.json': '{"extends":"./base.json"}',
      'node_modules/installed/package.json': '{"name":"installed","exports":"./index.mjs"}',
      'node_modules/installed/index.mjs': 'export const x = 1\n',
      'a.ts': "export { x } from 'installed'\nenum E { A }\n",
      'b.ts': "export { x } from '@/x'\nenum E { A }\n",
      'src/x.ts': 'export const x: number = 2\n',
    })
    // What a native module opens, the system tells.
    const loaded = `importCompiled()
      const report = () => process.report.getReport().sharedObjects.filter((name) => name.includes('oxc-resolver')).length
      process.on('exit', () => (process.exitCode = report() === 0 ? 0 : 7))`
    const codeOf = (name: string): number => {
      try {
        load([name], { before: loaded })
        return 0
      } catch (error) {
        return (error as { status: number }).status
      }
    }
    expect(codeOf('a.ts')).toBe(7)
    expect(codeOf('a.ts')).toBe(0)
    expect(codeOf('b.ts')).toBe(7)
    expect(codeOf('b.ts')).toBe(7)
  })

  test('an import that leads nowhere is named with its file and the paths that were asked', () => {
    put({
      'tsconfig.json': '{"compilerOptions":{"paths":{"@/*":["./src/*"]}}}',
      'a.ts': "export { x } from '@/nowhere'\n",
      'b.ts': "export { x } from './b-2'\n",
      'b-2.ts': "import broken from './broken.json'\nexport const x: unknown = broken\n",
      'broken.json': '{"a":',
    })
    const message = `Cannot find package '@/nowhere' imported from ${join(project, 'a.ts')}, with the paths of ${join(project, 'tsconfig.json')}`
    for (const loadOptions of optionSets) {
      const [a, b] = load(['a.ts', 'b.ts'], loadOptions)
      expect(a).toMatchObject({ code: 'REVISION_IMPORT_FAILED', message: expect.stringContaining(message) })
      expect(b).toMatchObject({
        code: 'REVISION_IMPORT_FAILED',
        message: expect.stringContaining(join(project, 'broken.json')),
      })
    }
    expect(readFileSync(join(project, 'broken.json'), 'utf8')).toBe('{"a":')
  })
})
