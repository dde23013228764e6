import {
  MigrateError,
  refusedOverServiceConnection,
  type ServiceConnection,
  type SqlValue,
  type StatementOutcome,
} from '@org/migrate-core/dialect'
import { classify } from '../sql/classify.ts'
import { codeOf, messageOf } from '../sql/faults.ts'
import { busy, type WaitLimits, whenFree } from './busy-wait.ts'
import type { Connection } from './connection.ts'
import type { Statement } from './drivers/handle.ts'
import { toBindings } from './values.ts'

/** One handle as services use it. What has to wait for another writer waits outside the driver. */
export class SqliteServiceConnection implements ServiceConnection {
  readonly #connection: Connection
  readonly #timeoutMs: number
  #inTransaction = false
  #signal: AbortSignal | undefined

  constructor(connection: Connection, timeoutMs: number) {
    this.#connection = connection
    this.#timeoutMs = timeoutMs
  }

  get isOpen(): boolean {
    return this.#connection.db.open
  }

  /** There is no server that could have gone. */
  async alive(): Promise<boolean> {
    return !this.#connection.db.inTransaction
  }

  async close(): Promise<void> {
    this.#connection.close()
  }

  get #limits(): WaitLimits {
    return { database: this.#connection.database, timeoutMs: this.#timeoutMs, signal: this.#signal }
  }

  async send(sql: string, params: readonly unknown[]): Promise<StatementOutcome> {
    const { changes } = await this.#send(sql, params)
    return { changes }
  }

  async lists(sql: string, params: readonly unknown[]): Promise<readonly (readonly unknown[])[]> {
    return (await this.#send(sql, params)).rows
  }

  async #send(sql: string, params: readonly unknown[]) {
    if (classify(sql) === 'transaction') throw refusedOverServiceConnection('sqlite', sql)
    const result = await this.#attempt(() => {
      const statement: Statement = this.#connection.prepare(sql)
      const bindings = toBindings(params as readonly SqlValue[])
      const rows = statement.reader ? (statement.all(bindings) as unknown[][]) : []
      const changes = statement.reader ? rows.length : statement.run(bindings).changes
      return { rows, changes }
    })
    if (!this.#inTransaction && this.#connection.db.inTransaction) await this.#giveUp(sql)
    return result
  }

  /** The next user of this connection would write into that transaction, and it would never be committed. */
  async #giveUp(sql: string): Promise<never> {
    await this.rollback()
    // A database in memory is gone with its connection.
    if (this.#connection.driver !== undefined) this.#connection.close()
    throw refusedOverServiceConnection('sqlite', sql, 'it left a transaction open, which was rolled back')
  }

  async begin({ write, signal }: Parameters<ServiceConnection['begin']>[0]): Promise<void> {
    this.#signal = signal
    await whenFree(this.#limits, () => this.#connection.db.exec(`BEGIN ${write ? 'IMMEDIATE' : 'DEFERRED'}`))
    this.#inTransaction = true
  }

  async savepoint(sql: string): Promise<void> {
    await this.#attempt(() => this.#connection.db.exec(sql))
  }

  async commit(): Promise<void> {
    const { database } = this.#connection
    try {
      await this.#attempt(() => this.#connection.db.exec('COMMIT'))
      this.#over()
    } catch (cause) {
      if (codeOf(cause)?.startsWith('SQLITE_') !== true) throw cause
      const message = `The transaction on ${database} could not be committed: ${messageOf(cause)}.`
      throw new MigrateError('COMMIT_FAILED', { database }, message, { cause })
    } finally {
      // Nothing more is sent in it: what could not be committed is rolled back here.
      if (this.#inTransaction) await this.rollback()
    }
  }

  async rollback(): Promise<void> {
    this.#over()
    const { db } = this.#connection
    // SQLite has rolled back by itself after a full disk or an I/O error.
    if (!db.open || !db.inTransaction) return
    try {
      db.exec('ROLLBACK')
    } catch {
      this.#connection.close()
    }
  }

  #over(): void {
    this.#inTransaction = false
    this.#signal = undefined
  }

  #attempt<T>(work: () => T): Promise<T> {
    const { database, db } = this.#connection
    return whenFree(this.#limits, () => {
      if (this.#inTransaction && !db.inTransaction) {
        const message = `${database} rolled the open transaction back by itself.`
        throw new MigrateError('COMMIT_FAILED', { database }, message)
      }
      try {
        return work()
      } catch (error) {
        // What this transaction has read is old: waiting does not make it newer.
        if (codeOf(error) === 'SQLITE_BUSY_SNAPSHOT') throw busy(database, 0, error)
        throw error
      }
    })
  }
}
