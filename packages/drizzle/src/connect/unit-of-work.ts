import { MigrateError, type ServiceConnection } from '@org/migrate-core/dialect'
import type { Runner } from './remote.ts'

/** The transaction or one of the savepoints in it. */
interface Level {
  over: boolean
  /** A savepoint of its own is open. */
  inner: boolean
}

interface UnitOptions {
  /** The database for people. */
  readonly database: string
  readonly write: boolean
  readonly signal: AbortSignal | undefined
}

/** One connection in use: a transaction that begins with the first statement, and that only `commit` keeps. */
export class UnitOfWork {
  readonly #connection: ServiceConnection
  readonly #options: UnitOptions
  readonly #top: Level = { over: false, inner: false }
  #transaction: Promise<void> | undefined
  #committing: Promise<void> | undefined
  #ended = false
  #savepoints = 0
  /** Why a savepoint could not be taken back: its statements must not be committed with the others. */
  #spoiled: { readonly why: unknown } | undefined

  constructor(connection: ServiceConnection, options: UnitOptions) {
    this.#connection = connection
    this.#options = options
  }

  get runner(): Runner {
    return this.#runnerOf(this.#top)
  }

  #runnerOf(level: Level): Runner {
    return {
      send: (sql, params) => this.#perform(level, (connection) => connection.send(sql, params)),
      lists: (sql, params) => this.#perform(level, (connection) => connection.lists(sql, params)),
      transaction: (body) => this.#savepoint(level, body),
    }
  }

  /** Keeps what was done; the next statement begins a new transaction. Throws COMMIT_FAILED. */
  async commit(): Promise<void> {
    this.#refuse(this.#top)
    this.#options.signal?.throwIfAborted()
    const transaction = this.#transaction
    if (transaction === undefined) return
    await transaction
    if (this.#spoiled !== undefined) throw this.#uncommitted(this.#spoiled.why)
    this.#transaction = undefined
    const committing = this.#connection.commit()
    this.#committing = committing
    await committing
  }

  /** Takes back what was done since the last commit. */
  async rollback(): Promise<void> {
    this.#refuse(this.#top)
    await this.#rollbackTransaction()
  }

  /** Nothing works after this, and what was not committed is gone. */
  async end(): Promise<void> {
    this.#ended = true
    // The connection may be given on only when the server has answered.
    await this.#committing?.catch(() => undefined)
    await this.#rollbackTransaction()
  }

  async #rollbackTransaction(): Promise<void> {
    const transaction = this.#transaction
    this.#transaction = undefined
    this.#spoiled = undefined
    const isOpen = await transaction?.then(
      () => true,
      () => false,
    )
    if (isOpen === true) await this.#connection.rollback()
  }

  async #perform<T>(level: Level, work: (connection: ServiceConnection) => Promise<T>): Promise<T> {
    this.#refuse(level)
    this.#options.signal?.throwIfAborted()
    await this.#begin()
    this.#refuse(level)
    return work(this.#connection)
  }

  #begin(): Promise<void> {
    if (this.#transaction !== undefined) return this.#transaction
    const { write, signal } = this.#options
    const transaction = this.#connection.begin({ write, signal })
    this.#transaction = transaction
    transaction.catch(() => {
      if (this.#transaction === transaction) this.#transaction = undefined
    })
    return transaction
  }

  async #savepoint<T>(outer: Level, body: (inner: Runner) => Promise<T>): Promise<T> {
    this.#refuse(outer)
    outer.inner = true
    const level: Level = { over: false, inner: false }
    this.#savepoints += 1
    const name = `unit_${this.#savepoints}`
    try {
      await this.#perform(level, (connection) => connection.savepoint(`SAVEPOINT ${name}`))
      try {
        const result = await body(this.#runnerOf(level))
        await this.#perform(level, (connection) => connection.savepoint(`RELEASE SAVEPOINT ${name}`))
        return result
      } catch (error) {
        level.over = true
        await this.#undo(name)
        throw error
      }
    } finally {
      level.over = true
      outer.inner = false
    }
  }

  async #undo(name: string): Promise<void> {
    if (this.#ended || this.#transaction === undefined) return
    try {
      await this.#connection.savepoint(`ROLLBACK TO SAVEPOINT ${name}`)
      await this.#connection.savepoint(`RELEASE SAVEPOINT ${name}`)
    } catch (why) {
      this.#spoiled ??= { why }
    }
  }

  #uncommitted(cause: unknown): MigrateError<'COMMIT_FAILED'> {
    const { database } = this.#options
    const message = `The transaction on ${database} was not committed: a savepoint in it could not be taken back.`
    return new MigrateError('COMMIT_FAILED', { database }, message, { cause })
  }

  #refuse(level: Level): void {
    const { database } = this.#options
    if (this.#ended || level.over) {
      const what = this.#ended ? 'session' : 'inner transaction'
      throw new MigrateError('SESSION_CLOSED', { what }, `The ${what} on ${database} was released.`, {
        remedy: 'Use a session only inside the function it was given to, and await every call there.',
      })
    }
    if (!level.inner) return
    const message = `An inner transaction on ${database} is open: what is sent beside it would be rolled back with it.`
    throw new MigrateError('ALREADY_IN_TRANSACTION', { database }, message, {
      remedy: 'Use the db that the inner transaction was given, and await it before you use the outer one again.',
    })
  }
}
