import {
  type Dialect,
  isAnything,
  isNumber,
  isText,
  type OptionChecks,
  requireOptions,
} from '@org/migrate-core/dialect'
import { capabilities } from './capabilities.ts'
import { applyToModel } from './compile/apply-to-model.ts'
import { batchSize, compileBatch } from './compile/batch.ts'
import { compile } from './compile/compile.ts'
import { conversionLoss } from './compile/conversion-loss.ts'
import { counters } from './compile/counters.ts'
import { normalise } from './compile/normalise.ts'
import { freeRowid } from './compile/row-key.ts'
import { connector } from './connection/connector.ts'
import { runsOnBun } from './connection/driver-choice.ts'
import { silenceTriggers } from './connection/silence-triggers.ts'
import { introspection } from './introspect/introspection.ts'
import { script } from './script.ts'
import { faultOf, refusesValue } from './sql/faults.ts'
import { dialectSql } from './sql/sql.ts'
import { values } from './sql/value-expressions.ts'
import type { SqliteOptions } from './types/options.ts'
import { types } from './types/types.ts'

const optionChecks: OptionChecks<SqliteOptions> = {
  // What is no URL has codes of its own.
  url: isAnything,
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
export function sqliteDialect(options: SqliteOptions): Dialect {
  const { database, openShadow, connect } = connector(requireOptions('sqliteDialect', options, optionChecks))
  return {
    name: 'sqlite',
    capabilities,
    types: { ...types, conversionLoss },
    sql: dialectSql,
    compiler: { table: compile, batch: { size: batchSize, compile: compileBatch } },
    model: { apply: applyToModel, normalise },
    introspection,
    errors: { kindOf: faultOf, refusesValue },
    values,
    connection: { database, connect },
    // Bun's SQLite takes no functions.
    ...(runsOnBun() ? {} : { preserving: async () => (await import('./types/preserving.ts')).preserving }),
    rows: { identity: freeRowid, valuesAsTable: true, counters, silenceTriggers },
    script,
    shadow: {
      use: async (work, request) => (await import('./shadow/shadow.ts')).withShadowDatabase(openShadow, work, request),
    },
    doctor: { examine: async (session) => (await import('./doctor.ts')).examine(database, session) },
  }
}
