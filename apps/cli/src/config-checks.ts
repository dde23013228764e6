import type { FilterRule } from '@org/migrate-autogenerate'
import type { Tier } from '@org/migrate-core'
import type { Autogenerate, SchemaFiles } from './autogenerate/settings.ts'
import type { MigrateConfig } from './define-config.ts'
import { isModuleFile } from './module-file.ts'
import type { NewFiles, WriteHook } from './new-files/settings.ts'

type Check = (value: unknown) => boolean
export const isRecord: Check = (value) => typeof value === 'object' && value !== null && !Array.isArray(value)
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
  check: shaped<MigrateConfig['check']>({
    edits: (value) => ['text', 'functions', 'operations'].includes(value as string),
  }),
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
export function isPlainlyValid(config: unknown): config is MigrateConfig {
  if (!isRecord(config)) return false
  const { migrations, tiers } = config as MigrateConfig
  if ((migrations === undefined) === (tiers === undefined)) return false
  return Object.entries(config as object).every(
    ([key, value]) => value === undefined || (Object.hasOwn(checks, key) && checks[key as keyof MigrateConfig](value)),
  )
}
