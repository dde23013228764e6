import { setImmediate as nextTurn, setTimeout as sleep } from 'node:timers/promises'
import { cancelUntilAnswered } from '@org/migrate-core/dialect'
import type { DriverQuery } from './driver.ts'

/** How long a statement may take to end after it was canceled, before the line is given up. */
const graceMs = 10_000

interface Cancelable {
  readonly query: DriverQuery
  /** The answers to what was sent before it. */
  readonly before: Promise<unknown>
  /** While the driver has not sent it yet, it is not taken out of its list. */
  readonly stays: boolean
  readonly giveUp: () => Promise<void>
}

/**
 * Cancels a query in the server. One that stands behind others waits for its turn: the driver takes it out of its list at once, and
 * gives the answer to it, which still comes, to the next. A request that is not taken is made once more.
 */
export async function cancelInTurn({ query, before, stays, giveUp }: Cancelable): Promise<void> {
  const isSentAndWaits = (): boolean => (stays || query.isSent()) && !query.isActive()
  const grace = new AbortController()
  void sleep(graceMs, undefined, { signal: grace.signal, ref: false }).then(giveUp, () => undefined)
  // postgres.js has a new query in its list some microtasks later: one that is canceled before that stops the list.
  await nextTurn()
  if (isSentAndWaits()) await before
  await cancelUntilAnswered(query.answer, () => (isSentAndWaits() ? nextTurn() : query.cancel().catch(() => undefined)))
  grace.abort()
}
