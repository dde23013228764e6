import { MigrateError } from '@org/migrate-core'
import type { Runner, SqlValue } from '@org/migrate-core/dialect'
import type { Connection, Prepared } from '../connection.ts'
import { codeOf, messageOf } from '../faults.ts'
import { toBindings } from '../values.ts'
import { busy, patienceOf, whenFree } from '../waiting.ts'

const signalOf = (signal: AbortSignal | undefined) => (signal === undefined ? {} : { signal })

/** Runs one statement; gives its rows, or how many it changed. */
export function perform(connection: Connection, sql: string, params: readonly unknown[]) {
  const statement: Prepared = connection.prepare(sql)
  const bindings = toBindings(params as readonly SqlValue[])
  const rows = statement.reader ? (statement.all(bindings) as unknown[][]) : []
  const changes = statement.reader ? rows.length : statement.run(bindings).changes
  return { rows, changes }
}

/** One connection in use: a transaction that begins with the first statement, and that only `commit` keeps. */
export class UnitOfWork implements Runner {
  readonly #connection: Connection
  readonly #mode: 'DEFERRED' | 'IMMEDIATE'
  readonly #signal: AbortSignal | undefined
  #begun = false
  #ended = false
  #savepoints = 0

  constructor(connection: Connection, mode: 'DEFERRED' | 'IMMEDIATE', signal: AbortSignal | undefined) {
    this.#connection = connection
    this.#mode = mode
    this.#signal = signal
  }

  async rows(sql: string, params: readonly unknown[]) {
    return (await this.#attempt(() => perform(this.#connection, sql, params))).rows
  }

  async run(sql: string, params: readonly unknown[]) {
    const { changes } = await this.#attempt(() => perform(this.#connection, sql, params))
    return { changes }
  }

  /** A savepoint: rolled back when the body throws, kept with the rest otherwise. */
  async transaction<T>(body: (inner: Runner) => Promise<T>): Promise<T> {
    this.#savepoints += 1
    const name = `"unit ${this.#savepoints}"`
    await this.#attempt(() => this.#connection.db.exec(`SAVEPOINT ${name}`))
    try {
      const result = await body(this)
      await this.#attempt(() => this.#connection.db.exec(`RELEASE ${name}`))
      return result
    } catch (error) {
      if (!this.#ended && this.#connection.db.inTransaction) {
        this.#connection.db.exec(`ROLLBACK TO ${name}; RELEASE ${name}`)
      }
      throw error
    }
  }

  /** Keeps what was done; the next statement begins anew. Throws COMMIT_FAILED, DATABASE_BUSY. */
  async commit(): Promise<void> {
    const { database, db } = this.#connection
    if (!this.#begun) {
      this.#usable()
      return
    }
    try {
      await whenFree(patienceOf(this.#connection, signalOf(this.#signal)), () => {
        this.#usable()
        db.exec('COMMIT')
      })
      this.#begun = false
    } catch (cause) {
      if (codeOf(cause)?.startsWith('SQLITE_') !== true) throw cause
      const message = `The transaction on ${database} could not be committed: ${messageOf(cause)}.`
      throw new MigrateError('COMMIT_FAILED', { database }, message, { cause })
    }
  }

  /** Takes back what was done since the last commit. */
  rollback(): void {
    this.#begun = false
    // SQLite has rolled back by itself after a full disk or an I/O error.
    if (this.#connection.db.open && this.#connection.db.inTransaction) this.#connection.db.exec('ROLLBACK')
  }

  /** Nothing works after this, and what was not committed is gone. */
  end(): void {
    this.rollback()
    this.#ended = true
  }

  async #attempt<T>(work: () => T): Promise<T> {
    this.#usable()
    const { database, db } = this.#connection
    return whenFree(patienceOf(this.#connection, signalOf(this.#signal)), () => {
      this.#usable()
      try {
        if (!this.#begun) db.exec(`BEGIN ${this.#mode}`)
        this.#begun = true
        return work()
      } catch (error) {
        // What this transaction has read is old: waiting does not make it newer.
        if (codeOf(error) === 'SQLITE_BUSY_SNAPSHOT') throw busy(database, 0, error)
        throw error
      }
    })
  }

  #usable(): void {
    const { database, db } = this.#connection
    if (this.#ended) {
      const message = `The session on ${database} was released.`
      throw new MigrateError('SESSION_CLOSED', { what: 'session' }, message, {
        remedy: 'Use a session only inside the function it was given to, and await every call there.',
      })
    }
    if (this.#begun && !db.inTransaction) {
      const message = `${database} rolled the open transaction back by itself.`
      throw new MigrateError('COMMIT_FAILED', { database }, message)
    }
  }
}
