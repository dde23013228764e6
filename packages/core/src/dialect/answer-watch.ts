/** What another connection to the same server says of a session whose answer does not come. */
export type SessionProbeResult =
  /** The server is at the statement. */
  | 'busy'
  /** There is no such session any more, or it waits for us. */
  | 'over'
  /** No other connection can be opened, because the server does not answer. */
  | 'unreachable'
  | 'unknown'

export interface AnswerWatchOptions {
  /** How long an answer may take before the session is probed; 0: no limit. */
  readonly afterMs: number
  probe(): Promise<SessionProbeResult>
  /** Ends the connection: no answer will come. */
  giveUp(why: Error): void
}

/** A timer that is to wait longer fires at once: https://nodejs.org/api/timers.html#settimeoutcallback-delay-args */
const longestTimerMs = 2 ** 31 - 1

/** Milliseconds as a timer takes them, 24 days at most; who says Infinity wants no limit. */
export const timerMs = (ms: number): number => Math.min(ms, longestTimerMs)

/** Statements may take hours, and servers come back: so long is none of them taken for gone. */
const patience = 4

/**
 * Tells a long statement from an answer that never comes. No time limit can: DDL of an hour sends nothing either, and a line
 * through which nothing passes any more (a firewall that forgot it, a proxy that hangs) looks the same to the system, whose
 * probes are answered at its near end. So the server itself is asked, beside.
 */
export class AnswerWatch {
  readonly #options: AnswerWatchOptions
  #waiting = 0
  #turn = 0
  #timer: NodeJS.Timeout | undefined

  constructor(options: AnswerWatchOptions) {
    this.#options = options
  }

  sent(): void {
    this.#waiting += 1
    if (this.#waiting === 1) this.#begin()
  }

  /** Something came back. */
  answered(): void {
    this.#waiting -= 1
    clearTimeout(this.#timer)
    this.#turn += 1
    if (this.#waiting > 0) this.#begin()
  }

  #begin(): void {
    const { afterMs } = this.#options
    if (afterMs > 0) this.#probeIn(afterMs, { over: 0 })
  }

  #probeIn(ms: number, before: { readonly over: number; readonly unreachableSince?: number }): void {
    const turn = this.#turn
    this.#timer = setTimeout(() => {
      const probedAt = performance.now()
      void this.#options
        .probe()
        .catch((): SessionProbeResult => 'unknown')
        .then((result) => {
          if (this.#turn === turn) this.#judge(result, probedAt, before)
        })
    }, timerMs(ms)).unref()
  }

  #judge(
    result: SessionProbeResult,
    probedAt: number,
    { over, unreachableSince = probedAt }: { over: number; unreachableSince?: number },
  ): void {
    const { afterMs, giveUp } = this.#options
    const next: { readonly [F in SessionProbeResult]: () => void } = {
      busy: () => this.#probeIn(afterMs, { over: 0 }),
      unknown: () => this.#probeIn(afterMs, { over: 0 }),
      // Once is no proof: the answer may just be on its way.
      over: () => {
        if (over === 0) this.#probeIn(afterMs / 6, { over: 1 })
        else giveUp(new Error('no answer came, and the server says that it is not at this statement'))
      },
      unreachable: () => {
        if (performance.now() - unreachableSince < patience * afterMs)
          this.#probeIn(afterMs, { over: 0, unreachableSince })
        else giveUp(new Error('no answer came, and the server cannot be reached on another connection either'))
      },
    }
    next[result]()
  }
}
