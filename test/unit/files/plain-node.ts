import { execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { build } from 'esbuild'

export const core = fileURLToPath(new URL('../../../packages/core/', import.meta.url))

/** The importer has to be seen on plain Node: inside the test runner every import() takes TypeScript. Gives a folder to remove. */
export async function bundleImporter(): Promise<string> {
  mkdirSync(join(core, 'node_modules/.cache'), { recursive: true })
  const bundle = mkdtempSync(join(core, 'node_modules/.cache/test-import-'))
  await build({
    entryPoints: [join(core, 'src/node.ts')],
    outdir: bundle,
    bundle: true,
    format: 'esm',
    platform: 'node',
    packages: 'external',
    outExtension: { '.js': '.mjs' },
  })
  return bundle
}

export function putFiles(folder: string, files: Readonly<Record<string, string>>): void {
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, name)), { recursive: true })
    writeFileSync(join(folder, name), text)
  }
}

export interface LoadOptions {
  readonly env?: NodeJS.ProcessEnv
  /** Code that runs before. */
  readonly before?: string
  /** Another Node. */
  readonly node?: string
}

/** Imports files in one process of its own and gives the exports of each, or its error. */
export function loadAll(
  bundle: string,
  files: readonly string[],
  { env, before = '', node = process.execPath }: LoadOptions = {},
): readonly Record<string, unknown>[] {
  const code = `
    import { importCompiled, importModule } from ${JSON.stringify(pathToFileURL(join(bundle, 'node.mjs')).href)}
    ${before}
    const all = []
    for (const file of ${JSON.stringify(files)}) {
      try { all.push({ ...(await importModule(file)) }) }
      catch (error) { all.push({ code: error.code, message: error.message, details: error.details, remedy: error.remedy }) }
    }
    const objects = new Map()
    console.log(JSON.stringify(all, (_key, value) => {
      if (typeof value === 'function') return value.toString()
      if (typeof value !== 'symbol') return value
      if (!objects.has(value)) objects.set(value, objects.size)
      return 'symbol ' + objects.get(value)
    }))`
  const text = execFileSync(node, ['--input-type=module', '-e', code], {
    encoding: 'utf8',
    env: { ...process.env, ...env },
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  return JSON.parse(text) as Record<string, unknown>[]
}
