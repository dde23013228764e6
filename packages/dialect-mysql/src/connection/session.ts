import { MigrateError } from '@org/migrate-core/connection'
import type {
  ClosingStatement,
  CopySpec,
  Outcome,
  ReadStatement,
  Row,
  RunLock,
  ServerSession,
  Session,
  SqlClass,
  SqlValue,
  StatementLimits,
  TransactionOptions,
  TransactionScope,
  UnloadedDialect,
  Waiting,
} from '@org/migrate-core/dialect'
import { toRows } from '../types/values.ts'
import { caughtUp, whyLeased, withoutClusterWait } from './cluster.ts'
import type { Connection } from './connection.ts'
import type { Reply } from './drivers/driver.ts'
import { type CloseTransaction, Exchange, shown, startTransaction } from './exchange.ts'
import { type SessionState, stateOf } from './identity.ts'
import { lockName, runLock } from './lock.ts'
import type { DatabaseGuard } from './pinned-schema.ts'
import { blockSql, splitBlock, splitTogether, togetherSql } from './read-together.ts'
import { limitsSql, type ServerFacts } from './settings.ts'
import { Statements, sendForRows } from './statements.ts'

interface SessionContext {
  readonly connection: Connection
  readonly facts: ServerFacts
  readonly dialect: UnloadedDialect
  /** The database for people. */
  readonly database: string
  readonly waiting: Waiting
  /** Of a session that runs. */
  readonly identity: string | undefined
  /** Of a session in a database that was asked for by its name: no statement may leave it. */
  readonly guard?: DatabaseGuard | undefined
  /** Of a session on a connection of the application. */
  readonly hiddenNamesOf?: ((query: Session['query']) => NonNullable<Session['hiddenNames']>) | undefined
  /** As `Session` has it; absent: there is no other connection to ask on. */
  readonly progressSql?: (() => Promise<string>) | undefined
  /** Takes the connection when the session has ended; absent: it ends, too. */
  readonly release?: ((connection: Connection) => Promise<void>) | undefined
}

export class MysqlSession implements ServerSession {
  readonly dialect: UnloadedDialect
  readonly leased?: string
  readonly identity?: string
  readonly progressSql?: () => Promise<string>
  readonly hiddenNames?: NonNullable<Session['hiddenNames']>
  readonly #context: SessionContext
  readonly #exchange: Exchange
  readonly #statements: Statements
  #savepoints = 0
  /** Statements of an author may have set another `sql_mode`: that of Oracle writes blocks in another way. */
  #hasOwnModes = false
  #limits: string

  constructor(context: SessionContext) {
    this.#context = context
    this.dialect = context.dialect
    this.#exchange = new Exchange(context.connection, context.database, context.release)
    const { database, facts } = context
    this.#statements = new Statements({ database, maxAllowedPacket: facts.maxAllowedPacket })
    this.#limits = this.#limitsSql({})
    const leased = whyLeased(context.facts.cluster)
    if (leased !== undefined) this.leased = leased
    if (context.identity !== undefined) this.identity = context.identity
    if (context.progressSql !== undefined) this.progressSql = context.progressSql
    if (context.hiddenNamesOf !== undefined) this.hiddenNames = context.hiddenNamesOf((sql) => this.query(sql))
    if (!this.#hasBlocks) return
    this.queryAll = (reads) => this.#queryBlock(reads)
    this.later = (note) => {
      const { signal } = context.waiting
      this.#exchange.later({ ...note, text: this.#text(note.sql, note.params ?? []), signal })
    }
  }

  get isOpen(): boolean {
    return this.#exchange.isOpen
  }

  get #hasBlocks(): boolean {
    const { server, cluster } = this.#context.facts
    return server.flavour === 'mariadb' && cluster.galeraNodes === 0
  }

  async query(sql: string, params: readonly SqlValue[] = []): Promise<readonly Row[]> {
    const kind = this.#statements.kindOf(sql)
    const { connection, facts, waiting } = this.#context
    const read = (): Promise<Reply> =>
      this.#attempt(sql, kind, params, (text) => sendForRows(connection, sql, kind, text))
    const isSingleRead = kind === 'query' && this.#exchange.scope === undefined
    const reply = isSingleRead ? await caughtUp(facts.cluster, waiting, read) : await read()
    return reply.fields === undefined ? [] : toRows(reply.rows, reply.fields)
  }

  async queryTogether(reads: readonly ReadStatement[]): Promise<readonly (readonly Row[])[]> {
    const texts = reads.map(({ sql, params = [] }) => this.#text(sql, params))
    return splitTogether(reads, await this.query(togetherSql(reads, texts)))
  }

  /** Absent where the server has no blocks. */
  readonly queryAll?: NonNullable<ServerSession['queryAll']>

  /** Absent where nothing is committed in one go. */
  readonly later?: NonNullable<ServerSession['later']>

  async #queryBlock(
    reads: Parameters<NonNullable<ServerSession['queryAll']>>[0],
  ): Promise<readonly (readonly Row[])[]> {
    if (this.#hasOwnModes) throw new Error('the session takes no block now')
    const exchange = this.#exchange
    const texts = reads.map(({ sql, params = [] }) => this.#text(sql, params))
    const reply = await exchange.inTurn(blockSql(texts), () => {
      const { scope } = exchange
      const begins = scope?.isSent === false
      const block = blockSql(begins ? [startTransaction, ...texts] : texts)
      scope?.signal?.throwIfAborted()
      if (begins) scope.isSent = true
      return exchange.send(
        block,
        () => this.#context.connection.send(block),
        scope?.signal ?? this.#context.waiting.signal,
      )
    })
    return splitBlock(reply, reads.length)
  }

  async execute(sql: string, params: readonly SqlValue[] = []): Promise<Outcome> {
    const kind = this.#statements.kindOf(sql)
    this.#context.guard?.before(sql)
    const reply = await this.#attempt(sql, kind, params, (text) => this.#context.connection.send(text))
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
    const { connection } = this.#context
    this.#hasOwnModes ||= /\bsql_mode\b/i.test(sql) && /\bSET\b/i.test(sql)
    return exchange.inTurn(sql, () => {
      const { scope } = exchange
      if (scope !== undefined && (kind === 'ddl' || kind === 'transaction')) {
        const message = `${shown(sql)} would commit the open transaction on ${this.#context.database}`
        throw new MigrateError('INTERNAL', { where: 'session' }, message)
      }
      const text = this.#text(sql, params)
      const sent = exchange.send(sql, () => send(text), scope?.signal ?? this.#context.waiting.signal)
      return this.#context.guard?.after(sql, sent, (text) => exchange.send(text, () => connection.send(text))) ?? sent
    })
  }

  #text(sql: string, params: readonly SqlValue[]): string {
    return this.#statements.withValues(sql, params)
  }

  async begin(options: TransactionOptions = {}): Promise<TransactionScope> {
    if (options.foreignKeys === 'off') {
      throw new MigrateError('INTERNAL', { where: 'begin' }, 'MySQL needs no transaction without foreign keys')
    }
    const hasBlocks = this.#hasBlocks && !this.#hasOwnModes
    const close: CloseTransaction = (statements, isSent) => this.#close(statements, isSent)
    return this.#exchange.begin(options.signal ?? this.#context.waiting.signal, hasBlocks ? close : undefined)
  }

  async #close(statements: readonly ClosingStatement[], isSent: boolean): Promise<void> {
    const { closingBlock } = await import('./closing.ts')
    const texts = statements.map(({ sql, params = [] }) => this.#text(sql, params))
    const block = closingBlock(statements, texts, isSent)
    if (!this.#hasOwnModes && this.#statements.isFitting(block))
      return this.#exchange.endWith(block, this.#exchange.scope?.signal)
    if (!isSent) await this.#exchange.own(startTransaction)
    for (const [at, { unlessOneRow }] of statements.entries()) {
      const { rows, changes, fields } = await this.#exchange.own(texts[at] ?? '')
      const count = fields === undefined ? changes : rows.length
      if (unlessOneRow !== undefined && count !== 1) throw unlessOneRow(count)
    }
    await this.#exchange.end('COMMIT')
  }

  async savepoint<T>(body: () => Promise<T>): Promise<T> {
    const { connection, database } = this.#context
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
    const { rows, fields } = await this.#exchange.own(withoutClusterWait(this.#context.facts, this.#text(sql, params)))
    return toRows(rows, fields ?? [])
  }

  runLock(key: string): RunLock {
    const { facts, database } = this.#context
    const leased = this.leased !== undefined
    return runLock((...args) => this.#ask(...args), { database, name: lockName(facts.database, key), leased })
  }

  sessionState(identity: string): Promise<SessionState> {
    return stateOf((...args) => this.#ask(...args), this.#context.facts.node, identity)
  }

  async limit(limits: StatementLimits = {}): Promise<void> {
    const sql = this.#limitsSql(limits)
    if (sql === this.#limits) return
    await this.#exchange.own(sql)
    this.#limits = sql
  }

  #limitsSql(limits: StatementLimits): string {
    const { facts, waiting } = this.#context
    return limitsSql(facts, limits, waiting.waitMs)
  }

  copy(copy: CopySpec): Promise<number> {
    const message = `${copy.into} is copied in ranges on SQLite only`
    return Promise.reject(new MigrateError('INTERNAL', { where: 'copy' }, message))
  }

  close(): Promise<void> {
    return this.#exchange.close()
  }
}
