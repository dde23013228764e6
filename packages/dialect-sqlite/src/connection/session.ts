import { MigrateError } from '@org/migrate-core/connection'
import type {
  ConnectOptions,
  CopySpec,
  Outcome,
  Row,
  RunLock,
  Session,
  SqlValue,
  TransactionOptions,
  TransactionScope,
  Waiting,
} from '@org/migrate-core/dialect'
import { type WaitLimits, waitLimitsOf, whenFree } from './busy-wait.ts'
import type { Connection } from './connection.ts'
import { askVersion, versionOf } from './driver.ts'
import type { Statement } from './drivers/handle.ts'
import { FileLock } from './lock.ts'
import { toBindings, toRows } from './values.ts'

/** Who has the one in-process database of `:memory:`: a second session waits while the first has a transaction open. */
export interface MemoryTurn {
  owner?: Session
}

class MemoryBusyError extends Error {
  readonly code = 'SQLITE_BUSY'
}

export class SqliteSession implements Session {
  readonly #connection: Connection
  readonly #turn: MemoryTurn
  readonly #waiting: ConnectOptions
  /** Absent in memory, which no other process has. */
  readonly runLock?: (key: string) => RunLock
  /** Absent: a transaction may run without foreign keys. */
  readonly foreignKeysStayOn?: true
  /** Absent where nothing may be written, and in memory. */
  readonly backup?: (file: string, signal?: AbortSignal) => Promise<string>
  readonly isNew?: true
  readonly #locks = new Map<string, FileLock>()
  #scope: TransactionScope | undefined
  #savepoints = 0
  /** What the tables copied in this transaction get back at its end. */
  #finishing: (() => void)[] = []
  #closed = false

  constructor(connection: Connection, turn: MemoryTurn, waiting: ConnectOptions) {
    this.#connection = connection
    this.#turn = turn
    this.#waiting = waiting
    const { driver, database, isNew } = connection
    if (isNew) this.isNew = true
    if (driver === undefined) return
    this.runLock = (key) => {
      const lock = this.#locks.get(key) ?? new FileLock(driver, database, key, waiting.purpose)
      this.#locks.set(key, lock)
      return lock
    }
    if (waiting.purpose === 'inspect') return
    this.backup = async (...to) => (await import('./backup.ts')).backUpSession(this, driver, database, ...to)
  }

  /** The version of SQLite. */
  get version(): string {
    const { db, driver } = this.#connection
    return driver === undefined ? askVersion(db) : versionOf(driver)
  }

  get isOpen(): boolean {
    return !this.#closed && this.#connection.db.open
  }

  query(sql: string, params: readonly SqlValue[] = []): Promise<readonly Row[]> {
    return this.#attempt(sql, (statement) => {
      const bindings = toBindings(params)
      if (!statement.reader) {
        statement.run(bindings)
        return []
      }
      // The columns are asked for afterwards: SQLite prepares again, by itself, what DDL made stale.
      const rows = statement.all(bindings) as readonly (readonly SqlValue[])[]
      return toRows(rows, statement.columns())
    })
  }

  async textsOf(reads: Parameters<NonNullable<Session['textsOf']>>[0]): Promise<readonly string[]> {
    const { textsStatement } = await import('../sql/read-texts.ts')
    const { sql, params } = textsStatement(reads, (text) => this.#connection.prepare(text).columns().length)
    return this.#attempt(sql, (statement) => statement.get(toBindings(params)) as readonly string[])
  }

  execute(sql: string, params: readonly SqlValue[] = []): Promise<Outcome> {
    return this.#attempt(sql, (statement) => {
      const bindings = toBindings(params)
      if (!statement.reader) return { changes: statement.run(bindings).changes }
      // What only reads leaves the count of the statement before it.
      const total = (): bigint => (this.#connection.prepare('SELECT total_changes()').get() as readonly [bigint])[0]
      const before = total()
      statement.all(bindings)
      if (total() === before) return { changes: 0 }
      const [changes] = this.#connection.prepare('SELECT changes()').get() as readonly [bigint]
      return { changes: Number(changes) }
    })
  }

  async #attempt<T>(sql: string, run: (statement: Statement) => T): Promise<T> {
    const connection = this.#usable(sql)
    return whenFree(this.#limits(), () => {
      this.#inTurn()
      return run(connection.prepare(sql))
    })
  }

  /**
   * A full disk or an I/O error makes SQLite roll back by itself, and what follows would run, and stay, each for itself:
   * so nothing more is sent until the scope has been ended.
   */
  #usable(what: string): Connection {
    const connection = this.#connection
    if (!this.isOpen) {
      const message = `the session on ${connection.database} is closed`
      throw new MigrateError('SESSION_CLOSED', { what }, message)
    }
    if (this.#scope !== undefined && !connection.db.inTransaction) {
      const message = `${connection.database} rolled the open transaction back by itself`
      throw new MigrateError('COMMIT_FAILED', { database: connection.database }, message)
    }
    return connection
  }

  /** The one connection of a database in memory is shared, the patience is each session's own. */
  #limits(options: Waiting = {}): WaitLimits {
    return waitLimitsOf({ database: this.#connection.database, waiting: this.#waiting }, options)
  }

  #inTurn(): void {
    const { owner } = this.#turn
    if (owner !== undefined && owner !== this) throw new MemoryBusyError('another session has a transaction open')
  }

  async begin(options: TransactionOptions = {}): Promise<TransactionScope> {
    const connection = this.#usable('begin')
    // Asked and taken in one go: two sessions of one in-memory database may both be waiting here.
    await whenFree(this.#limits(options), () => {
      this.#inTurn()
      if (connection.db.inTransaction) {
        const message = `${connection.database} already has a transaction open on this connection`
        throw new MigrateError('ALREADY_IN_TRANSACTION', { database: connection.database }, message)
      }
      this.#turn.owner = this
    })
    try {
      const { openTransaction } = await import('./transaction.ts')
      const transaction = await openTransaction(connection, options)
      const ended = (): void => {
        this.#scope = undefined
        this.#finishing = []
        delete this.#turn.owner
      }
      const scope: TransactionScope = {
        commit: () => transaction.commit(() => this.#finish()).finally(ended),
        // A commit that failed has rolled back already; another transaction may have begun since.
        rollback: async () => (this.#scope === scope ? transaction.rollback().finally(ended) : undefined),
      }
      this.#scope = scope
      return scope
    } catch (error) {
      delete this.#turn.owner
      throw error
    }
  }

  #finish(): void {
    for (const finish of this.#finishing) finish()
  }

  async savepoint<T>(body: () => Promise<T>): Promise<T> {
    const { db, database } = this.#usable('savepoint')
    if (!db.inTransaction) {
      throw new MigrateError('INTERNAL', { where: 'savepoint' }, `a savepoint on ${database} outside a transaction`)
    }
    this.#savepoints += 1
    const name = `migrate_${this.#savepoints}`
    await this.execute(`SAVEPOINT ${name}`)
    try {
      const result = await body()
      await this.execute(`RELEASE ${name}`)
      return result
    } catch (error) {
      // After a rollback that SQLite did by itself there is nothing left to go back to.
      if (db.open && db.inTransaction) {
        db.exec(`ROLLBACK TO ${name}; RELEASE ${name}`)
      }
      throw error
    } finally {
      this.#savepoints -= 1
    }
  }

  async schemaToken(): Promise<string> {
    const [row] = await this.query('PRAGMA main.schema_version')
    return String(row?.schema_version)
  }

  async copy(
    copy: CopySpec,
    options: { readonly signal?: AbortSignal; readonly onProgress?: (rows: number, total?: number) => void },
  ): Promise<number> {
    const connection = this.#usable('copy')
    return (await import('./copy.ts')).copyInTransaction(connection, copy, options, this.#finishing)
  }

  async close(): Promise<void> {
    if (this.#closed) return
    const scope = this.#scope
    try {
      if (scope !== undefined && this.#connection.db.open) await scope.rollback()
    } finally {
      this.#closed = true
      for (const lock of this.#locks.values()) lock.close()
      this.#connection.close()
    }
  }
}
