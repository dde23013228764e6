import { existsSync } from 'node:fs'
import { dirname, isAbsolute, join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { isMigrateError, MigrateError, type Tier } from '@org/migrate-core'
import { importModule } from '@org/migrate-core/node'
import type { MigrateConfig } from './define-config.ts'

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
const isText: Check = (value) => typeof value === 'string'
const isName: Check = (value) => isText(value) && value !== ''
const isCount: Check = (value) => typeof value === 'number' && value >= 0
const isTexts: Check = (value) => Array.isArray(value) && value.every(isText)
const members =
  (check: Check, keys: readonly string[]): Check =>
  (value) =>
    isRecord(value) && Object.entries(value as object).every(([key, part]) => keys.includes(key) && check(part))

/** Cheap, and never says yes to what is wrong: what it refuses is looked at again by the real validation. */
const checks: { readonly [K in keyof Required<MigrateConfig>]: Check } = {
  url: isText,
  migrationUrl: isText,
  lock: (value) => value === 'session' || value === 'table',
  key: isText,
  schema: isName,
  migrations: (value) => isName(value) || (value instanceof URL && value.protocol === 'file:'),
  tiers: (value) =>
    Array.isArray(value) &&
    value.length > 0 &&
    value.every((tier) => isRecord(tier) && isRecord((tier as Tier).source)),
  tables: members(isName, ['version', 'history', 'kept', 'journal', 'lock']),
  keep: members(isCount, ['maxRows', 'maxBytes']),
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
  recordedBy: members(isText, ['host', 'user']),
}

function looksRight(config: unknown): config is MigrateConfig {
  if (!isRecord(config)) return false
  const { migrations, tiers } = config as MigrateConfig
  if ((migrations === undefined) === (tiers === undefined)) return false
  return Object.entries(config as object).every(
    ([key, value]) => value === undefined || (Object.hasOwn(checks, key) && checks[key as keyof MigrateConfig](value)),
  )
}

/** The folders to look in: this one and those above it, no further than the package that it belongs to. */
function folders(cwd: string): readonly string[] {
  const found = [cwd]
  for (let at = cwd; !existsSync(join(at, 'package.json')) && at !== dirname(at); ) {
    at = dirname(at)
    found.push(at)
  }
  return found
}

function findConfig(cwd: string): string {
  const searched = folders(cwd)
  for (const folder of searched) {
    const name = configNames.find((candidate) => existsSync(join(folder, candidate)))
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
}): Promise<LoadedConfig> {
  const file = where.named === undefined ? findConfig(where.cwd) : resolve(where.caller, where.named)
  if (where.named !== undefined && !existsSync(file)) {
    throw new MigrateError('CONFIG_NOT_FOUND', { searched: [file] }, `There is no file ${file}`)
  }
  const config = await defaultExport(file)
  if (looksRight(config)) return { config, file, folder: dirname(file) }
  const { configProblems } = await import('./config-problems.ts')
  const problems = configProblems(config)
  if (problems.length === 0) return { config: config as MigrateConfig, file, folder: dirname(file) }
  throw new MigrateError(
    'CONFIG_INVALID',
    { file, problems },
    [`${file} is not right:`, ...problems.map((problem) => `  ${problem}`)].join('\n'),
  )
}

async function defaultExport(file: string): Promise<unknown> {
  try {
    const exports = await importModule(file)
    if (exports.default !== undefined) return exports.default
  } catch (cause) {
    if (!isMigrateError(cause, 'REVISION_IMPORT_FAILED')) throw cause
    throw new MigrateError('CONFIG_FAILED', { file, why: cause.details.why }, cause.message, {
      cause: cause.cause ?? cause,
    })
  }
  const why = 'it has no default export'
  throw new MigrateError('CONFIG_FAILED', { file, why }, `${file}: ${why}`, {
    remedy: 'Write `export default defineConfig({ … })`.',
  })
}

/** The absolute folder that `migrations` names. Throws INVALID_OPTION. */
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
