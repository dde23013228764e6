import { createHash } from 'node:crypto'
import { mkdirSync, readdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { build, type Plugin } from 'esbuild'
import { clientOfSqlite } from '../../kit/sqlite-client/bundled.ts'

const root = fileURLToPath(new URL('../../../', import.meta.url))
const folders = ['legacy', 'revisions'].map((name) => join(root, 'packages/schema/src', name))

/**
 * The revisions as they lie in their folders, imported when the program is made: loading TypeScript takes longer than most
 * revisions, and there is a process for each kill.
 */
const revisionsInside: Plugin = {
  name: 'revisions inside',
  setup({ onResolve, onLoad }) {
    onResolve({ filter: /\/import\/import-module\.ts$/ }, () => ({ path: 'modules', namespace: 'inside' }))
    onLoad({ filter: /^modules$/, namespace: 'inside' }, () => {
      const files = folders.flatMap((folder) => readdirSync(folder).map((name) => join(folder, name)))
      const imports = files.map((file, at) => `import * as m${at} from ${JSON.stringify(file)}`)
      const entries = files.map((file, at) => `[${JSON.stringify(file)}, m${at}]`)
      return {
        contents: `${imports.join('\n')}\nconst modules = new Map([${entries.join(', ')}])
          export async function importModule(file) { return modules.get(file) }`,
        resolveDir: root,
      }
    })
    onLoad({ filter: /packages\/schema\/src\/tiers\.ts$/ }, ({ path }) => ({
      contents: readFileSync(path, 'utf8').replaceAll('import.meta.url', JSON.stringify(pathToFileURL(path).href)),
      loader: 'ts',
    }))
  },
}

/** Makes the program of a run's process from the sources, as one file. `entry` is a path from the repository's root. */
export async function program(entry = 'test/faults/runner/child.ts'): Promise<string> {
  const { outputFiles } = await build({
    entryPoints: [join(root, entry)],
    bundle: true,
    write: false,
    platform: 'node',
    target: 'node20',
    format: 'esm',
    conditions: ['source'],
    external: ['better-sqlite3', 'better-sqlite3-multiple-ciphers', 'oxc-transform', 'jiti', 'oxc-resolver'],
    // Drivers that are CommonJS ask for what Node has built in.
    banner: {
      js: "import { createRequire as __createRequire } from 'node:module'; const require = __createRequire(import.meta.url)",
    },
    plugins: [revisionsInside, clientOfSqlite],
    logLevel: 'error',
  })
  const text = outputFiles[0]?.text ?? ''
  const hash = createHash('sha256').update(text).digest('hex').slice(0, 16)
  // Where drivers are found, and so named that several test files may write it at once.
  const path = join(root, 'test/node_modules/.cache/faults', `${hash}.mjs`)
  mkdirSync(dirname(path), { recursive: true })
  writeFileSync(`${path}.${process.pid}`, text)
  renameSync(`${path}.${process.pid}`, path)
  return path
}
