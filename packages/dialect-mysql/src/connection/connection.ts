import { AnswerWatch } from '@org/migrate-core/connection'
import type { AnswerWatchOptions } from '@org/migrate-core/dialect'
import type { Connection as Driver } from 'mysql2'
import { binaryToText, type Field, readBinary } from '../types/values.ts'
import { endsConnection, messageOf } from './faults.ts'

/** The answer to one statement: rows with their columns, or what was changed. */
export interface Reply {
  readonly rows: readonly (readonly (Buffer | null)[])[]
  readonly fields: readonly Field[] | undefined
  readonly changes: number
  /** The first number that AUTO_INCREMENT gave. */
  readonly insertId: number
  /** The status flags of the protocol; undefined where the driver does not tell (after rows). */
  readonly status: number | undefined
}

/** `SERVER_STATUS_IN_TRANS` */
const inTransaction = 1

/** `SERVER_STATUS_AUTOCOMMIT` */
const autocommit = 2

export function isInTransaction(status: number): boolean {
  return (status & inTransaction) !== 0
}

/** Whether the next statement stands for itself. */
export function isAtRest(status: number): boolean {
  return (status & autocommit) !== 0 && !isInTransaction(status)
}

/** What the driver gives for a statement without rows. */
interface Header {
  readonly affectedRows?: number
  readonly insertId?: number | string
  readonly serverStatus?: number
}

type Callback = (error: Error | null, rows?: unknown, fields?: unknown) => void

/** Procedures give several results: the first one that has rows counts. */
function replyOf(rows: unknown, fields: unknown): Reply {
  if (Array.isArray(fields) && fields.some((each) => each === undefined || Array.isArray(each))) {
    const at = fields.findIndex(Array.isArray)
    const results = rows as readonly unknown[]
    const reply = replyOf(results[at === -1 ? 0 : at], at === -1 ? undefined : fields[at])
    // The last one is that of the CALL itself.
    const { serverStatus: status = reply.status } = (results.at(-1) ?? {}) as Header
    return { ...reply, status }
  }
  if (Array.isArray(rows)) {
    return {
      rows: rows as Reply['rows'],
      fields: fields as readonly Field[],
      changes: 0,
      insertId: 0,
      status: undefined,
    }
  }
  const { affectedRows: changes = 0, insertId = 0, serverStatus: status } = (rows ?? {}) as Header
  return { rows: [], fields: undefined, changes, insertId: Number(insertId), status }
}

/** One connection of the driver. It is never opened again: locks, settings and the transaction die with it. */
export class Connection {
  readonly #driver: Driver
  readonly #connect: () => Promise<Driver>
  readonly #waiting = new Set<(error: Error) => void>()
  #lost: Error | undefined
  #watch: AnswerWatch | undefined

  constructor(driver: Driver, connect: () => Promise<Driver>) {
    this.#driver = driver
    this.#connect = connect
    // Without a listener the death of an idle connection would end the process.
    driver.on('error', (error: Error) => this.#lose(error))
    driver.on('end', () => this.#lose(new Error('the server closed the connection')))
  }

  /** The server's number of the session, where nothing stands between. */
  get threadId(): number {
    return this.#driver.threadId
  }

  /** From now on an answer that does not come is looked into. */
  watch(of: Omit<AnswerWatchOptions, 'giveUp'>): void {
    this.#watch = new AnswerWatch({ ...of, giveUp: (why) => this.destroy(why) })
  }

  /** Why nothing more can be sent. */
  get lost(): Error | undefined {
    return this.#lost
  }

  #lose(error: Error): void {
    this.#lost ??= error
    for (const reject of this.#waiting) reject(this.#lost)
    this.#waiting.clear()
  }

  #answer(send: (done: Callback) => void): Promise<Reply> {
    if (this.#lost !== undefined) return Promise.reject(this.#lost)
    this.#watch?.sent()
    return new Promise<Reply>((resolve, reject) => {
      this.#waiting.add(reject)
      send((error, rows, fields) => {
        this.#waiting.delete(reject)
        if (error === null) {
          resolve(replyOf(rows, fields))
          return
        }
        if (endsConnection(error)) this.#lose(error)
        reject(error)
      })
    }).finally(() => this.#watch?.answered())
  }

  /** By the text protocol: the one that takes every statement, and gives values as the server prints them. */
  send(sql: string): Promise<Reply> {
    // Without `values: null` the driver searches the text, with all its values, for placeholders.
    return this.#answer((done) => this.#driver.query({ sql, values: null, rowsAsArray: true, typeCast: false }, done))
  }

  /** By the binary protocol, which has all digits of a FLOAT; the values in the form of the text protocol. */
  async sendPrepared(sql: string): Promise<Reply> {
    const reply = await this.#answer((done) =>
      this.#driver.execute(
        {
          sql,
          rowsAsArray: true,
          supportBigNumbers: true,
          dateStrings: true,
          typeCast: readBinary as (column: unknown, next: () => unknown) => unknown,
        },
        done,
      ),
    )
    // The driver would keep it, and the server's room for prepared statements is shared by all its clients.
    this.#driver.unprepare(sql)
    const fields = reply.fields ?? []
    const rows = reply.rows.map((row) => row.map((value, at) => binaryToText(value, fields[at] as Field)))
    return { ...reply, rows }
  }

  /** Ends what is running, from a second connection. Where that cannot be had, this connection is given up. */
  async interrupt(): Promise<void> {
    if (this.#lost !== undefined) return
    const id = this.#driver.threadId
    try {
      const other = await this.#connect()
      try {
        await new Promise<void>((resolve, reject) => {
          other.query(`KILL QUERY ${id}`, (error: Error | null) => (error === null ? resolve() : reject(error)))
        })
      } finally {
        other.destroy()
      }
    } catch (error) {
      this.destroy(error)
    }
  }

  /** Gives it up: its state is unknown. */
  destroy(why: unknown): void {
    this.#lose(why instanceof Error ? why : new Error(messageOf(why)))
    this.#driver.destroy()
  }

  /** Says good-bye to the server, so that it frees the session's locks at once. */
  async end(): Promise<void> {
    if (this.#lost !== undefined) {
      this.#driver.destroy()
      return
    }
    await new Promise<void>((resolve) => {
      this.#driver.end(() => resolve())
      this.#waiting.add(() => resolve())
    })
    this.#lost ??= new Error('closed')
  }
}
