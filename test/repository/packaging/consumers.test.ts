import { execFileSync } from 'node:child_process'
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { ensureBuilt } from '../../cli/project.ts'
import { root } from '../tree.ts'

const home = mkdtempSync(join(tmpdir(), 'consumers-'))
const folders = [
  'core',
  'autogenerate',
  'dialect-sqlite',
  'dialect-postgres',
  'dialect-mysql',
  'drizzle',
  'schema',
].map((name) => `packages/${name}`)
const tsc = createRequire(import.meta.url).resolve('typescript/lib/tsc.js')
const entries: string[] = []

/** The packages as they go out: what is packed of them, and `publishConfig` in its place. */
beforeAll(() => {
  ensureBuilt()
  for (const folder of [...folders, 'apps/cli']) {
    const { publishConfig, ...manifest } = JSON.parse(readFileSync(join(root, folder, 'package.json'), 'utf8')) as {
      readonly name: string
      readonly exports: object
      readonly publishConfig: object
    }
    const at = join(home, 'node_modules', manifest.name)
    mkdirSync(at, { recursive: true })
    writeFileSync(join(at, 'package.json'), JSON.stringify({ ...manifest, ...publishConfig }))
    cpSync(join(root, folder, 'dist'), join(at, 'dist'), { recursive: true })
    entries.push(...Object.keys(manifest.exports).map((entry) => manifest.name + entry.slice(1)))
  }
  for (const name of readdirSync(join(root, 'test/node_modules')).filter((each) => !/^[@.]/.test(each)))
    symlinkSync(join(root, 'test/node_modules', name), join(home, 'node_modules', name))
  writeFileSync(join(home, 'package.json'), '{"name":"app"}')
})
afterAll(() => rmSync(home, { recursive: true, force: true }))

/** The errors of a file that imports every entry, and takes a type of ours for another one: what resolves to `any` would let it. */
function errors(file: string, options: object): readonly string[] {
  const imports = entries.map((entry, at) => `import * as m${at} from '${entry}'\nexport const n${at}: never = m${at}`)
  writeFileSync(join(home, file), imports.join('\n'))
  const compilerOptions = {
    ...{ target: 'ES2023', lib: ['ES2023'], strict: true, noEmit: true, types: ['node'], skipLibCheck: true },
    ...{ typeRoots: [join(root, 'node_modules/@types')], preserveSymlinks: false },
    ...options,
  }
  writeFileSync(join(home, 'tsconfig.json'), JSON.stringify({ compilerOptions, files: [file] }))
  try {
    execFileSync(process.execPath, [tsc, '-p', home], { encoding: 'utf8', cwd: dirname(home) })
    return []
  } catch (error) {
    const { stdout } = error as { readonly stdout: string }
    return stdout.split('\n').flatMap((line) => /error (TS\d+)/.exec(line)?.[1] ?? [])
  }
}

test.each([
  ['CommonJS with moduleResolution node', 'app.cts', { module: 'CommonJS', moduleResolution: 'Node10' }],
  ['CommonJS with module node20', 'app.cts', { module: 'Node20' }],
  ['CommonJS with module nodenext', 'app.cts', { module: 'NodeNext' }],
  ['ES modules with module node16', 'app.mts', { module: 'Node16' }],
  ['ES modules with module nodenext', 'app.mts', { module: 'NodeNext' }],
  ['a bundler', 'app.ts', { module: 'ESNext', moduleResolution: 'Bundler' }],
])(
  '%s finds the types of every entry',
  (_what, file, options) => {
    // TS2322: each module is given to `never`, and nothing else is wrong.
    expect(errors(file, options)).toEqual(entries.map(() => 'TS2322'))
  },
  120_000,
)

test('CommonJS with module node16 refuses ES modules, as documented', () => {
  expect(new Set(errors('app.cts', { module: 'Node16' }))).toContain('TS1479')
}, 120_000)

test('require gives every entry that needs no other package', () => {
  const text = "const { createMigrator } = require('@org/migrate-core'); process.stdout.write(typeof createMigrator)"
  const linked = join(home, 'node_modules/@org/migrate-core/node_modules')
  symlinkSync(join(root, 'packages/core/node_modules'), linked)
  expect(execFileSync(process.execPath, ['--no-warnings', '-e', text], { encoding: 'utf8', cwd: home })).toBe(
    'function',
  )
})
