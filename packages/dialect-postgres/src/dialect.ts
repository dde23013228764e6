import { type Dialect, requireOptions } from '@org/migrate-core/dialect'
import { capabilities, oldestMajor } from './capabilities.ts'
import { applyToModel, usualSchema } from './compile/apply-to-model.ts'
import { conversion } from './compile/casts.ts'
import { compileFor } from './compile/compile.ts'
import { conversionLoss } from './compile/conversion-loss.ts'
import { counters } from './compile/counters.ts'
import { blocked } from './compile/dependants/blocked-tables.ts'
import { normalise } from './compile/normalise.ts'
import { afterNumbers, ownNumbers, typed } from './compile/rows.ts'
import { connectChecks, connector, type PostgresOptions } from './connection/connector.ts'
import { faultOf, grantFor, refusesValue } from './connection/faults.ts'
import { silenceTriggers } from './connection/silence-triggers.ts'
import { introspection } from './introspect/introspection.ts'
import { olderThan, scriptFor } from './script.ts'
import { dialectSql } from './sql/sql.ts'
import { values } from './sql/value-expressions.ts'
import { newestMajor } from './sql/version.ts'
import { asWritten } from './types/created-table.ts'
import { types } from './types/types.ts'

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
export function postgresDialect(options: PostgresOptions): Dialect {
  const { database, target, connect } = connector(requireOptions('postgresDialect', options, connectChecks))
  const cache = new Map<string, Dialect>()

  function dialectFor(major: number, ownSchema = target.schema): Dialect {
    const key = JSON.stringify([major, ownSchema])
    const dialect = cache.get(key) ?? make(major, ownSchema)
    cache.set(key, dialect)
    return dialect
  }

  function make(major: number, ownSchema: string | undefined): Dialect {
    return {
      name: 'postgres',
      capabilities,
      types: { ...types, conversion, conversionLoss },
      sql: dialectSql,
      // Tables are changed in place: nothing is won by compiling several changes as one.
      compiler: { table: compileFor(major, ownSchema), blocked },
      model: {
        apply: (before, operation) => applyToModel(before, operation, ownSchema ?? usualSchema),
        normalise,
        asWritten,
        ownSchema: ownSchema ?? usualSchema,
      },
      introspection,
      errors: { kindOf: faultOf, refusesValue, grantFor },
      values,
      connection: { database, connect: (request) => connect(request, dialectFor) },
      rows: { typed, valuesAsTable: true, ownNumbers, afterNumbers, counters, silenceTriggers },
      preserving: async () => (await import('./types/preserving.ts')).preserving,
      script: scriptFor(major, target, olderThan(major, oldestMajor, dialectFor)),
      shadow: {
        use: async (work, request) =>
          (await import('./shadow/shadow.ts')).withShadow(
            { database, schema: target.schema, open: (how) => connect({ ...how, purpose: 'shadow' }, dialectFor) },
            work,
            request,
          ),
      },
      doctor: { examine: async (session, request) => (await import('./doctor.ts')).examine(session, request) },
    }
  }

  return dialectFor(newestMajor)
}
