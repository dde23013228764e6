import { MigrateError } from '@org/migrate-core/connection'
import type { ClosingStatement, TransactionScope } from '@org/migrate-core/dialect'
import { type Connection, isInTransaction } from './connection.ts'
import type { Reply } from './drivers/driver.ts'
import { isInterrupted, messageOf } from './faults.ts'
import { endedByItself, transactionScope } from './transaction.ts'

interface Scope {
  readonly signal: AbortSignal | undefined
  /** There is nothing to commit any more. Every COMMIT ends here too, so the error is made only where it is thrown. */
  ended?: { readonly cause: unknown }
  /** The server has been asked to begin it: with the first statement in it. */
  isSent: boolean
}

/** A note that goes with what is sent next. */
interface Note extends ClosingStatement {
  /** With its values. */
  readonly text: string
  /** Ends what it waits for; it is sent whatever it says. */
  readonly signal: AbortSignal | undefined
}

/** Sends the last statements of a transaction with its commit, and with its begin where that was not sent. */
export type CloseTransaction = (statements: readonly ClosingStatement[], isSent: boolean) => Promise<void>

export const startTransaction = 'START TRANSACTION'

interface Interruptible {
  readonly answer: { readonly reply: Reply } | { readonly error: unknown }
  readonly interrupted: boolean
}

export const shown = (sql: string): string => (sql.length > 200 ? `${sql.slice(0, 200)}…` : sql)

/** Statements on one connection, one after the other, and what their answers say about it and about the open transaction. */
export class Exchange {
  readonly connection: Connection
  /** For people. */
  readonly database: string
  scope: Scope | undefined
  /** A transaction is open that is no scope of ours. */
  hasUnmanagedTransaction = false
  #last: Promise<unknown> = Promise.resolve()
  #running = 0
  #closed = false
  #wasInterrupted = false
  #notes: Note[] = []
  readonly #release: ((connection: Connection) => Promise<void>) | undefined

  /** @param release takes the connection where the session has ended in order; absent: it ends with the session */
  constructor(connection: Connection, database: string, release?: (connection: Connection) => Promise<void>) {
    this.connection = connection
    this.database = database
    this.#release = release
  }

  get isOpen(): boolean {
    return !this.#closed && this.connection.lost === undefined
  }

  /**
   * A statement that waits for its turn sees the state that the one before it left.
   *
   * @param sends whether it is sent now: then what was left for later comes first
   */
  inTurn<T>(what: string, work: () => Promise<T>, sends = true): Promise<T> {
    const turn = this.#last.then(async () => {
      this.#refuseUnusable(what)
      if (sends) await this.#sendNotes()
      return work()
    })
    this.#running += 1
    const onFinished = (): void => {
      this.#running -= 1
    }
    this.#last = turn.then(onFinished, onFinished)
    return turn
  }

  /** Leaves it for what is sent next. */
  later(note: Note): void {
    this.#notes.push(note)
  }

  async #sendNotes(): Promise<void> {
    for (const { text, signal, unlessOneRow } of this.#notes.splice(0)) {
      const sent = this.#interruptible(() => this.connection.send(text), signal?.aborted === true ? undefined : signal)
      const { answer, interrupted } = await sent
      const failed = 'error' in answer
      if (failed && this.connection.lost !== undefined) throw this.#lost(text, answer.error)
      // A KILL that came late must not end the next statement.
      if (interrupted) await this.#probe(undefined)
      if (failed) throw interrupted && isInterrupted(answer.error) ? signal?.reason : answer.error
      if (unlessOneRow !== undefined && answer.reply.changes !== 1) throw unlessOneRow(answer.reply.changes)
    }
  }

  #refuseUnusable(what: string): void {
    if (this.#closed) {
      throw new MigrateError('SESSION_CLOSED', { what: shown(what) }, `the session on ${this.database} is closed`)
    }
    if (this.connection.lost !== undefined) throw this.#lost(what, this.connection.lost)
  }

  #lost(what: string, cause: unknown): MigrateError<'CONNECTION_LOST'> {
    const message = `the connection to ${this.database} was lost: ${messageOf(cause)}`
    return new MigrateError('CONNECTION_LOST', { database: this.database, what: shown(what) }, message, { cause })
  }

  /** Sends in its turn. The signal ends what runs, on the server too. */
  async send(what: string, ask: () => Promise<Reply>, signal?: AbortSignal): Promise<Reply> {
    const { connection, scope } = this
    if (scope?.ended !== undefined) throw endedByItself(this.database, scope.ended.cause)
    signal?.throwIfAborted()
    if (scope?.isSent === false) await this.#begin(scope)
    const { answer, interrupted } = await this.#interruptible(ask, signal)
    const failed = 'error' in answer
    if (failed && connection.lost !== undefined) throw interrupted ? signal?.reason : this.#lost(what, answer.error)
    if (!failed) this.#observeStatus(answer.reply.status)
    // An error does not say whether it took the transaction along; and a KILL that came late must not end the next statement.
    if (interrupted || (failed && scope !== undefined)) await this.#probe(failed ? answer.error : undefined)
    // SLEEP and BENCHMARK answer a KILL with a row.
    const cut = failed ? isInterrupted(answer.error) : answer.reply.fields !== undefined
    if (interrupted && cut) throw signal?.reason
    if (failed) throw answer.error
    return answer.reply
  }

  /** The answer, and whether the signal had the server end what it waited for. */
  async #interruptible(ask: () => Promise<Reply>, signal: AbortSignal | undefined): Promise<Interruptible> {
    let interrupting: Promise<void> | undefined
    const interrupt = (): void => {
      this.#wasInterrupted = true
      interrupting = this.connection.interrupt(answered)
    }
    signal?.addEventListener('abort', interrupt, { once: true })
    const answered = ask().then(
      (reply) => ({ reply }),
      (error: unknown) => ({ error }),
    )
    const answer = await answered
    signal?.removeEventListener('abort', interrupt)
    await interrupting
    return { answer, interrupted: interrupting !== undefined }
  }

  async #begin(scope: Scope): Promise<void> {
    const { connection } = this
    try {
      await connection.send(startTransaction)
      scope.isSent = true
    } catch (error) {
      throw connection.lost === undefined ? error : this.#lost(startTransaction, error)
    }
  }

  async #probe(cause: unknown): Promise<void> {
    for (let round = 0; this.connection.lost === undefined; round += 1) {
      try {
        this.#observeStatus((await this.connection.send('DO 0')).status, cause)
        return
      } catch (error) {
        if (!isInterrupted(error) || round > 2) this.connection.destroy(error)
      }
    }
  }

  #observeStatus(status: number | undefined, cause?: unknown): void {
    if (status === undefined) return
    const inTransaction = isInTransaction(status)
    this.hasUnmanagedTransaction = inTransaction && this.scope === undefined
    if (!inTransaction && this.scope?.isSent === true) this.scope.ended ??= { cause }
  }

  /** A statement of the session's own, which the signal does not keep from being sent. */
  own(sql: string): Promise<Reply> {
    return this.inTurn(sql, () => this.send(sql, () => this.connection.send(sql)))
  }

  /** With `close` the server begins with the first statement, or together with what closes the transaction. */
  begin(signal: AbortSignal | undefined, close?: CloseTransaction): Promise<TransactionScope> {
    const { connection, database } = this
    const openScope = async (): Promise<TransactionScope> => {
      if (this.scope !== undefined || this.hasUnmanagedTransaction) {
        const message = `${database} already has a transaction open on this connection`
        throw new MigrateError('ALREADY_IN_TRANSACTION', { database }, message)
      }
      signal?.throwIfAborted()
      const scope: Scope = { signal, isSent: false }
      if (close === undefined) await this.#begin(scope)
      this.scope = scope
      this.hasUnmanagedTransaction = false
      return transactionScope({
        database,
        send: (sql) => (scope.isSent ? this.end(sql) : Promise.resolve(undefined)),
        ...(close === undefined
          ? {}
          : {
              sendClosing: (statements: readonly ClosingStatement[]) => {
                const { isSent } = scope
                scope.isSent = true
                return close(statements, isSent)
              },
            }),
        takeNotes: () => {
          const notes = this.#notes.splice(0)
          return { notes, putBack: () => void this.#notes.unshift(...notes) }
        },
        ended: () => scope.ended && endedByItself(database, scope.ended.cause),
        throwIfAborted: () => signal?.throwIfAborted(),
        abandon: (why) => connection.destroy(why),
        release: () => {
          if (this.scope === scope) this.scope = undefined
        },
      })
    }
    return this.inTurn('begin', openScope, close === undefined)
  }

  /** Sends what ends the scope, also where the server has ended it by itself. */
  async end(sql: string): Promise<Reply> {
    return this.inTurn(sql, async () => {
      try {
        const reply = await this.connection.send(sql)
        this.#observeStatus(reply.status)
        return reply
      } catch (error) {
        throw this.connection.lost === undefined ? error : this.#lost(sql, error)
      }
    })
  }

  /**
   * Sends the last statements of the scope with its commit. The signal ends what they wait for. Where the connection was given up for it,
   * whether they were committed is not known.
   */
  async endWith(block: string, signal: AbortSignal | undefined): Promise<void> {
    await this.inTurn(block, async () => {
      const { answer, interrupted } = await this.#interruptible(() => this.connection.send(block), signal)
      if (this.connection.lost !== undefined) throw this.#lost(block, 'error' in answer ? answer.error : undefined)
      // A KILL that came late must not end the next statement.
      if (interrupted) await this.#probe(undefined)
      if (!('error' in answer)) return this.#observeStatus(answer.reply.status)
      throw interrupted && isInterrupted(answer.error) ? signal?.reason : answer.error
    })
  }

  async close(): Promise<void> {
    if (this.#closed) return
    this.#closed = true
    const { connection } = this
    // A KILL that comes late would end a statement of the next user.
    const isAtRest = this.#running === 0 && !this.#wasInterrupted && this.scope === undefined
    // No caller waits any more for what still runs.
    if (this.#running > 0) await connection.interrupt(this.#last)
    await this.#last
    // Here, and not when the server notices that we are gone: what comes next may need the rows.
    if (this.scope !== undefined && connection.lost === undefined) {
      await connection.send('ROLLBACK').catch((error: unknown) => connection.destroy(error))
    }
    const isReusable = isAtRest && !this.hasUnmanagedTransaction && connection.lost === undefined
    await (isReusable && this.#release !== undefined ? this.#release(connection) : connection.end())
  }
}
