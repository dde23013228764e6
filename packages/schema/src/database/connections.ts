import { isMigrateError, MigrateError } from '@org/migrate-core'
import type { UnloadedDialect } from '@org/migrate-core/dialect'
import { invalidUrl, readUrl } from '../environment/source.ts'
import type { OpenWebuiSettings } from '../environment.ts'
import type { AnyDatabase, DialectName, OpenDatabaseOptions } from './types.ts'

/** What a dialect's package is needed for; loaded when the URL says so. */
interface Opening {
  /** Of the migrations: a connection of their own. */
  readonly migrations: UnloadedDialect
  /** The pool, with what `migrations` has made. Nothing is opened before its first use. */
  open(): Promise<{ readonly database: AnyDatabase; readonly tables: unknown }>
}

interface OpeningOptions extends OpenDatabaseOptions {
  readonly migrationUrl: string
}

type Openings = {
  readonly [D in DialectName]: (settings: OpenWebuiSettings, options: OpeningOptions) => Promise<Opening>
}

const based = ({ baseDirectory }: OpenDatabaseOptions) => (baseDirectory === undefined ? {} : { baseDirectory })

const openings: Openings = {
  async sqlite({ url, key, sqlite }, options) {
    const { sqliteDialect } = await import('@org/migrate-dialect-sqlite')
    const connection = { url, ...based(options), ...(key === undefined ? {} : { key }) }
    const migrations = sqliteDialect({ ...connection, url: options.migrationUrl })
    return {
      migrations,
      open: async () => {
        const { openSqlite } = await import('@org/migrate-drizzle/sqlite')
        const { schema } = await import('../sqlite.ts')
        return { database: openSqlite({ ...connection, ...sqlite, schema, memoryOf: migrations }), tables: schema }
      },
    }
  },
  async postgres({ url, schema: databaseSchema, pool }, options) {
    const { postgresDialect } = await import('@org/migrate-dialect-postgres')
    const { migrationUrl, statementCache } = options
    return {
      migrations: postgresDialect({
        url: migrationUrl,
        ...(databaseSchema === undefined ? {} : { schema: databaseSchema }),
      }),
      open: async () => {
        const { openPostgres } = await import('@org/migrate-drizzle/postgres')
        const { schema } = await import('../postgres.ts')
        const database = openPostgres({
          url,
          schema,
          ...pool,
          ...(databaseSchema === undefined ? {} : { databaseSchema }),
          ...(statementCache === undefined ? {} : { statementCache }),
        })
        return { database, tables: schema }
      },
    }
  },
  async mysql({ url, pool }, options) {
    const { mysqlDialect } = await import('@org/migrate-dialect-mysql')
    return {
      migrations: mysqlDialect({ url: options.migrationUrl, ...based(options) }),
      open: async () => {
        const { openMysql } = await import('@org/migrate-drizzle/mysql')
        const { schema } = await import('../mysql.ts')
        return { database: openMysql({ url, schema, ...pool, ...based(options) }), tables: schema }
      },
    }
  },
}

function notInstalled(dialect: DialectName, cause: unknown): MigrateError<'DIALECT_NOT_INSTALLED'> {
  const name = `@org/migrate-dialect-${dialect}`
  return new MigrateError(
    'DIALECT_NOT_INSTALLED',
    { dialect, package: name },
    `The package ${name}, which the database needs, is not installed.`,
    { cause, remedy: `Run \`npm install ${name}\` (or \`pnpm add ${name}\`).` },
  )
}

/** Throws INVALID_URL. */
function migrationUrlOf({ dialect, url }: OpenWebuiSettings, { migrationUrl }: OpenDatabaseOptions): string {
  if (migrationUrl === undefined) return url
  const parsed = readUrl('migrationUrl', migrationUrl)
  if (parsed.dialect === dialect) return parsed.url
  throw invalidUrl('migrationUrl', `it is of ${parsed.dialect}, and the database of ${dialect}`)
}

/** Reads the URLs and loads the dialect; opens nothing. Throws DIALECT_NOT_INSTALLED, INVALID_URL, INVALID_OPTION. */
export async function prepare(settings: OpenWebuiSettings, options: OpenDatabaseOptions): Promise<Opening> {
  const { dialect, source } = settings
  const migrationUrl = migrationUrlOf(settings, options)
  try {
    return await openings[dialect](settings, { ...options, migrationUrl })
  } catch (error) {
    const absent = (error as { readonly code?: unknown } | undefined)?.code === 'ERR_MODULE_NOT_FOUND'
    if (absent && String(error).includes(`'@org/migrate-dialect-${dialect}'`)) throw notInstalled(dialect, error)
    if (!isMigrateError(error, 'INVALID_URL')) throw error
    const variable = migrationUrl === settings.url ? named[source] : 'migrationUrl'
    throw new MigrateError('INVALID_URL', error.details, `${variable}: ${error.message}`, { cause: error })
  }
}

const named: { readonly [S in OpenWebuiSettings['source']]: string } = {
  parts: 'the DATABASE_* parts',
  DATABASE_URL: 'DATABASE_URL',
  DATA_DIR: 'DATA_DIR',
}
