import { setTimeout as sleep } from 'node:timers/promises'
import { MigrateError } from '@org/migrate-core/connection'
import { isInTransaction } from '../connection.ts'
import type { Target } from '../url.ts'
import type { DriverConnection, Reply } from './driver.ts'
import { busy, inTime, type Lender, type LentConnection, refused } from './lender.ts'
import type { DriverName, OpenClient } from './names.ts'
import {
  asByUrlSql,
  Leftovers,
  readCharacters,
  readState,
  restoreVariables,
  type SessionState,
} from './session-state.ts'

/** None of them loads its package: the client is of the application's own copy. */
const lenders: { readonly [N in DriverName]: () => Promise<(client: OpenClient) => Lender> } = {
  mysql2: async () => (await import('./open-mysql2.ts')).mysql2Lender,
  mariadb: async () => (await import('./open-mariadb.ts')).mariadbLender,
}

/** The sessions of one client. */
interface Borrowers {
  /** Those that have a connection, or lent it to the next one. */
  readonly sessions: BorrowedConnection[]
  /** Ends with the turn of the last one that waits. */
  tail: Promise<unknown>
}

const clients = new WeakMap<object, Borrowers>()

function borrowersOf(key: object): Borrowers {
  const known = clients.get(key) ?? { sessions: [], tail: Promise.resolve() }
  clients.set(key, known)
  return known
}

/** How long a session waits for the end of another one on the only connection, where no option says it. */
const turnMs = 60_000
/** How long what was set may take to be put back before a pool's connection is given up; the pool opens another. */
const cleaningMs = 5_000
/** The same where there is no other one. */
const cleaningOneMs = 10_000

/**
 * A session on a connection of the application's. What the session was is read before and put back after. A client with one connection
 * is used by one session at a time: others wait for its end, and one for a shadow runs inside the session that waits for it.
 */
class BorrowedConnection implements DriverConnection {
  /** Most clients have the server add it; one that has set it itself means none of ours. */
  readonly addsIgnoreSpace = true
  readonly #lender: Lender
  readonly #target: Target
  readonly #borrowers: Borrowers
  readonly #leftovers = new Leftovers()
  /** What is sent waits for it. */
  #gate: Promise<unknown> = Promise.resolve()
  /** Ends with the answer to all that was sent so far. */
  #answered: Promise<unknown> = Promise.resolve()
  #lent: LentConnection | undefined
  #outer: BorrowedConnection | undefined
  #endTurn: () => void = () => undefined
  #before: SessionState | undefined
  #settingUp: Promise<void> | undefined
  /** All that sets the session up has its answer. */
  #isAnswered = false
  #lost: Error | undefined
  #leaving: Promise<void> | undefined

  constructor(lender: Lender, target: Target) {
    this.#lender = lender
    this.#target = target
    this.#borrowers = borrowersOf(lender.key)
  }

  async begin(client: OpenClient, signal: AbortSignal | undefined): Promise<this> {
    try {
      if (this.#lender.isSingle) await this.#takeTurn(signal)
      const lent = this.#outer === undefined ? await this.#lend(signal) : this.#outer.#connection
      this.#lent = lent
      this.#borrowers.sessions.push(this)
      lent.onLost((error) => {
        this.#lost ??= error
      })
      this.#settingUp = this.#setUp(lent, client)
      const ms = this.#target.connectTimeoutMs
      await inTime(this.#settingUp, { ms, signal, why: () => new Error(`the server did not answer within ${ms} ms`) })
      return this
    } catch (error) {
      const left = this.#leave().catch(() => undefined)
      // A connection that is silent may be so for good.
      if (this.#settingUp === undefined || this.#isAnswered) await left
      throw error
    }
  }

  async #setUp(lent: LentConnection, client: OpenClient): Promise<void> {
    try {
      const { status = 0 } = await lent.text('DO 0')
      const { display } = this.#target
      if (isInTransaction(status)) {
        const message = `the client given as \`driver\` has a transaction open on ${display}`
        throw new MigrateError('ALREADY_IN_TRANSACTION', { database: display }, message)
      }
      await this.#readBefore(lent)
      lent.requireUsable()
      this.#requireNotEnded()
      await this.#enter(lent, client)
    } finally {
      this.#isAnswered = true
    }
  }

  /** It may have been given up meanwhile. */
  #requireNotEnded(): void {
    if (this.#leaving !== undefined) throw new Error('the session was given up')
  }

  async #readBefore(lent: LentConnection): Promise<void> {
    this.#requireNotEnded()
    const characters = await readCharacters(lent)
    this.#requireNotEnded()
    this.#before = characters
    const found = await readState(lent)
    this.#before = { ...found, variables: new Map([...found.variables, ...characters.variables]) }
    // What the outer session has set is not for this one.
    const ofApplication = this.#application
    this.#requireNotEnded()
    if (ofApplication !== undefined && ofApplication !== this.#before)
      await restoreVariables(lent, ofApplication, found)
    await lent.text(asByUrlSql)
  }

  /** What the application's own session was. */
  get #application(): SessionState | undefined {
    return this.#outer === undefined ? this.#before : this.#outer.#application
  }

  /** A pool's connections are in the database of its options; that of a single one is where the application has gone. */
  async #enter(lent: LentConnection, { isPool, database: own }: OpenClient): Promise<void> {
    const { database } = this.#target
    const current = this.#before?.database ?? null
    const desired = isPool || database !== own ? database : ''
    if (desired !== '' && desired !== current) await lent.text(useSql(desired))
    if (desired === '' && current === null)
      throw refused('this client is in no database: name one in its options, or send USE first')
  }

  #lend(signal: AbortSignal | undefined): Promise<LentConnection> {
    const { sessions } = this.#borrowers
    const ms = this.#target.connectTimeoutMs
    const inUse = `the pool gave no connection in time; sessions of the migrator use ${sessions.length} of its connections`
    return inTime(this.#lender.lend(), {
      ms,
      signal,
      why: () => (this.#lender.isFull() ? busy(inUse) : new Error(`the pool could open no connection within ${ms} ms`)),
      late: (lent) => lent.giveBack(),
    })
  }

  async #takeTurn(signal: AbortSignal | undefined): Promise<void> {
    const { sessions } = this.#borrowers
    const outer = this.#target.isInner ? sessions.at(-1) : undefined
    const over = new Promise<void>((resolve) => {
      this.#endTurn = resolve
    })
    if (outer === undefined) {
      const before = this.#borrowers.tail
      this.#borrowers.tail = Promise.all([before, over])
      await inTime(before, {
        ms: this.#target.waitsForTurnMs ?? turnMs,
        signal,
        why: () => busy('its one connection is used by another session of this program'),
      })
      return
    }
    // What is sent on the outer one waits for the end of this one.
    const free = Promise.allSettled([outer.#gate, outer.#answered])
    outer.#gate = free.then(() => over)
    await free
    this.#outer = outer
    this.#lost = outer.#lost
  }

  get #connection(): LentConnection {
    return this.#lent as LentConnection
  }

  get threadId(): number {
    return this.#connection.threadId
  }

  #send(sql: string, how: 'text' | 'prepared'): Promise<Reply> {
    const performed = this.#gate.then(async () => {
      const reply = await this.#connection[how](sql)
      this.#leftovers.note(sql)
      return reply
    })
    this.#answered = Promise.allSettled([this.#answered, performed])
    return performed
  }

  text(sql: string): Promise<Reply> {
    return this.#send(sql, 'text')
  }

  prepared(sql: string): Promise<Reply> {
    return this.#send(sql, 'prepared')
  }

  onLost(lost: (error: Error) => void): void {
    if (this.#lost === undefined) this.#connection.onLost(lost)
    else lost(this.#lost)
  }

  async interrupt(): Promise<void> {
    await this.#connection.interrupt?.(this.threadId)
  }

  end(): Promise<void> {
    return this.#leave()
  }

  destroy(): void {
    // A client's only connection stays with the application: what was set is put back once the last answer has come.
    this.#leave(this.#lender.isSingle ? this.#lost : new Error('the session was given up')).catch(() => undefined)
  }

  #leave(givenUp?: Error): Promise<void> {
    this.#leaving ??= this.#clean(givenUp)
    return this.#leaving
  }

  /** What it set is put back, what it left is ended, and the connection is given back. */
  async #clean(givenUp: Error | undefined): Promise<void> {
    const { isSingle } = this.#lender
    let lost = givenUp ?? this.#lost
    try {
      if (lost === undefined && this.#lent !== undefined)
        lost = await Promise.race([this.#restore(this.#lent), tooLong(isSingle ? cleaningOneMs : cleaningMs)])
    } catch (error) {
      // A pool's connection ends with what is still set on it.
      if (isSingle && this.#lost === undefined) throw error
      lost = error as Error
    } finally {
      const { sessions } = this.#borrowers
      const at = sessions.indexOf(this)
      if (at >= 0) sessions.splice(at, 1)
      if (this.#outer === undefined) this.#lent?.giveBack(lost)
      this.#endTurn()
    }
  }

  async #restore(lent: LentConnection): Promise<undefined> {
    await this.#settingUp?.catch(() => undefined)
    await this.#answered
    const before = this.#before
    if (before === undefined || this.#lost !== undefined) return
    const { status = 0 } = await lent.text('DO 0')
    if (isInTransaction(status)) await lent.text('ROLLBACK')
    await this.#leftovers.endLocks(lent)
    await this.#leftovers.endObjects(lent)
    const after = await readState(lent)
    if (before.database !== null && before.database !== after.database) {
      await lent.text(useSql(before.database))
      await this.#leftovers.endObjects(lent)
    }
    await restoreVariables(lent, before, after)
  }
}

const useSql = (database: string): string => `USE \`${database.replaceAll('`', '``')}\``

async function tooLong(limitMs: number): Promise<Error> {
  await sleep(limitMs, undefined, { ref: false })
  return new Error('the session could not be ended in time')
}

/** Throws ALREADY_IN_TRANSACTION, INVALID_OPTION, or what the client says; the code of that is CLIENT_BUSY where it has no connection free. */
export async function borrow(
  client: OpenClient,
  target: Target,
  signal: AbortSignal | undefined,
): Promise<DriverConnection> {
  signal?.throwIfAborted()
  const lenderOf = await lenders[client.name]()
  return new BorrowedConnection(lenderOf(client), target).begin(client, signal)
}
