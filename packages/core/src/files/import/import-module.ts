// By another name than the banner of many ESM bundles declares.
import { createRequire as requireFrom } from 'node:module'
import { pathToFileURL } from 'node:url'
import { types } from 'node:util'
import { isMigrateError } from '../../errors/migrate-error.ts'
import { isText, type OptionCheck, requireArguments } from '../../errors/option-check.ts'
import { thrownCode } from '../../errors/thrown-value.ts'
import { compiledUrl } from './compile.ts'
import { isCompilerNotLoaded } from './packages.ts'
import { importCompiledModule, type ModuleExports } from './plain-module.ts'
import { isTypeScript } from './resolve.ts'

/** Codes with which Node says that it cannot load this file, or not this way. */
const beyondStripping: ReadonlySet<unknown> = new Set([
  'ERR_UNKNOWN_FILE_EXTENSION',
  'ERR_UNSUPPORTED_TYPESCRIPT_SYNTAX',
  'ERR_INVALID_TYPESCRIPT_SYNTAX',
  'ERR_UNSUPPORTED_NODE_MODULES_TYPE_STRIPPING',
  'ERR_MODULE_NOT_FOUND',
  'ERR_UNSUPPORTED_DIR_IMPORT',
  'ERR_PACKAGE_IMPORT_NOT_DEFINED',
  'ERR_PACKAGE_PATH_NOT_EXPORTED',
  'ERR_IMPORT_ATTRIBUTE_MISSING',
])
/** A type that is imported as a value is, and `import` in a package of CommonJS, what stripping leaves in place. */
const strippedText =
  /does not provide an export named|Cannot use import statement outside a module|Unexpected token 'export'/

/** Whether `import()` of this process takes TypeScript (Node 22.18, tsx, vitest, …): one attempt tells. */
let takesTypeScript = true
let compiledFirst = false

/**
 * For a program that runs no TypeScript of its own, as the command line: from now on TypeScript is imported as it was compiled and
 * kept, also where Node can strip types. Node's stripping starts a WebAssembly compiler (some 50 ms) in each process. In a service
 * that Node strips, a module that it has imported already would be there twice.
 */
export function importCompiled(): void {
  compiledFirst = true
}

/** The longest path that any system takes. Node needs minutes to say that it cannot import a longer one. */
const maxPath = 32_767
const isPath: OptionCheck = (value) =>
  isText(value) ?? ((value as string).length > maxPath ? 'it is longer than a path can be' : undefined)

/**
 * Imports a JavaScript or TypeScript file by its absolute path: natively where the process can, else compiled once and kept
 * by content, with jiti (if it is installed) for TypeScript that is CommonJS. With the `hash` of its text, a file that has changed
 * since this process imported it is imported again: a server of development lives on while its author corrects a revision.
 *
 * Throws REVISION_IMPORT_FAILED naming the file, and the line where it is known.
 */
export async function importModule(file: string, hash?: string): Promise<ModuleExports> {
  requireArguments('importModule', { file }, { file: isPath })
  let first: unknown
  try {
    return unwrapped(await imported(file, hash))
  } catch (error) {
    first = error
  }
  if (isMigrateError(first)) throw first
  if (await isCommonJs(first)) {
    const jiti = jitiPath(file)
    if (jiti !== undefined) {
      try {
        return await importByJiti(file, jiti)
      } catch {
        // The first error says what is wrong with the file; what jiti says is about jiti's way of loading it.
      }
    }
  }
  throw await (await import('./import-failed.ts')).importFailed(file, first)
}

async function imported(file: string, hash: string | undefined): Promise<ModuleExports> {
  const isSource = isTypeScript(file)
  const asCompiled = isSource && compiledFirst
  if (asCompiled || (await import('./package-type.ts')).isModuleOfCommonJs(file)) {
    try {
      const compiled = await compiledUrl(file, { javascript: !isSource })
      if (compiled !== undefined) return await importCompiledModule(compiled)
    } catch (error) {
      // A loader that this process was started with (tsx) may know where an import leads. And a string may look like a statement of a module.
      const isForNode = thrownCode(error) === 'ERR_MODULE_NOT_FOUND' || isCompilerNotLoaded(error)
      if (!isForNode && (asCompiled || !(await isCommonJs(error)))) throw error
    }
  }
  let native: unknown
  if (takesTypeScript || !isSource) {
    try {
      return (await import(/* webpackIgnore: true */ /* @vite-ignore */ urlOf(file, hash))) as ModuleExports
    } catch (error) {
      if (!isBeyondNode(error, { isSource })) throw error
      if (isSource && thrownCode(error) === 'ERR_UNKNOWN_FILE_EXTENSION') takesTypeScript = false
      native = error
    }
  }
  const compiled = await compiledUrl(file, { javascript: !isSource })
  if (compiled === undefined)
    throw native ?? Object.assign(new Error('oxc-transform is not installed'), { code: 'ERR_UNKNOWN_FILE_EXTENSION' })
  return await importCompiledModule(compiled)
}

/** By file, the text that its URL stands for in this process. */
const importedHashes = new Map<string, string>()

/** No process forgets a module: another text needs another URL, and in CommonJS, which is kept by path, to be forgotten there. */
function urlOf(file: string, hash: string | undefined): string {
  const { href } = pathToFileURL(file)
  if (hash === undefined) return href
  const first = importedHashes.get(file) ?? hash
  importedHashes.set(file, first)
  if (first === hash) return href
  delete requireFrom(import.meta.url).cache[file]
  return `${href}?${hash}`
}

function isBeyondNode(error: unknown, { isSource }: { readonly isSource: boolean }): boolean {
  if (beyondStripping.has(thrownCode(error))) return true
  // Contexts of `node:vm` (vitest with `vmThreads`) have another SyntaxError than Node throws, and strip no types.
  return types.isNativeError(error) && error.name === 'SyntaxError' && (isSource || strippedText.test(error.message))
}

/** `module.exports = …` of a CommonJS file whose names Node could not see. */
function unwrapped(exports: ModuleExports): ModuleExports {
  const whole = exports['module.exports'] ?? exports.default
  const isRecord = typeof whole === 'object' && whole !== null && !Array.isArray(whole)
  if (!isRecord) return exports
  // What has a function `then` is taken for a promise on its way through `await`, and that function would be called.
  const { then: _then, ...all } = { ...whole, ...exports } as Record<string, unknown>
  return all
}

const isCommonJs = async (error: unknown): Promise<boolean> => (await import('./commonjs-refusal.ts')).isCommonJs(error)

/** The project's own jiti first, then the one beside us. */
function jitiPath(file: string): string | undefined {
  for (const from of [file, import.meta.url]) {
    try {
      return requireFrom(from).resolve('jiti')
    } catch {
      // Optional: without it the first error is reported.
    }
  }
  return undefined
}

async function importByJiti(file: string, path: string): Promise<ModuleExports> {
  const { createJiti } = (await import(
    /* webpackIgnore: true */ /* @vite-ignore */ pathToFileURL(path).href
  )) as typeof import('jiti')
  // With its cache of modules, what two files import is there once.
  const jiti = createJiti(pathToFileURL(file).href, { fsCache: false, moduleCache: true, tsconfigPaths: true })
  return unwrapped(await jiti.import<ModuleExports>(file))
}
