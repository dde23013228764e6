import { refusedOverServiceConnection } from '@org/migrate-core/connection'
import type { ServiceConnection, SqlValue, StatementOutcome, TransactionScope } from '@org/migrate-core/dialect'
import { classify } from '../sql/classify.ts'
import { toLists, toRows } from '../types/values.ts'
import type { Connection } from './connection.ts'
import type { DriverResult } from './drivers/driver.ts'
import { codeOf } from './faults.ts'
import type { GreetedConnection } from './greeting.ts'
import { Statements } from './statements.ts'
import { aborted, afterFailure, type Failed, openTransaction, scopeOf } from './transaction.ts'

/** "cached plan must not change result type": a table is another one than when the statement was prepared. */
const stalePlan = '0A000'

/** One connection as services use it. */
export class PostgresServiceConnection implements ServiceConnection {
  readonly #connection: Connection
  readonly #local: string | undefined
  readonly #statements: Statements
  #scope: TransactionScope | undefined
  #signal: AbortSignal | undefined
  #failed: Failed | undefined

  constructor({ connection, named, local }: GreetedConnection, statementCache: boolean) {
    this.#connection = connection
    this.#local = local
    this.#statements = new Statements(named && statementCache)
  }

  get isOpen(): boolean {
    return this.#connection.isOpen
  }

  async alive(): Promise<boolean> {
    // What functions of the author note is of no use here, and would be kept.
    this.#connection.takeNotices()
    await this.#connection.send('SELECT 1')
    return true
  }

  async close(): Promise<void> {
    // Its socket is given up in any case.
    await this.#connection.close().catch(() => undefined)
  }

  async send(sql: string, params: readonly unknown[]): Promise<StatementOutcome> {
    const result = await this.#perform(sql, params)
    return { rows: toRows(result, result.columns ?? []), changes: result.count ?? 0 }
  }

  async lists(sql: string, params: readonly unknown[]): Promise<readonly (readonly unknown[])[]> {
    const result = await this.#perform(sql, params)
    return toLists(result, result.columns ?? [])
  }

  async #perform(sql: string, params: readonly unknown[]): Promise<DriverResult> {
    this.#refuseTransaction(sql)
    if (this.#scope !== undefined || this.#local === undefined) return this.#send(sql, params)
    await this.begin({ write: false, signal: undefined })
    try {
      const result = await this.#send(sql, params)
      await this.commit()
      return result
    } finally {
      await this.rollback()
    }
  }

  async #send(sql: string, params: readonly unknown[]): Promise<DriverResult> {
    const { text, named } = this.#statements.spell(sql, params.length)
    try {
      return await this.#connection.send(text, params as readonly SqlValue[], { signal: this.#signal, named })
    } catch (error) {
      if (codeOf(error) === stalePlan) this.#statements.forget()
      if (this.#scope === undefined) throw error
      if (codeOf(error) === aborted && this.#failed !== undefined)
        throw afterFailure(this.#connection.database, this.#failed)
      this.#failed ??= { error, sql }
      throw error
    }
  }

  async begin({ signal }: Parameters<ServiceConnection['begin']>[0]): Promise<void> {
    const connection = this.#connection
    const local = this.#local
    const transactionStart = openTransaction(connection)
    if (local !== undefined) await Promise.all([transactionStart, connection.send(local, [], { several: true })])
    await transactionStart
    this.#signal = signal
    this.#failed = undefined
    this.#scope = scopeOf(connection, signal, () => {
      this.#scope = undefined
      this.#signal = undefined
    })
  }

  async commit(): Promise<void> {
    await this.#scope?.commit()
  }

  async rollback(): Promise<void> {
    // The end of the connection is the end of its transaction.
    await this.#scope?.rollback().catch(() => this.#connection.drop())
  }

  async savepoint(sql: string): Promise<void> {
    await this.#connection.send(sql)
    if (sql.startsWith('ROLLBACK')) this.#failed = undefined
  }

  /** What it began would be open for the next one who is given this connection. */
  #refuseTransaction(sql: string): void {
    if (classify(sql) === 'transaction') throw refusedOverServiceConnection('postgres', sql)
  }
}
