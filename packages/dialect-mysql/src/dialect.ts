import { type Dialect, requireOptions, type ServerSession, sql } from '@org/migrate-core/dialect'
import { capabilitiesFor } from './capabilities.ts'
import { applyToModelFor } from './compile/apply-to-model.ts'
import { compileFor } from './compile/compile.ts'
import { conversionLossFor } from './compile/conversion-loss.ts'
import { counters } from './compile/counters.ts'
import { decomposeFor } from './compile/decompose.ts'
import { onlineFor } from './compile/online.ts'
import { replacedKeyLength, replaceKey } from './compile/primary-key.ts'
import { connectChecks, connector, type MysqlOptions } from './connection/connect.ts'
import { faultsOf, refusesValue } from './connection/faults.ts'
import type { ServerFacts } from './connection/settings.ts'
import { normaliseFor } from './ddl/normalise.ts'
import { newest, type Server } from './flavour.ts'
import { columnNames } from './introspect/column-names.ts'
import { introspectFor } from './introspect/index.ts'
import { obstacles } from './introspect/obstacles.ts'
import { scriptFor } from './script.ts'
import { classify, grammar, releasesLocks } from './sql/classify.ts'
import { portable } from './sql/portable.ts'
import { quote } from './sql/quote.ts'
import { classifyRerun } from './sql/rerun.ts'
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
      sql: {
        quote,
        grammar,
        classify,
        classifyRerun,
        portable,
        releasesLocks,
        // InnoDB's manual, consistent nonlocking reads: the first plain SELECT makes the snapshot, by which information_schema is read too.
        lockingRead: (query) => sql`${query} LOCK IN SHARE MODE`,
        // NOW() stands still within a statement only; SYSDATE() would move on within one as well, and is not replicated safely.
        clock: sql`CAST(UNIX_TIMESTAMP(NOW(3)) * 1000 AS SIGNED)`,
      },
      compiler: {
        table: compileFor(server),
        // Each statement of DDL stands alone; but a table goes from one primary key to another in one.
        batch: { size: replacedKeyLength, compile: (operations) => replaceKey(server, operations) },
        decompose: decomposeFor(server),
        online: onlineFor(server),
      },
      model: { apply: applyToModelFor(server), normalise: normaliseFor(server) },
      introspection: {
        schema: introspectFor(server),
        columnNames,
        obstacles: (session, absent) => obstacles(session, absent, kindOf),
        // https://dev.mysql.com/doc/refman/8.4/en/information-schema-tables-table.html: approximate for InnoDB.
        estimatedRows: async (session, { name }) => {
          const [row] = await session.query(
            'SELECT table_rows AS n FROM information_schema.tables WHERE table_schema = DATABASE() AND table_name = ?',
            [name],
          )
          return row?.n === undefined || row.n === null ? undefined : Number(row.n)
        },
      },
      errors: { kindOf, refusesValue },
      values: {
        byteLength: (column) => sql`OCTET_LENGTH(${column})`,
        // utf8mb4_bin pads with blanks where it compares.
        sameText: (one, other) =>
          sql`CONVERT(${one} USING utf8mb4) COLLATE utf8mb4_bin = CONVERT(${other} USING utf8mb4) COLLATE utf8mb4_bin AND CHAR_LENGTH(${one}) = CHAR_LENGTH(${other})`,
        textDigest: (column) => sql`SHA2(${column}, 256)`,
      },
      connection: {
        database: target.display,
        connect: (request): Promise<ServerSession> => connect(request, ofServer),
      },
      rows: { counters, keyOrder },
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
