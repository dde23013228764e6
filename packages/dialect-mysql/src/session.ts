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
  type TransactionOptions,
  type TransactionScope,
  type Waiting,
} from '@org/migrate-core/dialect'
import { classify } from './classify.ts'
import { caughtUp, here, whyLeased } from './cluster.ts'
import type { Connection, Reply } from './connection.ts'
import { Exchange, shown } from './exchange.ts'
import { type SessionState, stateOf } from './identity.ts'
import { lockName, runLock } from './lock.ts'
import { type Found, limitsSql } from './settings.ts'
import { sendForRows, withValues } from './statements.ts'
import { toRows } from './values.ts'

export interface Opened {
  readonly connection: Connection
  readonly found: Found
  readonly dialect: Dialect
  /** The database for people. */
  readonly database: string
  readonly waiting: Waiting
  /** Of a session that runs. */
  readonly identity: string | undefined
}

export class MysqlSession implements ServerSession {
  readonly dialect: Dialect
  readonly leased?: string
  readonly identity?: string
  readonly #opened: Opened
  readonly #exchange: Exchange
  #savepoints = 0
  #limits: string

  constructor(opened: Opened) {
    this.#opened = opened
    this.dialect = opened.dialect
    this.#exchange = new Exchange(opened.connection, opened.database)
    this.#limits = this.#limitsSql({})
    const leased = whyLeased(opened.found.cluster)
    if (leased !== undefined) this.leased = leased
    if (opened.identity !== undefined) this.identity = opened.identity
  }

  get isOpen(): boolean {
    return this.#exchange.open
  }

  async query(sql: string, params: readonly SqlValue[] = []): Promise<readonly Row[]> {
    const kind = classify(sql)
    const { connection, found, waiting } = this.#opened
    const read = (): Promise<Reply> =>
      this.#attempt(sql, kind, params, (text) => sendForRows(connection, sql, kind, text))
    const alone = kind === 'query' && this.#exchange.scope === undefined
    const reply = alone ? await caughtUp(found.cluster, waiting, read) : await read()
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
    const exchange = this.#exchange
    return exchange.inTurn(sql, () => {
      const { scope } = exchange
      if (scope !== undefined && (kind === 'ddl' || kind === 'transaction')) {
        const message = `${shown(sql)} would commit the open transaction on ${this.#opened.database}`
        throw new MigrateError('INTERNAL', { where: 'session' }, message)
      }
      const text = this.#text(sql, params)
      return exchange.send(sql, () => send(text), scope?.signal ?? this.#opened.waiting.signal)
    })
  }

  #text(sql: string, params: readonly SqlValue[]): string {
    const { found, database } = this.#opened
    return withValues(sql, params, { database, maxAllowedPacket: found.maxAllowedPacket })
  }

  async begin(options: TransactionOptions = {}): Promise<TransactionScope> {
    if (options.foreignKeys === 'off') {
      throw new MigrateError('INTERNAL', { where: 'begin' }, 'MySQL needs no transaction without foreign keys')
    }
    return this.#exchange.begin(options.signal ?? this.#opened.waiting.signal)
  }

  async savepoint<T>(body: () => Promise<T>): Promise<T> {
    const { connection, database } = this.#opened
    const exchange = this.#exchange
    const { scope } = exchange
    if (scope === undefined) {
      throw new MigrateError('INTERNAL', { where: 'savepoint' }, `a savepoint on ${database} outside a transaction`)
    }
    this.#savepoints += 1
    const name = `migrate_${this.#savepoints}`
    try {
      await exchange.own(`SAVEPOINT ${name}`)
      const result = await body()
      await exchange.own(`RELEASE SAVEPOINT ${name}`)
      return result
    } catch (error) {
      // After a deadlock there is nothing left to go back to.
      if (this.isOpen && exchange.scope === scope && scope.ended === undefined) {
        await exchange.own(`ROLLBACK TO SAVEPOINT ${name}`).catch((why: unknown) => connection.destroy(why))
      }
      throw error
    } finally {
      this.#savepoints -= 1
    }
  }

  /** What the signal does not keep from being asked, and what this server knows without the others. */
  async #ask(sql: string, params: readonly SqlValue[] = []): Promise<readonly Row[]> {
    const { rows, fields } = await this.#exchange.own(here(this.#opened.found, this.#text(sql, params)))
    return toRows(rows, fields ?? [])
  }

  runLock(key: string): RunLock {
    const { found, database } = this.#opened
    const leased = this.leased !== undefined
    return runLock((...asked) => this.#ask(...asked), { database, name: lockName(found.database, key), leased })
  }

  sessionState(identity: string): Promise<SessionState> {
    return stateOf((...asked) => this.#ask(...asked), this.#opened.found.node, identity)
  }

  async limit(limits: StatementLimits = {}): Promise<void> {
    const sql = this.#limitsSql(limits)
    if (sql === this.#limits) return
    await this.#exchange.own(sql)
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

  close(): Promise<void> {
    return this.#exchange.close()
  }
}
