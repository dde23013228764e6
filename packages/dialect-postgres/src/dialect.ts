import { type Dialect, requireOptions, sql } from '@org/migrate-core/dialect'
import { capabilities, oldestMajor } from './capabilities.ts'
import { applyToModel, usualSchema } from './compile/apply-to-model.ts'
import { conversion } from './compile/casts.ts'
import { compileFor } from './compile/compile.ts'
import { conversionLoss } from './compile/conversion-loss.ts'
import { counters } from './compile/counters.ts'
import { blocked } from './compile/dependants/blocked-tables.ts'
import { normalise } from './compile/normalise.ts'
import { afterNumbers, ownNumbers } from './compile/rows.ts'
import { connectChecks, connector, type PostgresOptions } from './connection/connect.ts'
import { faultOf, refusesValue } from './connection/faults.ts'
import { silenceTriggers } from './connection/silence-triggers.ts'
import { columnNames } from './introspect/column-names.ts'
import { introspect } from './introspect/index.ts'
import { obstacles } from './introspect/obstacles.ts'
import { readRoutines } from './introspect/triggers.ts'
import { olderThan, scriptFor } from './script.ts'
import { classify, releasesLocks } from './sql/classify.ts'
import { grammar } from './sql/grammar.ts'
import { quote } from './sql/quote.ts'
import { classifyRerun } from './sql/rerun.ts'
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
      sql: {
        quote,
        grammar,
        classify,
        classifyRerun,
        portable: (text) => text,
        releasesLocks,
        clock: sql`(extract(epoch FROM clock_timestamp()) * 1000)::bigint`,
      },
      // Tables are changed in place: nothing is won by compiling several changes as one.
      compiler: { table: compileFor(major, ownSchema), blocked },
      model: {
        apply: (before, operation) => applyToModel(before, operation, ownSchema ?? usualSchema),
        normalise,
        asWritten,
        ownSchema: ownSchema ?? usualSchema,
      },
      introspection: {
        schema: introspect,
        columnNames,
        obstacles,
        routines: readRoutines,
        // -1: no VACUUM or ANALYZE has counted yet. https://www.postgresql.org/docs/current/catalog-pg-class.html
        estimatedRows: async (session, table) => {
          const name = quote.literal(quote.table(table).text)
          const [row] = await session.query(sql`SELECT reltuples AS n FROM pg_class WHERE oid = ${name}::regclass`.text)
          return Number(row?.n ?? -1) < 0 ? undefined : Math.round(Number(row?.n))
        },
      },
      errors: { kindOf: faultOf, refusesValue },
      values: {
        // octet_length knows texts and bytes only, and every type has a text; that of bytes is \x and two digits for each.
        byteLength: (column) =>
          sql`CASE WHEN pg_typeof(${column}) = 'bytea'::regtype THEN (octet_length(${column}::text) - 2) / 2 ELSE octet_length(${column}::text) END`,
        sameText: (one, other) => sql`(${one})::text COLLATE "C" = (${other})::text COLLATE "C"`,
        // Not md5(): it fails where the server allows approved algorithms only (FIPS).
        textDigest: (column) => sql`sha256(convert_to(${column}, 'UTF8'))`,
        // A composite value with a NULL in it IS neither NULL nor NOT NULL: https://www.postgresql.org/docs/current/functions-comparison.html
        isPresent: (column) => sql`${column} IS DISTINCT FROM NULL`,
      },
      connection: { database, connect: (request) => connect(request, dialectFor) },
      rows: { ownNumbers, afterNumbers, counters, silenceTriggers },
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
