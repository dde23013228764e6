import { existsSync, statSync } from 'node:fs'
import { platform } from 'node:os'
import { dirname, extname, isAbsolute, join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { isMigrateError, MigrateError } from '@org/migrate-core'
import { thrownMessage } from '@org/migrate-core/dialect'
import { remedies } from '@org/migrate-core/internal'
import { importCompiled, importModule } from '@org/migrate-core/node'
import { configProblems, isRecord } from '../config-table.ts'
import type { ConfigContext, MigrateConfig } from '../define-config.ts'
import { locationInFile } from './location-in-file.ts'

export interface LoadedConfig {
  readonly config: MigrateConfig
  readonly file: string
  readonly folder: string
}

export const configNames = [
  'migrate.config.ts',
  'migrate.config.mts',
  'migrate.config.js',
  'migrate.config.mjs',
  'migrate.config.cjs',
  'migrate.config.json',
] as const

/** Whether anybody can put files there, as in a temporary folder. Windows has no such bit. */
export function isWritableByAll(folder: string): boolean {
  if (platform() === 'win32') return false
  try {
    return (statSync(folder).mode & 0o002) !== 0
  } catch {
    // A path that does not exist, or lies below a file, cannot be written to.
    return false
  }
}

/**
 * The folders to look in: this one and those above it, no further than the package that it belongs to. Where there is none, or
 * where anybody could have put a configuration, nothing above is looked at: it would be run.
 */
function folders(cwd: string): readonly string[] {
  const searchPath = [cwd]
  for (let at = cwd; !existsSync(join(at, 'package.json')); ) {
    const above = dirname(at)
    if (above === at || isWritableByAll(above)) return [cwd]
    searchPath.push(above)
    at = above
  }
  return searchPath
}

function isFile(path: string): boolean {
  try {
    return statSync(path).isFile()
  } catch {
    // Absent, out of reach, or longer than a path can be.
    return false
  }
}

async function findConfig(cwd: string): Promise<string> {
  const searched = folders(cwd)
  for (const folder of searched) {
    const name = configNames.find((candidate) => isFile(join(folder, candidate)))
    if (name !== undefined) return join(folder, name)
    const described = join(folder, 'package.json')
    if (isFile(described) && (await inJson(described)) !== undefined) return described
  }
  throw new MigrateError(
    'CONFIG_NOT_FOUND',
    { searched },
    `There is no migrate.config.ts (or .mts, .js, .mjs, .cjs, .json), nor a \`migrate\` in package.json, in ${searched.join(' or ')}`,
  )
}

/**
 * Loads the configuration: the named file, else the nearest one.
 *
 * Throws CONFIG_NOT_FOUND, CONFIG_FAILED, CONFIG_INVALID.
 */
export async function loadConfig(where: {
  readonly cwd: string
  readonly caller: string
  readonly named: string | undefined
  /** What a configuration that is a function is told. */
  readonly context: ConfigContext
}): Promise<LoadedConfig> {
  const file = where.named === undefined ? await findConfig(where.cwd) : resolve(where.caller, where.named)
  if (where.named !== undefined && !isFile(file)) {
    throw new MigrateError('CONFIG_NOT_FOUND', { searched: [file] }, `There is no file ${file}`)
  }
  const exported = await (extname(file) === '.json' ? inJson(file, true) : defaultExport(file))
  const given =
    typeof exported === 'function' ? await called(exported as ConfigFunction, file, where.context) : exported
  return { config: checked(given, file), file, folder: dirname(file) }
}

async function inJson(file: string, isNeeded = false): Promise<unknown> {
  return (await import('./json-config.ts')).jsonConfig(file, isNeeded)
}

type ConfigFunction = (context: ConfigContext) => unknown

/** What a configuration that is a function gives. Throws CONFIG_FAILED with the line that threw. */
async function called(make: ConfigFunction, file: string, context: ConfigContext): Promise<unknown> {
  try {
    return await make(context)
  } catch (cause) {
    const location = locationInFile(cause, file)
    const why = `its default export threw: ${messageOf(cause)}`
    const message = `${location === undefined ? file : `${file}:${location.line}:${location.column}`}: ${why}`
    const details = { file, why, ...(location === undefined ? {} : { line: location.line }) }
    throw new MigrateError('CONFIG_FAILED', details, message, { cause })
  }
}

function checked(exported: unknown, file: string): MigrateConfig {
  try {
    // Read once: what is a getter, or a proxy, may answer differently the next time.
    const config: unknown = isRecord(exported) ? { ...exported } : exported
    const problems = configProblems(config)
    if (problems.length === 0) return config as MigrateConfig
    const lines = [`${file} is not right:`, ...problems.map((problem) => `  ${problem}`)]
    throw new MigrateError('CONFIG_INVALID', { file, problems }, lines.join('\n'))
  } catch (cause) {
    throw isMigrateError(cause) ? cause : failed(file, `it cannot be read: ${messageOf(cause)}`, { cause })
  }
}

export function failed(
  file: string,
  why: string,
  options: { readonly cause?: unknown; readonly remedy?: string },
): MigrateError {
  return new MigrateError('CONFIG_FAILED', { file, why }, `${file}: ${why}`, options)
}

/** Says the file and the line that failed, which `file` may only import. `remedy` is for what the import has no advice of its own. */
export function importFailed(
  file: string,
  error: MigrateError<'REVISION_IMPORT_FAILED'>,
  remedy?: string,
): MigrateError<'CONFIG_FAILED'> {
  const { details, message } = error
  return new MigrateError('CONFIG_FAILED', { file, why: details.why }, message, {
    remedy: error.remedy === remedies.REVISION_IMPORT_FAILED ? remedy : error.remedy,
    cause: error.cause ?? error,
  })
}

export function messageOf(error: unknown): string {
  return thrownMessage(error)
}

async function defaultExport(file: string): Promise<unknown> {
  let exports: Awaited<ReturnType<typeof importModule>>
  importCompiled()
  try {
    exports = await importModule(file)
  } catch (cause) {
    if (!isMigrateError(cause, 'REVISION_IMPORT_FAILED')) throw cause
    throw importFailed(file, cause)
  }
  let exported: unknown
  try {
    exported = await exports.default
  } catch (cause) {
    throw failed(file, `its default export is a promise that was rejected: ${messageOf(cause)}`, { cause })
  }
  if (exported !== undefined) return exported
  throw failed(file, 'it has no default export', { remedy: 'Write `export default defineConfig({ … })`.' })
}

/** The absolute folder that a part of `migrations` names. Throws INVALID_OPTION. */
export function migrationsFolder(migrations: string | URL, folder: string): string {
  if (migrations instanceof URL || migrations.startsWith('file:')) {
    try {
      return fileURLToPath(migrations)
    } catch (cause) {
      const why = (cause as Error).message
      throw new MigrateError(
        'INVALID_OPTION',
        { option: 'migrations', why },
        `\`migrations\` names no folder: ${why}`,
        {
          cause,
        },
      )
    }
  }
  return isAbsolute(migrations) ? migrations : resolve(folder, migrations)
}
