import { timerMs } from '@org/migrate-core/connection'
import type { StatementLimits } from '@org/migrate-core/dialect'

/** What the session was opened with; absent: what the server, the database or the role say. */
export interface OwnLimits {
  readonly lockTimeoutMs?: number
  readonly statementTimeoutMs?: number
}

const settingText = (set: string, name: string, ms: number | undefined): string =>
  `${set} ${name} ${ms === undefined ? 'TO DEFAULT' : `= ${Math.max(0, Math.ceil(timerMs(ms)))}`}`

/** The statements that set limits; what is not said goes back to what the session was opened with. */
function limitsSql(set: string, own: OwnLimits, { lockMs, statementMs }: StatementLimits): string {
  return [
    settingText(set, 'lock_timeout', lockMs ?? own.lockTimeoutMs),
    settingText(set, 'statement_timeout', statementMs ?? own.statementTimeoutMs),
  ].join(';')
}

/**
 * The limits of a session. A SET inside a transaction is undone when that is rolled back (or its savepoint), so what is wanted is
 * kept here and sent, in front of the next statement and in one go with it, whenever it may not be what stands in the server.
 */
export class Limits {
  readonly #own: OwnLimits
  readonly #set: string
  #desired: string
  #current: string

  /** `LOCAL`: for transactions alone, each of which begins with `wanted`. */
  constructor(own: OwnLimits, kind: 'SESSION' | 'LOCAL') {
    this.#own = own
    this.#set = kind === 'LOCAL' ? 'SET LOCAL' : 'SET'
    this.#desired = limitsSql(this.#set, own, {})
    this.#current = this.#desired
  }

  request(limits: StatementLimits = {}): void {
    this.#desired = limitsSql(this.#set, this.#own, limits)
  }

  get desired(): string {
    return this.#desired
  }

  /** What has to be sent before the next statement; taken as sent. */
  take(): string | undefined {
    if (this.#current === this.#desired) return undefined
    this.#current = this.#desired
    return this.#desired
  }

  /** What stands in the server now: to be given to `undone` when what follows is rolled back. */
  get current(): string {
    return this.#current
  }

  undone(to: string): void {
    this.#current = to
  }
}
