import { requireOptions, withStepParts } from '@org/migrate-core/connection'
import type { EmptyDatabase, EmptyDatabaseOptions, UnloadedDialect, Waiting } from '@org/migrate-core/dialect'
import { capabilities } from './capabilities.ts'
import { connectChecks, connector, type PostgresOptions } from './connection/connector.ts'
import { faultOf, fullMessageOf, grantFor, limitFor, refusesValue } from './connection/faults.ts'
import { remoteHostOf } from './connection/url.ts'
import { introspectionFor } from './introspect/introspection.ts'
import { dialectSql } from './sql/sql.ts'
import { newestMajor } from './sql/version.ts'

/**
 * PostgreSQL for a migrator. Nothing is opened, and the driver not loaded, before the first `connect`; until then the newest
 * version is assumed.
 *
 * Throws INVALID_URL here; DATABASE_UNREACHABLE, SERVER_UNSUPPORTED, DATABASE_READ_ONLY, INVALID_OPTION (files of certificates)
 * and DRIVER_NOT_BUILT when connecting.
 *
 * ```ts
 * const migrator = createMigrator({ dialect: postgresDialect({ url: 'postgresql://app:secret@db/app' }), tiers })
 * ```
 */
export function postgresDialect(options: PostgresOptions): UnloadedDialect {
  const { database, target, driver, connect } = connector(requireOptions('postgresDialect', options, connectChecks))
  const remoteHost = remoteHostOf(target)
  const { schema: _, url = '', ...withoutSchema } = options
  async function useDatabase<T>(
    work: (empty: EmptyDatabase) => Promise<T>,
    request?: EmptyDatabaseOptions,
  ): Promise<T> {
    const { withEmptyDatabase } = await import('./shadow/empty-database.ts')
    const open = (how: Waiting) => connect({ ...how, purpose: 'shadow' }, dialectFor)
    const pinned = options.schema === undefined || request?.schema === undefined ? {} : { schema: request.schema }
    const dialectOn = (own: string) => postgresDialect({ ...withoutSchema, ...pinned, url: own })
    return withEmptyDatabase({ url, database, open, dialectOn }, work, request)
  }
  const backup = async () => (await import('./connection/backup.ts')).backupOf(options)
  const cache = new Map<string, UnloadedDialect>()

  function dialectFor(major: number, ownSchema = target.schema): UnloadedDialect {
    const key = JSON.stringify([major, ownSchema])
    const dialect = cache.get(key) ?? make(major, ownSchema)
    cache.set(key, dialect)
    return dialect
  }

  function make(major: number, ownSchema: string | undefined): UnloadedDialect {
    const dialect = {
      name: 'postgres',
      variant: String(major),
      capabilities,
      sql: dialectSql,
      introspection: introspectionFor(target.schema),
      errors: { kindOf: faultOf, limitFor, refusesValue, grantFor, fullMessageOf },
      connection: {
        database,
        ...(remoteHost === undefined ? {} : { remoteHost }),
        driver,
        connect: (request) => connect(request, dialectFor),
        // PGlite is in this process, and an open client has no URL: no other program can connect to it.
        ...(target.driver === 'pglite' || url === '' ? {} : { backup }),
      },
      preserving: async () => (await import('./types/preserving.ts')).preserving,
      shadow: {
        use: async (work, request) =>
          (await import('./shadow/shadow.ts')).withShadow(
            { database, schema: target.schema, open: (how) => connect({ ...how, purpose: 'shadow' }, dialectFor) },
            work,
            request,
          ),
        ...(target.driver === 'pglite' || url === '' ? {} : { useDatabase }),
      },
      doctor: { examine: async (session, request) => (await import('./doctor.ts')).examine(session, request) },
    } satisfies Omit<UnloadedDialect, 'load'>
    return withStepParts(dialect, async () =>
      (await import('./step-parts.ts')).stepPartsFor({ major, ownSchema, target, dialectFor }),
    )
  }

  return dialectFor(newestMajor)
}
