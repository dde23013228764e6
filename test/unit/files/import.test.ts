import { execFileSync } from 'node:child_process'
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { bundleImporter, core, type LoadOptions, loadAll, putFiles } from './plain-node.ts'

let bundle: string
let project: string

beforeAll(async () => {
  bundle = await bundleImporter()
})
afterAll(() => rmSync(bundle, { recursive: true }))
beforeEach(() => {
  project = realpathSync(mkdtempSync(join(tmpdir(), 'import-')))
  mkdirSync(join(project, 'node_modules'))
})
afterEach(() => rmSync(project, { recursive: true, force: true }))

const put = (files: Readonly<Record<string, string>>): void => putFiles(project, files)

/** Imports a file of the project in a process of its own and gives its exports, or the error. */
function load(name: string, { without = bundle, ...options }: LoadOptions & { readonly without?: string } = {}) {
  return loadAll(without, [join(project, name)], options)[0] ?? {}
}

/** A Node that strips types by itself cannot load this, so our own compiled form is used there too. */
const beyondStripping = 'enum Beyond { Stripping }\n'

const entries = (): readonly string[] => readdirSync(join(project, 'node_modules/.cache/migrate'))

describe('importModule on plain Node', () => {
  test('import.meta has the values of the original, types and enums go, relative TypeScript comes along', () => {
    put({
      'a.ts':
        "import { two } from './lib/b.js'\nimport type { Nothing } from './none.ts'\nenum E { A = 7 }\nexport const sum: number = two + E.A\nexport const meta = [import.meta.url, import.meta.dirname, import.meta.filename, import.meta.resolve('./x')]\nexport const later = (await import('./lib/' + 'c.mjs')).three\n",
      'lib/b.ts': "import { one } from './c'\nexport const two = one + 1\n",
      'lib/c.ts': 'export const one: number = 1\n',
      'lib/c.mjs': 'export const three = 3\n',
    })
    const file = join(project, 'a.ts')
    const expected = {
      sum: 9,
      meta: [pathToFileURL(file).href, project, file, pathToFileURL(join(project, 'x')).href],
      later: 3,
    }
    expect(load('a.ts')).toEqual(expected)
    expect(load('a.ts')).toEqual(expected)
  })

  test('an import in a circle works', () => {
    put({
      'a.ts': "import { b } from './b.ts'\nexport function a(): number { return 1 }\nexport const sum = b()\n",
      'b.ts': "import { a } from './a.ts'\nexport const b = () => a() + 1\n",
    })
    expect(load('a.ts')).toMatchObject({ sum: 2 })
  })

  test('the cache never serves a file that changed, nor one whose dependency or package changed', () => {
    put({
      'a.ts': "import { b } from './b.ts'\nimport { p } from 'some-package'\nexport const all = 'a1' + b + p\n",
      'b.ts': "export const b: string = 'b1'\n",
      'node_modules/some-package/package.json':
        '{"name":"some-package","exports":{"require":"./wrong.cjs","import":"./one.mjs"}}',
      'node_modules/some-package/one.mjs': "export const p = 'p1'\n",
      'node_modules/some-package/two.mjs': "export const p = 'p2'\n",
      'node_modules/some-package/wrong.cjs': 'throw new Error("require")\n',
    })
    expect(load('a.ts').all).toBe('a1b1p1')
    put({ 'b.ts': "export const b: string = 'b2'\n" })
    expect(load('a.ts').all).toBe('a1b2p1')
    put({ 'node_modules/some-package/package.json': '{"name":"some-package","exports":{"import":"./two.mjs"}}' })
    expect(load('a.ts').all).toBe('a1b2p2')
    put({ 'b.js': "export const b = 'b3'\n", 'a.ts': "import { b } from './b.js'\nexport const all = b\n" })
    expect(load('a.ts').all).toBe('b3')
    rmSync(join(project, 'b.js'))
    expect(load('a.ts').all).toBe('b2')
    put({ 'b.ts': "export const b: string = 'b1'\n" })
    expect(load('a.ts').all).toBe('b1')
  })

  test('a second import uses what the first kept, and nothing half-written stays', () => {
    put({ 'a.ts': `export const n: number = 1\n${beyondStripping}` })
    load('a.ts')
    const previousEntries = entries()
    expect(previousEntries.some((name) => name.endsWith('.tmp'))).toBe(false)
    const output = previousEntries.find((name) => name.endsWith('.mjs'))
    const file = join(project, 'node_modules/.cache/migrate', output ?? '')
    const whole = readFileSync(file, 'utf8')
    writeFileSync(file, whole.replace('n = 1', 'n = "kept"'))
    expect(load('a.ts').n).toBe('kept')
    expect(entries()).toEqual(previousEntries)
    // What a power cut or a full disk can leave of a file that was renamed into place.
    for (const left of ['', whole.slice(0, 12), whole.slice(0, -1)]) {
      writeFileSync(file, left)
      expect(load('a.ts').n).toBe(1)
      expect(readFileSync(file, 'utf8')).toBe(whole)
    }
  })

  test('a package finds itself by its own name', () => {
    put({
      'package.json': '{"name":"self","type":"module","exports":"./self.js","imports":{"#x":"./self.js"}}',
      'self.js': "export const me = 'self'\n",
      'a.ts': "import { me } from 'self'\nimport { me as x } from '#x'\nexport const both: string = me + x\n",
    })
    expect(load('a.ts').both).toBe('selfself')
    expect(load('a.ts').both).toBe('selfself')
  })

  test('where no cache can be written it still loads', () => {
    put({
      'a.ts': `import { b } from './b.ts'\nexport const n: number = b\n${beyondStripping}`,
      'b.ts': 'export const b: number = 2\n',
    })
    writeFileSync(join(project, 'node_modules/.cache'), 'in the way')
    const temporary = join(project, 'tmp')
    mkdirSync(temporary)
    expect(load('a.ts', { env: { TMPDIR: temporary } }).n).toBe(2)
    expect(readdirSync(temporary)).toHaveLength(1)
    expect(load('a.ts', { env: { TMPDIR: join(project, 'a.ts') } }).n).toBe(2)
  })

  test('a folder of compiled code that others can write to is not trusted', () => {
    put({ 'a.ts': `export const n: number = 1\n${beyondStripping}` })
    rmSync(join(project, 'node_modules'), { recursive: true })
    const temporary = join(project, 'tmp')
    mkdirSync(temporary)
    load('a.ts', { env: { TMPDIR: temporary } })
    const own = join(temporary, readdirSync(temporary)[0] ?? '')
    for (const name of readdirSync(own))
      if (name.endsWith('.mjs')) writeFileSync(join(own, name), 'export const n = "planted"\n\n// whole\n')
    expect(load('a.ts', { env: { TMPDIR: temporary } }).n).toBe('planted')
    chmodSync(own, 0o777)
    expect(load('a.ts', { env: { TMPDIR: temporary } }).n).toBe(1)
  })

  test('nor is one in a node_modules that everybody can write to, be it above the project', () => {
    put({ 'inner/a.ts': `export const n: number = 1\n${beyondStripping}` })
    load('inner/a.ts')
    for (const name of entries())
      if (name.endsWith('.mjs'))
        writeFileSync(join(project, 'node_modules/.cache/migrate', name), 'export const n = "planted"\n\n// whole\n')
    expect(load('inner/a.ts').n).toBe('planted')
    for (const folder of ['node_modules', 'node_modules/.cache', 'node_modules/.cache/migrate']) {
      chmodSync(join(project, folder), 0o777)
      expect([folder, load('inner/a.ts').n]).toEqual([folder, 1])
      chmodSync(join(project, folder), 0o755)
    }
  })

  test('a syntax error names file and line', () => {
    put({ 'a.ts': "export const ä = 'ö'\n\nexport const x: = 3\n", 'b.mjs': '\n\nexport const = 3\n' })
    expect(load('a.ts')).toMatchObject({
      code: 'REVISION_IMPORT_FAILED',
      message: expect.stringContaining(`${join(project, 'a.ts')}:3: `),
    })
    expect(load('b.mjs')).toMatchObject({
      code: 'REVISION_IMPORT_FAILED',
      message: expect.stringContaining(`${join(project, 'b.mjs')}:3: `),
    })
  })

  test('a syntax error in a file that the file imports names that one', () => {
    put({
      'a.mjs': "import { x } from './b.mjs'\nexport const y = x\n",
      'b.mjs': "import { z } from './c.mjs'\nexport const x = z\n",
      'c.mjs': 'export const y = 1\nexport const = 3\n',
    })
    expect(load('a.mjs')).toMatchObject({
      code: 'REVISION_IMPORT_FAILED',
      message: expect.stringContaining(`${join(project, 'c.mjs')}:2: `),
    })
  })

  test.each([
    ['b.mjs', 'export const x = 1\n'],
    ['b.ts', 'export const x: number = 1\n'],
    ['beyond.ts', `export const x: number = 1\n${beyondStripping}`],
  ])('a name that %s does not export is an error, where jiti would give undefined', (name, text) => {
    put({
      'a.ts': `import type { T } from './t'\nimport { y } from './${name}'\nexport const z: T = y\n`,
      [name]: text,
    })
    const [importer, from] = [join(project, 'a.ts'), join(project, name)]
    expect(load('a.ts')).toMatchObject({
      code: 'REVISION_IMPORT_FAILED',
      message: `${importer}:2: ${from} does not export y`,
    })
  })

  test('what a module imports by name from a file of CommonJS is loaded by jiti', () => {
    put({
      'a.ts': "import { x } from './b.ts'\nexport const y: number = x\n",
      'b.ts': 'const x: number = 7\nmodule.exports = { x }\n',
    })
    expect(load('a.ts')).toEqual({ y: 7 })
  })

  test('an error of the code names the line of the TypeScript', () => {
    put({ 'a.ts': "interface A {\n  x: 1\n}\n\nthrow new Error('no luck')\n" })
    expect(load('a.ts')).toMatchObject({
      code: 'REVISION_IMPORT_FAILED',
      message: `${join(project, 'a.ts')}:5: no luck`,
    })
  })

  test('CommonJS is loaded by jiti, and what two files share is there once', () => {
    put({
      'a.ts': "const { sep } = require('node:path')\nmodule.exports = { revision: 'a1', sep, here: __dirname }\n",
      'c.cjs': "module.exports = Object.assign({}, { revision: 'c1' })\n",
      // `node -e` has a global `module` and `require`, but no `__dirname`.
      'one.ts': 'module.exports = { here: __dirname, one: Symbol() }\n',
      'all.ts': "module.exports = { here: __dirname, ...require('./one') }\n",
    })
    expect(load('a.ts')).toMatchObject({ revision: 'a1', here: project })
    expect(load('c.cjs')).toMatchObject({ revision: 'c1' })
    const [one, all] = loadAll(bundle, [join(project, 'one.ts'), join(project, 'all.ts')])
    expect([one?.one, all?.one]).toEqual(['symbol 0', 'symbol 0'])
  })

  test('a module in a package of CommonJS loads without the warning of Node that it could not be loaded', () => {
    put({
      'package.json': '{ "type": "commonjs" }',
      'a.js': "import { sep } from 'node:path'\n\nexport const revision = sep === '' ? '' : 'a1'\n",
      'b.ts': "export const revision: string = 'b1'\n",
      'c.js': "const text = `\nexport const x = 1\n`\nmodule.exports = { revision: 'c1', text, here: __dirname }\n",
    })
    const warnings = join(project, 'warnings')
    const files = ['a.js', 'b.ts', 'c.js'].map((name) => join(project, name))
    expect(loadAll(bundle, files, { env: { NODE_REDIRECT_WARNINGS: warnings } })).toMatchObject([
      { revision: 'a1' },
      { revision: 'b1' },
      { revision: 'c1' },
    ])
    expect(existsSync(warnings)).toBe(false)
  })

  test('without jiti, and where jiti fails too, the first error is the one reported', () => {
    const elsewhere = join(project, 'tool')
    mkdirSync(join(elsewhere, 'node_modules'), { recursive: true })
    writeFileSync(join(elsewhere, 'node.mjs'), '')
    for (const name of ['oxc-transform', 'es-module-lexer', 'oxc-resolver']) {
      symlinkSync(realpathSync(join(core, 'node_modules', name)), join(elsewhere, 'node_modules', name))
    }
    execFileSync('cp', [join(bundle, 'node.mjs'), join(elsewhere, 'node.mjs')])
    put({ 'a.ts': "import { x } from 'not-there'\nexport const y: number = x\n" })
    for (const options of [{ without: elsewhere }, {}]) {
      expect(load('a.ts', options)).toMatchObject({
        code: 'REVISION_IMPORT_FAILED',
        message: expect.stringContaining("Cannot find package 'not-there'"),
      })
    }
    expect(existsSync(join(elsewhere, 'node_modules/jiti'))).toBe(false)
  })

  /** A copy of the importer with a compiler that cannot be loaded. */
  function withBrokenCompiler(text: string): string {
    const elsewhere = join(project, 'tool')
    put({
      'tool/node_modules/oxc-transform/package.json': '{"version":"1.0.0","main":"index.js"}',
      'tool/node_modules/oxc-transform/index.js': text,
    })
    for (const name of ['es-module-lexer', 'oxc-resolver']) {
      symlinkSync(realpathSync(join(core, 'node_modules', name)), join(elsewhere, 'node_modules', name))
    }
    execFileSync('cp', [join(bundle, 'node.mjs'), join(elsewhere, 'node.mjs')])
    return elsewhere
  }

  // An enum: nothing but a compiler can load it.
  test.each([
    [
      'has no binary for this machine',
      "throw new Error('Cannot find native binding.')",
      'oxc-transform cannot be loaded: Cannot find native binding.',
      'Remove node_modules and install the packages again on this machine. No revision was run.',
    ],
    [
      'may not be loaded, because addons are not permitted',
      "throw new Error('Cannot find native binding.', { cause: Object.assign(new Error('addons are disabled'), { code: 'ERR_DLOPEN_DISABLED' }) })",
      'oxc-transform cannot be loaded: addons are disabled',
      'Start Node with `--allow-addons` too: the compiler of TypeScript is an addon. No revision was run.',
    ],
  ])('a compiler that %s is named with what to do', (_what, text, why, remedy) => {
    put({ 'a.ts': beyondStripping })
    expect(load('a.ts', { without: withBrokenCompiler(text) })).toMatchObject({
      code: 'REVISION_IMPORT_FAILED',
      details: { why },
      remedy,
    })
  })

  const installOrValues =
    'Install `@org/migrate-core` where the program and its revisions are, or pass the revisions as values: `graphOf(revisions([…]))`. No revision was run.'

  test('the compiler that is installed is not permitted without --allow-addons, and the error says so', () => {
    put({ 'a.ts': beyondStripping })
    const flag = process.allowedNodeEnvironmentFlags.has('--permission') ? '--permission' : '--experimental-permission'
    const env = { ...process.env, NODE_OPTIONS: `${flag} --allow-fs-read=*`, NODE_NO_WARNINGS: '1' }
    expect(load('a.ts', { env })).toMatchObject({
      code: 'REVISION_IMPORT_FAILED',
      message: expect.stringMatching(
        /oxc-transform cannot be loaded: Cannot load native addon because loading addons is disabled\.$/,
      ),
      remedy: 'Start Node with `--allow-addons` too: the compiler of TypeScript is an addon. No revision was run.',
    })
  })

  test('a package that is not found is to be installed; a bundle has neither ours nor a compiler', () => {
    put({
      'a.ts': `${beyondStripping}import missing from 'not-there'\nexport const value = missing\n`,
      'b.mjs': "import { text } from '@org/migrate-core'\nexport const value = text()\n",
      'tool/node_modules/none.txt': '',
    })
    const without = join(project, 'tool')
    execFileSync('cp', [join(bundle, 'node.mjs'), join(without, 'node.mjs')])
    expect(load('a.ts').remedy).toBe('Install it, `npm install not-there`, or correct the import. No revision was run.')
    for (const name of ['a.ts', 'b.mjs'])
      expect(load(name, { without })).toMatchObject({ code: 'REVISION_IMPORT_FAILED', remedy: installOrValues })
  })

  test.each([
    ['not-there/pg-core', 'Install it, `npm install not-there`, or correct the import. No revision was run.'],
    ['@scope/name/deep/file.js', 'Install it, `npm install @scope/name`, or correct the import. No revision was run.'],
    ['@/schema', 'Fix the file; no revision was run.'],
    ['~roles', 'Fix the file; no revision was run.'],
  ])('of %s the package is to be installed, and no alias', (specifier, remedy) => {
    put({ 'a.ts': `${beyondStripping}import missing from '${specifier}'\nexport const value = missing\n` })
    expect(load('a.ts')).toMatchObject({
      code: 'REVISION_IMPORT_FAILED',
      message: expect.stringContaining(`Cannot find package '${specifier}'`),
      remedy,
    })
  })

  describe('where import() takes TypeScript by itself', () => {
    const takenAs = (source: string): string => {
      const hooks = `import { readFileSync } from 'node:fs'
      export async function load(url, context, next) {
        if (!url.endsWith('.ts')) return next(url, context)
        return { format: 'module', shortCircuit: true, source: ${source} }
      }`
      return `import { register } from 'node:module'
      register('data:text/javascript,' + encodeURIComponent(${JSON.stringify(hooks)}))`
    }
    const taking = takenAs(`"export const by = 'Node'"`)
    const file = { 'a.ts': "export const by: string = 'us'\n" }

    test('it is left to it, unless the program asks for what is compiled and kept', () => {
      put(file)
      expect(load('a.ts', { before: taking })).toEqual({ by: 'Node' })
      expect(load('a.ts', { before: `${taking}\nimportCompiled()` })).toEqual({ by: 'us' })
    })

    test('it is left to it where only it knows where an import leads', () => {
      put({ 'a.ts': "import { by } from '~/by'\nexport { by }\n" })
      expect(load('a.ts', { before: `${taking}\nimportCompiled()` })).toEqual({ by: 'Node' })
    })

    test('it is left to it where the compiler is installed, and has no binary for this process', () => {
      put(file)
      const without = withBrokenCompiler("throw new Error('Cannot find native binding.')")
      expect(load('a.ts', { before: `${taking}\nimportCompiled()`, without })).toEqual({ by: 'Node' })
    })

    test('what it takes without stripping the types is compiled', () => {
      put({
        'a.ts': "import type { By } from './by.ts'\nexport const by: By = 'us'\n",
        'by.ts': 'export type By = string\n',
      })
      expect(load('a.ts', { before: takenAs('readFileSync(new URL(url))') })).toEqual({ by: 'us' })
    })

    test('it is left to it where nothing can compile', () => {
      put({ ...file, 'tool/node_modules/none.txt': '' })
      const elsewhere = join(project, 'tool')
      for (const name of ['es-module-lexer', 'oxc-resolver']) {
        symlinkSync(realpathSync(join(core, 'node_modules', name)), join(elsewhere, 'node_modules', name))
      }
      execFileSync('cp', [join(bundle, 'node.mjs'), join(elsewhere, 'node.mjs')])
      expect(load('a.ts', { before: `${taking}\nimportCompiled()`, without: elsewhere })).toEqual({ by: 'Node' })
    })
  })
})
