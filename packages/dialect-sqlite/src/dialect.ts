import { isAnything, isNumber, isText, requireOptions, verbatim, withStepParts } from '@org/migrate-core/connection'
import type { DriverFact, OptionChecks, UnloadedDialect } from '@org/migrate-core/dialect'
import { capabilities, type SessionCapabilities } from './capabilities.ts'
import { connector, type SqliteOptions } from './connection/connector.ts'
import { type ListTarget, listFact, listTarget } from './connection/list/list-target.ts'
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
  const target = listTarget(requireOptions('sqliteDialect', options, optionChecks))
  return target === undefined ? fileDialect(options) : listDialect(target)
}

/**
 * SQLite that is sent lists of statements: https://developers.cloudflare.com/d1/worker-api/d1-database/#batch. Of a libSQL server a list is
 * one batch of one request.
 */
function listDialect(target: ListTarget): UnloadedDialect {
  const { database, host, engine } = target
  const driver = async (): Promise<DriverFact> => listFact(target)
  // What a list has made can't be read in it: columns that SQL of an author makes are not recorded.
  const { columnNames: _, ...readable } = introspectionFor({ foreignKeysStayOn: true })
  const rowBytes = engine.rowBytes === undefined ? {} : { rowBytes: engine.rowBytes }
  const dialect: UnloadedDialect = withStepParts(
    {
      name: 'sqlite',
      capabilities: { ...capabilities, ...rowBytes, statementList: true, foreignKeysStayOn: true },
      // The row of the lock is what there is in place of a lock of the session.
      sql: { ...dialectSql, clock: verbatim("CAST(unixepoch('subsec') * 1000 AS INTEGER)") },
      introspection: readable,
      errors: { kindOf: faultOf, refusesValue },
      connection: {
        database,
        remoteHost: host,
        driver,
        connect: async (request) =>
          (await import('./connection/list/connect.ts')).connectList(target, request, dialect),
      },
      shadow: {
        inProcess: true,
        use: async (work, request) => {
          const { openShadow } = connector({ url: ':memory:' })
          return (await import('./shadow/shadow.ts')).withShadowDatabase(openShadow, work, request)
        },
      },
      doctor: {
        examine: async (session) => (await import('./connection/list/doctor.ts')).examineList(engine, session),
      },
    },
    async () => {
      const version = { foreignKeysStayOn: true, older: undefined, dialectFor: () => dialect } as const
      const { script, ...parts } = (await import('./step-parts.ts')).stepPartsFor(version)
      // The shell of libSQL sends one statement after the other: there is no script for it.
      if (!engine.limited) {
        const { withoutLegacyNames } = await import('./connection/list/legacy-names.ts')
        return { ...parts, compiler: withoutLegacyNames(parts.compiler) }
      }
      const [{ withinLimits }, { d1Script }] = await Promise.all([
        import('./connection/list/limits.ts'),
        import('./connection/list/script.ts'),
      ])
      return { ...parts, compiler: withinLimits(parts.compiler), ...(script && { script: d1Script(script.now) }) }
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
  let withKeysOn: ReturnType<typeof speaking> | undefined

  function dialectFor({ version, foreignKeysStayOn }: SessionCapabilities & Pick<SqliteSession, 'version'>) {
    if (foreignKeysStayOn !== true) return usual(version)
    withKeysOn ??= speaking({ foreignKeysStayOn })
    return withKeysOn(version)
  }

  return usual('')
}
