import { existsSync, statSync } from 'node:fs'
import { dirname, isAbsolute, join, resolve } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { type FilterRule, isMigrateError, MigrateError, type Tier } from '@org/migrate-core'
import { thrownMessage, thrownStack } from '@org/migrate-core/dialect'
import { importCompiled, importModule } from '@org/migrate-core/node'
import type { Autogenerate, SchemaFiles } from './autogenerate/settings.ts'
import type { ConfigContext, MigrateConfig } from './define-config.ts'
import { isModuleFile } from './module-file.ts'
import type { NewFiles, WriteHook } from './new-files/settings.ts'

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
] as const

type Check = (value: unknown) => boolean
const isRecord: Check = (value) => typeof value === 'object' && value !== null && !Array.isArray(value)
/** No URL and no date, whose parts are none of their own. */
const isPlain: Check = (value) => isRecord(value) && Object.prototype.toString.call(value) === '[object Object]'
const isText: Check = (value) => typeof value === 'string'
const isName: Check = (value) => isText(value) && value !== ''
const isCount: Check = (value) => typeof value === 'number' && value >= 0 && Number.isFinite(value)
const isFlag: Check = (value) => typeof value === 'boolean'
const isFunction: Check = (value) => typeof value === 'function'
const isTexts: Check = (value) => Array.isArray(value) && value.every(isText)
const isTier: Check = (value) => {
  if (!isRecord(value)) return false
  const { name, kind, source, table } = value as { readonly [K in keyof Tier]: unknown }
  const { headers, module } = (isRecord(source) ? source : {}) as { readonly [K in keyof Tier['source']]?: unknown }
  const isKnown = kind === 'graph' || kind === 'sequential'
  const isSource = typeof headers === 'function' && typeof module === 'function'
  return isName(name) && isKnown && isSource && (table === undefined || isName(table))
}
const isFolder: Check = (value) => isName(value) || (value instanceof URL && value.protocol === 'file:')
/** A check for each part that there is: one that is forgotten doesn't compile. */
type Parts<T> = { readonly [K in keyof Required<NonNullable<T>>]: Check }
const checkOf = (parts: object, key: string): Check | undefined =>
  Object.hasOwn(parts, key) ? (parts as { readonly [key: string]: Check })[key] : undefined
/** An object with these parts, each of which may be left out. */
const shaped =
  <T>(parts: Parts<T>): Check =>
  (value) =>
    isPlain(value) &&
    Object.entries(value as object).every(([key, part]) => part === undefined || checkOf(parts, key)?.(part) === true)
const isHook: Check = (value) =>
  shaped<WriteHook>({ name: isName, exec: isName, args: isTexts, cwd: isName })(value) &&
  (value as Partial<WriteHook>).exec !== undefined
const isFiles: Check = (value) => isName(value) || (Array.isArray(value) && value.length > 0 && value.every(isName))
const isDialect: Check = (value) => value === 'sqlite' || value === 'postgres' || value === 'mysql'
const isRules: Check = (value) =>
  Array.isArray(value) &&
  value.every(
    (rule) =>
      isName(rule) ||
      isFunction(rule) ||
      shaped<Exclude<FilterRule, string | ((...args: never[]) => boolean)>>({
        kind: isText,
        schema: isText,
        name: isText,
        table: isText,
      })(rule),
  )
const isAutogenerate: Check = (value) =>
  shaped<Autogenerate>({
    schema: (schema) =>
      isFiles(schema) ||
      shaped<Exclude<Autogenerate['schema'], SchemaFiles>>({ sqlite: isFiles, postgres: isFiles, mysql: isFiles })(
        schema,
      ),
    dialects: (list) => Array.isArray(list) && list.length > 0 && list.every(isDialect),
    casing: (casing) => casing === 'snake_case' || casing === 'camelCase',
    include: isRules,
    exclude: isRules,
    renames: isFunction,
    fill: isFunction,
    allowDestructive: isFlag,
    processOperations: isFunction,
    renderType: isFunction,
  })(value) && (value as { readonly schema?: unknown }).schema !== undefined

/** Cheap, and never says yes to what is wrong: what it refuses is looked at again by the real validation. */
const checks: { readonly [K in keyof Required<MigrateConfig>]: Check } = {
  url: isText,
  migrationUrl: isText,
  lock: (value) => value === 'session' || value === 'table',
  key: isText,
  schema: (value) => isName(value) && !isModuleFile(String(value)),
  migrations: (value) => isFolder(value) || (Array.isArray(value) && value.length > 0 && value.every(isFolder)),
  recursive: isFlag,
  tiers: (value) => Array.isArray(value) && value.length > 0 && value.every(isTier),
  tables: shaped<MigrateConfig['tables']>({
    version: isName,
    history: isName,
    preserved: isName,
    journal: isName,
    lock: isName,
  }),
  newFiles: shaped<NewFiles>({
    name: isName,
    timeZone: isName,
    slugLength: (value) => isCount(value) && Number.isInteger(value) && value !== 0,
    template: isName,
    hooks: (value) => Array.isArray(value) && value.every(isHook),
  }),
  autogenerate: isAutogenerate,
  preserve: shaped<MigrateConfig['preserve']>({ maxRows: isCount, maxBytes: isCount, upgrades: isFlag }),
  heads: (value) => value === 'one' || value === 'several',
  transaction: (value) => value === 'revision' || value === 'run',
  ignoreForeignHistory: isTexts,
  notes: isTexts,
  waitMs: isCount,
  lockWaitMs: isCount,
  leaseMs: isCount,
  lockTimeoutMs: isCount,
  statementTimeoutMs: isCount,
  lockRetries: isCount,
  stepIdleMs: isCount,
  recordedBy: shaped<MigrateConfig['recordedBy']>({ host: isText, user: isText }),
  arguments: (value) => isPlain(value) && Object.values(value as object).every(isText),
  onEvent: isFunction,
  beforeRevision: isFunction,
  afterRevision: isFunction,
  afterHead: isFunction,
  hookTimeoutMs: isCount,
}

/** Without zod, which takes longer to load than most commands: agrees with `configProblems`. */
export function looksRight(config: unknown): config is MigrateConfig {
  if (!isRecord(config)) return false
  const { migrations, tiers } = config as MigrateConfig
  if ((migrations === undefined) === (tiers === undefined)) return false
  return Object.entries(config as object).every(
    ([key, value]) => value === undefined || (Object.hasOwn(checks, key) && checks[key as keyof MigrateConfig](value)),
  )
}

/** Whether anybody can put files there, as in a temporary folder. Windows has no such bit. */
export function isWritableByAll(folder: string): boolean {
  if (process.platform === 'win32') return false
  try {
    return (statSync(folder).mode & 0o002) !== 0
  } catch {
    // What is not there, or below something that is no folder, nobody can write to.
    return false
  }
}

/**
 * The folders to look in: this one and those above it, no further than the package that it belongs to. Where there is none, or
 * where anybody could have put a configuration, nothing above is looked at: it would be run.
 */
function folders(cwd: string): readonly string[] {
  const found = [cwd]
  for (let at = cwd; !existsSync(join(at, 'package.json')); ) {
    const above = dirname(at)
    if (above === at || isWritableByAll(above)) return [cwd]
    found.push(above)
    at = above
  }
  return found
}

function isFile(path: string): boolean {
  try {
    return statSync(path).isFile()
  } catch {
    // Absent, out of reach, or longer than a path can be.
    return false
  }
}

function findConfig(cwd: string): string {
  const searched = folders(cwd)
  for (const folder of searched) {
    const name = configNames.find((candidate) => isFile(join(folder, candidate)))
    if (name !== undefined) return join(folder, name)
  }
  throw new MigrateError(
    'CONFIG_NOT_FOUND',
    { searched },
    `There is no migrate.config.ts (or .mts, .js, .mjs) in ${searched.join(' or ')}`,
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
  const file = where.named === undefined ? findConfig(where.cwd) : resolve(where.caller, where.named)
  if (where.named !== undefined && !isFile(file)) {
    throw new MigrateError('CONFIG_NOT_FOUND', { searched: [file] }, `There is no file ${file}`)
  }
  const exported = await defaultExport(file)
  const given =
    typeof exported === 'function' ? await called(exported as ConfigFunction, file, where.context) : exported
  return { config: await checked(given, file), file, folder: dirname(file) }
}

type ConfigFunction = (context: ConfigContext) => unknown

/** What a configuration that is a function gives. Throws CONFIG_FAILED with the line that threw. */
async function called(make: ConfigFunction, file: string, context: ConfigContext): Promise<unknown> {
  try {
    return await make(context)
  } catch (cause) {
    const place = placeIn(cause, file)
    const why = `its default export threw: ${messageOf(cause)}`
    const message = `${place === undefined ? file : `${file}:${place.line}:${place.column}`}: ${why}`
    const details = { file, why, ...(place === undefined ? {} : { line: place.line }) }
    throw new MigrateError('CONFIG_FAILED', details, message, { cause })
  }
}

/** Where in the file the stack of an error first is. */
export function placeIn(error: unknown, file: string): { readonly line: number; readonly column: number } | undefined {
  const stack = thrownStack(error)
  for (const name of [file, pathToFileURL(file).href]) {
    const at = stack.indexOf(`${name}:`)
    const [, line, column] = (at !== -1 && /^(\d+):(\d+)/.exec(stack.slice(at + name.length + 1))) || []
    if (line !== undefined) return { line: Number(line), column: Number(column) }
  }
  return undefined
}

async function checked(exported: unknown, file: string): Promise<MigrateConfig> {
  try {
    // Read once: what is a getter, or a proxy, may answer differently the next time.
    const config: unknown = isRecord(exported) ? { ...(exported as object) } : exported
    if (looksRight(config)) return config
    const { configProblems } = await import('./config-problems.ts')
    const problems = configProblems(config)
    if (problems.length === 0) return config as MigrateConfig
    const lines = [`${file} is not right:`, ...problems.map((problem) => `  ${problem}`)]
    throw new MigrateError('CONFIG_INVALID', { file, problems }, lines.join('\n'))
  } catch (cause) {
    throw isMigrateError(cause) ? cause : failed(file, `it cannot be read: ${messageOf(cause)}`, { cause })
  }
}

function failed(
  file: string,
  why: string,
  options: { readonly cause?: unknown; readonly remedy?: string },
): MigrateError {
  return new MigrateError('CONFIG_FAILED', { file, why }, `${file}: ${why}`, options)
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
    throw new MigrateError('CONFIG_FAILED', { file, why: cause.details.why }, cause.message, {
      cause: cause.cause ?? cause,
    })
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
