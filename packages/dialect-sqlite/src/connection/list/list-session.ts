import { MigrateError, rowsOf } from '@org/migrate-core/connection'
import type {
  ClosingStatement,
  ConnectOptions,
  CopySpec,
  Outcome,
  Row,
  ServerSession,
  SqlValue,
  Statement,
  TransactionOptions,
  TransactionScope,
  UnloadedDialect,
} from '@org/migrate-core/dialect'
import { copySql } from '../../compile/copy-sql.ts'
import { classify } from '../../sql/classify.ts'
import { faultOf } from '../../sql/faults.ts'
import { isKeyword, significant, tokenize } from '../../sql/tokenize.ts'
import { toRows } from '../values.ts'
import { DeclaredShapes } from './declared-types.ts'
import type { ListEngine } from './list-target.ts'
import { digestOf, losslessly, readCell, readPlain, withoutEnd, withValues } from './list-values.ts'
import { noRow, oneRow, type QueuedStatement, sendList } from './queue.ts'
import type { ListDriver, ListRefusal } from './statement-list.ts'

function isReadable(sql: string): boolean {
  const first = significant(tokenize(sql)).find(({ text }) => text !== '(')
  return classify(sql) === 'query' && ['SELECT', 'WITH', 'VALUES'].some((keyword) => isKeyword(first, keyword))
}

/** What a statement of a list changed is known when the list has been sent, and then nothing asks any more. */
class QueuedOutcome implements Outcome {
  readonly #sql: string

  constructor(sql: string) {
    this.#sql = sql
  }

  get changes(): number {
    throw unsupported(this.#sql, 'how many rows a statement of a list changes is not known before the list is sent')
  }
}

function unsupported(operation: string, why: string): MigrateError<'UNSUPPORTED'> {
  return new MigrateError('UNSUPPORTED', { dialect: 'sqlite', operation, why }, `${operation}: ${why}`)
}

/**
 * A session on an engine that has no transactions to talk in: what is executed after `begin` waits, and is sent as one list by the commit.
 * Queries run at once, on what is committed. In a transaction each gets a guard at its place in the list, which fails where it
 * would give something else there: because another session wrote, or the list itself.
 */
export class ListSession implements ServerSession {
  readonly leased: string
  readonly dialect: UnloadedDialect
  readonly #driver: ListDriver
  readonly #engine: ListEngine
  readonly #database: string
  readonly #purpose: ConnectOptions['purpose']
  readonly #shapes: DeclaredShapes
  #queue: QueuedStatement[] | undefined
  #closed = false

  constructor(
    driver: ListDriver,
    { engine, database }: { readonly engine: ListEngine; readonly database: string },
    { purpose }: ConnectOptions,
    dialect: UnloadedDialect,
  ) {
    this.leased = `${engine.name} has no sessions`
    this.dialect = dialect
    this.#driver = driver
    this.#engine = engine
    this.#database = database
    this.#purpose = purpose
    this.#shapes = new DeclaredShapes(driver)
  }

  get isOpen(): boolean {
    return !this.#closed
  }

  #requireOpen(what: string): void {
    if (this.#closed) throw new MigrateError('SESSION_CLOSED', { what }, `the session on ${this.#database} is closed`)
  }

  async query(sql: string, params: readonly SqlValue[] = []): Promise<readonly Row[]> {
    this.#requireOpen(sql)
    const queue = this.#queue
    if (queue === undefined) return (await this.#read(sql, params)).rows
    if (!isReadable(sql))
      throw unsupported(sql, 'what a statement of a list gives is not known before the list is sent')
    const { rows, digest } = await this.#read(sql, params, 'guarded')
    queue.push(this.#unchanged(sql, params, digest))
    return rows
  }

  #unchanged(sql: string, params: readonly SqlValue[], { text, columns }: Digest): QueuedStatement {
    return {
      ...noRow(`SELECT 1 FROM (${digestOf(sql, columns)}) WHERE digest <> ?`, [...params, text], async () => {
        const [now] = await this.#driver.run([withValues(digestOf(sql, columns), params)], { repeatable: true })
        const isOwn = now?.rows[0]?.[0] === text
        const why = isOwn
          ? 'it reads what the revision itself has written before: a statement list cannot. Split the revision there'
          : 'another session changed what it read, or it gives something else each time (random(), the time); run it again'
        return unsupported(sql, why)
      }),
    }
  }

  async #read(
    given: string,
    params: readonly SqlValue[],
    guarded?: 'guarded',
  ): Promise<{ readonly rows: readonly Row[]; readonly digest: Digest }> {
    const none: Digest = { text: '', columns: 0 }
    const sql = isReadable(given) ? withoutEnd(given) : given
    const statement = withValues(sql, params)
    const [plain] = await this.#driver.run([statement], { repeatable: classify(sql) === 'query' })
    const { columns, rows } = plain ?? { columns: [], rows: [] }
    // What comes as null may be an infinite number.
    const isText = rows.every((row) => row.every((value) => typeof value === 'string'))
    if (!isReadable(sql) || (isText && guarded === undefined)) {
      return { rows: rowsOf(columns, rows, readPlain), digest: none }
    }
    const count = columns.length
    const read = withValues(losslessly(sql, count), params)
    const digest = withValues(digestOf(sql, count), params)
    const [values, text] = await this.#driver.run(guarded === undefined ? [read] : [read, digest], { repeatable: true })
    const types = isText || this.#purpose === 'inspect' ? [] : await this.#shapes.typesOf(sql, params)
    return {
      rows: toRows(
        (values?.rows ?? []).map((row) => row.map(readCell)),
        columns.map((name, at) => ({ name, type: types[at] ?? null })),
      ),
      digest: { text: String(text?.rows[0]?.[0] ?? ''), columns: count },
    }
  }

  async execute(sql: string, params: readonly SqlValue[] = []): Promise<Outcome> {
    this.#requireOpen(sql)
    if (this.#queue !== undefined) {
      this.#queue.push({ sql, params })
      return new QueuedOutcome(sql)
    }
    // Of what only reads, and of DDL, changes() is what the statement before it changed.
    const total = { sql: 'SELECT total_changes() AS n', params: [] }
    const changed = { sql: 'SELECT changes() AS n', params: [] }
    const results = await this.#driver.run([total, withValues(sql, params), changed, total], { repeatable: false })
    const [before, , changes, after] = results.map(({ rows }) => Number(rows[0]?.[0]))
    return { changes: before === after ? 0 : (changes ?? 0) }
  }

  /** A query that has to give no row: asked at once where nothing is written before it, and guarded in the list. */
  async guard(
    { sql, params = [] }: Pick<Statement, 'sql' | 'params'>,
    blocked: (rows: readonly Row[]) => Error,
  ): Promise<void> {
    const rows = async (): Promise<readonly Row[]> => (await this.#read(sql, params)).rows
    const queue = this.#queue
    if (queue === undefined || queue.length === 0) {
      const existing = await rows()
      if (existing.length > 0) throw blocked(existing)
    }
    queue?.push(noRow(sql, params, async () => blocked(await rows().catch(() => []))))
  }

  /** What a query gives now; the function given queues the check that it gives the same there. */
  async remember(sql: string): Promise<(changed: () => Error) => void> {
    const [plain] = await this.#driver.run([withValues(`SELECT * FROM (${sql}) LIMIT 1`)], { repeatable: true })
    const columns = plain?.columns.length ?? 0
    const [digest] = await this.#driver.run([withValues(digestOf(sql, columns))], { repeatable: true })
    const text = String(digest?.rows[0]?.[0] ?? '')
    return (changed) => {
      this.#queue?.push({ ...this.#unchanged(sql, [], { text, columns }), refused: changed })
    }
  }

  async begin(options: TransactionOptions = {}): Promise<TransactionScope> {
    this.#requireOpen('begin')
    if (this.#queue !== undefined) {
      const message = `${this.#database} already has a statement list begun on this session`
      throw new MigrateError('ALREADY_IN_TRANSACTION', { database: this.#database }, message)
    }
    if (options.foreignKeys === 'off')
      throw unsupported(
        'a rebuild',
        `${this.#engine.name} keeps foreign keys on, and dropping the old table would delete the rows that refer to it`,
      )
    options.signal?.throwIfAborted()
    const queue: QueuedStatement[] = []
    this.#queue = queue
    const end = async (closing: readonly ClosingStatement[]): Promise<void> => {
      if (this.#queue !== queue) return
      this.#queue = undefined
      options.signal?.throwIfAborted()
      const statements = closing.flatMap(({ sql, params, unlessOneRow }): readonly QueuedStatement[] => [
        { sql, ...(params && { params }) },
        ...(unlessOneRow === undefined ? [] : [oneRow(unlessOneRow)]),
      ])
      this.#shapes.forget()
      const all = [...queue, ...statements]
      const writes = all.some(({ refused }) => refused === undefined)
      const settings = writes ? this.#engine.settings.map((sql) => ({ sql })) : []
      await sendList(this.#driver, [...settings, ...all], (error, failed) => this.#failure(error, failed))
    }
    return {
      commit: () => end([]),
      commitWith: async (statements) => {
        await end(statements)
        return undefined
      },
      rollback: async () => {
        if (this.#queue === queue) this.#queue = undefined
      },
    }
  }

  #failure(cause: ListRefusal, statement: QueuedStatement | undefined): Error {
    const database = this.#database
    if (statement === undefined) {
      const message = `the statement list on ${database} could not be committed: ${cause.message}`
      return new MigrateError('COMMIT_FAILED', { database }, message, { cause })
    }
    const details = { fault: faultOf(cause), database }
    const message = `${statement.sql} failed: ${cause.message}`
    return new MigrateError('STATEMENT_FAILED', details, message, { cause, location: { sql: statement.sql } })
  }

  /**
   * Where the body throws, what it has queued is not sent; its queries stay checked, since what follows may stand on them. A statement
   * that fails does so when the list is sent, and then all of the list is undone.
   */
  async savepoint<T>(body: () => Promise<T>): Promise<T> {
    const queue = this.#queue
    if (queue === undefined) {
      const message = `a savepoint on ${this.#database} outside a transaction`
      throw new MigrateError('INTERNAL', { where: 'savepoint' }, message)
    }
    const before = queue.length
    try {
      return await body()
    } catch (error) {
      queue.push(...queue.splice(before).filter(({ refused }) => refused !== undefined))
      throw error
    }
  }

  async copy(copy: CopySpec): Promise<number> {
    await this.execute(copySql(copy))
    return 0
  }

  async close(): Promise<void> {
    this.#queue = undefined
    this.#closed = true
  }
}

/** What a query gave, for its guard. */
interface Digest {
  readonly text: string
  readonly columns: number
}
