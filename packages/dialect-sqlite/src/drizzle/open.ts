import { MigrateError } from '@org/migrate-core'
import type { Runner } from '@org/migrate-core/dialect'
import type { SqliteRemoteDatabase } from 'drizzle-orm/sqlite-proxy'
import { parseUrl } from '../url.ts'
import { whenFree } from '../waiting.ts'
import { Pool } from './pool.ts'
import { remote, type Tables } from './remote.ts'
import { perform, UnitOfWork } from './unit-of-work.ts'

export interface OpenSqliteOptions<S extends Tables> {
  /** As `sqliteDialect` takes it. */
  readonly url: string
  /** Where relative paths start; default: the working directory of the process. */
  readonly baseDirectory?: string
  /** Drizzle tables and relations, for `db.query`. */
  readonly schema?: S
  /** Absent: as the file has it. Set it after the migrations have run. */
  readonly journalMode?: 'wal' | 'delete'
  /** How long to wait for a connection or a writer; default 5000. */
  readonly busyTimeoutMs?: number
  /** Default 8; a database in memory has one. */
  readonly maxConnections?: number
}

export interface UseOptions {
  readonly signal?: AbortSignal
  readonly timeoutMs?: number
}

/** A connection of one's own. Nothing commits by itself. */
export interface DatabaseSession<S extends Tables> {
  readonly db: SqliteRemoteDatabase<S>
  commit(): Promise<void>
  rollback(): Promise<void>
  /** A savepoint: rolled back when the body throws. It is kept when the session commits. */
  withTransaction<T>(body: (db: SqliteRemoteDatabase<S>) => Promise<T>): Promise<T>
}

/** An open database. Integers come exact, waiting never blocks the event loop. */
export interface OpenDatabase<S extends Tables> {
  /** Each statement for itself; `db.transaction` is `withTransaction`. */
  readonly db: SqliteRemoteDatabase<S>
  /** The absolute path, or `:memory:`. */
  readonly database: string
  /** What was not committed when the body ends is rolled back. To write, prefer `withTransaction`. */
  withSession<T>(body: (session: DatabaseSession<S>) => Promise<T>, options?: UseOptions): Promise<T>
  /** Commits when the body returns, rolls back when it throws; `db.transaction` inside is a savepoint. */
  withTransaction<T>(body: (db: SqliteRemoteDatabase<S>) => Promise<T>, options?: UseOptions): Promise<T>
  /** Resolves when every session has ended. */
  close(): Promise<void>
}

function signalOf({ signal, timeoutMs }: UseOptions): AbortSignal | undefined {
  const signals = [...(signal ? [signal] : []), ...(timeoutMs === undefined ? [] : [AbortSignal.timeout(timeoutMs)])]
  return signals.length > 1 ? AbortSignal.any(signals) : signals[0]
}

/** The body's result, unless the signal comes first: then the body's session is dead, and what it still does fails. */
async function unlessAborted<T>(work: Promise<T>, signal: AbortSignal | undefined): Promise<T> {
  if (signal === undefined) return work
  const stop = new AbortController()
  const aborted = new Promise<never>((_, reject) => {
    signal.addEventListener('abort', () => reject(signal.reason), { once: true, signal: stop.signal })
  })
  // Both may fail; the one that comes second must not be an unhandled rejection.
  work.catch(() => undefined)
  try {
    return await Promise.race([work, aborted])
  } finally {
    stop.abort()
  }
}

function named(error: unknown, signal: AbortSignal | undefined, database: string): unknown {
  if (signal?.aborted !== true || error !== signal.reason) return error
  const message = `The work on ${database} was stopped; what it had not committed was rolled back.`
  return new MigrateError('ABORTED', { applied: [] }, message, { cause: error, remedy: 'Run it again.' })
}

/**
 * Opens a SQLite database for a service: Drizzle instances over a few connections. Nothing is opened before the first use.
 *
 * Throws INVALID_URL; on use DATABASE_UNREACHABLE, DATABASE_READ_ONLY, DATABASE_BUSY, ABORTED, COMMIT_FAILED, and SESSION_CLOSED after
 * `close` or outside the function that a session was given to.
 *
 * ```ts
 * const database = openSqlite({ url: 'sqlite:///app.db', journalMode: 'wal' })
 * await database.withTransaction(async (db) => {
 *   await db.insert(accounts).values({ id: 'a' })
 * })
 * await database.close()
 * ```
 */
export function openSqlite<S extends Tables = Record<string, never>>(options: OpenSqliteOptions<S>): OpenDatabase<S> {
  const place = parseUrl(options.url, options.baseDirectory)
  const timeoutMs = options.busyTimeoutMs ?? 5_000
  const most = place.kind === 'memory' ? 1 : (options.maxConnections ?? 8)
  const pool = new Pool({ place, timeoutMs, most, journalMode: options.journalMode })
  const { schema } = options

  async function use<T>(
    mode: 'DEFERRED' | 'IMMEDIATE',
    body: (unit: UnitOfWork) => Promise<T>,
    given: UseOptions = {},
  ): Promise<T> {
    const signal = signalOf(given)
    const connection = await pool.acquire(signal).catch((error: unknown) => {
      throw named(error, signal, pool.database)
    })
    const unit = new UnitOfWork(connection, mode, signal)
    try {
      signal?.throwIfAborted()
      return await unlessAborted(body(unit), signal)
    } catch (error) {
      throw named(error, signal, pool.database)
    } finally {
      try {
        unit.end()
      } finally {
        pool.release(connection)
      }
    }
  }

  const inTransaction = <T>(body: (unit: Runner) => Promise<T>, given?: UseOptions): Promise<T> =>
    use(
      'IMMEDIATE',
      async (unit) => {
        const result = await body(unit)
        await unit.commit()
        return result
      },
      given,
    )

  async function alone(sql: string, params: readonly unknown[]) {
    const connection = await pool.acquire(undefined)
    try {
      return await whenFree({ database: pool.database, timeoutMs }, () => perform(connection, sql, params))
    } finally {
      pool.release(connection)
    }
  }

  const each: Runner = {
    rows: async (sql, params) => (await alone(sql, params)).rows,
    run: alone,
    transaction: (body) => inTransaction(body),
  }

  return {
    db: remote(each, schema),
    database: pool.database,
    withSession: (body, given) =>
      use(
        'DEFERRED',
        (unit) =>
          body({
            db: remote(unit, schema),
            commit: () => unit.commit(),
            rollback: async () => unit.rollback(),
            withTransaction: (inner) => unit.transaction((runner) => inner(remote(runner, schema))),
          }),
        given,
      ),
    withTransaction: (body, given) => inTransaction((unit) => body(remote(unit, schema)), given),
    close: () => pool.close(),
  }
}
