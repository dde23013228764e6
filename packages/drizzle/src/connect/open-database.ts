import { MigrateError, type ServiceConnection } from '@org/migrate-core/dialect'
import { Pool, type PoolLimits } from './pool.ts'
import type { Runner } from './remote.ts'
import { UnitOfWork } from './unit-of-work.ts'
import { openUseSignal, type UseOptions, unlessAborted } from './use-signal.ts'

/** A connection of one's own, with its Drizzle instance. Nothing commits by itself. */
export interface DatabaseSession<D> {
  readonly db: D
  commit(): Promise<void>
  rollback(): Promise<void>
  /** A savepoint: rolled back when the body throws. It is kept when the session commits. */
  withTransaction<T>(body: (db: D) => Promise<T>): Promise<T>
}

/** An open database. Integers come exact, waiting never blocks the event loop. */
export interface OpenDatabase<D> {
  /** Each statement for itself; `db.transaction` is `withTransaction`. */
  readonly db: D
  /** For people: the URL without its password, the absolute path, or `:memory:`. */
  readonly database: string
  /** What was not committed when the body ends is rolled back. To write, prefer `withTransaction`. */
  withSession<T>(body: (session: DatabaseSession<D>) => Promise<T>, options?: UseOptions): Promise<T>
  /** Commits when the body returns, rolls back when it throws; `db.transaction` inside is a savepoint. */
  withTransaction<T>(body: (db: D) => Promise<T>, options?: UseOptions): Promise<T>
  /** Resolves when every session has ended. */
  close(): Promise<void>
}

/** What a dialect has of its own. */
interface OpeningParts<D> {
  /** The database for people. */
  readonly database: string
  readonly limits: PoolLimits
  connect(signal: AbortSignal | undefined): Promise<ServiceConnection>
  /** The Drizzle instance that sends its statements there. */
  drizzle(runner: Runner): D
}

function asAbortError(error: unknown, signal: AbortSignal | undefined, database: string): unknown {
  if (signal?.aborted !== true || error !== signal.reason) return error
  const message = `The work on ${database} was stopped; what it had not committed was rolled back.`
  return new MigrateError('ABORTED', { applied: [] }, message, { cause: error, remedy: 'Run it again.' })
}

/** Opens a database over connections of `connect`, the first of them at the first use. */
export function openOver<D>(parts: OpeningParts<D>): OpenDatabase<D> {
  const { database, limits, connect, drizzle } = parts
  const pool = new Pool<ServiceConnection>({ ...limits, database, connect })

  async function use<T>(write: boolean, body: (unit: UnitOfWork) => Promise<T>, given: UseOptions = {}): Promise<T> {
    const { signal, release } = openUseSignal(given)
    try {
      const connection = await pool.acquire(signal)
      const unit = new UnitOfWork(connection, { database, write, signal })
      try {
        signal?.throwIfAborted()
        const result = await unlessAborted(body(unit), signal)
        // A commit is not aborted: a caller that gets ABORTED takes the work for rolled back.
        if (write) await unit.commit()
        return result
      } finally {
        await unit.end().finally(() => pool.release(connection))
      }
    } catch (error) {
      throw asAbortError(error, signal, database)
    } finally {
      release()
    }
  }

  const inTransaction = <T>(body: (runner: Runner) => Promise<T>, given?: UseOptions): Promise<T> =>
    use(true, (unit) => body(unit.runner), given)

  async function once<T>(work: (connection: ServiceConnection) => Promise<T>): Promise<T> {
    const connection = await pool.acquire()
    try {
      return await work(connection)
    } finally {
      await pool.release(connection)
    }
  }

  const each: Runner = {
    send: (sql, params) => once((connection) => connection.send(sql, params)),
    lists: (sql, params) => once((connection) => connection.lists(sql, params)),
    transaction: (body) => inTransaction(body),
  }

  return {
    db: drizzle(each),
    database,
    withSession: (body, given) =>
      use(
        false,
        (unit) =>
          body({
            db: drizzle(unit.runner),
            commit: () => unit.commit(),
            rollback: () => unit.rollback(),
            withTransaction: (inner) => unit.runner.transaction((runner) => inner(drizzle(runner))),
          }),
        given,
      ),
    withTransaction: (body, given) => inTransaction((runner) => body(drizzle(runner)), given),
    close: () => pool.close(),
  }
}
