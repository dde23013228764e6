import { execFile, execFileSync } from 'node:child_process'
import {
  cpSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { problemsOfPacked } from '../../../scripts/package-contents.mjs'
import { filesOf, type PackedPackage, packPublic } from '../../../scripts/packed.mjs'
import { builtinSqlite } from '../../../scripts/workspace.mjs'
import { ensureBuilt } from '../../cli/project.ts'
import { blocksOf, follow, readPage, writeFiles } from '../examples/scenario.ts'
import { root } from '../tree.ts'
import { install } from './installed.ts'
import { serveRegistry } from './registry.ts'

const folder = realpathSync(mkdtempSync(join(tmpdir(), 'consumers-')))
const tsc = createRequire(import.meta.url).resolve('typescript/lib/tsc.js')
const readme = readPage('README.md')
let packages: readonly PackedPackage[] = []

beforeAll(() => {
  ensureBuilt()
  packages = packPublic(join(folder, 'tarballs'))
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

test('what pnpm packs of each package is what a user should get', () => {
  expect(packages.length).toBeGreaterThan(8)
  expect(packages.flatMap(({ manifest, unpacked }) => problemsOfPacked(manifest, filesOf(unpacked)))).toEqual([])
})

describe('the types of packed packages', () => {
  const home = join(folder, 'types')
  const entries: string[] = []

  beforeAll(() => {
    for (const { name, unpacked, manifest } of packages) {
      cpSync(unpacked, join(home, 'node_modules', name), { recursive: true })
      // The suite of a dialect is for its author, who has a runner of tests.
      if (name !== '@org/migrate-conformance')
        entries.push(...Object.keys(manifest.exports).map((entry) => name + entry.slice(1)))
    }
    for (const name of readdirSync(join(root, 'test/node_modules')).filter((each) => !/^[@.]/.test(each)))
      symlinkSync(join(root, 'test/node_modules', name), join(home, 'node_modules', name))
    writeFiles(readme, home)
    const revision = blocksOf(readme).find(({ text }) => text.startsWith('/**'))?.text ?? ''
    writeFileSync(join(home, 'revision.ts'), revision)
  })

  /**
   * The errors of the files of the README and of one that imports every entry, and takes a type of ours for another one: what resolves to
   * `any` would let it.
   */
  function errors(file: string, options: object): readonly string[] {
    const imports = entries.map(
      (entry, at) => `import * as m${at} from '${entry}'\nexport const n${at}: never = m${at}`,
    )
    writeFileSync(join(home, file), imports.join('\n'))
    writeFileSync(join(home, 'package.json'), JSON.stringify({ type: file === 'app.cts' ? 'commonjs' : 'module' }))
    const compilerOptions = {
      ...{ target: 'ES2023', lib: ['ES2023'], strict: true, noEmit: true, types: ['node'], skipLibCheck: true },
      ...{ typeRoots: [join(root, 'node_modules/@types')], preserveSymlinks: false },
      ...options,
    }
    const files = [file, 'schema.ts', 'migrate.config.ts', 'revision.ts']
    writeFileSync(join(home, 'tsconfig.json'), JSON.stringify({ compilerOptions, files }))
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
    '%s finds those of every entry, and compiles the files of the README',
    (_what, file, options) => {
      // TS2322: each module is given to `never`, and nothing else is wrong.
      expect(errors(file, options)).toEqual(entries.map(() => 'TS2322'))
    },
    120_000,
  )

  test('CommonJS with module node16 refuses ES modules, as documented', () => {
    expect(new Set(errors('app.cts', { module: 'Node16' }))).toContain('TS1479')
  })
})

describe('an empty folder after the installation of the README', () => {
  const home = join(folder, 'project')
  const program = join(home, 'node_modules/.bin/migrate')
  const { INIT_CWD: _folder, ...inherited } = process.env
  let closeRegistry: () => void
  const blockOf = (page: string, name: string): string =>
    blocksOf(page).find(({ language }) => language === name)?.text ?? ''
  /** Commands of a page, as a shell runs them, while the registry answers. */
  const shell = async (cwd: string, commands: string, env: NodeJS.ProcessEnv = {}): Promise<string> => {
    const { stdout, stderr } = await promisify(execFile)('sh', ['-ec', commands], {
      cwd,
      env: { ...inherited, ...env },
    })
    return stdout + stderr
  }

  beforeAll(async () => {
    mkdirSync(home)
    const { settings, close } = await serveRegistry(packages)
    closeRegistry = close
    writeFileSync(join(home, '.npmrc'), `${settings}audit=false\nfund=false\nprefer-offline=true\n`)
    await shell(home, blockOf(readme, 'sh'))
    // As the README says of Node 20; compiling it again would prove nothing about our packages.
    if (builtinSqlite() === undefined) install(home, 'better-sqlite3')
  })
  afterAll(() => closeRegistry())

  test.each([undefined, 'module', 'commonjs'])(
    'runs its commands as printed, with `type` %s',
    (type) => {
      const project = type === undefined ? home : join(home, type)
      if (type !== undefined) {
        mkdirSync(project)
        const manifest = JSON.parse(readFileSync(join(home, 'package.json'), 'utf8')) as object
        writeFileSync(join(project, 'package.json'), JSON.stringify({ ...manifest, type }))
      }
      expect(follow(readme, project, 'app.db', { drawnIds: true, program }).differences).toEqual([])
    },
    60_000,
  )

  test('has them as `npx migrate`', () => {
    const options = { cwd: home, env: inherited, encoding: 'utf8' } as const
    expect(execFileSync('npx', ['migrate', '--version'], options)).toBe('0.0.0\n')
  })

  test('migrates from a service that calls `require`', () => {
    const service = `const { createMigrator } = require('@org/migrate-core')
const { graph } = require('@org/migrate-core/node')
const { sqliteDialect } = require('@org/migrate-dialect-sqlite')
const { toDrizzle } = require('@org/migrate-drizzle/sqlite')
const tiers = [graph(require('node:path').join(__dirname, 'commonjs/migrations'))]
const migrator = createMigrator({ dialect: sqliteDialect({ url: 'sqlite:required.db' }), tiers })
migrator.upgrade().then(({ applied }) => console.log(typeof toDrizzle, applied.length))
`
    writeFileSync(join(home, 'service.cjs'), service)
    const options = { cwd: home, encoding: 'utf8' } as const
    expect(execFileSync(process.execPath, ['--no-warnings', 'service.cjs'], options)).toBe('function 1\n')
  })

  test('becomes the image of the guide, which migrates and starts', async () => {
    const page = readPage('docs/guides/image.md')
    const [source, image] = [join(folder, 'source'), join(folder, 'image')]
    for (const file of ['package.json', 'package-lock.json', '.npmrc', 'migrate.config.ts', 'migrations', 'schema.ts'])
      cpSync(join(home, file), join(source, file), { recursive: true })
    await shell(source, blockOf(page, 'sh').replace('dialect-postgres postgres', 'dialect-sqlite'), {
      npm_config_package_lock_only: 'true',
    })
    mkdirSync(join(source, 'dist'))
    const service = `import { createMigrator } from '@org/migrate-core'
import { graph } from '@org/migrate-core/node'
import { sqliteDialect } from '@org/migrate-dialect-sqlite'
const tiers = [graph(new URL('../migrations/', import.meta.url))]
const { state } = await createMigrator({ dialect: sqliteDialect({ url: 'sqlite:app.db' }), tiers }).ensure({ mode: 'verify' })
console.log(state)
`
    writeFileSync(join(source, 'dist/main.js'), service)
    mkdirSync(image)
    cpSync(join(source, '.npmrc'), join(image, '.npmrc'))
    let start: readonly string[] = []
    for (const line of blockOf(page, 'dockerfile').trimEnd().split('\n')) {
      const [keyword, ...args] = line.split(' ')
      // `npm ci` refuses a lock file without the binaries of other platforms, which a mirror of the registry may lack.
      if (keyword === 'RUN') await shell(image, args.join(' ').replace('npm ci', 'npm install'))
      else if (keyword === 'CMD') start = JSON.parse(args.join(' ')) as string[]
      else if (keyword === 'COPY')
        for (const from of args.slice(0, -1)) cpSync(join(source, from), join(image, from), { recursive: true })
      else expect(['FROM', 'WORKDIR']).toContain(keyword)
    }
    install(image, 'better-sqlite3')
    const job = /command: \[(.*)\]/.exec(readPage('docs/guides/kubernetes.md'))?.[1]?.replaceAll(', ', ' ') ?? ''
    expect(await shell(image, job)).toContain('1 revision applied')
    expect(await shell(image, start.join(' '), { NODE_OPTIONS: '--no-warnings' })).toBe('atHead\n')
  })

  test('has everything that its own files import', () => {
    const { dependencies = {}, devDependencies = {} } = JSON.parse(
      readFileSync(join(home, 'package.json'), 'utf8'),
    ) as {
      readonly dependencies?: object
      readonly devDependencies?: object
    }
    expect([...Object.keys(dependencies), ...Object.keys(devDependencies)].sort()).toEqual([
      '@org/cli',
      '@org/migrate-core',
      '@org/migrate-dialect-sqlite',
      '@org/migrate-drizzle',
      'drizzle-orm',
    ])
  })
})
