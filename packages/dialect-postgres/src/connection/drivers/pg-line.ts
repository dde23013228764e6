import { codeOf, messageOf, serverErrorFields } from '../faults.ts'
import type { DriverQuery, DriverResult, DriverStatement } from './driver.ts'
import {
  type PgStatement,
  type PgWire,
  type PreparedName,
  pgStatement,
  writeStatement,
  writeValues,
} from './pg-statement.ts'
import { type CommandComplete, type DataRow, type RowDescription, StatementReader } from './statement-reader.ts'

interface PgLineClient {
  readonly processID: number | null
  readonly connection: PgWire
  query(submittable: PgLine): unknown
}

/** https://github.com/postgres/postgres/blob/master/src/backend/utils/cache/plancache.c: a name is stale after DDL. */
const staleRoutines: ReadonlySet<unknown> = new Set([
  'FetchPreparedStatement',
  'RevalidateCachedQuery',
  'transformAssignedExpr',
])

/** The end of a line has no code in pg. */
function lineError(cause: unknown): Error {
  if (cause instanceof Error && codeOf(cause) !== undefined) return cause
  const message = messageOf(cause).replace(/^Connection terminated.*/, 'the server ended the connection')
  return Object.assign(new Error(message, { cause }), /SSL/.test(message) ? {} : { code: 'CONNECTION_CLOSED' })
}

/**
 * The statements of a session of pg. The client's queue sends the next one only after the answer to the last, and takes values in forms
 * of its own; this is a query of its own kind (as pg-cursor is one) that holds the client's turn while statements are on their way: those
 * behind the first are written without waiting. Between them the client is idle.
 */
export class PgLine {
  readonly #client: PgLineClient
  readonly #most: number
  readonly #cancelRequest: () => Promise<void>
  readonly #waiting: PgStatement[] = []
  /** Written; the first is the one that is being answered. */
  readonly #sent: PgStatement[] = []
  readonly #names = new Map<string, PreparedName>()
  #lastName = 0
  /** It is the client's turn, or waits for it. */
  #hasTurn = false
  #wire: PgWire | undefined
  #closed: Error | undefined

  /** `most`: how many statements may be on their way at once. */
  constructor(client: PgLineClient, most: number, cancelRequest: () => Promise<void>) {
    this.#client = client
    this.#most = most
    this.#cancelRequest = cancelRequest
    client.connection.on('parameterDescription', this.#described)
  }

  readonly #described = ({ dataTypeIDs }: { readonly dataTypeIDs: readonly number[] }): void => {
    if (this.#wire !== undefined) this.#typesKnown(this.#wire, dataTypeIDs)
  }

  /** Whether no answer is to come any more. */
  get isAnswered(): boolean {
    return this.#sent.length === 0
  }

  /** Leaves nothing of this in the client. */
  detach(): void {
    this.#client.connection.off('parameterDescription', this.#described)
  }

  query(statement: DriverStatement): DriverQuery {
    let pending!: PgStatement
    const answer = new Promise<DriverResult>((resolve, reject) => {
      const prepared = statement.named ? this.#names.get(statement.sql) : undefined
      const name = prepared?.name ?? (statement.named ? this.#newName() : '')
      pending = pgStatement(statement, { name, prepared }, resolve, reject)
    })
    if (this.#closed === undefined) {
      this.#waiting.push(pending)
      this.#next()
    } else pending.reject(this.#closed)
    return {
      answer,
      isSent: () => !this.#waiting.includes(pending),
      isActive: () => this.#sent[0] === pending,
      cancel: async () => {
        const at = this.#waiting.indexOf(pending)
        if (at < 0) return this.#sent[0] === pending ? this.#cancelRequest() : undefined
        this.#waiting.splice(at, 1)
        const message = 'canceling statement due to user request'
        pending.reject(Object.assign(new Error(message), { code: '57014' }))
      },
    }
  }

  #newName(): string {
    this.#lastName += 1
    return `migrate_${this.#lastName}`
  }

  /** Nothing more comes: what has no answer fails. */
  fail(cause: unknown): void {
    this.#closed ??= lineError(cause)
    this.#hasTurn = false
    for (const pending of [...this.#sent.splice(0), ...this.#waiting.splice(0)]) {
      pending.reject(pending.error ?? this.#closed)
    }
  }

  #next(): void {
    if (this.#hasTurn) {
      if (this.#wire !== undefined) this.#write(this.#wire)
      return
    }
    this.#hasTurn = true
    this.#client.query(this)
  }

  #write(wire: PgWire): void {
    if (this.#waiting.length === 0) return
    // As one packet of the network; a WebSocket has no such thing.
    wire.stream.cork?.()
    queueMicrotask(() => wire.stream.uncork?.())
    while (this.#sent.length < this.#most && this.#sent.at(-1)?.isDescribing !== true) {
      const next = this.#waiting.shift()
      if (next === undefined) break
      this.#sent.push(next)
      writeStatement(wire, next)
    }
  }

  #typesKnown(wire: PgWire, types: readonly number[]): void {
    const [front] = this.#sent
    if (front === undefined) return
    front.types = types
    if (!front.isDescribing) return
    front.isDescribing = false
    writeValues(wire, front)
    this.#write(wire)
  }

  // What pg calls on a query.

  /** It is its turn; also after the end of a statement. */
  submit(wire: PgWire): void {
    this.#wire = wire
    const [front] = this.#sent
    if (front?.error !== undefined) this.#ended(front)
    if (this.#sent.length === 0 && this.#waiting.length === 0) this.#giveBack(wire)
    else this.#write(wire)
  }

  /** There is nothing to send, and only the end of an exchange gives the turn back. */
  #giveBack(wire: PgWire): void {
    const nothing = { sql: '', params: [], named: false, several: false }
    this.#sent.push(
      pgStatement(
        nothing,
        { name: '', prepared: undefined },
        () => undefined,
        () => undefined,
      ),
    )
    wire.sync()
  }

  handleReadyForQuery(): void {
    this.#wire = undefined
    const [front] = this.#sent
    if (front !== undefined) this.#ended(front)
    this.#hasTurn = this.#sent.length > 0 || this.#waiting.length > 0
    if (this.#hasTurn) this.#client.query(this)
  }

  handleError(error: unknown, wire: PgWire): void {
    const fields = serverErrorFields(error)
    const [front] = this.#sent
    if (fields === undefined || front === undefined) {
      this.fail(error)
      return
    }
    front.error = error
    if (front.isDescribing) {
      front.isDescribing = false
      wire.sync()
    }
    // The client has taken the turn away with the error; the server is ready only after it.
    this.#wire = undefined
    this.#client.query(this)
  }

  handleRowDescription(message: RowDescription): void {
    this.#sent[0]?.answer.described(message)
  }

  handleDataRow(message: DataRow): void {
    this.#sent[0]?.answer.row(message)
  }

  handleCommandComplete(message: CommandComplete): void {
    this.#sent[0]?.answer.completed(message)
  }

  handleEmptyQuery(): void {
    // It has no command.
  }

  handlePortalSuspended(): void {
    // No statement has a limit of rows.
  }

  handleCopyInResponse(wire: PgWire): void {
    wire.sendCopyFail('COPY from the client is not supported')
  }

  handleCopyData(): void {
    // What a COPY to the client gives is not asked for.
  }

  #ended(front: PgStatement): void {
    this.#sent.shift()
    const { statement, error, name, types, answer, prepared } = front
    if (error === undefined) {
      if (statement.named && prepared === undefined)
        this.#names.set(statement.sql, { name, types, columns: answer.columns })
      front.resolve(answer.result(this.#client.processID))
      return
    }
    if (statement.named) this.#names.delete(statement.sql)
    const { routine } = error as { readonly routine?: unknown }
    if (prepared === undefined || !staleRoutines.has(routine) || front.retried !== undefined) {
      front.reject(front.retried ?? error)
      return
    }
    Object.assign(front, { name: this.#newName(), prepared: undefined, error: undefined, retried: error })
    front.answer = new StatementReader()
    this.#waiting.unshift(front)
  }
}
