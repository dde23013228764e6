import { readFileSync } from 'node:fs'
import module, { createRequire } from 'node:module'
import { fileURLToPath } from 'node:url'
import { Script } from 'node:vm'
import { present } from '@org/migrate-core/dialect'
import { cacheFolders } from '@org/migrate-core/node'
import { readCode, writeCode } from './code-cache.ts'

/** The file that the build made of what every start loads. */
declare const __MIGRATE_SCRIPT__: string

/** What `node:module` has from Node 22.1 on, and the types of Node 20 don't. */
interface NewModule {
  enableCompileCache?(folder: string): { readonly status: number }
}

/** https://nodejs.org/api/module.html#moduleconstantscompilecachestatus */
const compileCacheFailed = 0

type Program = Pick<typeof import('./main.ts'), 'start' | 'isPlain'>

type Evaluate = (
  module: { exports: unknown },
  require: NodeJS.Require,
  importModule: (specifier: string) => Promise<unknown>,
  url: string,
) => void

const url = new URL(`./chunks/${__MIGRATE_SCRIPT__}`, import.meta.url)
const file = fileURLToPath(url)
// The same variable switches off Node's own. Bun and Deno have caches that need no help.
const isCached =
  !process.env.NODE_DISABLE_COMPILE_CACHE && process.versions.bun === undefined && !('deno' in process.versions)
const folders = isCached ? cacheFolders(file) : []
const cachedData = readCode(folders, file)
const script = new Script(readFileSync(file, 'utf8'), { filename: url.href, ...present({ cachedData }) })

/** What the script holds, by the modules that it was made of. */
export const parts = evaluated()

function evaluated(): { readonly p0: Program } {
  // The modules outside the script: of the command, of the dialect. By default Node would keep them where every user may make the folder.
  const { enableCompileCache } = module as NewModule
  if (process.env.NODE_COMPILE_CACHE === undefined)
    folders.some((folder) => enableCompileCache?.(folder).status !== compileCacheFailed)
  const program: { exports: unknown } = { exports: {} }
  const evaluate = script.runInThisContext() as Evaluate
  evaluate(
    program,
    createRequire(import.meta.url),
    (specifier) => import(specifier.startsWith('.') ? new URL(specifier, url).href : specifier),
    url.href,
  )
  return program.exports as { readonly p0: Program }
}

/** The program. What V8 compiled for it is kept for the next start, with the functions that a frequent command needs. */
export async function run(process: NodeJS.Process): Promise<void> {
  const { start, isPlain } = parts.p0
  await start(process)
  const isCurrent = cachedData !== undefined && script.cachedDataRejected !== true
  // With other flags V8 makes other code, which the next start without them could not take.
  const hasFlags = process.execArgv.length > 0 || Boolean(process.env.NODE_OPTIONS)
  if (!isCurrent && !hasFlags && process.exitCode === 0 && isPlain(process)) writeCode(folders, file, script)
}
