import { setTimeout as sleep } from 'node:timers/promises'
import type { DriverHandlers, DriverQuery, DriverStatement } from './driver.ts'

/** A connection of an open client, while a session has it. */
export interface LentConnection {
  query(statement: DriverStatement): DriverQuery
  /** Whether a transaction is open on it. Nothing is executed to know it, where that can be. */
  inTransaction(): Promise<boolean>
  /** With an error it is not to be used again. A client's only connection is left to the application, unless answers are still to come. */
  giveBack(lost?: Error): void
}

/** What connections are borrowed from. */
export interface Lender {
  /** The same for all who borrow from one client. */
  readonly key: object
  /** It has one connection: sessions take turns. */
  readonly isSingle: boolean
  /** The database for people. */
  readonly display: string
  /** All of its connections are in use. Where they are not, one that does not come is not opened in time. Absent: not known. */
  isFull?(): boolean
  lend(handlers: DriverHandlers): Promise<LentConnection>
  /** The session has ended. */
  left?(): Promise<void>
}

export type EndTurn = () => void

export function turn(): { readonly over: Promise<void>; readonly end: EndTurn } {
  let end: EndTurn = () => undefined
  const over = new Promise<void>((resolve) => {
    end = resolve
  })
  return { over, end }
}

/** Fails once a session has had its time to end. */
export async function tooLong(limitMs: number): Promise<never> {
  await sleep(limitMs, undefined, { ref: false })
  throw Object.assign(new Error('the session could not be ended in time'), { code: 'CONNECTION_DESTROYED' })
}
