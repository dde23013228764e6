import { AnswerWatch } from '@org/migrate-core/connection'
import type { AnswerWatchOptions } from '@org/migrate-core/dialect'
import type { DriverConnection, Reply } from './drivers/driver.ts'
import { endsConnection, messageOf } from './faults.ts'

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

/** One connection of the driver. It is never opened again: locks, settings and the transaction die with it. */
export class Connection {
  readonly #driver: DriverConnection
  readonly #connect: () => Promise<DriverConnection>
  readonly #waiting = new Set<(error: Error) => void>()
  /** By this process's monotonic clock. */
  readonly connectedAt = performance.now()
  #lost: Error | undefined
  #watch: AnswerWatch | undefined

  constructor(driver: DriverConnection, connect: () => Promise<DriverConnection>) {
    this.#driver = driver
    this.#connect = connect
    driver.onLost((error) => this.#lose(error))
  }

  /** The server's number of the session, where nothing stands between. */
  get threadId(): number {
    return this.#driver.threadId
  }

  /** `sql_mode` has IGNORE_SPACE, whatever the server's own is. */
  get addsIgnoreSpace(): boolean {
    return this.#driver.addsIgnoreSpace
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

  #answer(send: () => Promise<Reply>): Promise<Reply> {
    if (this.#lost !== undefined) return Promise.reject(this.#lost)
    this.#watch?.sent()
    return new Promise<Reply>((resolve, reject) => {
      this.#waiting.add(reject)
      const answered = (): boolean => this.#waiting.delete(reject)
      send().then(
        (reply) => {
          answered()
          resolve(reply)
        },
        (error: unknown) => {
          answered()
          if (error instanceof Error && endsConnection(error)) this.#lose(error)
          reject(error)
        },
      )
    }).finally(() => this.#watch?.answered())
  }

  /** By the text protocol: the one that takes every statement. */
  send(sql: string): Promise<Reply> {
    return this.#answer(() => this.#driver.text(sql))
  }

  /** By the binary protocol, which has all digits of a FLOAT. */
  sendPrepared(sql: string): Promise<Reply> {
    return this.#answer(() => this.#driver.prepared(sql))
  }

  /** Ends what is running until its answer has come. Where that cannot be done, this connection is given up. */
  async interrupt(answered: Promise<unknown>): Promise<void> {
    try {
      const { killQuery } = await import('./drivers/cancel.ts')
      await killQuery(this.#driver, this.#connect, answered)
    } catch (error) {
      this.destroy(error)
    }
  }

  /** As the driver has it. Throws where it can't. */
  async reset(): Promise<void> {
    if (this.#lost !== undefined) throw this.#lost
    if (this.#driver.reset === undefined) throw new Error('the driver has no reset')
    await this.#driver.reset()
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
    await new Promise<void>((resolve, reject) => {
      this.#driver.end().then(resolve, reject)
      this.#waiting.add(() => resolve())
    })
    this.#lost ??= new Error('closed')
  }
}
