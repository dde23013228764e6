import { existsSync, realpathSync, statSync } from 'node:fs'
import { isAbsolute, resolve } from 'node:path'
import { type DeclaredSchema, isMigrateError, MigrateError, readDeclared } from '@org/migrate-core'
import { present } from '@org/migrate-core/dialect'
import { locate } from '@org/migrate-core/internal'
import { importModule } from '@org/migrate-core/node'
import { escapePath, glob } from 'tinyglobby'
import { importFailed, type LoadedConfig, messageOf } from '../configuration/config.ts'
import { locationInFile } from '../configuration/location-in-file.ts'
import { drizzleOf } from '../dialect-packages.ts'
import type { Autogenerate } from './settings.ts'
import type { SchemaFiles } from './sources.ts'

const fixDeclaration = 'Fix the file that declares the schema, or name another in `autogenerate.schema`.'

export function notLoaded(
  file: string,
  why: string,
  { remedy = fixDeclaration, cause }: { readonly remedy?: string; readonly cause?: unknown } = {},
): MigrateError<'CONFIG_FAILED'> {
  return new MigrateError('CONFIG_FAILED', { file, why }, `${file}: ${why}`, { remedy, ...present({ cause }) })
}

/** What a file's own code threw while it was read: a callback, a getter, `references(() => …)`. */
function threw(file: string, cause: unknown): MigrateError<'CONFIG_FAILED'> {
  const location = locationInFile(cause, file)
  const why = `reading what it declares threw: ${messageOf(cause)}`
  const details = { file, why, ...(location === undefined ? {} : { line: location.line }) }
  const at = location === undefined ? file : `${file}:${location.line}:${location.column}`
  return new MigrateError('CONFIG_FAILED', details, `${at}: ${why}`, { remedy: fixDeclaration, cause })
}

/** An error of table(…) or column(…), with the line that called it. */
function declaredIn(file: string, error: MigrateError): MigrateError {
  const at = locationInFile(error, file)
  return locate(error, { source: at === undefined ? file : `${file}:${at.line}:${at.column}` })
}

/** The files that one path or pattern means, in the order of their names. */
async function filesOf(
  pattern: string,
  folder: string,
  ignore: readonly string[],
  inFolder: string,
): Promise<readonly string[]> {
  const path = isAbsolute(pattern) ? pattern : resolve(folder, pattern)
  // A path may hold signs that mean something in a pattern.
  const stats = existsSync(path) ? statSync(path) : undefined
  if (stats?.isFile()) return [path]
  const matches = stats?.isDirectory()
    ? await glob(inFolder, { cwd: path, absolute: true, ignore: [...ignore] })
    : await glob(pattern, { cwd: folder, absolute: true, ignore: [...ignore] })
  if (matches.length === 0) throw notLoaded(path, 'there is no such file, and no file that it would be a pattern of')
  return matches.sort()
}

/** As Node imports modules: one of them is there once, whichever symlinks lead to it. */
function realPath(path: string): string {
  try {
    return realpathSync(path)
  } catch {
    // The import says what is wrong with it.
    return path
  }
}

interface Exported {
  readonly path: string
  readonly values: readonly unknown[]
}

/**
 * The files that paths and patterns mean, each once.
 *
 * @param inFolder the pattern of what counts in a folder that is named
 */
export async function pathsOf(files: SchemaFiles, folder: string, inFolder: string): Promise<readonly string[]> {
  const patterns = typeof files === 'string' ? [files] : files
  const ignore = patterns
    .filter((each) => each.startsWith('!'))
    .map((each) => resolve(escapePath(folder), each.slice(1)))
  const paths = new Set<string>()
  for (const pattern of patterns.filter((each) => !each.startsWith('!'))) {
    for (const path of await filesOf(pattern, folder, ignore, inFolder)) paths.add(realPath(path))
  }
  return [...paths]
}

async function exportsOf(files: SchemaFiles, folder: string): Promise<readonly Exported[]> {
  const exported: Exported[] = []
  for (const path of await pathsOf(files, folder, '*.{ts,mts,js,mjs}')) {
    try {
      // A list of declared tables is as good as each of them by name.
      const values = Object.values(await importModule(path)).flat()
      exported.push({ path, values })
    } catch (cause) {
      if (!isMigrateError(cause, 'REVISION_IMPORT_FAILED'))
        throw isMigrateError(cause) ? declaredIn(path, cause) : threw(path, cause)
      throw importFailed(path, cause, fixDeclaration)
    }
  }
  return exported
}

/**
 * The schema that files declare for a dialect.
 *
 * Throws CONFIG_FAILED, with what reading the declaration threw as its cause, and DIALECT_NOT_INSTALLED.
 */
export async function declaredByFiles(
  loaded: LoadedConfig,
  files: SchemaFiles,
  autogenerate: Autogenerate,
  dialect: string,
): Promise<DeclaredSchema> {
  const exported = await exportsOf(files, loaded.folder)
  const readAll = (parts: readonly Exported[]): Promise<DeclaredSchema> =>
    read(
      parts.flatMap(({ values }) => values),
      autogenerate,
      dialect,
      loaded.file,
    )
  const declared = await readAll(exported).catch(async (cause: unknown) => {
    if (isMigrateError(cause, 'DIALECT_NOT_INSTALLED')) throw cause
    throw await (isMigrateError(cause)
      ? misdeclared(exported, readAll, cause)
      : throwing(exported, readAll, cause, loaded.file))
  })
  const { tables, views, enums, sequences } = declared.schema
  if (tables.size + views.size + enums.size + sequences.size + declared.existing.length > 0) return declared
  const shown = typeof files === 'string' ? files : files.join(', ')
  throw notLoaded(shown, 'it exports no table, neither of Drizzle nor of table(…)')
}

/** Names the file whose own code threw: the one in the stack, or else the first that throws when it is read alone. */
async function throwing(
  exported: readonly Exported[],
  readAll: (parts: readonly Exported[]) => Promise<unknown>,
  cause: unknown,
  config: string,
): Promise<MigrateError> {
  const named = exported.find(({ path }) => locationInFile(cause, path) !== undefined)
  if (named !== undefined) return threw(named.path, cause)
  for (const one of exported) {
    const error = await readAll([one]).then(
      () => undefined,
      (error: unknown) => ({ error }),
    )
    if (error !== undefined && !isMigrateError(error.error)) return threw(one.path, cause)
  }
  return threw(exported.map(({ path }) => path).join(' and ') || config, cause)
}

/** Names the file whose declaration cannot be read, or the two that do not go together. */
async function misdeclared(
  exported: readonly Exported[],
  readAll: (parts: readonly Exported[]) => Promise<unknown>,
  cause: MigrateError,
): Promise<MigrateError> {
  const fails = (...parts: readonly Exported[]): Promise<boolean> =>
    readAll(parts).then(
      () => false,
      (error: unknown) => isMigrateError(error, cause.code),
    )
  for (const [at, one] of exported.entries()) {
    const { remedy } = cause.code === 'OBJECT_EXISTS' ? { remedy: fixDeclaration } : cause
    if (await fails(one)) return notLoaded(one.path, cause.message, { remedy, cause })
    for (const other of exported.slice(0, at)) {
      if (await fails(other, one)) return notLoaded(`${other.path} and ${one.path}`, cause.message, { remedy, cause })
    }
  }
  return cause
}

const isPortable = (one: unknown): boolean =>
  typeof one === 'object' && one !== null && 'model' in one && 'columns' in one

/** What Drizzle's own `is` goes by. */
const isDrizzle = (one: unknown): boolean => {
  const ownClass = typeof one === 'object' && one !== null ? one.constructor : undefined
  return ownClass !== undefined && Object.hasOwn(ownClass, Symbol.for('drizzle:entityKind'))
}

/** Only what was declared with Drizzle needs Drizzle. */
async function read(
  exported: readonly unknown[],
  { casing }: Autogenerate,
  dialect: string,
  config: string,
): Promise<DeclaredSchema> {
  if (exported.some(isPortable) && !exported.some(isDrizzle)) return readDeclared(exported)
  const { readDrizzle } = await drizzleOf(dialect, config)
  return readDrizzle(exported, casing === undefined ? {} : { casing })
}
