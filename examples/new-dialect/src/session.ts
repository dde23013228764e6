import {
  MigrateError,
  type Outcome,
  type Row,
  type Session,
  type SqlValue,
  spellPlaceholders,
  type TransactionScope,
} from '@org/migrate-core/dialect'
import type { Engine, QueryAnswer } from './engine.ts'
import { grammar } from './grammar.ts'
import { parameterOf, rowsOf } from './values.ts'

/**
 * A session on the one engine of the process. While one has a transaction open all others wait for it: that is the lock that
 * keeps two migrators apart.
 */
export class PgliteSession implements Session {
  readonly #engine: Engine
  #closed = false
  #free: (() => void) | undefined
  #depth = 0

  constructor(engine: Engine) {
    this.#engine = engine
  }

  get isOpen(): boolean {
    return !this.#closed
  }

  async query(sql: string, params: readonly SqlValue[] = []): Promise<readonly Row[]> {
    return rowsOf(await this.#run(sql, params))
  }

  async execute(sql: string, params: readonly SqlValue[] = []): Promise<Outcome> {
    return { changes: (await this.#run(sql, params)).changes }
  }

  async #run(sql: string, params: readonly SqlValue[]): Promise<QueryAnswer> {
    if (this.#closed) throw new MigrateError('SESSION_CLOSED', { what: sql }, 'the session is closed')
    const free = this.#free === undefined ? await this.#engine.take() : undefined
    try {
      return await this.#engine.send(
        spellPlaceholders(sql, grammar, (at) => `$${at}`),
        params.map(parameterOf),
      )
    } finally {
      free?.()
    }
  }

  async begin(): Promise<TransactionScope> {
    if (this.#free !== undefined) {
      const message = 'this session has a transaction open already'
      throw new MigrateError('ALREADY_IN_TRANSACTION', { database: 'pglite' }, message)
    }
    this.#free = await this.#engine.take()
    await this.#engine.send('BEGIN')
    const end = async (sql: string): Promise<void> => {
      const free = this.#free
      if (free === undefined) return
      try {
        await this.#engine.send(sql)
      } catch (error) {
        // A deferred check that fails at the commit has rolled back already; anything else has not.
        await this.#engine.send('ROLLBACK')
        throw error
      } finally {
        this.#free = undefined
        free()
      }
    }
    return { commit: () => end('COMMIT'), rollback: () => end('ROLLBACK') }
  }

  async savepoint<T>(body: () => Promise<T>): Promise<T> {
    this.#depth += 1
    const name = `migrate_${this.#depth}`
    await this.execute(`SAVEPOINT ${name}`)
    try {
      const result = await body()
      await this.execute(`RELEASE SAVEPOINT ${name}`)
      return result
    } catch (error) {
      await this.execute(`ROLLBACK TO SAVEPOINT ${name}`)
      await this.execute(`RELEASE SAVEPOINT ${name}`)
      throw error
    } finally {
      this.#depth -= 1
    }
  }

  copy(): Promise<number> {
    const message = 'this dialect compiles no copies of tables'
    return Promise.reject(new MigrateError('INTERNAL', { where: 'copy' }, message))
  }

  async close(): Promise<void> {
    if (this.#closed) return
    const free = this.#free
    this.#free = undefined
    try {
      if (free !== undefined) await this.#engine.send('ROLLBACK')
    } finally {
      this.#closed = true
      free?.()
    }
  }
}
