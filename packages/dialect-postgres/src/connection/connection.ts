import { AnswerWatch, MigrateError } from '@org/migrate-core/connection'
import type { AnswerWatchOptions, SqlValue } from '@org/migrate-core/dialect'
import { toParameters } from '../types/values.ts'
import type { DriverClient, DriverHandlers, DriverQuery, DriverResult } from './drivers/driver.ts'
import { canceled, codeOf, endsSession, messageOf } from './faults.ts'

/** What the driver told outside its answers: the end of the session, and notes. */
interface ConnectionEvents {
  ended?: { readonly cause?: unknown }
  readonly notices: string[]
}

export interface SendOptions {
  readonly signal?: AbortSignal | undefined
  /** Prepared under a name, so that the next time it is sent it takes one round trip. */
  readonly named?: boolean
  /** Several statements in one text; for texts of our own. */
  readonly several?: boolean
  /** What stands behind it was sent in the same go: while the driver has not sent it yet, it is not taken out of its list. */
  readonly stays?: boolean
}

/**
 * One connection that stays the same or is gone: the driver would connect again by itself, and what the session held (locks,
 * settings, the transaction) would be gone without an error. So nothing is sent once it has told of the end.
 */
export class Connection {
  /** The database for people. */
  readonly database: string
  readonly #client: DriverClient
  readonly #events: ConnectionEvents
  readonly #cancels = new Map<AbortSignal, Set<() => void>>()
  readonly #unlisten = new Map<AbortSignal, () => void>()
  #closed = false
  #watch: AnswerWatch | undefined
  /** Ends with the answer to all that was sent so far. */
  #answered: Promise<unknown> = Promise.resolve()

  private constructor(database: string, client: DriverClient, events: ConnectionEvents) {
    this.database = database
    this.#client = client
    this.#events = events
  }

  static open(database: string, open: (handlers: DriverHandlers) => DriverClient): Connection {
    const events: ConnectionEvents = { notices: [] }
    const client = open({
      onclose: () => {
        events.ended ??= {}
      },
      onnotice: ({ code = '' }) => {
        events.notices.push(code)
      },
    })
    return new Connection(database, client, events)
  }

  get isOpen(): boolean {
    return !this.#closed && this.#events.ended === undefined
  }

  /** From now on an answer that does not come is looked into. */
  watch(of: Omit<AnswerWatchOptions, 'giveUp'>): void {
    this.#watch = new AnswerWatch({
      ...of,
      giveUp: (cause) => {
        this.#events.ended ??= { cause }
        void this.drop()
      },
    })
  }

  /** The codes of what the server noted since the last call. */
  takeNotices(): readonly string[] {
    return this.#events.notices.splice(0)
  }

  /** Throws SESSION_CLOSED, and CONNECTION_LOST where it was not us who closed it. */
  requireOpen(what: string): void {
    if (this.#closed) throw new MigrateError('SESSION_CLOSED', { what }, `the session on ${this.database} is closed`)
    if (this.#events.ended !== undefined) throw this.#lost(what, this.#events.ended.cause)
  }

  #lost(what: string, cause: unknown): MigrateError<'CONNECTION_LOST'> {
    const why = cause === undefined ? '' : `: ${messageOf(cause)}`
    const message = `the connection to ${this.database} was lost${why}`
    return new MigrateError('CONNECTION_LOST', { database: this.database, what }, message, { cause })
  }

  /** Sends one statement in the server's own spelling. Throws the driver's error, CONNECTION_LOST, or the signal's reason. */
  async send(sql: string, params: readonly SqlValue[] = [], options: SendOptions = {}): Promise<DriverResult> {
    const { signal, named = false, several = false, stays = false } = options
    this.requireOpen(sql)
    signal?.throwIfAborted()
    const query = this.#client.query({ sql, params: toParameters(params), named, several })
    const before = this.#answered
    // Without the answers, which would be held as long as the session lives.
    this.#answered = Promise.allSettled([before, query.answer]).then(() => undefined)
    this.#watch?.sent()
    try {
      return await (signal === undefined ? query.answer : this.#cancelable(query, before, signal, stays))
    } catch (error) {
      if (signal?.aborted && codeOf(error) === canceled) throw signal.reason
      if (!endsSession(error)) throw error
      this.#events.ended ??= { cause: error }
      throw this.#lost(sql, this.#events.ended.cause ?? error)
    } finally {
      this.#watch?.answered()
    }
  }

  /** The query, canceled in the server when the signal says so. What follows waits for the cancelling: it would else hit the next statement. */
  async #cancelable(
    query: DriverQuery,
    before: Promise<unknown>,
    signal: AbortSignal,
    stays: boolean,
  ): Promise<DriverResult> {
    let canceling: Promise<void> | undefined
    const giveUp = (): Promise<void> => this.drop()
    const forget = this.#onAbort(signal, () => {
      canceling = import('./drivers/cancel.ts').then(({ cancelInTurn }) =>
        cancelInTurn({ query, before, stays, giveUp }),
      )
    })
    try {
      return await query.answer
    } finally {
      forget()
      await canceling
    }
  }

  /** One listener for a signal, however many statements wait: Node warns of more than ten. Gives what takes the statement out again. */
  #onAbort(signal: AbortSignal, cancel: () => void): () => void {
    const waiting = this.#cancels.get(signal) ?? new Set()
    if (waiting.size === 0) {
      const all = (): void => {
        for (const each of [...waiting]) each()
      }
      this.#cancels.set(signal, waiting)
      this.#unlisten.set(signal, () => signal.removeEventListener('abort', all))
      signal.addEventListener('abort', all, { once: true })
    }
    waiting.add(cancel)
    return () => {
      waiting.delete(cancel)
      if (waiting.size > 0) return
      this.#unlisten.get(signal)?.()
      this.#unlisten.delete(signal)
      this.#cancels.delete(signal)
    }
  }

  /** The same session of the server for another user of it: who has this one sends nothing any more. */
  handOver(): Connection {
    this.#closed = true
    return new Connection(this.database, this.#client, this.#events)
  }

  /** What it waits for in this program before it begins. */
  get waitsFor(): string | undefined {
    return this.#client.waitsFor
  }

  /** The session has begun as it is to be used. */
  established(): void {
    this.#client.established?.()
  }

  /** Gives the connection up without waiting; what is under way fails. */
  async drop(): Promise<void> {
    await this.#client.end(0)
  }

  /** Ends the session; the server rolls back what was open and frees its locks before this returns. */
  async close(): Promise<void> {
    if (this.#closed) return
    this.#closed = true
    // A session that has ended needs no goodbye.
    await this.#client.end(this.#events.ended === undefined ? 1 : 0)
  }
}
