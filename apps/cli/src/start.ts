import { readFileSync } from 'node:fs'
import module, { createRequire } from 'node:module'
import { fileURLToPath } from 'node:url'
import { Script } from 'node:vm'
import { present } from '@org/migrate-core/dialect'
import { cacheFolders } from '@org/migrate-core/node'
import { readCode, writeCode } from './code-cache.ts'

/** The files of the scripts that the build made. */
declare const __MIGRATE_SCRIPTS__: Readonly<Record<'start' | 'run', string>>

/** What `node:module` has from Node 22.1 on, and the types of Node 20 don't. */
interface NewModule {
  enableCompileCache?(folder: string): { readonly status: number }
}

/** https://nodejs.org/api/module.html#moduleconstantscompilecachestatus */
const compileCacheFailed = 0

type Program = Pick<typeof import('./main.ts'), 'start' | 'isPlain'>

type Evaluate = (
  module: { exports: Record<string, unknown> },
  require: (specifier: string) => unknown,
  importModule: (specifier: string) => Promise<unknown>,
  url: string,
) => void

/** A script that was loaded, and what it holds by the modules that it was made of. */
interface Loaded {
  readonly file: string
  readonly script: Script
  readonly isCurrent: boolean
  readonly parts: Readonly<Record<string, unknown>>
}

const chunks = new URL('./chunks/', import.meta.url)
// The same variable switches off Node's own. Bun and Deno have caches that need no help.
const isCached =
  !process.env.NODE_DISABLE_COMPILE_CACHE && process.versions.bun === undefined && !('deno' in process.versions)
const folders = isCached ? cacheFolders(fileURLToPath(chunks)) : []
const requireModule = createRequire(import.meta.url)
const loaded = new Map<string, Loaded>()

/** What a module holds that is part of a script: `run12` is of the script `run`. */
export function part(id: string): unknown {
  const name = id.replace(/\d+$/, '') as keyof typeof __MIGRATE_SCRIPTS__
  const found = loaded.get(name) ?? load(name)
  return found.parts[id]
}

function load(name: keyof typeof __MIGRATE_SCRIPTS__): Loaded {
  const url = new URL(__MIGRATE_SCRIPTS__[name], chunks)
  const file = fileURLToPath(url)
  const cachedData = readCode(folders, file)
  const script = new Script(readFileSync(file, 'utf8'), { filename: url.href, ...present({ cachedData }) })
  const program: { exports: Record<string, unknown> } = { exports: {} }
  const evaluate = script.runInThisContext() as Evaluate
  const partOf = (specifier: string): string | undefined => /^part:(.*)/.exec(specifier)?.[1]
  evaluate(
    program,
    (specifier) => {
      const id = partOf(specifier)
      return id === undefined ? requireModule(specifier) : part(id)
    },
    async (specifier) => {
      const id = partOf(specifier)
      return id === undefined ? import(specifier.startsWith('.') ? new URL(specifier, url).href : specifier) : part(id)
    },
    url.href,
  )
  const isCurrent = cachedData !== undefined && script.cachedDataRejected !== true
  const entry = { file, script, isCurrent, parts: program.exports }
  loaded.set(name, entry)
  return entry
}

/** The program. What V8 compiled for it is kept for the next start, with the functions that a frequent command needs. */
export async function run(process: NodeJS.Process): Promise<void> {
  // The modules outside the scripts: of the command, of the dialect. By default Node would keep them where every user may make the folder.
  const { enableCompileCache } = module as NewModule
  if (process.env.NODE_COMPILE_CACHE === undefined)
    folders.some((folder) => enableCompileCache?.(folder).status !== compileCacheFailed)
  const { start, isPlain } = part('start0') as Program
  await start(process)
  // With other flags V8 makes other code, which the next start without them could not take.
  const hasFlags = process.execArgv.length > 0 || Boolean(process.env.NODE_OPTIONS)
  if (hasFlags || process.exitCode !== 0 || !isPlain(process)) return
  for (const { file, script, isCurrent } of loaded.values()) if (!isCurrent) writeCode(folders, file, script)
}
