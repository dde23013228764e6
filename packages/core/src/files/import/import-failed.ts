import { fileURLToPath, pathToFileURL } from 'node:url'
import { types } from 'node:util'
import { isMigrateError, MigrateError } from '../../errors/migrate-error.ts'
import { codeOf, thrownMessage, thrownStack } from '../../errors/thrown-value.ts'
import { addonsDenial } from './compiler-error.ts'
import { missingExport } from './missing-export.ts'
import { isCompilerNotLoaded } from './packages.ts'
import { originalPositions } from './position.ts'

export async function importFailed(file: string, cause: unknown): Promise<MigrateError> {
  return notExported(file, cause) ?? (await syntaxError(file, cause)) ?? failed(file, cause)
}

/** Of the name that is missing and of both files, where Node's error has a path as it stands in the import, or that of a compiled file. */
function notExported(file: string, cause: unknown): MigrateError | undefined {
  const missing = missingExport(cause)
  if (missing === undefined) return undefined
  const why = `${originalPositions(missing.from)} does not export ${missing.name}`
  const message = `${originalPositions(missing.location)}: ${why}`
  return new MigrateError('REVISION_IMPORT_FAILED', { file, why }, message, { cause })
}

/** Node does not say in which line of which JavaScript file the syntax is wrong; compiling it with what it imports does. */
async function syntaxError(file: string, error: unknown): Promise<MigrateError | undefined> {
  if (!types.isNativeError(error) || error.name !== 'SyntaxError') return undefined
  try {
    await (await import('./compile.ts')).compiledUrl(file, { javascript: true })
    return undefined
  } catch (cause) {
    return isMigrateError(cause) ? cause : undefined
  }
}

function failed(file: string, cause: unknown): MigrateError {
  const error = cause instanceof Error || types.isNativeError(cause) ? cause : new Error(thrownMessage(cause))
  const why = originalPositions(thrownMessage(error))
  const stack = originalPositions(thrownStack(error))
  const line = lineIn(stack, file)
  const elsewhere = line === undefined ? externalFrame(stack) : undefined
  const message = `${line === undefined ? file : `${file}:${line}`}: ${why}`
  return new MigrateError(
    'REVISION_IMPORT_FAILED',
    { file, why },
    elsewhere === undefined ? message : `${message} (at ${elsewhere})`,
    { cause, ...remedyFor(error) },
  )
}

/** Where a file that the file imports threw: the first frame that is neither Node's nor an installed package's nor ours. */
function externalFrame(stack: string): string | undefined {
  const own = new URL('..', import.meta.url).href
  for (const line of stack.split('\n')) {
    const frame = /^\s+at (?:.*\()?((?:file:|\/|[A-Za-z]:\\).*:\d+):\d+\)?$/.exec(line)?.[1]
    if (frame === undefined || /[\\/]node_modules[\\/]/.test(frame) || frame.startsWith(own)) continue
    return frame.startsWith('file:') ? fileURLToPath(frame) : frame
  }
  return undefined
}

/** The first line of the file that a stack names; a syntax error's stack begins with it. */
function lineIn(stack: string, file: string): string | undefined {
  for (const name of [file, pathToFileURL(file).href]) {
    const at = stack.indexOf(`${name}:`)
    const line = at === -1 ? undefined : /^\d+/.exec(stack.slice(at + name.length + 1))?.[0]
    if (line !== undefined) return line
  }
  return undefined
}

/** Node's error, and ours where Node is known to take no TypeScript. */
const noCompiler = /^Unknown file extension "\.[cm]?tsx?"|^oxc-transform is not installed$/
const missingPackage = /^Cannot find package '([^']+)'/
/** The package of a specifier: `npm install drizzle-orm/pg-core` would fetch a repository of that name. No alias is one, such as `@/schema`. */
const packageName = /^(?:@[a-z0-9-][\w.-]*\/)?[a-z0-9-][\w.-]*(?=\/|$)/

const installOrValues = `Install \`@org/migrate-core\` where the program and its revisions are, or pass the revisions as values: \`graphOf(revisions([…]))\`. No revision was run.`

/** Absent where the file is what has to be fixed. */
function remedyFor(error: Error): { readonly remedy?: string } {
  // Node takes types out, and nothing else, where no compiler was found: https://nodejs.org/api/errors.html#err_unsupported_typescript_syntax
  const isUncompiled = noCompiler.test(error.message) || codeOf(error) === 'ERR_UNSUPPORTED_TYPESCRIPT_SYNTAX'
  if (isUncompiled) return { remedy: installOrValues }
  if (isCompilerNotLoaded(error)) return { remedy: compilerRemedy(error) }
  const specifier = codeOf(error) === 'ERR_MODULE_NOT_FOUND' ? missingPackage.exec(error.message)?.[1] : undefined
  const name = packageName.exec(specifier ?? '')?.[0]
  if (name === undefined) return {}
  const remedy = `Install it, \`npm install ${name}\`, or correct the import. No revision was run.`
  return { remedy: name === '@org/migrate-core' ? installOrValues : remedy }
}

function compilerRemedy({ cause }: Error): string {
  if (addonsDenial(cause) !== undefined)
    return `Start Node with \`--allow-addons\` too: the compiler of TypeScript is an addon. No revision was run.`
  if (missingPackage.test(thrownMessage(cause))) return installOrValues
  return `Remove node_modules and install the packages again on this machine. No revision was run.`
}
