import { present, requireOptions, withStepParts } from '@org/migrate-core/connection'
import type {
  EmptyDatabase,
  EmptyDatabaseOptions,
  ServerSession,
  UnloadedDialect,
  Waiting,
} from '@org/migrate-core/dialect'
import { capabilitiesFor } from './capabilities.ts'
import { connectChecks, connector, type MysqlOptions } from './connection/connector.ts'
import { faultsOf, grantFor, limitFor, refusesValue } from './connection/faults.ts'
import type { ServerFacts } from './connection/settings.ts'
import { remoteHostOf } from './connection/url.ts'
import { newest, type Server } from './flavour.ts'
import { introspectionFor } from './introspect/introspection.ts'
import { dialectSql } from './sql/sql.ts'

/**
 * MySQL or MariaDB for a migrator. Nothing is opened, and the driver not loaded, before the first `connect`; until then the
 * newest release of what the URL names is assumed. The server itself says which of the two it is.
 *
 * Throws INVALID_URL here; DATABASE_UNREACHABLE, SERVER_UNSUPPORTED, DATABASE_READ_ONLY and DRIVER_NOT_BUILT when connecting.
 *
 * ```ts
 * const migrator = createMigrator({ dialect: mysqlDialect({ url: 'mysql://app:secret@db/app' }), tiers })
 * ```
 */
export function mysqlDialect(options: MysqlOptions): UnloadedDialect {
  const { target, driver, connect } = connector(requireOptions('mysqlDialect', options, connectChecks))
  const { schema: _, ...withoutSchema } = options
  const remoteHost = remoteHostOf(target)
  const dialects = new Map<string, UnloadedDialect>()

  function dialectFor(server: Server, database = target.display): UnloadedDialect {
    const key = JSON.stringify([server, database])
    const dialect = dialects.get(key) ?? make(server, database)
    dialects.set(key, dialect)
    return dialect
  }

  const origin = {
    url: options.url ?? '',
    database: target.display,
    open: (how: Waiting, database?: string) => connect({ ...how, purpose: 'run' }, ofServer, { database }),
    // A schema that was asked for is the real database.
    dialectOn: (url: string) => mysqlDialect({ ...withoutSchema, url }),
  }
  const ofServer = ({ server }: ServerFacts, database: string): UnloadedDialect => dialectFor(server, database)

  async function useDatabase<T>(
    work: (empty: EmptyDatabase) => Promise<T>,
    request?: EmptyDatabaseOptions,
  ): Promise<T> {
    return (await import('./shadow/shadow.ts')).withEmptyDatabase(origin, work, request)
  }

  function make(server: Server, database: string): UnloadedDialect {
    const kindOf = faultsOf(server.flavour)
    const dialect = {
      name: 'mysql',
      variant: JSON.stringify(server),
      capabilities: capabilitiesFor(server),
      sql: dialectSql,
      introspection: introspectionFor(server, kindOf),
      errors: { kindOf, limitFor, refusesValue, grantFor: (error) => grantFor(error, target.database || undefined) },
      connection: {
        database,
        ...present({ remoteHost }),
        driver,
        connect: (request): Promise<ServerSession> => connect(request, ofServer),
        // An open client has no URL: no other program can connect to it.
        ...(target.client === undefined
          ? {
              backup: async (session) => (await import('./connection/backup.ts')).backupOf(target, server, session),
              ownName: async (session) => (await import('./connection/backup.ts')).ownNameOf(target, session),
            }
          : {}),
      },
      preserving: async () => (await import('./types/preserving.ts')).preserving,
      shadow: {
        use: async (work, request) => (await import('./shadow/shadow.ts')).withShadowDatabase(origin, work, request),
        ...(target.client === undefined ? { useDatabase } : {}),
      },
      doctor: {
        examine: async (session) =>
          (await import('./doctor.ts')).examine(session, (error) => kindOf(error) === 'permission'),
      },
    } satisfies Omit<UnloadedDialect, 'load'>
    return withStepParts(dialect, async () => (await import('./step-parts.ts')).stepPartsFor(server))
  }

  return dialectFor(newest[target.flavour])
}
