import { MigrateError } from '@org/migrate-core'
import { Connection, loadDriver, openFile, openHandle } from '../connection.ts'
import type { Place } from '../url.ts'
import { busy, whenFree } from '../waiting.ts'

export interface PoolOptions {
  readonly place: Place
  readonly timeoutMs: number
  readonly most: number
  readonly journalMode: 'wal' | 'delete' | undefined
}

interface Waiter {
  readonly take: (connection: Connection) => void
  readonly refuse: (error: unknown) => void
}

/** Connections to one database, each with one user at a time. */
export class Pool {
  readonly database: string
  readonly #options: PoolOptions
  readonly #idle: Connection[] = []
  readonly #waiting = new Set<Waiter>()
  readonly #emptied: (() => void)[] = []
  #open = 0
  #closed = false

  constructor(options: PoolOptions) {
    this.#options = options
    this.database = options.place.kind === 'file' ? options.place.path : ':memory:'
  }

  async acquire(signal: AbortSignal | undefined): Promise<Connection> {
    this.#refuseClosed()
    signal?.throwIfAborted()
    const idle = this.#idle.pop()
    if (idle !== undefined) return idle
    if (this.#open >= this.#options.most) return this.#wait(signal)
    this.#open += 1
    try {
      return await this.#connect()
    } catch (error) {
      this.#left()
      throw error
    }
  }

  release(connection: Connection): void {
    if (!connection.db.open || this.#closed) {
      connection.close()
      this.#left()
      return
    }
    const [next] = this.#waiting
    if (next === undefined) this.#idle.push(connection)
    else next.take(connection)
  }

  /** Nothing new begins; resolves when the last connection has come back and is closed. */
  async close(): Promise<void> {
    this.#closed = true
    for (const { refuse } of [...this.#waiting]) refuse(this.#closedError())
    for (const connection of this.#idle.splice(0)) {
      connection.close()
      this.#left()
    }
    if (this.#open > 0) await new Promise<void>((resolve) => this.#emptied.push(resolve))
  }

  #left(): void {
    this.#open -= 1
    if (this.#open === 0) for (const resolve of this.#emptied.splice(0)) resolve()
  }

  async #connect(): Promise<Connection> {
    const { place, timeoutMs, journalMode } = this.#options
    if (place.kind === 'memory') {
      const Driver = await loadDriver()
      return new Connection(openHandle(Driver, ':memory:', {}), {
        database: ':memory:',
        waiting: { waitMs: timeoutMs },
        shared: false,
      })
    }
    const connection = await openFile(place, { purpose: 'run', waitMs: timeoutMs })
    if (journalMode !== undefined && connection.pragma('journal_mode') !== journalMode) {
      // The mode stands in the file: another connection of ours may be setting it, too.
      await whenFree({ database: place.path, timeoutMs }, () => connection.db.pragma(`journal_mode = ${journalMode}`))
    }
    return connection
  }

  #wait(signal: AbortSignal | undefined): Promise<Connection> {
    return new Promise((resolve, reject) => {
      const leave = (): void => {
        clearTimeout(timer)
        signal?.removeEventListener('abort', aborted)
        this.#waiting.delete(waiter)
      }
      const waiter: Waiter = {
        take: (connection) => {
          leave()
          resolve(connection)
        },
        refuse: (error) => {
          leave()
          reject(error)
        },
      }
      const aborted = (): void => waiter.refuse(signal?.reason)
      const since = performance.now()
      const timer = setTimeout(() => {
        const cause = new Error(`all ${this.#options.most} connections are in use`)
        waiter.refuse(busy(this.database, Math.round(performance.now() - since), cause))
      }, this.#options.timeoutMs)
      signal?.addEventListener('abort', aborted, { once: true })
      this.#waiting.add(waiter)
    })
  }

  #closedError(): MigrateError<'SESSION_CLOSED'> {
    return new MigrateError('SESSION_CLOSED', { what: 'database' }, `The database ${this.database} was closed.`, {
      remedy: 'Call close() after the last use.',
    })
  }

  #refuseClosed(): void {
    if (this.#closed) throw this.#closedError()
  }
}
