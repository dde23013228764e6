import { createRequire } from 'node:module'
import { dirname } from 'node:path'
import { pathToFileURL } from 'node:url'
import { type DeclaredSchema, MigrateError } from '@org/migrate-core'
import { type Dialect, maskedUrl, noPathReason, schemeOf } from '@org/migrate-core/dialect'

interface DialectPackage {
  readonly package: string
  readonly factory: string
  readonly schemes: readonly string[]
  /** Whether a database of it has schemas. */
  readonly schemas?: true
  /** Whether a run makes the database that it is to be in. */
  readonly makesDatabases?: true
  /** Whether a row of a table may be the lock there. */
  readonly tableLock?: true
  /** Whether a database of it is a file that may be encrypted. */
  readonly encrypted?: true
  /** Whether its URL may name files by relative paths. */
  readonly files?: true
}

const dialects: readonly DialectPackage[] = [
  {
    package: '@org/migrate-dialect-sqlite',
    factory: 'sqliteDialect',
    schemes: ['sqlite', 'sqlite+sqlcipher', 'file', 'd1', 'libsql'],
    encrypted: true,
    files: true,
  },
  {
    package: '@org/migrate-dialect-postgres',
    factory: 'postgresDialect',
    schemes: ['postgres', 'postgresql', 'pglite'],
    schemas: true,
    tableLock: true,
    files: true,
  },
  {
    package: '@org/migrate-dialect-mysql',
    factory: 'mysqlDialect',
    schemes: ['mysql', 'mariadb'],
    makesDatabases: true,
    files: true,
  },
]
const supported = [
  'sqlite:<path>',
  'sqlite:///relative.db',
  'sqlite:////absolute.db',
  'd1://<account>/<database id>',
  'libsql://<host>',
  'postgresql://user@host/database',
  'pglite:<folder>',
  'mysql://user@host/database',
  'mariadb://user@host/database',
]

/** The name of the dialect that a URL is of, by its scheme; a path is a SQLite file. Throws INVALID_URL. */
export function dialectOfUrl(url: string): string {
  return packageFor(url).schemes[0] ?? ''
}

function packageFor(url: string): DialectPackage {
  const explicitScheme = url === ':memory:' ? 'sqlite' : schemeOf(url)
  const reason = explicitScheme === undefined ? noPathReason(url) : undefined
  if (reason !== undefined) {
    throw new MigrateError(
      'INVALID_URL',
      { why: reason, supported },
      `${maskedUrl(url)} is no URL of a database: ${reason}; supported: ${supported.join(', ')}`,
    )
  }
  const scheme = explicitScheme ?? 'sqlite'
  const family = scheme.replace(/\+.*$/, '')
  const match = dialects.find(({ schemes }) => schemes.includes(scheme) || schemes.includes(family))
  if (match !== undefined) return match
  throw new MigrateError(
    'INVALID_URL',
    { why: `its scheme is ${scheme}`, supported },
    `There is no dialect for the scheme \`${scheme}\`; supported: ${supported.join(', ')}`,
  )
}

interface DialectOptions {
  readonly url: string
  readonly baseDirectory: string
  readonly schema: string | undefined
  readonly lock: 'session' | 'table' | undefined
  readonly key: string | undefined
  readonly driver?: string | undefined
  /** The schema of one of many, or its database on a server without schemas. */
  readonly member?: string | undefined
}

/** Throws INVALID_URL, INVALID_OPTION, DIALECT_NOT_INSTALLED, and what the dialect says of the URL. Nothing is opened. */
export async function dialectFor(options: DialectOptions, configFile: string): Promise<Dialect> {
  const dialectPackage = packageFor(options.url)
  const { lock, key, baseDirectory, member, schema: own, ...named } = options
  const isRefused = (name: string | undefined, part?: true): name is string => name !== undefined && part !== true
  if (isRefused(own, dialectPackage.schemas)) throw knowsNoSchemas(own, dialectPackage)
  if (isRefused(member, dialectPackage.schemas ?? dialectPackage.makesDatabases))
    throw knowsNoSchemas(member, dialectPackage)
  const schema = member ?? own
  const dialectOptions = { ...named, schema }
  if (lock === 'table' && dialectPackage.tableLock !== true) {
    const why = `only PostgreSQL has the choice; a cluster of ${dialectPackage.schemes[0]} is recognised by itself`
    throw new MigrateError('INVALID_OPTION', { option: 'lock', why }, `\`lock: 'table'\` is configured, but ${why}`)
  }
  if (key !== undefined && key.trim() !== '' && dialectPackage.encrypted !== true) {
    const why = `only an encrypted SQLite file has one; the password of ${dialectPackage.schemes[0]} is part of the URL`
    throw new MigrateError('INVALID_OPTION', { option: 'key', why }, `A \`key\` was given, but ${why}`)
  }
  const exported = await importInstalled(dialectPackage.package, {
    needed: [dialectPackage.package],
    why: 'this URL needs',
    dialect: dialectPackage.schemes[0] ?? '',
    configFile,
  })
  const factory = exported[dialectPackage.factory]
  if (typeof factory !== 'function') throw new Error(`${dialectPackage.package} exports no ${dialectPackage.factory}`)
  return (factory as (options: object) => Dialect)({
    ...dialectOptions,
    ...(dialectPackage.files === true ? { baseDirectory } : {}),
    ...(lock === 'table' ? { lock } : {}),
    ...(key === undefined ? {} : { key }),
  })
}

function knowsNoSchemas(schema: string, { schemes }: DialectPackage): MigrateError {
  const why = `${schemes[0]} knows no schemas within a database`
  const message = `The schema ${schema} is configured, but ${why}`
  return new MigrateError('INVALID_OPTION', { option: 'schema', why }, message)
}

/**
 * The copy beside us, else the project's own: a command line that is installed globally has none beside it. Throws DIALECT_NOT_INSTALLED,
 * which names the one of the `needed` packages that is not there.
 */
async function importInstalled(
  specifier: string,
  { needed, why, dialect, configFile }: Needed,
): Promise<Record<string, unknown>> {
  let [absent = specifier] = needed
  let cause: unknown
  for (const find of [() => specifier, () => resolvable(specifier, configFile)]) {
    const path = find()
    if (path === undefined) continue
    try {
      return (await import(path)) as Record<string, unknown>
    } catch (error) {
      const name = needed.find((each) => isAbsence(error, each))
      if (name === undefined) throw error
      absent = name
      cause = error
    }
  }
  const message = `The package ${absent}, which ${why}, is not installed`
  throw new MigrateError('DIALECT_NOT_INSTALLED', { dialect, package: absent }, message, {
    cause,
    remedy: `Run \`npm install ${absent}\` (or \`pnpm add ${absent}\`).`,
  })
}

interface Needed {
  readonly needed: readonly string[]
  readonly why: string
  readonly dialect: string
  readonly configFile: string
}

/** The package itself is not there, as against something that it imports. */
function isAbsence(error: unknown, name: string): boolean {
  const { code, message } = error as NodeJS.ErrnoException
  return code === 'ERR_MODULE_NOT_FOUND' && message.includes(`'${name}'`)
}

function resolvable(name: string, from: string): string | undefined {
  try {
    return pathToFileURL(createRequire(from).resolve(name)).href
  } catch {
    return undefined
  }
}

/** Reads what Drizzle's objects declare. */
interface DrizzleReader {
  readDrizzle(exports: readonly unknown[], options: { readonly casing?: 'snake_case' | 'camelCase' }): DeclaredSchema
}

function packageOf(dialect: string): DialectPackage {
  const match = dialects.find(({ schemes }) => schemes.includes(dialect))
  if (match !== undefined) return match
  const problem = `there is no dialect ${dialect}`
  throw new MigrateError('USAGE', { problem }, problem)
}

const drizzlePackage = '@org/migrate-drizzle'

/** What reads Drizzle's objects of a dialect. Throws DIALECT_NOT_INSTALLED, also where Drizzle itself is not installed. */
export async function drizzleOf(dialect: string, configFile: string): Promise<DrizzleReader> {
  const exported = await importInstalled(`${drizzlePackage}/${dialect}`, {
    needed: [drizzlePackage, 'drizzle-orm', packageOf(dialect).package],
    why: 'a schema declared with Drizzle needs',
    dialect,
    configFile,
  })
  return exported as unknown as DrizzleReader
}

/** A dialect that nothing will be opened with: for what its revisions make, on any database of it. */
export async function dialectNamed(dialect: string, configFile: string): Promise<Dialect> {
  const dialectPackage = packageOf(dialect)
  const url = dialectPackage.encrypted === true ? ':memory:' : `${dialectPackage.schemes[0]}://localhost/nothing`
  const dialectOptions = { url, baseDirectory: dirname(configFile), schema: undefined, lock: undefined, key: undefined }
  return dialectFor(dialectOptions, configFile)
}
