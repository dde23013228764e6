import { type Dialect, requireOptions, type ServerSession } from '@org/migrate-core/dialect'
import { capabilitiesFor } from './capabilities.ts'
import { applyToModelFor } from './compile/apply-to-model.ts'
import { compileFor } from './compile/compile.ts'
import { conversionLossFor } from './compile/conversion-loss.ts'
import { counters } from './compile/counters.ts'
import { decomposeFor } from './compile/decompose.ts'
import { onlineFor } from './compile/online.ts'
import { replacedKeyLength, replaceKey } from './compile/primary-key.ts'
import { connectChecks, connector, type MysqlOptions } from './connection/connector.ts'
import { faultsOf, grantFor, refusesValue } from './connection/faults.ts'
import type { ServerFacts } from './connection/settings.ts'
import { normaliseFor } from './ddl/normalise.ts'
import { newest, type Server } from './flavour.ts'
import { introspectionFor } from './introspect/introspection.ts'
import { scriptFor } from './script.ts'
import { dialectSql } from './sql/sql.ts'
import { updateFrom, values } from './sql/value-expressions.ts'
import { keyOrder } from './types/key-order.ts'
import { typesFor } from './types/types.ts'

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
export function mysqlDialect(options: MysqlOptions): Dialect {
  const { target, connect } = connector(requireOptions('mysqlDialect', options, connectChecks))
  const dialects = new Map<string, Dialect>()

  function dialectFor(server: Server): Dialect {
    const key = JSON.stringify(server)
    const dialect = dialects.get(key) ?? make(server)
    dialects.set(key, dialect)
    return dialect
  }

  const ofServer = ({ server }: ServerFacts): Dialect => dialectFor(server)

  function make(server: Server): Dialect {
    const kindOf = faultsOf(server.flavour)
    return {
      name: 'mysql',
      capabilities: capabilitiesFor(server),
      types: { ...typesFor(server), conversionLoss: conversionLossFor(server) },
      sql: dialectSql,
      compiler: {
        table: compileFor(server),
        // Each statement of DDL stands alone; but a table goes from one primary key to another in one.
        batch: { size: replacedKeyLength, compile: (operations) => replaceKey(server, operations) },
        decompose: decomposeFor(server),
        online: onlineFor(server),
      },
      model: { apply: applyToModelFor(server), normalise: normaliseFor(server) },
      introspection: introspectionFor(server, kindOf),
      errors: { kindOf, refusesValue, grantFor: (error) => grantFor(error, target.database) },
      values,
      connection: {
        database: target.display,
        connect: (request): Promise<ServerSession> => connect(request, ofServer),
      },
      rows: { updateFrom, counters, keyOrder },
      preserving: async () => (await import('./types/preserving.ts')).preserving,
      script: scriptFor(server),
      shadow: {
        use: async (work, request) =>
          (await import('./shadow/shadow.ts')).withShadowDatabase(
            { database: target.display, open: (how, name) => connect({ ...how, purpose: 'run' }, ofServer, name) },
            work,
            request,
          ),
      },
      doctor: {
        examine: async (session) =>
          (await import('./doctor.ts')).examine(session, (error) => kindOf(error) === 'permission'),
      },
    }
  }

  return dialectFor(newest[target.flavour])
}
