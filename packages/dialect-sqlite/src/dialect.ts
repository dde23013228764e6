import { isAnything, isNumber, isText, requireOptions, withStepParts } from '@org/migrate-core/connection'
import type { OptionChecks, UnloadedDialect } from '@org/migrate-core/dialect'
import { capabilities } from './capabilities.ts'
import { connector, type SqliteOptions } from './connection/connector.ts'
import { introspection } from './introspect/introspection.ts'
import { faultOf, refusesValue } from './sql/faults.ts'
import { dialectSql } from './sql/sql.ts'

const optionChecks: OptionChecks<SqliteOptions> = {
  // What is no URL has codes of its own.
  url: isAnything,
  driver: isAnything,
  key: isText,
  busyTimeoutMs: isNumber,
  baseDirectory: isText,
}

/**
 * SQLite for a migrator. Nothing is opened, and the driver not loaded, before the first `connect`.
 *
 * Throws INVALID_URL and INVALID_OPTION here; DATABASE_UNREACHABLE, WRONG_KEY, DATABASE_READ_ONLY, DATABASE_BUSY and
 * DRIVER_NOT_BUILT when connecting.
 *
 * ```ts
 * const migrator = createMigrator({ dialect: sqliteDialect({ url: 'sqlite:///data/app.db' }), tiers })
 * ```
 */
export function sqliteDialect(options: SqliteOptions): UnloadedDialect {
  const { database, openShadow, connect, driver, functions } = connector(
    requireOptions('sqliteDialect', options, optionChecks),
  )
  const dialect = {
    name: 'sqlite',
    capabilities,
    sql: dialectSql,
    introspection,
    errors: { kindOf: faultOf, refusesValue },
    connection: { database, driver, connect },
    preserving: async () => ((await functions()) ? (await import('./types/preserving.ts')).preserving : undefined),
    shadow: {
      use: async (work, request) => (await import('./shadow/shadow.ts')).withShadowDatabase(openShadow, work, request),
    },
    doctor: { examine: async (session) => (await import('./doctor.ts')).examine(database, session, await driver()) },
  } satisfies Omit<UnloadedDialect, 'load'>
  return withStepParts(dialect, async () => (await import('./step-parts.ts')).stepParts)
}
