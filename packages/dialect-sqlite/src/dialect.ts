import { isAnything, isNumber, isText, requireOptions, verbatim, withStepParts } from '@org/migrate-core/connection'
import type { DriverFact, OptionChecks, UnloadedDialect } from '@org/migrate-core/dialect'
import { capabilities, type SessionCapabilities } from './capabilities.ts'
import { connector, type SqliteOptions } from './connection/connector.ts'
import { type D1Target, d1Fact, d1Target } from './connection/list/d1-target.ts'
import { shareMemory } from './connection/memory.ts'
import type { SqliteSession } from './connection/session.ts'
import { introspectionFor } from './introspect/introspection.ts'
import { faultOf, refusesValue } from './sql/faults.ts'
import { dialectSql } from './sql/sql.ts'
import { altersConstraints, minorOf } from './sql/version.ts'

const optionChecks: OptionChecks<SqliteOptions> = {
  // What is no URL has codes of its own.
  url: isAnything,
  driver: isAnything,
  key: isText,
  busyTimeoutMs: isNumber,
  baseDirectory: isText,
}

/**
 * SQLite for a migrator. Nothing is opened, and the driver not loaded, before the first `connect`; until then a version before 3.53 is
 * assumed, whose statements every later one takes.
 *
 * Throws INVALID_URL and INVALID_OPTION here; DATABASE_UNREACHABLE, WRONG_KEY, DATABASE_READ_ONLY, DATABASE_BUSY and
 * DRIVER_NOT_BUILT when connecting.
 *
 * ```ts
 * const migrator = createMigrator({ dialect: sqliteDialect({ url: 'sqlite:///data/app.db' }), tiers })
 * ```
 */
export function sqliteDialect(options: SqliteOptions): UnloadedDialect {
  const target = d1Target(requireOptions('sqliteDialect', options, optionChecks))
  return target === undefined ? fileDialect(options) : d1Dialect(target)
}

/** D1 is SQLite that is sent lists of statements: https://developers.cloudflare.com/d1/worker-api/d1-database/#batch */
function d1Dialect(target: D1Target): UnloadedDialect {
  const { database } = target
  const driver = async (): Promise<DriverFact> => d1Fact(target)
  // What a list has made can't be read in it: columns that SQL of an author makes are not recorded.
  const { columnNames: _, ...readable } = introspectionFor({ foreignKeysStayOn: true })
  const dialect: UnloadedDialect = withStepParts(
    {
      name: 'sqlite',
      // https://developers.cloudflare.com/d1/platform/limits/
      capabilities: { ...capabilities, statementList: true, rowBytes: 2_000_000, foreignKeysStayOn: true },
      // The row of the lock is what D1 has in place of a lock of the session.
      sql: { ...dialectSql, clock: verbatim("CAST(unixepoch('subsec') * 1000 AS INTEGER)") },
      introspection: readable,
      errors: { kindOf: faultOf, refusesValue },
      connection: {
        database,
        remoteHost: database,
        driver,
        connect: async (request) => (await import('./connection/list/connect.ts')).connectD1(target, request, dialect),
      },
      shadow: {
        inProcess: true,
        use: async (work, request) => {
          const { openShadow } = connector({ url: ':memory:' })
          return (await import('./shadow/shadow.ts')).withShadowDatabase(openShadow, work, request)
        },
      },
      doctor: { examine: async (session) => (await import('./connection/list/doctor.ts')).examineD1(session) },
    },
    async () => {
      const [{ stepPartsFor }, { withinLimits }, { d1Script }] = await Promise.all([
        import('./step-parts.ts'),
        import('./connection/list/limits.ts'),
        import('./connection/list/script.ts'),
      ])
      const version = { foreignKeysStayOn: true, older: undefined, dialectFor: () => dialect } as const
      const parts = stepPartsFor(version)
      return {
        ...parts,
        compiler: withinLimits(parts.compiler),
        ...(parts.script && { script: d1Script(parts.script.now) }),
      }
    },
  )
  return dialect
}

function fileDialect(options: SqliteOptions): UnloadedDialect {
  const { database, memory, openShadow, driver, functions, ...sessions } = connector(
    requireOptions('sqliteDialect', options, optionChecks),
  )
  const connect: UnloadedDialect['connection']['connect'] = async (request) => {
    const session = await sessions.connect(request)
    return Object.assign(session, { dialect: dialectFor(session) })
  }
  if (memory !== undefined) shareMemory(connect, memory)
  const dialect = {
    name: 'sqlite',
    capabilities,
    sql: dialectSql,
    errors: { kindOf: faultOf, refusesValue },
    connection: { database, driver, connect },
    preserving: async () => ((await functions()) ? (await import('./types/preserving.ts')).preserving : undefined),
    shadow: {
      inProcess: true,
      use: async (work, request) => (await import('./shadow/shadow.ts')).withShadowDatabase(openShadow, work, request),
      useDatabase: async (work, how) =>
        (await import('./shadow/empty-database.ts')).withEmptyDatabase(options, sqliteDialect, work, how),
    },
    doctor: { examine: async (session) => (await import('./doctor.ts')).examine(database, session, await driver()) },
  } satisfies Omit<UnloadedDialect, 'load' | 'introspection'>
  const speaking = (can: SessionCapabilities): ((version: string) => UnloadedDialect) => {
    const part = { ...dialect, capabilities: { ...capabilities, ...can }, introspection: introspectionFor(can) }
    const of = (older?: UnloadedDialect): UnloadedDialect =>
      withStepParts({ ...part, variant: JSON.stringify([can, older !== undefined]) }, async () =>
        (await import('./step-parts.ts')).stepPartsFor({ ...can, older, dialectFor: ofVersion }),
      )
    const older = of()
    const newer = of(older)
    function ofVersion(version: string): UnloadedDialect {
      return minorOf(version) >= minorOf(altersConstraints) ? newer : older
    }
    return ofVersion
  }
  const usual = speaking({})
  const withKeysOn = speaking({ foreignKeysStayOn: true })

  function dialectFor({ version, foreignKeysStayOn }: SessionCapabilities & Pick<SqliteSession, 'version'>) {
    return (foreignKeysStayOn === true ? withKeysOn : usual)(version)
  }

  return usual('')
}
