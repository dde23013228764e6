import type { FilterRule } from '@org/migrate-autogenerate'
import type { Tier } from '@org/migrate-core'
import { withArticle } from '@org/migrate-core/dialect'
import { nearNames } from '@org/migrate-core/internal'
import type { Autogenerate } from './autogenerate/settings.ts'
import type { ConfiguredSource, Declaration } from './autogenerate/sources.ts'
import type { MigrateConfig } from './define-config.ts'
import type { NewFiles, WriteHook } from './new-files/settings.ts'

/** What is wrong with the value at a path, a sentence for each place in it. */
type Check = (value: unknown, path: string) => readonly string[]

interface ConfigKey {
  readonly check: Check
  /** For the page of the configuration. */
  readonly help: string
  /** What holds where the key is absent and its default is no single value. */
  readonly default?: string | { readonly [part: string]: string }
}

/** A declaration for each key that there is: one that is forgotten doesn't compile. */
type Keys<T, Of> = { readonly [K in keyof Required<NonNullable<T>>]: Of }

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

const files = either('files: a path, a pattern, or a list of them', [isName, name], [Array.isArray, listOf(name, 1)])
const source: Check = (value, path) => {
  const check = sources[(value as ConfiguredSource).from] as Check | undefined
  return check?.(value, path) ?? oneOf(...Object.keys(sources))((value as ConfiguredSource).from, `${path}.from`)
}
const sources: { readonly [F in ConfiguredSource['from']]: Check } = {
  sql: shaped<Extract<ConfiguredSource, { readonly from: 'sql' }>>({ from: name, files }, 'files'),
  database: shaped<Extract<ConfiguredSource, { readonly from: 'database' }>>({ from: name, url: name }, 'url'),
  command: shaped<Extract<ConfiguredSource, { readonly from: 'command' }>>(
    { from: name, command: name, database: name },
    'command',
  ),
}
const isSource = (value: unknown): boolean => isPlain(value) && 'from' in value
const declaration = either(
  'files, or what fromSql, fromDatabase or fromCommand give',
  [isSource, source],
  [(value) => isName(value) || Array.isArray(value), files],
)
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

export const autogenerateKeys: Keys<Autogenerate, ConfigKey> = {
  schema: {
    check: either(
      'files: a path, a pattern, a list of them, or these by dialect',
      [isSource, source],
      [
        isPlain,
        shaped<Exclude<Autogenerate['schema'], Declaration>>({
          sqlite: declaration,
          postgres: declaration,
          mysql: declaration,
        }),
      ],
      [(value) => isName(value) || Array.isArray(value), files],
    ),
    help: 'the files that declare it: a path, a folder, a pattern, or a list of them, relative to the configuration; one that begins with `!` leaves files out; or [what makes it](../guides/other-schemas.md). By dialect where each database has its own: `{ sqlite: …, postgres: … }`',
  },
  dialects: {
    check: listOf(oneOf('sqlite', 'postgres', 'mysql'), 1),
    help: 'the databases that one revision serves, where the same files are for several; that of the URL unless given',
  },
  casing: {
    check: oneOf('snake_case', 'camelCase'),
    help: '`snake_case` or `camelCase`, as it is given to `drizzle()`',
  },
  include: {
    check: listOf(rule),
    help: 'what takes part: patterns (`audit_*`, `billing.*`), or a function of the object; our own tables never do',
  },
  exclude: { check: listOf(rule), help: 'what does not take part, in the same form' },
  renames: {
    check: method,
    help: 'answers for renames: the name that something new had, `null` where it is new',
  },
  fill: {
    check: method,
    help: 'a function of the place (`{ table, column, where }`) that gives the value for existing rows, as an SQL expression; where it gives nothing, the file asks',
  },
  allowDestructive: { check: flag, help: '`true`: what loses data is written without being asked' },
  processOperations: {
    check: method,
    help: 'inspects the changes before a file is made: edits, adds, leaves out, or throws',
  },
  renderType: { check: method, help: "writes types as calls of the project's own functions" },
}

const checksOf = (keys: { readonly [key: string]: ConfigKey }): { readonly [key: string]: Check } =>
  Object.fromEntries(Object.entries(keys).map(([key, { check }]) => [key, check]))

const hook = shaped<WriteHook>({ name, exec: name, args: listOf(text), cwd: name }, 'exec')

/** Every key of `migrate.config.ts`. */
export const configKeys: Keys<MigrateConfig, ConfigKey> = {
  url: { check: text, help: 'the database; `DATABASE_URL` if absent' },
  migrationUrl: {
    check: text,
    help: "where to migrate, if not at the service's `url`: past a pooler. It is taken before `url`, and after `--url`.",
  },
  lock: {
    check: oneOf('session', 'table'),
    help: '`session` or `table`: a row with a lease, for a [PostgreSQL behind a pooler](postgres.md#poolers); refused elsewhere',
    default: 'session',
  },
  driver: {
    check: name,
    help: 'the driver of [SQLite](sqlite.md#drivers) or [PostgreSQL](postgres.md#drivers); else the first installed',
  },
  key: {
    check: text,
    help: 'the key of an [encrypted SQLite file](sqlite.md#encrypted-databases); `DATABASE_PASSWORD` unless given, for `sqlite+sqlcipher://`; refused elsewhere',
  },
  schema: {
    check: schemaName,
    help: 'the schema that everything is made in, on PostgreSQL; it holds with `--url` too',
  },
  migrations: {
    check: either('a folder, or a list of folders', [Array.isArray, listOf(folder, 1)], [isFolder, folder]),
    help: 'the folder of revisions, or several, relative to the configuration',
  },
  recursive: { check: flag, help: '`true`: the sub-folders of `migrations` are read too' },
  tiers: {
    check: listOf(expected('a tier, as `graph()` and `sequential()` give it', isTier), 1),
    help: '[sources of revisions](migrator.md#options) in the order to run, the graph last, instead of `migrations`',
  },
  tables: {
    check: shaped<MigrateConfig['tables']>({
      version: name,
      history: name,
      preserved: name,
      journal: name,
      lock: name,
    }),
    help: 'the names of the bookkeeping tables: `version`, `history`, `preserved`, `journal`, `lock`; `migrate_version` and so on unless given',
  },
  newFiles: {
    check: shaped<NewFiles>({
      name,
      timeZone: name,
      slugLength: expected('a whole number from 1 on', (value) => Number.isInteger(value) && Number(value) > 0),
      template: name,
      hooks: listOf(hook),
    }),
    help: 'how [new revision files](../guides/new-revisions.md) are named and look, and what runs on them',
  },
  autogenerate: {
    check: shaped<Autogenerate>(checksOf(autogenerateKeys) as Keys<Autogenerate, Check>, 'schema'),
    help: '[the declared schema](#autogenerate), and how revisions are written from it',
  },
  preserve: {
    check: shaped<MigrateConfig['preserve']>({ maxBytes: count, upgrades: flag }),
    help: '[what a downgrade may preserve](../explanation/preserved-values.md): `maxBytes`; `upgrades: true` preserves what upgrades take away too',
  },
  check: {
    check: shaped<MigrateConfig['check']>({ edits: oneOf('text', 'functions', 'operations') }),
    help: '`edits`: which edit of an applied file fails [`check`](checks.md#edited-files): `text`, `functions` (the default) or `operations`; `--edits` goes before it',
  },
  heads: {
    check: oneOf('one', 'several'),
    help: '`one` (the default) or `several`: whether the graph may have several heads. With `several` each head needs a branch label of its own',
  },
  transaction: {
    check: oneOf('revision', 'run'),
    help: 'one transaction for each revision, or one for all pending ones; `run` on an empty database, else `revision`',
    default: 'run on an empty database, else revision',
  },
  ignoreForeignHistory: { check: listOf(text), help: "other tools' tables that may share the database" },
  notes: { check: listOf(text), help: 'lines that are printed to stderr before a run' },
  waitMs: { check: count, help: 'how long to wait for a database that another connection writes to' },
  lockWaitMs: {
    check: count,
    help: 'how long to wait for another run; `--lock-wait` goes before it',
    default: 'as waitMs',
  },
  leaseMs: { check: count, help: 'how long the lease of a lock lasts without being renewed' },
  lockTimeoutMs: {
    check: count,
    help: '[how long a statement may wait for a lock](../explanation/running.md)',
    default: "the server's",
  },
  statementTimeoutMs: { check: count, help: 'how long a statement may run', default: "the server's" },
  lockRetries: { check: count, help: 'how often what failed only for a lock is tried again' },
  stepIdleMs: { check: count, help: 'how long a data step may do nothing at all' },
  recordedBy: {
    check: shaped<MigrateConfig['recordedBy']>({ host: text, user: text }),
    help: '`host` and `user`: what the history records of who ran it',
    default: { host: 'the name of this machine', user: 'the user of the system' },
  },
  arguments: {
    check: (value, path) =>
      isPlain(value)
        ? Object.entries(value).flatMap(([key, part]) => text(part, `${path}.${key}`))
        : [`\`${path}\`: expected an object of texts`],
    help: 'what data steps and hooks see as `db.arguments`; `-x key=value` of the command line',
  },
  onEvent: { check: method, help: 'a [hook](hooks.md): hears every event of a run' },
  beforeRevision: { check: method, help: 'a [hook](hooks.md): runs before each revision, in its transaction' },
  afterRevision: { check: method, help: 'a [hook](hooks.md): runs after each revision, in its transaction' },
  afterHead: { check: method, help: 'a [hook](hooks.md): runs when the database is at the head' },
  hookTimeoutMs: { check: count, help: 'how long one call of a hook may take' },
}

function kindOf(value: unknown): string {
  if (typeof value === 'function') return 'a function'
  return Array.isArray(value) ? 'a list' : value === null ? 'null' : withArticle(typeof value)
}

/** Everything that is wrong with a configuration, a sentence each, every wrong key with what was probably meant. */
export function configProblems(config: unknown): readonly string[] {
  if (!isRecord(config)) return [`the default export is ${kindOf(config)}, not an object of options`]
  const problems = [...keyProblems(config, checksOf(configKeys), '')]
  const { migrations, tiers } = config as MigrateConfig
  if (migrations === undefined && tiers === undefined) problems.push('give `migrations` (a folder) or `tiers`')
  if (migrations !== undefined && tiers !== undefined) problems.push('give either `migrations` or `tiers`, not both')
  return problems
}
