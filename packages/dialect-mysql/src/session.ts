import {
  type CopySpec,
  type Dialect,
  MigrateError,
  type Outcome,
  type Row,
  type RunLock,
  type ServerSession,
  type SqlClass,
  type SqlValue,
  type StatementLimits,
  spellPlaceholders,
  type TransactionOptions,
  type TransactionScope,
  type Waiting,
} from '@org/migrate-core/dialect'
import { classify, grammar } from './classify.ts'
import { type Connection, isInTransaction, type Reply } from './connection.ts'
import { isInterrupted, messageOf } from './faults.ts'
import { lockName, runLock } from './lock.ts'
import { boundText } from './quote.ts'
import { type Found, limitsSql } from './settings.ts'
import { endedByItself, transactionScope } from './transaction.ts'
import { losesDigits, refuseUnsendable, tooLarge, toRows } from './values.ts'

export interface Opened {
  readonly connection: Connection
  readonly found: Found
  readonly dialect: Dialect
  /** The database for people. */
  readonly database: string
  readonly waiting: Waiting
}

interface Scope {
  readonly signal: AbortSignal | undefined
  ended?: MigrateError
}

const shown = (sql: string): string => (sql.length > 200 ? `${sql.slice(0, 200)}…` : sql)

const returning = /\bRETURNING\b/i

/** One connection, whose statements run one after the other. */
export class MysqlSession implements ServerSession {
  readonly dialect: Dialect
  readonly #opened: Opened
  #scope: Scope | undefined
  #last: Promise<unknown> = Promise.resolve()
  #running = 0
  #savepoints = 0
  /** A transaction that some statement has opened by itself. */
  #stray = false
  #limits: string
  #closed = false

  constructor(opened: Opened) {
    this.#opened = opened
    this.dialect = opened.dialect
    this.#limits = this.#limitsSql({})
  }

  get open(): boolean {
    return !this.#closed && this.#opened.connection.lost === undefined
  }

  async query(sql: string, params: readonly SqlValue[] = []): Promise<readonly Row[]> {
    const kind = classify(sql)
    const reply = await this.#attempt(sql, kind, params, async (text) => {
      const { connection } = this.#opened
      // It would change twice what is read twice.
      if (kind === 'dml' && returning.test(sql)) return connection.sendPrepared(text)
      const first = await connection.send(text)
      if (first.fields === undefined || !losesDigits(first.fields)) return first
      if (kind === 'query') return connection.sendPrepared(text)
      const why = 'a FLOAT in the result of such a statement comes with six digits'
      const details = { dialect: this.dialect.name, operation: shown(sql), why }
      throw new MigrateError('UNSUPPORTED', details, `${shown(sql)}: ${why}; cast it to DOUBLE`)
    })
    return reply.fields === undefined ? [] : toRows(reply.rows, reply.fields)
  }

  async execute(sql: string, params: readonly SqlValue[] = []): Promise<Outcome> {
    const kind = classify(sql)
    const reply = await this.#attempt(sql, kind, params, (text) => this.#opened.connection.send(text))
    // An ALTER TABLE that copies tells how many rows it copied.
    return { changes: kind === 'ddl' ? 0 : reply.changes }
  }

  #attempt(
    sql: string,
    kind: SqlClass,
    params: readonly SqlValue[],
    send: (text: string) => Promise<Reply>,
  ): Promise<Reply> {
    return this.#inTurn(sql, () => {
      const scope = this.#scope
      if (scope !== undefined && (kind === 'ddl' || kind === 'transaction')) {
        const message = `${shown(sql)} would commit the open transaction on ${this.#opened.database}`
        throw new MigrateError('INTERNAL', { where: 'session' }, message)
      }
      const text = this.#text(sql, params)
      return this.#sent(sql, () => send(text), scope?.signal ?? this.#opened.waiting.signal)
    })
  }

  /** With the values written into it: only so every statement takes every value. */
  #text(sql: string, params: readonly SqlValue[]): string {
    refuseUnsendable(params)
    const { found, database } = this.#opened
    let used = 0
    const text = spellPlaceholders(sql, grammar, (at) => {
      used = at
      return at > params.length ? '?' : boundText(params[at - 1] as SqlValue)
    })
    if (used !== params.length) {
      throw new TypeError(`the statement has ${used} placeholders and ${params.length} values: ${shown(sql)}`)
    }
    // A UTF-16 unit is three bytes at most; the packet begins with the number of its command.
    const bytes = text.length * 3 < found.maxAllowedPacket ? 0 : Buffer.byteLength(text) + 1
    if (bytes > found.maxAllowedPacket) throw tooLarge(bytes, found.maxAllowedPacket, database)
    return text
  }

  /** Runs one after the other what may be asked at once: whoever waits sees what the one before has left. */
  #inTurn<T>(what: string, work: () => Promise<T>): Promise<T> {
    const turn = this.#last.then(() => {
      this.#usable(what)
      return work()
    })
    this.#running += 1
    const settled = (): void => {
      this.#running -= 1
    }
    this.#last = turn.then(settled, settled)
    return turn
  }

  #usable(what: string): void {
    const { connection, database } = this.#opened
    if (this.#closed) {
      throw new MigrateError('SESSION_CLOSED', { what: shown(what) }, `the session on ${database} is closed`)
    }
    if (connection.lost !== undefined) throw this.#lost(what, connection.lost)
  }

  #lost(what: string, cause: unknown): MigrateError<'CONNECTION_LOST'> {
    const { database } = this.#opened
    const message = `the connection to ${database} was lost: ${messageOf(cause)}`
    return new MigrateError('CONNECTION_LOST', { database, what: shown(what) }, message, { cause })
  }

  /** Sends, and draws from the answer what it says about the connection and the transaction. The signal ends what runs. */
  async #sent(what: string, send: () => Promise<Reply>, signal?: AbortSignal): Promise<Reply> {
    const { connection } = this.#opened
    const scope = this.#scope
    if (scope?.ended !== undefined) throw scope.ended
    signal?.throwIfAborted()
    let interrupting: Promise<void> | undefined
    const interrupt = (): void => {
      interrupting = connection.interrupt()
    }
    signal?.addEventListener('abort', interrupt, { once: true })
    const answer = await send().then(
      (reply) => ({ reply }),
      (error: unknown) => ({ error }),
    )
    signal?.removeEventListener('abort', interrupt)
    await interrupting
    const failed = 'error' in answer
    if (failed && connection.lost !== undefined) {
      if (interrupting !== undefined) throw signal?.reason
      throw this.#lost(what, answer.error)
    }
    if (!failed) this.#note(answer.reply.status)
    // An error does not say whether it took the transaction along; and a KILL that came too late must not end the next statement.
    if (interrupting !== undefined || (failed && scope !== undefined))
      await this.#probe(failed ? answer.error : undefined)
    // SLEEP and BENCHMARK answer a KILL with a row.
    const cut = failed ? isInterrupted(answer.error) : answer.reply.fields !== undefined
    if (interrupting !== undefined && cut) throw signal?.reason
    if (failed) throw answer.error
    return answer.reply
  }

  async #probe(cause: unknown): Promise<void> {
    const { connection } = this.#opened
    for (let round = 0; connection.lost === undefined; round += 1) {
      try {
        this.#note((await connection.send('DO 0')).status, cause)
        return
      } catch (error) {
        if (!isInterrupted(error) || round > 2)
          connection.destroy(error instanceof Error ? error : new Error(messageOf(error)))
      }
    }
  }

  #note(status: number | undefined, cause?: unknown): void {
    if (status === undefined) return
    const open = isInTransaction(status)
    const scope = this.#scope
    this.#stray = open && scope === undefined
    if (!open && scope !== undefined) scope.ended ??= endedByItself(this.#opened.database, cause)
  }

  /** A statement of the session's own, which the signal does not keep from being sent. */
  #own(sql: string): Promise<Reply> {
    return this.#inTurn(sql, () => this.#sent(sql, () => this.#opened.connection.send(sql)))
  }

  begin(options: TransactionOptions = {}): Promise<TransactionScope> {
    const { connection, database, waiting } = this.#opened
    return this.#inTurn('begin', async () => {
      if (options.foreignKeys === 'off') {
        throw new MigrateError('INTERNAL', { where: 'begin' }, 'MySQL needs no transaction without foreign keys')
      }
      if (this.#scope !== undefined || this.#stray) {
        const message = `${database} already has a transaction open on this connection`
        throw new MigrateError('ALREADY_IN_TRANSACTION', { database }, message)
      }
      const signal = options.signal ?? waiting.signal
      signal?.throwIfAborted()
      await this.#sent('START TRANSACTION', () => connection.send('START TRANSACTION'))
      const scope: Scope = { signal }
      this.#scope = scope
      this.#stray = false
      return transactionScope({
        database,
        send: async (sql) => {
          // What ends the scope is sent also where the server has ended it: it is harmless there.
          await this.#inTurn(sql, () => this.#control(sql))
        },
        ended: () => scope.ended,
        throwIfAborted: () => signal?.throwIfAborted(),
        abandon: (why) => connection.destroy(why instanceof Error ? why : new Error(messageOf(why))),
        release: () => {
          if (this.#scope === scope) this.#scope = undefined
        },
      })
    })
  }

  async #control(sql: string): Promise<void> {
    const { connection } = this.#opened
    try {
      this.#note((await connection.send(sql)).status)
    } catch (error) {
      throw connection.lost === undefined ? error : this.#lost(sql, error)
    }
  }

  async savepoint<T>(body: () => Promise<T>): Promise<T> {
    const { connection, database } = this.#opened
    const scope = this.#scope
    if (scope === undefined) {
      throw new MigrateError('INTERNAL', { where: 'savepoint' }, `a savepoint on ${database} outside a transaction`)
    }
    this.#savepoints += 1
    const name = `migrate_${this.#savepoints}`
    try {
      await this.#own(`SAVEPOINT ${name}`)
      const result = await body()
      await this.#own(`RELEASE SAVEPOINT ${name}`)
      return result
    } catch (error) {
      // After a deadlock there is nothing left to go back to.
      if (this.open && this.#scope === scope && scope.ended === undefined) {
        await this.#own(`ROLLBACK TO SAVEPOINT ${name}`).catch((why: unknown) => {
          connection.destroy(why instanceof Error ? why : new Error(messageOf(why)))
        })
      }
      throw error
    } finally {
      this.#savepoints -= 1
    }
  }

  runLock(key: string): RunLock {
    const { found, database } = this.#opened
    const ask = async (sql: string, params: readonly SqlValue[] = []): Promise<readonly Row[]> => {
      const { rows, fields } = await this.#own(this.#text(sql, params))
      return toRows(rows, fields ?? [])
    }
    return runLock(ask, database, lockName(found.database, key))
  }

  async limit(limits: StatementLimits = {}): Promise<void> {
    const sql = this.#limitsSql(limits)
    if (sql === this.#limits) return
    await this.#own(sql)
    this.#limits = sql
  }

  #limitsSql(limits: StatementLimits): string {
    const { found, waiting } = this.#opened
    return limitsSql(found, limits, waiting.waitMs)
  }

  copy(copy: CopySpec): Promise<number> {
    const message = `${copy.into} is copied in ranges on SQLite only`
    return Promise.reject(new MigrateError('INTERNAL', { where: 'copy' }, message))
  }

  async close(): Promise<void> {
    if (this.#closed) return
    this.#closed = true
    const { connection } = this.#opened
    // Nobody waits any more for what still runs.
    if (this.#running > 0) await connection.interrupt()
    await this.#last
    // Here, and not when the server notices that we are gone: what comes next may need the rows.
    if (this.#scope !== undefined && connection.lost === undefined) {
      await connection.send('ROLLBACK').catch((error: Error) => connection.destroy(error))
    }
    await connection.end()
  }
}
