import { MigrateError } from '@org/migrate-core/connection'
import type {
  ClosingStatement,
  Outcome,
  ReadStatement,
  Row,
  RunLock,
  ServerSession,
  Session,
  SqlValue,
  StatementLimits,
  TransactionOptions,
  TransactionScope,
  UnloadedDialect,
} from '@org/migrate-core/dialect'
import { toRows } from '../types/values.ts'
import type { Connection, SendOptions } from './connection.ts'
import type { DriverResult } from './drivers/driver.ts'
import { codeOf } from './faults.ts'
import { sessionState } from './identity.ts'
import { Limits } from './limits.ts'
import { cannotBeInside, inOwnTransaction, refuseSetting } from './local.ts'
import { lockNumber, runLock } from './lock.ts'
import { qualifySubject } from './qualify-subject.ts'
import type { SessionContext } from './settings.ts'
import { Statements, withValues } from './statements.ts'
import { aborted, afterFailure, checkDeferred, type Failed, nested, openTransaction, scopeOf } from './transaction.ts'

const changing: ReadonlySet<string | null> = new Set(['INSERT', 'UPDATE', 'DELETE', 'MERGE'])

/** When all are there: in the transaction of one that failed the server refuses the others, and their answers may come first. */
async function answersOf<T>(sent: readonly Promise<T>[]): Promise<readonly T[]> {
  await Promise.allSettled(sent)
  const answers: T[] = []
  for (const each of sent) answers.push(await each)
  return answers
}

export class PostgresSession implements ServerSession {
  readonly dialect: UnloadedDialect
  readonly leased?: string
  readonly pooled?: true
  readonly identity?: string
  readonly isNew?: true
  readonly runLock?: (key: string) => RunLock
  readonly hiddenNames?: NonNullable<Session['hiddenNames']>
  readonly progressSql?: () => Promise<string>
  readonly #connection: Connection
  readonly #context: SessionContext
  readonly #statements: Statements
  readonly #limits: Limits
  #scope: TransactionScope | undefined
  /** From the moment on in which a transaction is begun. */
  #inside = false
  #signal: AbortSignal | undefined
  #savepoints = 0
  /** The first statement that failed in the open transaction. */
  #failed: Failed | undefined
  readonly #locks = new Map<string, RunLock>()

  constructor(connection: Connection, context: SessionContext) {
    this.dialect = context.dialect
    this.#connection = connection
    this.#context = context
    this.#statements = new Statements(context.named)
    this.#limits = new Limits(context.limits, context.localBegin === undefined ? 'SESSION' : 'LOCAL')
    this.#signal = context.signal
    if (context.pooled) this.pooled = true
    if (context.isNew) this.isNew = true
    if (context.identity !== undefined) this.identity = context.identity
    if (context.progressSql !== undefined) this.progressSql = context.progressSql
    if (context.hiddenNamesOf !== undefined) this.hiddenNames = context.hiddenNamesOf((sql) => this.query(sql))
    if (context.leased !== undefined) this.leased = context.leased
    else this.runLock = (key) => this.#runLock(key)
  }

  get isOpen(): boolean {
    return this.#connection.isOpen
  }

  async query(sql: string, params: readonly SqlValue[] = []): Promise<readonly Row[]> {
    const result = await this.#send(sql, params)
    return toRows(result, result.columns ?? [])
  }

  async execute(sql: string, params: readonly SqlValue[] = []): Promise<Outcome> {
    const { command, count } = await this.#send(sql, params)
    return { changes: changing.has(command) ? (count ?? 0) : 0 }
  }

  /** With its values in the text each is one round trip from the first time on. */
  queryTogether(reads: readonly ReadStatement[]): Promise<readonly (readonly Row[])[]> {
    return answersOf(reads.map(({ sql, params = [] }) => this.query(withValues(sql, params))))
  }

  together(statements: Parameters<NonNullable<ServerSession['together']>>[0]): Promise<readonly Outcome[]> {
    return answersOf(statements.map(({ sql, params = [] }) => this.execute(withValues(sql, params))))
  }

  async #send(sql: string, params: readonly SqlValue[]): Promise<DriverResult> {
    this.#connection.requireOpen(sql)
    const { text, named } = this.#statements.spell(sql, params.length)
    return this.#sendSpelled(text, params, sql, { named })
  }

  async #sendSpelled(text: string, params: readonly SqlValue[], sql: string, how: SendOptions): Promise<DriverResult> {
    const options = { ...how, signal: this.#signal }
    const { localBegin } = this.#context
    if (localBegin !== undefined) refuseSetting(sql)
    if (localBegin !== undefined && !this.#inside) return this.#sendNonTransactional(localBegin, text, params)
    const limits = this.#limits.take()
    try {
      const setting = limits === undefined ? undefined : this.#connection.send(limits, [], { several: true })
      const sent = this.#connection.send(text, params, options)
      // With each statement: what it calls may set the path, and its text does not show that.
      const { pinned, schema } = this.#context
      const reading = pinned === true ? this.#connection.send('SELECT current_schema()', [], options) : undefined
      const [result, current] = await Promise.all([sent, reading, setting])
      if (current !== undefined && current[0]?.[0] !== schema)
        throw (await import('./pinned-schema.ts')).leftSchema(this.#connection, schema, sql, current)
      return result
    } catch (error) {
      const reported = this.#reported(error)
      if (reported === error && this.#scope !== undefined) this.#failed ??= { error, sql }
      throw reported
    }
  }

  /** Outside a transaction, on sessions that are shared: in one of its own, or really alone where that is refused. */
  async #sendNonTransactional(localBegin: string, sql: string, params: readonly SqlValue[]): Promise<DriverResult> {
    const connection = this.#connection
    const begin = `${localBegin};${this.#limits.desired}`
    const options = { signal: this.#signal }
    try {
      return await inOwnTransaction(connection, begin, [sql, params, options])
    } catch (error) {
      if (!cannotBeInside(error)) throw error
      const { schema, ownPath } = this.#context
      return connection.send(await qualifySubject(connection, sql, { begin, schema, ownPath }), params, options)
    }
  }

  /** After a signal the server refuses what stands behind the statement that was cancelled. */
  #reported(error: unknown): unknown {
    if (codeOf(error) !== aborted) return error
    if (this.#signal?.aborted) return this.#signal.reason
    return this.#failed === undefined ? error : afterFailure(this.#connection.database, this.#failed)
  }

  async begin(options: TransactionOptions = {}): Promise<TransactionScope> {
    const connection = this.#connection
    connection.requireOpen('begin')
    if (this.#scope !== undefined) throw nested(connection)
    options.signal?.throwIfAborted()
    const before = this.#limits.current
    const { localBegin } = this.#context
    await (localBegin === undefined ? openTransaction(connection) : this.#beginLocal(localBegin))
    return this.#follow(options, before)
  }

  /** The scope of a transaction that was begun; `before`: the limits to return to where it is rolled back. */
  #follow(options: TransactionOptions, before: string): TransactionScope {
    // Another session may have changed tables since: outside a transaction the driver prepares again, inside it is too late.
    this.#statements.forget()
    this.#failed = undefined
    this.#signal = options.signal ?? this.#context.signal
    const ended = (how: 'committed' | 'rolledBack'): void => {
      if (how === 'rolledBack') this.#undone(before)
      this.#scope = undefined
      this.#inside = false
      this.#signal = this.#context.signal
    }
    const scope = scopeOf(this.#connection, this.#signal, ended, (statements, next) =>
      this.#commitWith(statements, next, ended),
    )
    this.#scope = scope
    return scope
  }

  async #commitWith(
    statements: readonly ClosingStatement[],
    next: TransactionOptions | undefined,
    ended: (how: 'committed' | 'rolledBack') => void,
  ): Promise<TransactionScope | undefined> {
    const connection = this.#connection
    try {
      const { closingText, isNextOpen, otherCountIn, sendClosing, whyNotCommitted } = await import('./closing.ts')
      const texts = statements.map((statement) => closingText(statement))
      // The signal may have spoken since: from here on all is sent in one turn, and COMMIT never without what stands before it.
      this.#signal?.throwIfAborted()
      const sends = texts.map((text) => () => this.#sendSpelled(text, [], text, { stays: true }))
      const answers = await sendClosing(connection, sends, next !== undefined && this.#context.localBegin === undefined)
      const failure = whyNotCommitted(connection, answers, this.#signal)
      if (failure === undefined) {
        ended('committed')
        return next !== undefined && isNextOpen(answers) ? this.#follow(next, this.#limits.current) : undefined
      }
      const refused = failure.at === undefined ? undefined : statements[failure.at]?.unlessOneRow
      const count = otherCountIn(failure.error)
      throw refused !== undefined && count !== undefined ? refused(count) : failure.error
    } catch (error) {
      try {
        // Also where COMMIT was cancelled before it did anything: the transaction that failed stays open then.
        if (connection.isOpen) await connection.send('ROLLBACK')
      } finally {
        ended('rolledBack')
      }
      throw error
    }
  }

  async #beginLocal(localBegin: string): Promise<void> {
    this.#inside = true
    try {
      await openTransaction(this.#connection, `${localBegin};${this.#limits.desired}`)
      this.#limits.undone(this.#limits.desired)
    } catch (error) {
      this.#inside = false
      throw error
    }
  }

  async savepoint<T>(body: () => Promise<T>): Promise<T> {
    const connection = this.#connection
    connection.requireOpen('savepoint')
    if (this.#scope === undefined) {
      const message = `a savepoint on ${connection.database} outside a transaction`
      throw new MigrateError('INTERNAL', { where: 'savepoint' }, message)
    }
    this.#savepoints += 1
    const name = `migrate_${this.#savepoints}`
    const before = this.#limits.current
    try {
      await connection.send(`SAVEPOINT ${name}`)
      try {
        const result = await body()
        await connection.send(`RELEASE ${name}`)
        return result
      } catch (cause) {
        const error = this.#reported(cause)
        // A lost session rolled back by itself.
        if (connection.isOpen) {
          await connection.send(`ROLLBACK TO ${name};RELEASE ${name}`, [], { several: true })
          this.#undone(before)
          this.#failed = undefined
        }
        throw error
      }
    } catch (error) {
      throw this.#reported(error)
    } finally {
      this.#savepoints -= 1
    }
  }

  /** What was rolled back: settings, and the columns that prepared statements know. */
  #undone(limits: string): void {
    this.#limits.undone(limits)
    this.#statements.forget()
  }

  #runLock(key: string): RunLock {
    const { database, schema } = this.#context
    const lock = this.#locks.get(key) ?? runLock(this.#connection, lockNumber(database, schema, key))
    this.#locks.set(key, lock)
    return lock
  }

  sessionState(identity: string): ReturnType<typeof sessionState> {
    return sessionState(this.#connection, identity)
  }

  checkDeferred(): Promise<void> {
    return checkDeferred(this.#connection, this.#signal).catch((error: unknown) => {
      throw this.#reported(error)
    })
  }

  async limit(limits?: StatementLimits): Promise<void> {
    this.#connection.requireOpen('limit')
    this.#limits.request(limits)
  }

  async copy(): Promise<number> {
    throw new MigrateError('INTERNAL', { where: 'copy' }, 'PostgreSQL changes tables in place: no table is copied')
  }

  close(): Promise<void> {
    const { release } = this.#context
    return release === undefined || !this.isOpen ? this.#connection.close() : release()
  }
}
