import { MigrateError, type ServiceConnection } from '@org/migrate-core/dialect'
import { unlessAborted } from './use-signal.ts'

/** A connection as a pool sees it. */
type Pooled = Pick<ServiceConnection, 'isOpen' | 'alive' | 'close'>

export interface PoolLimits {
  /** How many connections are kept open for the next use; 0: each use has one of its own. */
  readonly size: number
  /** How many more there may be at a time. They are closed when they come back. */
  readonly overflow: number
  /** How long a use waits for a connection that another one has. */
  readonly timeoutMs: number
  /** A connection older than this is replaced when it is taken. */
  readonly recycleMs?: number | undefined
}

interface PoolParts<C extends Pooled> extends PoolLimits {
  /** The database for people. */
  readonly database: string
  connect(signal: AbortSignal | undefined): Promise<C>
}

interface Member<C> {
  readonly connection: C
  readonly since: number
}

/** Waits for a member that comes back, or for the slot of one that was closed. */
interface Waiter<C> {
  readonly take: (member: Member<C> | 'slot') => void
  readonly refuse: (error: unknown) => void
}

/** For a server that has gone without a word: its line stays open, and nothing answers. */
const answerWithinMs = 5_000

/** A timer that is to wait longer fires at once: https://nodejs.org/api/timers.html#settimeoutcallback-delay-args */
const longestTimerMs = 2 ** 31 - 1

function answers(connection: Pooled): Promise<boolean> {
  return new Promise((resolve) => {
    const timer = setTimeout(() => resolve(false), answerWithinMs)
    const finish = (alive: boolean): void => {
      clearTimeout(timer)
      resolve(alive)
    }
    connection.alive().then(finish, () => finish(false))
  })
}

/**
 * Connections to one database, each with one user at a time. One that the server has closed, that does not answer or is too old
 * is replaced before it is used, and never later: a transaction belongs to its connection.
 */
export class Pool<C extends Pooled> {
  readonly #options: PoolParts<C>
  readonly #idle: Member<C>[] = []
  readonly #used = new Map<C, Member<C>>()
  readonly #waiting = new Set<Waiter<C>>()
  readonly #emptied: (() => void)[] = []
  /** Connections there are, and those that are being made or closed. */
  #slotCount = 0
  #closed = false

  constructor(options: PoolParts<C>) {
    this.#options = options
  }

  /** Throws DATABASE_BUSY, SESSION_CLOSED, the signal's reason, or why there is no connection. */
  async acquire(signal?: AbortSignal): Promise<C> {
    this.#refuseClosed()
    signal?.throwIfAborted()
    let turn = this.#free() ?? (await this.#wait(signal))
    while (turn !== 'slot') {
      if (await this.#usable(turn, signal)) return this.#markUsed(turn)
      await turn.connection.close()
      turn = this.#idle.pop() ?? 'slot'
      // The slot of the one that was closed, where another one is taken instead.
      if (turn !== 'slot') this.#vacate()
    }
    return this.#markUsed(await this.#connect(signal))
  }

  /** Takes it back, and closes it where there are enough, or where nothing more can be sent over it. */
  async release(connection: C): Promise<void> {
    const member = this.#used.get(connection)
    if (member === undefined) return
    this.#used.delete(connection)
    if (connection.isOpen && !this.#closed) {
      const [next] = this.#waiting
      if (next !== undefined) {
        next.take(member)
        return
      }
      if (this.#idle.length < this.#options.size) {
        this.#idle.push(member)
        return
      }
    }
    await connection.close()
    this.#vacate()
  }

  /** Nothing new begins; resolves when the last connection has come back and is closed. */
  async close(): Promise<void> {
    this.#closed = true
    for (const { refuse } of [...this.#waiting]) refuse(this.#closedError())
    const idle = this.#idle.splice(0)
    await Promise.all(idle.map(({ connection }) => connection.close()))
    for (const _ of idle) this.#vacate()
    if (this.#slotCount > 0) await new Promise<void>((resolve) => this.#emptied.push(resolve))
  }

  #free(): Member<C> | 'slot' | undefined {
    const idle = this.#idle.pop()
    if (idle !== undefined) return idle
    if (this.#slotCount >= this.#options.size + this.#options.overflow) return undefined
    this.#slotCount += 1
    return 'slot'
  }

  #markUsed(member: Member<C>): C {
    this.#used.set(member.connection, member)
    return member.connection
  }

  async #usable(member: Member<C>, signal: AbortSignal | undefined): Promise<boolean> {
    const { recycleMs } = this.#options
    if (!member.connection.isOpen) return false
    if (recycleMs !== undefined && performance.now() - member.since >= recycleMs) return false
    const answer = answers(member.connection)
    try {
      if (!(await unlessAborted(answer, signal)) || !member.connection.isOpen) return false
      this.#refuseClosed()
      return true
    } catch (error) {
      // The caller has stopped waiting; the connection is released once it has answered.
      void answer.then(async (alive) => {
        this.#markUsed(member)
        if (!alive) await member.connection.close()
        await this.release(member.connection)
      })
      throw error
    }
  }

  async #connect(signal: AbortSignal | undefined): Promise<Member<C>> {
    try {
      this.#refuseClosed()
      const connection = await this.#options.connect(signal)
      if (!this.#closed) return { connection, since: performance.now() }
      await connection.close()
      throw this.#closedError()
    } catch (error) {
      this.#vacate()
      throw error
    }
  }

  /** A slot is free: the longest waiting caller opens a connection in it. */
  #vacate(): void {
    const [next] = this.#waiting
    if (next !== undefined) {
      next.take('slot')
      return
    }
    this.#slotCount -= 1
    if (this.#slotCount === 0) for (const resolve of this.#emptied.splice(0)) resolve()
  }

  #wait(signal: AbortSignal | undefined): Promise<Member<C> | 'slot'> {
    return new Promise((resolve, reject) => {
      const leave = (): void => {
        clearTimeout(timer)
        signal?.removeEventListener('abort', aborted)
        this.#waiting.delete(waiter)
      }
      const waiter: Waiter<C> = {
        take: (turn) => {
          leave()
          resolve(turn)
        },
        refuse: (error) => {
          leave()
          reject(error)
        },
      }
      const aborted = (): void => waiter.refuse(signal?.reason)
      const since = performance.now()
      const timer = setTimeout(
        () => waiter.refuse(this.#busyError(Math.round(performance.now() - since))),
        Math.min(this.#options.timeoutMs, longestTimerMs),
      )
      signal?.addEventListener('abort', aborted, { once: true })
      this.#waiting.add(waiter)
    })
  }

  #busyError(waitedMs: number): MigrateError<'DATABASE_BUSY'> {
    const { database, size, overflow } = this.#options
    const message = `All ${size + overflow} connections to ${database} are in use (waited ${waitedMs} ms).`
    return new MigrateError('DATABASE_BUSY', { database, waitedMs }, message, {
      remedy: 'Allow more connections, wait longer for one, or hold each for a shorter time.',
    })
  }

  #closedError(): MigrateError<'SESSION_CLOSED'> {
    const { database } = this.#options
    return new MigrateError('SESSION_CLOSED', { what: 'database' }, `The database ${database} was closed.`, {
      remedy: 'Call close() after the last use.',
    })
  }

  #refuseClosed(): void {
    if (this.#closed) throw this.#closedError()
  }
}
