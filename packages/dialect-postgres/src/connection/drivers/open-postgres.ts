import { MigrateError } from '@org/migrate-core/connection'
import { dependsOnType, type Parameter, type ResultColumn, writerFor } from '../../types/values.ts'
import { codeOf } from '../faults.ts'
import { aborted, alreadyInTransaction, noTransaction } from '../transaction.ts'
import type { DriverHandlers, DriverQuery, DriverResult, DriverStatement } from './driver.ts'
import type { Lender, LentConnection } from './lender.ts'
import type { OpenClient } from './names.ts'

/** Rows of bytes; of several statements in one text a list of results. */
interface RawResult extends ReadonlyArray<readonly (Buffer | null)[] | RawResult> {
  readonly command: string | null
  readonly count: number | null
  readonly columns: readonly ResultColumn[] | null
  readonly state?: { readonly pid: number | null } | null
}

interface Query<T> extends PromiseLike<T> {
  readonly active: boolean
  readonly options: { prepare: boolean }
  readonly canceller: ((query: Query<T>) => Promise<void>) | null
  raw(): Query<T>
  /** Sends it now, before anyone waits for it. */
  execute(): Query<T>
  describe(): Query<{ readonly types: readonly number[] }>
}

/** A connection inside postgres.js, as its own `begin` has it. */
interface Wire {
  onclose: ((error: Error) => void) | null
  terminate(): void
}

interface Reserved {
  unsafe(
    sql: string,
    params: readonly unknown[],
    options: { readonly prepare?: boolean; readonly simple: boolean; readonly onexecute?: (wire: Wire) => boolean },
  ): Query<RawResult>
  typed(value: Parameter, type: number): unknown
  release(): void
}

interface Transform {
  readonly from?: unknown
}

interface Sql {
  readonly options: {
    readonly transform?: { readonly column?: Transform; readonly value?: Transform; readonly row?: Transform }
  }
  unsafe(sql: string): PromiseLike<unknown>
  reserve(): Promise<Reserved>
}

function refused(why: string, remedy?: string): MigrateError<'INVALID_OPTION'> {
  return new MigrateError('INVALID_OPTION', { option: 'driver', why }, `driver: ${why}`, { remedy })
}

/** Of type `unknown`: the driver has no form of its own for it, and the server infers the type from its place. */
const unknownType = 705

const isResult = (each: RawResult | readonly unknown[] | undefined): each is RawResult =>
  each !== undefined && 'command' in each

function resultOf(raw: RawResult): DriverResult {
  const last = raw.at(-1)
  if (isResult(last)) return resultOf(last)
  const { command, count, columns, state } = raw
  const rows = (raw as readonly (readonly (Buffer | null)[])[]).map((row) =>
    row.map((value) => (value === null ? null : value.toString('utf8'))),
  )
  return Object.assign(rows, { command, count, columns, ...(state == null ? {} : { state: { pid: state.pid } }) })
}

class ReservedConnection implements LentConnection {
  readonly #sql: Reserved
  readonly #wire: Wire
  readonly #handlers: DriverHandlers
  /** Where the types of values are being asked for, what follows waits. */
  #describing: Promise<unknown> | undefined
  #isLost = false

  constructor(sql: Reserved, wire: Wire, handlers: DriverHandlers) {
    this.#sql = sql
    this.#wire = wire
    this.#handlers = handlers
    wire.onclose = () => {
      this.#isLost = true
      handlers.onclose()
    }
  }

  query(statement: DriverStatement): DriverQuery {
    let sent: Query<RawResult> | undefined
    const send = (params: readonly (string | null)[]): PromiseLike<RawResult> => {
      sent = this.#send(statement.sql, params, statement.several)
      return sent
    }
    return {
      answer: this.#perform(statement, send),
      // The driver takes nothing out of a reserved connection's list without stopping the list.
      isSent: () => true,
      isActive: () => sent?.active ?? false,
      cancel: async () => {
        if (sent?.active) await sent.canceller?.(sent)
      },
    }
  }

  #send(sql: string, params: readonly (string | null)[], several: boolean): Query<RawResult> {
    const typed = params.map((value) => this.#sql.typed(value, unknownType))
    return this.#sql.unsafe(sql, typed, { prepare: false, simple: several }).raw().execute()
  }

  async #perform(
    statement: DriverStatement,
    send: (params: readonly (string | null)[]) => PromiseLike<RawResult>,
  ): Promise<DriverResult> {
    const { sql, params } = statement
    while (this.#describing !== undefined) await this.#describing
    const recorded = this.#noteState(sql)
    const types = params.some(dependsOnType) ? await this.#typesOf(sql, params) : []
    const answer = send(params.map((value, at) => (value === null ? null : writerFor(types[at] ?? 0)(value))))
    const [raw] = await Promise.all([answer, recorded])
    return resultOf(raw)
  }

  /** The server's notes go to the application alone: what they would tell of transactions is asked in the same go. */
  async #noteState(sql: string): Promise<void> {
    const begins = /^BEGIN\b/.test(sql)
    if (!begins && sql !== 'COMMIT') return
    const isInside = await this.inTransaction()
    if (begins && isInside) this.#handlers.onnotice({ code: alreadyInTransaction })
    if (!begins && !isInside) this.#handlers.onnotice({ code: noTransaction })
  }

  /** Described without a name, so that nothing stays in the driver's list of prepared statements. */
  async #typesOf(sql: string, params: readonly Parameter[]): Promise<readonly number[]> {
    const described = this.#sql
      .unsafe(
        sql,
        params.map(() => this.#sql.typed(null, 0)),
        { prepare: false, simple: false },
      )
      .describe()
    described.options.prepare = false
    this.#describing = Promise.resolve(described).then(
      () => undefined,
      () => undefined,
    )
    try {
      return (await described).types
    } finally {
      this.#describing = undefined
    }
  }

  /** The beginnings of a transaction and of its first statement are the same moment. */
  async inTransaction(): Promise<boolean> {
    try {
      const raw = await this.#send('SELECT now() = statement_timestamp()', [], true)
      return resultOf(raw)[0]?.[0] !== 't'
    } catch (error) {
      if (codeOf(error) === aborted) return true
      throw error
    }
  }

  giveBack(lost?: Error): void {
    // A connection that has ended takes itself out of its pool, and must not be given back.
    if (this.#isLost) return
    if (lost !== undefined) {
      this.#wire.terminate()
      return
    }
    this.#wire.onclose = null
    this.#sql.release()
  }
}

export function postgresLender({ client, isSingle, display }: OpenClient): Lender {
  return {
    key: client,
    isSingle,
    display,
    lend: async (handlers) => {
      const sql = client as unknown as Sql
      const { column, value, row } = sql.options.transform ?? {}
      if ([column, value, row].some((each) => typeof each?.from === 'function'))
        throw refused(
          'this client of postgres.js has `transform`, which changes names or values of results',
          'Give a client without `transform` for the migrations, and end it after them; or give the `url`.',
        )
      // reserve() connects a client again that was ended, for good. Without types, 3.4.9 waits for good for a connection that it opens itself.
      await sql.unsafe('')
      const reserved = await sql.reserve()
      const wires: Wire[] = []
      await reserved.unsafe('', [], { simple: true, onexecute: (wire) => wires.push(wire) > 0 })
      const [wire] = wires
      if (wire === undefined || typeof wire.terminate !== 'function') {
        reserved.release()
        throw refused('the connections of this version of postgres.js do not tell of their end')
      }
      return new ReservedConnection(reserved, wire, handlers)
    },
  }
}
