import { MigrateError } from '@org/migrate-core/connection'
import { cancelUntilAnswered } from '@org/migrate-core/dialect'
import { canceled, codeOf, endsSession } from '../faults.ts'
import type { ClientOptions, DriverClient, DriverQuery, DriverResult, DriverStatement } from './driver.ts'
import { type EndTurn, type Lender, type LentConnection, tooLong, turn } from './lender.ts'
import {
  customSettingsIn,
  customSettingsRestoring,
  customSettingsSql,
  locksRestoring,
  lockTaken,
  restoring,
  type SessionState,
  settingSql,
  settingsRestoring,
  stateSql,
} from './session-state.ts'

/** The sessions of one client. */
interface Borrowers {
  /** Those that have a connection, or lent it to the next one. */
  readonly sessions: BorrowedSession[]
  /** Ends with the turn of the last one that waits. */
  tail: Promise<void>
}

const clients = new WeakMap<object, Borrowers>()

function borrowersOf(key: object): Borrowers {
  const known = clients.get(key) ?? { sessions: [], tail: Promise.resolve() }
  clients.set(key, known)
  return known
}

const text = (sql: string): DriverStatement => ({ sql, params: [], named: false, several: true })

/** How long what was left open may take to be ended before a pool's connection is given up; the pool opens another. */
const cleaningMs = 1_000
/** The same where there is no other one, and what runs is first cancelled. */
const cleaningOneMs = 10_000

/**
 * A session on a connection of the application's. What the session was is read before and put back after; nothing stays prepared
 * under a name. A client with one connection is used by one session at a time: others wait for its end, and one for a shadow
 * runs inside the session that waits for it.
 */
export class BorrowedSession implements DriverClient {
  readonly #lender: Lender
  readonly #options: ClientOptions
  readonly #borrowers: Borrowers
  readonly #started: Promise<void>
  /** What is sent waits for it. */
  #gate: Promise<unknown>
  /** Ends with the answer to all that was sent so far. */
  #answered: Promise<void> = Promise.resolve()
  /** What has no answer yet: how its caller is told, and how it is cancelled. */
  readonly #pending = new Map<(error: Error) => void, () => Promise<void>>()
  #cancelled: Promise<unknown> = Promise.resolve()
  #cancelCount = 0
  /** Custom settings that a statement named, as they were before it. */
  readonly #custom = new Map<string, string | null>()
  /** Ends when the session is set up, or has failed to be. */
  #settingUp: Promise<void> | undefined
  #lent: LentConnection | undefined
  #outer: BorrowedSession | undefined
  #inner: BorrowedSession | undefined
  #endTurn: EndTurn = () => undefined
  #before: SessionState | undefined
  #pid: number | null = null
  #isReady = false
  #isLost = false
  #ended: Error | undefined
  #leaving: Promise<void> | undefined

  constructor(lender: Lender, options: ClientOptions) {
    this.#lender = lender
    this.#options = options
    this.#borrowers = borrowersOf(lender.key)
    this.#started = this.#begin()
    this.#gate = this.#started
    this.#started.catch(() => undefined)
  }

  /** What it waits for before it can begin. */
  get waitsFor(): string | undefined {
    if (this.#lent !== undefined) return undefined
    const { sessions } = this.#borrowers
    const { isSingle } = this.#lender
    if (isSingle && sessions.length > 0) return 'its one connection is used by another session of this program'
    if (this.#lender.isFull?.() === false) return undefined
    return `${isSingle ? 'its one connection did not come' : 'the pool gave no connection'} in time; sessions of the migrator use ${sessions.length} of its connections`
  }

  async #begin(): Promise<void> {
    const { isSingle } = this.#lender
    try {
      if (isSingle) await this.#takeTurn()
      this.#requireNotEnded()
      this.#lent =
        this.#outer === undefined
          ? await this.#lender.lend({
              onclose: () => this.#close(),
              onnotice: (notice) => this.#innermost().#options.onnotice(notice),
            })
          : this.#outer.#lent
      this.#borrowers.sessions.push(this)
      this.#requireNotEnded()
      this.#settingUp = this.#setUp(this.#connection)
      await this.#settingUp
      this.#isReady = true
    } catch (error) {
      this.#ended ??= error as Error
      await this.#leave().catch(() => undefined)
      throw error
    }
  }

  async #setUp(lent: LentConnection): Promise<void> {
    if (await lent.inTransaction()) {
      const { display } = this.#lender
      const message = `the client given as \`driver\` has a transaction open on ${display}`
      throw new MigrateError('ALREADY_IN_TRANSACTION', { database: display }, message)
    }
    this.#requireNotEnded()
    const answer = await lent.query(text(stateSql)).answer
    const found = JSON.parse(answer[0]?.[0] ?? '{}') as SessionState
    this.#pid = answer.state?.pid ?? found.pid
    // Behind a pooler what is set would be another client's.
    if (this.#pid !== found.pid) return
    this.#requireNotEnded()
    this.#before = found
    const { options: _, ...settings } = this.#options.startup
    // What the outer session has set is not for this one.
    const asBefore =
      this.#outer?.state === undefined ? [] : settingsRestoring(this.#outer.state.settings, found.settings)
    const own = settingSql({ client_encoding: 'UTF8', ...settings })
    await lent.query(text([...asBefore, own].join(';'))).answer
  }

  /** Of the application, as this session found it. */
  get state(): SessionState | undefined {
    return this.#outer === undefined ? this.#before : this.#outer.state
  }

  get #connection(): LentConnection {
    return this.#lent as LentConnection
  }

  /** It may have been given up while it waited. */
  #requireNotEnded(): void {
    if (this.#ended !== undefined) throw this.#ended
  }

  #innermost(): BorrowedSession {
    return this.#inner === undefined ? this : this.#inner.#innermost()
  }

  #close(): void {
    this.#isLost = true
    this.#options.onclose()
    if (this.#inner !== undefined) this.#inner.#close()
  }

  async #takeTurn(): Promise<void> {
    const { sessions } = this.#borrowers
    const outer = this.#options.isInner ? sessions.at(-1) : undefined
    const { over, end } = turn()
    this.#endTurn = end
    if (outer === undefined) {
      const before = this.#borrowers.tail
      this.#borrowers.tail = over
      await before
      return
    }
    // What is sent on the outer one waits for the end of this one.
    const free = Promise.allSettled([outer.#gate, outer.#answered])
    outer.#gate = free.then(() => over)
    await free
    this.#outer = outer
    outer.#inner = this
    this.#isLost = outer.#isLost
  }

  query(statement: DriverStatement): DriverQuery {
    const named = customSettingsIn(statement)
    if (named.length > 0) this.#gate = this.#gate.then(() => this.#recordCustom(named))
    let sent: DriverQuery | undefined
    let cancelled: Error | undefined
    const performed = this.#gate.then(async () => {
      const refused = cancelled ?? this.#ended
      if (refused !== undefined) throw refused
      sent = this.#connection.query({ ...statement, named: false })
      const result = await sent.answer
      return result.state?.pid == null ? Object.assign(result, { state: { pid: this.#pid } }) : result
    })
    const before = this.#answered
    this.#answered = Promise.allSettled([before, performed]).then(() => undefined)
    const cancel = async (): Promise<void> => {
      this.#cancelCount += 1
      if (sent !== undefined) return sent.cancel()
      cancelled = Object.assign(new Error('canceling statement due to user request'), { code: canceled })
    }
    const answer = new Promise<DriverResult>((resolve, reject) => {
      this.#pending.set(reject, () => (sent === undefined ? cancel() : cancelUntilAnswered(sent.answer, cancel)))
      void performed.then(resolve, reject).finally(() => this.#pending.delete(reject))
    })
    return {
      answer,
      isSent: () => sent?.isSent() ?? false,
      isActive: () => sent?.isActive() ?? false,
      cancel,
    }
  }

  async #recordCustom(named: readonly string[]): Promise<void> {
    const names = named.filter((name) => !this.#custom.has(name))
    if (names.length === 0 || this.#before === undefined) return
    // In a transaction that failed it is refused, as the statement itself will be.
    const answer = await this.#connection.query(text(customSettingsSql(names))).answer.then(
      (rows) => rows[0],
      () => undefined,
    )
    for (const [at, value] of (answer ?? []).entries()) this.#custom.set(names[at] as string, value)
  }

  async end(graceS: 0 | 1): Promise<void> {
    this.#ended ??= Object.assign(new Error('the session was closed'), { code: 'CONNECTION_DESTROYED' })
    const { isSingle } = this.#lender
    if (graceS === 0 || isSingle) {
      const pending = [...this.#pending]
      for (const [reject] of pending) reject(this.#ended)
      // No caller waits any more, and it is before all that the application sends.
      if (isSingle) this.#cancelled = Promise.allSettled(pending.map(([, cancel]) => cancel()))
    }
    // Else it ends once it has its turn.
    if (this.#lent === undefined) return
    const left = this.#leave(graceS === 0 && !isSingle ? this.#ended : undefined)
    if (graceS > 0) await left
    else left.catch(() => undefined)
  }

  #leave(givenUp?: Error): Promise<void> {
    this.#leaving ??= this.#clean(givenUp)
    return this.#leaving
  }

  /** What it set is put back, what it left is ended, and the connection is given back. */
  async #clean(givenUp: Error | undefined): Promise<void> {
    const { isSingle } = this.#lender
    let lost = givenUp
    try {
      if (lost === undefined && !this.#isLost && this.#lent !== undefined) {
        await Promise.race([this.#restore(this.#lent), tooLong(isSingle ? cleaningOneMs : cleaningMs)])
      }
    } catch (error) {
      lost = error as Error
      // A pool's connection ends with what is still set on it.
      if (isSingle && !endsSession(error)) throw error
    } finally {
      const { sessions } = this.#borrowers
      const at = sessions.indexOf(this)
      if (at >= 0) sessions.splice(at, 1)
      if (this.#outer !== undefined) this.#outer.#inner = undefined
      else this.#lent?.giveBack(lost ?? (this.#isLost ? this.#ended : undefined))
      this.#endTurn()
      await this.#lender.left?.()
    }
  }

  async #restore(lent: LentConnection): Promise<void> {
    await this.#settingUp?.catch(() => undefined)
    await this.#cancelled
    // What was sent before it had begun waits for this.
    if (this.#isReady) await this.#answered
    const before = this.#before
    if (before === undefined || this.#isLost) return
    // The server confirms no cancelling: a late one ends a statement of these instead.
    for (let late = this.#cancelCount; ; late -= 1) {
      try {
        return await this.#putBack(lent, before)
      } catch (error) {
        if (late <= 0 || codeOf(error) !== canceled) throw error
      }
    }
  }

  async #putBack(lent: LentConnection, before: SessionState): Promise<void> {
    if (await lent.inTransaction()) await lent.query(text('ROLLBACK')).answer
    const answer = await lent.query(text(stateSql)).answer
    const after = JSON.parse(answer[0]?.[0] ?? '{}') as SessionState
    const statements = [...restoring(before, after), ...customSettingsRestoring(this.#custom)]
    if (statements.length > 0) await lent.query(text(statements.join(';'))).answer
    for (const sql of locksRestoring(before, after)) {
      const [row] = await lent.query(text(sql)).answer
      if (row?.[0] !== 't') throw lockTaken(this.#lender.display, sql)
    }
  }
}
