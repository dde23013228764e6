import type { FilterRule } from '@org/migrate-autogenerate'
import type { Tier } from '@org/migrate-core'
import { withArticle } from '@org/migrate-core/dialect'
import { nearNames } from '@org/migrate-core/internal'
import type { Autogenerate } from './autogenerate/settings.ts'
import type { ConfiguredSource, DeclaredByDialect, SourceFrom } from './autogenerate/sources.ts'
import type { MigrateConfig, NamedDatabase } from './define-config.ts'
import type { NewFiles, WriteHook } from './new-files/settings.ts'

/** What is wrong with the value at a path, a sentence for each place in it. */
type Check = (value: unknown, path: string) => readonly string[]

/** A declaration for each key that there is: one that is forgotten doesn't compile. */
export type Keys<T, Of> = { readonly [K in keyof Required<NonNullable<T>>]: Of }

export const isRecord = (value: unknown): value is object =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
/** No URL and no date, whose parts are none of their own. */
const isPlain = (value: unknown): value is object => Object.prototype.toString.call(value) === '[object Object]'
const isName = (value: unknown): value is string => typeof value === 'string' && value !== ''

const expected =
  (what: string, holds: (value: unknown) => boolean): Check =>
  (value, path) =>
    holds(value) ? [] : [`\`${path}\`: expected ${what}`]

const text = expected('a text', (value) => typeof value === 'string')
const name = expected('a text that is not empty', isName)
const flag = expected('true or false', (value) => typeof value === 'boolean')
const method = expected('a function', (value) => typeof value === 'function')
const count = expected('a number from 0 on', (value) => Number.isFinite(value) && Number(value) >= 0)
const wholeCount = expected('a whole number from 0 on', (value) => Number.isSafeInteger(value) && Number(value) >= 0)
const oneOf = (...allowed: readonly unknown[]): Check =>
  expected(`one of ${allowed.map((each) => JSON.stringify(each)).join(', ')}`, (value) => allowed.includes(value))

/** A longer list is a mistake, and reading it can take hours: lists may be sparse. */
const longestList = 100_000

const listOf =
  (check: Check, least = 0): Check =>
  (value, path) => {
    if (!Array.isArray(value) || value.length > longestList) return [`\`${path}\`: expected a list`]
    if (value.length < least) return [`\`${path}\`: expected a list that is not empty`]
    return value.flatMap((each, at) => check(each, `${path}.${at}`))
  }

/** The first kind that the value can be at all has to accept it. */
const either =
  (what: string, ...kinds: readonly (readonly [is: (value: unknown) => boolean, check: Check])[]): Check =>
  (value, path) =>
    kinds.find(([is]) => is(value))?.[1](value, path) ?? [`\`${path}\`: expected ${what}`]

function unknownKey(path: string, key: string, keys: readonly string[]): string {
  const [near] = nearNames(key, keys)
  const hint = near === undefined ? `known are ${keys.join(', ')}` : `did you mean \`${near}\`?`
  return `\`${path}${key}\` is not a key of the configuration: ${hint}`
}

/** What is wrong with the keys of an object, each of which may be absent. */
function keyProblems(value: object, keys: { readonly [key: string]: Check }, path: string): readonly string[] {
  return Object.entries(value).flatMap(([key, part]) => {
    const check = Object.hasOwn(keys, key) ? keys[key] : undefined
    if (check === undefined) return [unknownKey(path, key, Object.keys(keys))]
    return part === undefined ? [] : check(part, `${path}${key}`)
  })
}

const shaped =
  <T>(keys: Keys<T, Check>, required?: keyof NonNullable<T> & string): Check =>
  (value, path) => {
    if (!isPlain(value)) return [`\`${path}\`: expected an object`]
    const isMissing = required !== undefined && (value as { readonly [key: string]: unknown })[required] === undefined
    return [...(isMissing ? [`\`${path}.${required}\` is missing`] : []), ...keyProblems(value, keys, `${path}.`)]
  }

const isTier = (value: unknown): boolean => {
  if (!isRecord(value)) return false
  const { name: named, kind, source, table } = value as { readonly [K in keyof Tier]: unknown }
  const { headers, module } = (isRecord(source) ? source : {}) as { readonly [K in keyof Tier['source']]?: unknown }
  const isKnown = kind === 'graph' || kind === 'sequential'
  const isSource = typeof headers === 'function' && typeof module === 'function'
  return isName(named) && isKnown && isSource && (table === undefined || isName(table))
}

const isFolder = (value: unknown): boolean => isName(value) || (value instanceof URL && value.protocol === 'file:')
const folder = expected('a folder: a path or a file: URL', isFolder)

const fileForms = [
  [isName, name],
  [Array.isArray, listOf(name, 1)],
] as const
const files = either('files: a path, a pattern, or a list of them', ...fileForms)
const sources: { readonly [F in ConfiguredSource['from']]: Check } = {
  sql: shaped<SourceFrom<'sql'>>({ from: name, files }, 'files'),
  database: shaped<SourceFrom<'database'>>({ from: name, url: name }, 'url'),
  command: shaped<SourceFrom<'command'>>({ from: name, command: name, database: name }, 'command'),
}
const isSource = (value: unknown): boolean => isPlain(value) && 'from' in value
const source: Check = (value, path) => {
  const { from } = value as ConfiguredSource
  return Object.hasOwn(sources, from)
    ? sources[from](value, path)
    : oneOf(...Object.keys(sources))(from, `${path}.from`)
}
const declarationForms = [[isSource, source], ...fileForms] as const
const declaration = either('files, or what fromSql, fromDatabase or fromCommand give', ...declarationForms)
const rule = either(
  'a pattern, an object of patterns, or a function',
  [(value) => typeof value === 'function', method],
  [isName, name],
  [
    isPlain,
    shaped<Exclude<FilterRule, string | ((...args: never[]) => boolean)>>({
      kind: text,
      schema: text,
      name: text,
      table: text,
    }),
  ],
)

/** `./src/schema.ts`: a name that is meant for a file. A schema of a database is hardly ever called so. */
const isModuleFile = (value: string): boolean => /\.[cm]?[jt]sx?$/i.test(value)

const schemaName = expected(
  'the name of a schema in the database; a file that declares tables goes into `autogenerate.schema`',
  (value) => isName(value) && !isModuleFile(value),
)

const autogenerateChecks: Keys<Autogenerate, Check> = {
  schema: either('files: a path, a pattern, a list of them, or these by dialect', ...declarationForms, [
    isPlain,
    shaped<DeclaredByDialect>({ sqlite: declaration, postgres: declaration, mysql: declaration }),
  ]),
  dialects: listOf(oneOf('sqlite', 'postgres', 'mysql'), 1),
  casing: oneOf('snake_case', 'camelCase'),
  include: listOf(rule),
  exclude: listOf(rule),
  renames: method,
  fill: method,
  allowDestructive: flag,
  processOperations: method,
  renderType: method,
}

const hook = shaped<WriteHook>({ name, exec: name, args: listOf(text), cwd: name }, 'exec')

const backupCommand: Check = (value, path) => [
  ...shaped<MigrateConfig['backupCommand']>({ run: name, verify: name }, 'run')(value, path),
  ...(isPlain(value) && !('verify' in value) ? [`\`${path}.verify\` is missing`] : []),
]

/** Every key that one of several databases may have, too. */
const databaseChecks: Keys<NamedDatabase, Check> = {
  url: text,
  migrationUrl: text,
  lock: oneOf('session', 'table'),
  driver: name,
  key: text,
  protected: flag,
  schema: schemaName,
  migrations: either('a folder, or a list of folders', [Array.isArray, listOf(folder, 1)], [isFolder, folder]),
  recursive: flag,
  tiers: listOf(expected('a tier, as `graph()` and `sequential()` give it', isTier), 1),
  tables: shaped<MigrateConfig['tables']>({
    version: name,
    history: name,
    preserved: name,
    journal: name,
    lock: name,
  }),
  newFiles: shaped<NewFiles>({
    name,
    timeZone: name,
    slugLength: expected('a whole number from 1 on', (value) => Number.isInteger(value) && Number(value) > 0),
    template: name,
    hooks: listOf(hook),
  }),
  autogenerate: shaped<Autogenerate>(autogenerateChecks, 'schema'),
  seed: either('a folder, or a function', [(value) => typeof value === 'function', method], [isName, name]),
  snapshot: either(
    'a file, or files by dialect',
    [isName, name],
    [isPlain, shaped<Exclude<MigrateConfig['snapshot'], string>>({ sqlite: name, postgres: name, mysql: name })],
  ),
  preserve: shaped<MigrateConfig['preserve']>({ maxBytes: count, upgrades: flag }),
  check: shaped<MigrateConfig['check']>({ edits: oneOf('text', 'functions', 'operations') }),
  heads: oneOf('one', 'several'),
  transaction: oneOf('revision', 'run'),
  ignoreForeignHistory: listOf(text),
  notes: listOf(text),
  waitMs: count,
  lockWaitMs: count,
  leaseMs: count,
  lockTimeoutMs: count,
  statementTimeoutMs: count,
  lockRetries: wholeCount,
  stepIdleMs: count,
  backupCommand,
  recordedBy: shaped<MigrateConfig['recordedBy']>({ host: text, user: text }),
  arguments: (value, path) =>
    isPlain(value)
      ? Object.entries(value).flatMap(([key, part]) => text(part, `${path}.${key}`))
      : [`\`${path}\`: expected an object of texts`],
  onEvent: method,
  beforeRevision: method,
  afterRevision: method,
  afterHead: method,
  hookTimeoutMs: count,
}

/** It stands in a command line. */
const isDatabaseName = (value: string): boolean => /^[\w.][\w.-]*$/.test(value)

const databases: Check = (value, path) => {
  if (!isPlain(value) || Object.keys(value).length === 0)
    return [`\`${path}\`: expected an object of databases by their names`]
  return Object.entries(value).flatMap(([key, one]: [string, unknown]) => {
    const at = `${path}.${key}`
    if (!isDatabaseName(key)) return [`\`${at}\`: expected a name of letters, digits, \`.\`, \`-\` and \`_\``]
    if (!isPlain(one)) return [`\`${at}\`: expected an object`]
    const isMissing = 'url' in one ? [] : [`\`${at}.url\` is missing`]
    return [...isMissing, ...keyProblems(one, databaseChecks, `${at}.`)]
  })
}

/** What is in it, the fleet itself checks. */
const fleet = expected('an object with `members`', (value) => isPlain(value) && 'members' in value)

/** Every key of `migrate.config.ts`. */
export const configChecks: Keys<MigrateConfig, Check> = { ...databaseChecks, envFile: name, databases, fleet }

function kindOf(value: unknown): string {
  if (typeof value === 'function') return 'a function'
  return Array.isArray(value) ? 'a list' : value === null ? 'null' : withArticle(typeof value)
}

function sourceProblems({ migrations, tiers }: NamedDatabase, path: string): readonly string[] {
  if (migrations === undefined && tiers === undefined)
    return [`give \`${path}migrations\` (a folder) or \`${path}tiers\``]
  if (migrations === undefined || tiers === undefined) return []
  return [`give either \`${path}migrations\` or \`${path}tiers\`, not both`]
}

/** Everything that is wrong with a configuration, a sentence each, every wrong key with what was probably meant. */
export function configProblems(config: unknown): readonly string[] {
  if (!isRecord(config)) return [`the default export is ${kindOf(config)}, not an object of options`]
  const problems = [...keyProblems(config, configChecks, '')]
  const { databases: named, ...shared } = config as MigrateConfig
  if (named === undefined) return [...problems, ...sourceProblems(shared, '')]
  if ('url' in shared) problems.push('give `url` in each of `databases`, not beside them')
  if (problems.length > 0) return problems
  return Object.entries(named).flatMap(([key, own]) => {
    const isOwn = own.migrations !== undefined || own.tiers !== undefined
    return sourceProblems(isOwn ? own : shared, `databases.${key}.`)
  })
}
