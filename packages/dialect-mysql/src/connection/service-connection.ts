import { refusedOverServiceConnection } from '@org/migrate-core/connection'
import type { ServiceConnection, SqlValue, StatementOutcome, TransactionScope } from '@org/migrate-core/dialect'
import { classify } from '../sql/classify.ts'
import { toLists, toRows } from '../types/values.ts'
import { type Connection, isAtRest } from './connection.ts'
import type { Reply } from './drivers/driver.ts'
import { Exchange, shown } from './exchange.ts'
import type { ServerFacts } from './settings.ts'
import { type Packets, sendForRows, withValues } from './statements.ts'

/** One connection as services use it. */
export class MysqlServiceConnection implements ServiceConnection {
  readonly #connection: Connection
  readonly #exchange: Exchange
  readonly #packets: Packets
  #scope: TransactionScope | undefined
  #silent = false

  constructor(
    { connection, facts }: { readonly connection: Connection; readonly facts: ServerFacts },
    database: string,
  ) {
    this.#connection = connection
    this.#exchange = new Exchange(connection, database)
    this.#packets = { database, maxAllowedPacket: facts.maxAllowedPacket }
  }

  get isOpen(): boolean {
    return this.#exchange.isOpen && !(this.#scope === undefined && this.#exchange.hasUnmanagedTransaction)
  }

  async alive(): Promise<boolean> {
    this.#silent = true
    const { status } = await this.#exchange.own('DO 0')
    this.#silent = false
    // A `SET autocommit = 0` of an author would keep what others write from being committed.
    return status !== undefined && isAtRest(status)
  }

  async close(): Promise<void> {
    // A server that does not answer cannot be told that the connection ends.
    if (this.#silent) this.#connection.destroy(new Error('the server does not answer'))
    await this.#exchange.close().catch((error: unknown) => this.#connection.destroy(error))
  }

  async send(sql: string, params: readonly unknown[]): Promise<StatementOutcome> {
    const { rows, fields, changes, insertId } = await this.#send(sql, params)
    return { ...(fields === undefined ? {} : { rows: toRows(rows, fields) }), changes, insertId }
  }

  async lists(sql: string, params: readonly unknown[]): Promise<readonly (readonly unknown[])[]> {
    const { rows, fields } = await this.#send(sql, params)
    return fields === undefined ? [] : toLists(rows, fields)
  }

  async #send(sql: string, params: readonly unknown[]): Promise<Reply> {
    const exchange = this.#exchange
    const kind = classify(sql)
    if (kind === 'transaction') throw refusedOverServiceConnection('mysql', shown(sql))
    return exchange.inTurn(sql, () => {
      const { scope } = exchange
      if (scope !== undefined && kind === 'ddl') {
        const why = 'it would commit the open transaction'
        throw refusedOverServiceConnection('mysql', shown(sql), why, 'Run it outside of a transaction.')
      }
      const text = withValues(sql, params as readonly SqlValue[], this.#packets)
      return exchange
        .send(sql, () => sendForRows(this.#connection, sql, kind, text), scope?.signal)
        .finally(() => this.#refuseUnmanagedTransaction(sql))
    })
  }

  /**
   * What a procedure or an EXECUTE has begun: the next user of this connection would write into that transaction, and it would
   * never be committed. The server rolls it back with the connection, whose `isOpen` is false from then on.
   */
  #refuseUnmanagedTransaction(sql: string): void {
    if (this.#scope === undefined && this.#exchange.hasUnmanagedTransaction)
      throw refusedOverServiceConnection(
        'mysql',
        shown(sql),
        'it left a transaction open, which was rolled back',
        'End in the procedure, by COMMIT or ROLLBACK, the transaction that it begins.',
      )
  }

  async begin({ signal }: Parameters<ServiceConnection['begin']>[0]): Promise<void> {
    this.#scope = await this.#exchange.begin(signal)
  }

  async commit(): Promise<void> {
    await this.#scope?.commit().finally(() => {
      this.#scope = undefined
    })
  }

  async rollback(): Promise<void> {
    await this.#scope?.rollback().finally(() => {
      this.#scope = undefined
    })
  }

  async savepoint(sql: string): Promise<void> {
    await this.#exchange.own(sql)
  }
}
