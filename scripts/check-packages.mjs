// Packs every public package and looks at it as its users will: publint, attw, what is in it, and an installation with npm
// into an empty folder that imports every entry, checks its types and runs the program on a database.
import { spawnSync } from 'node:child_process'
import { cpSync, existsSync, mkdirSync, readFileSync, realpathSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { publint } from 'publint'
import { formatMessage } from 'publint/utils'
import { otherNode } from '../test/kit/servers/nodes.mjs'
import { problemsOfPacked } from './package-contents.mjs'
import { filesOf, packPublic } from './packed.mjs'
import { exitOnSignals, refuseUnfitMachine, root, temporaryFolder } from './workspace.mjs'

refuseUnfitMachine()
exitOnSignals()
const ownFolder = temporaryFolder('migrate-packages-')
const problems = []

function command(args, options = {}) {
  const { status, stdout, stderr, error } = spawnSync(args[0], args.slice(1), {
    encoding: 'utf8',
    maxBuffer: 64 * 1024 * 1024,
    shell: process.platform === 'win32',
    ...options,
  })
  return { code: error ? 1 : (status ?? 1), output: `${error?.message ?? ''}${stdout}${stderr}`, stdout }
}

async function inspect({ name, tarball, unpacked, manifest }) {
  const packageProblems = problemsOfPacked(manifest, filesOf(unpacked))
  const { messages } = await publint({ pkgDir: unpacked, pack: false, level: 'warning' })
  packageProblems.push(...messages.map((message) => `publint: ${formatMessage(message, manifest, { color: false })}`))
  const attw = command([
    process.execPath,
    join(root, 'node_modules/@arethetypeswrong/cli/dist/index.js'),
    tarball,
    '--profile',
    'esm-only',
    '--no-color',
    '--no-emoji',
  ])
  if (attw.code !== 0) packageProblems.push(`attw:\n${attw.output}`)
  problems.push(...packageProblems.map((problem) => `${name}: ${problem}`))
  console.log(
    `${packageProblems.length === 0 ? 'ok  ' : 'FAIL'} ${name} ${manifest.version}, ${filesOf(unpacked).length} files`,
  )
}

/** The version that this workspace has of a package, so that what was tested is what is installed. */
function versionHere(name, from) {
  const file = realpathSync(join(root, from, 'node_modules', name, 'package.json'))
  return { folder: dirname(file), version: JSON.parse(readFileSync(file, 'utf8')).version }
}

const consumer = {
  'migrations/6f0a1b2c3d4e_things.ts': `/** things */
import { integer, type OperationRecorder, text } from '@org/migrate-core'

export const revision = '6f0a1b2c3d4e'
export const downRevision = null

export function upgrade(op: OperationRecorder): void {
  op.createTable('things', (t) => {
    t.column('id', integer(), { nullable: false })
    t.column('name', text())
    t.primaryKey(['id'])
  })
}
`,
  'migrate.config.ts': `import { defineConfig } from '@org/cli'

export default defineConfig({ url: 'sqlite:things.db', migrations: './migrations' })
`,
  'service.ts': `import { createMigrator, isMigrateError, type RunResult } from '@org/migrate-core'
import { graph } from '@org/migrate-core/node'
import { sqliteDialect } from '@org/migrate-dialect-sqlite'

export async function migrate(url: string): Promise<RunResult> {
  const migrator = createMigrator({ dialect: sqliteDialect({ url }), tiers: [graph(new URL('./migrations/', import.meta.url))] })
  try {
    return await migrator.upgrade()
  } catch (error) {
    if (isMigrateError(error, 'MULTIPLE_HEADS')) console.error(error.details.heads)
    throw error
  }
}
`,
  'tsconfig.json': JSON.stringify({
    compilerOptions: {
      target: 'ES2023',
      lib: ['ES2023'],
      module: 'NodeNext',
      strict: true,
      exactOptionalPropertyTypes: true,
      noEmit: true,
      types: ['node'],
    },
    include: ['*.ts', 'migrations'],
  }),
}

function install(packed) {
  const home = join(ownFolder, 'home')
  mkdirSync(join(home, 'migrations'), { recursive: true })
  const driver = versionHere('better-sqlite3', '.')
  const peerPackages = ['drizzle-orm', 'drizzle-zod', 'zod'].map((name) => [
    name,
    versionHere(name, 'packages/schema').version,
  ])
  const dependencies = Object.fromEntries([
    ...packed.map(({ name, tarball }) => [name, `file:${tarball}`]),
    ...peerPackages,
    ['better-sqlite3', driver.version],
    ['@types/node', versionHere('@types/node', '.').version],
  ])
  writeFileSync(
    join(home, 'package.json'),
    JSON.stringify({ name: 'home', version: '1.0.0', private: true, type: 'module', dependencies }),
  )
  for (const [path, text] of Object.entries(consumer)) writeFileSync(join(home, path), text)
  // The driver's binary is the one that was built here: compiling it again would prove nothing about our packages.
  const installed = command(['npm', 'install', '--ignore-scripts', '--no-audit', '--no-fund'], { cwd: home })
  if (installed.code !== 0) return problems.push(`npm install:\n${installed.output}`)
  cpSync(join(driver.folder, 'build'), join(home, 'node_modules/better-sqlite3/build'), { recursive: true })
  tryEntries(home, packed)
  tryTypes(home)
  tryProgram(home)
}

/** Every entry is imported in a process of its own, so that none lives from what another has loaded. */
function tryEntries(home, packed) {
  for (const { name, manifest } of packed) {
    for (const entry of Object.keys(manifest.exports)) {
      const specifier = `${name}${entry.slice(1)}`
      const { code, output } = command(
        [
          process.execPath,
          '--input-type=module',
          '-e',
          `const all = await import('${specifier}'); if (Object.keys(all).length === 0) throw new Error('it exports nothing')`,
        ],
        { cwd: home },
      )
      console.log(`${code === 0 ? 'ok  ' : 'FAIL'} import '${specifier}'`)
      if (code !== 0) problems.push(`import '${specifier}':\n${output}`)
    }
  }
}

function tryTypes(home) {
  const { code, output } = command([process.execPath, join(root, 'node_modules/typescript/bin/tsc'), '-p', home], {
    cwd: home,
  })
  console.log(`${code === 0 ? 'ok  ' : 'FAIL'} the types, as a consumer without skipLibCheck sees them`)
  if (code !== 0) problems.push(`tsc:\n${output}`)
}

/** What the command line does in a project of its own: to the head, and back to nothing. */
function tryProgram(home) {
  const program = join(home, 'node_modules/.bin/migrate')
  const Database = createRequire(join(home, 'package.json'))('better-sqlite3')
  const tables = () => {
    const database = new Database(join(home, 'things.db'), { readonly: true })
    const names = database.prepare("SELECT name FROM sqlite_master WHERE name = 'things'").pluck().all()
    database.close()
    return names.length
  }
  const env = { ...process.env, INIT_CWD: home, DATABASE_URL: '' }
  for (const [args, expected] of [
    [['--help'], undefined],
    [['upgrade'], 1],
    [['downgrade', 'base'], 0],
  ]) {
    const { code, output } = command([program, ...args], { cwd: home, env })
    const right = code === 0 && (expected === undefined || tables() === expected)
    console.log(`${right ? 'ok  ' : 'FAIL'} migrate ${args.join(' ')}`)
    if (!right) problems.push(`migrate ${args.join(' ')} ended with ${code}:\n${output}`)
  }
}

/**
 * An installation of what the command line needs, on Node 24, where nothing can be compiled: the SQLite of Node itself is used, and an
 * encrypted database says which driver it needs.
 */
async function tryWithoutCompiler(packed) {
  if (process.platform !== 'linux' || process.arch !== 'x64')
    return console.log('NOT RUN: Node 24 is fetched for linux-x64 only')
  const home = join(ownFolder, 'bare')
  mkdirSync(join(home, 'migrations'), { recursive: true })
  const requiredNames = /^@org\/(cli|migrate-autogenerate|migrate-core|migrate-dialect-sqlite|migrate-fleet)$/
  const dependencies = Object.fromEntries(
    packed.filter(({ name }) => requiredNames.test(name)).map(({ name, tarball }) => [name, `file:${tarball}`]),
  )
  writeFileSync(
    join(home, 'package.json'),
    JSON.stringify({ name: 'bare', version: '1.0.0', private: true, type: 'module', dependencies }),
  )
  for (const [path, text] of Object.entries(consumer)) writeFileSync(join(home, path), text)
  const env = {
    ...process.env,
    INIT_CWD: home,
    DATABASE_URL: '',
    DATABASE_PASSWORD: 'secret',
    CC: '/bin/false',
    CXX: '/bin/false',
  }
  const installed = command(['npm', 'install', '--no-audit', '--no-fund'], { cwd: home, env })
  if (installed.code !== 0) return problems.push(`npm install without a compiler:\n${installed.output}`)
  if (existsSync(join(home, 'node_modules/better-sqlite3')))
    problems.push('better-sqlite3 is installed although no package requires it')
  const node = await otherNode('24.21.0')
  const program = realpathSync(join(home, 'node_modules/.bin/migrate'))
  for (const [args, expected, expectedOutput] of [
    [['upgrade'], 0, ''],
    [['downgrade', 'base'], 0, ''],
    [['upgrade', '--url', 'sqlite+sqlcipher:///tmp/none.db'], 1, 'better-sqlite3-multiple-ciphers'],
  ]) {
    const { code, output } = command([node, program, ...args], { cwd: home, env })
    const right = code === expected && output.includes(expectedOutput) && !output.includes('Warning')
    console.log(`${right ? 'ok  ' : 'FAIL'} Node 24 without a compiler: migrate ${args.join(' ')}`)
    if (!right) problems.push(`migrate ${args.join(' ')} on Node 24 ended with ${code}:\n${output}`)
  }
}

const packed = packPublic(ownFolder)
for (const each of packed) await inspect(each)
install(packed)
await tryWithoutCompiler(packed)
for (const problem of problems) console.error(`\n${problem}`)
process.exit(problems.length === 0 ? 0 : 1)
