// A package as a user has it: TypeScript configuration and revisions, command line and dialect installed.
import {
  closeSync,
  copyFileSync,
  existsSync,
  fsyncSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

export const root = fileURLToPath(new URL('../../', import.meta.url))
export const bin = join(root, 'apps/cli/bin/migrate.js')
export const floor = (/** @type {string} */ name) => fileURLToPath(new URL(`../floors/${name}.mjs`, import.meta.url))

export const Database = createRequire(join(root, 'packages/dialect-sqlite/package.json'))('better-sqlite3')

const installed = {
  '@org/cli': 'apps/cli',
  '@org/migrate-core': 'packages/core',
  '@org/migrate-autogenerate': 'packages/autogenerate',
  '@org/migrate-fleet': 'packages/fleet',
  '@org/migrate-dialect-sqlite': 'packages/dialect-sqlite',
  '@org/migrate-dialect-postgres': 'packages/dialect-postgres',
  '@org/migrate-dialect-mysql': 'packages/dialect-mysql',
  '@org/migrate-schema': 'packages/schema',
}

/** What is measured is what was built. */
export function requireBuilt() {
  const missing = Object.values(installed).filter((folder) => !existsSync(join(root, folder, 'dist')))
  if (missing.length === 0) return
  console.error(`Not built: ${missing.join(', ')}. Run \`npm run build\` first.`)
  process.exit(1)
}

const folders = /** @type {string[]} */ ([])
process.on('exit', () => {
  for (const folder of folders) rmSync(folder, { recursive: true, force: true })
})

/** @param {Record<string, string>} files by path */
export function makeProject(files) {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), 'migrate-bench-')))
  folders.push(folder)
  const at = (/** @type {string} */ ...parts) => join(folder, ...parts)
  mkdirSync(at('node_modules/@org'), { recursive: true })
  for (const [name, source] of Object.entries(installed)) symlinkSync(join(root, source), at('node_modules', name))
  const all = {
    'package.json': '{"name":"bench","type":"module"}',
    'migrate.config.ts':
      "import { defineConfig } from '@org/cli'\n\nexport default defineConfig({ url: 'sqlite:./app.db', migrations: './migrations' })\n",
    ...files,
  }
  for (const [name, text] of Object.entries(all)) {
    mkdirSync(dirname(at(name)), { recursive: true })
    writeFileSync(at(name), text)
  }
  return {
    folder,
    at,
    database: at('app.db'),
    /** What the program keeps of compiled TypeScript. */
    emptyCache: () => rmSync(at('node_modules/.cache'), { recursive: true, force: true }),
    /** @param {readonly string[]} args */
    migrate: (...args) => ({ args: [bin, ...args], cwd: folder }),
  }
}

/** An empty database, or a copy of `from` that is on the disk: no sync of the copy is left to pay. */
export function createDatabase(/** @type {string} */ path, /** @type {string | undefined} */ from) {
  for (const tail of ['', '-wal', '-shm', '-journal']) rmSync(path + tail, { force: true })
  if (from === undefined) return
  copyFileSync(from, path)
  const handle = openSync(path, 'r+')
  fsyncSync(handle)
  closeSync(handle)
}
