/** What another connection to the same server says of a session whose answer does not come. */
export type FoundBeside =
  /** The server is at the statement. */
  | 'busy'
  /** There is no such session any more, or it waits for us. */
  | 'over'
  /** No other connection can be had, because nobody answers. */
  | 'unreachable'
  | 'unknown'

export interface Unanswered {
  /** How long an answer may take before somebody asks; 0: as long as it likes. */
  readonly afterMs: number
  ask(): Promise<FoundBeside>
  /** Ends the connection: nobody will answer any more. */
  giveUp(why: Error): void
}

/** Statements may take hours, and servers come back: so long is none of them taken for gone. */
const patience = 4

/**
 * Tells a long statement from an answer that never comes. No time limit can: DDL of an hour sends nothing either, and a line
 * through which nothing passes any more (a firewall that forgot it, a proxy that hangs) looks the same to the system, whose
 * probes are answered at its near end. So the server itself is asked, beside.
 */
export class AnswerWatch {
  readonly #of: Unanswered
  #waiting = 0
  #turn = 0
  #timer: NodeJS.Timeout | undefined

  constructor(of: Unanswered) {
    this.#of = of
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
    const { afterMs } = this.#of
    if (afterMs > 0) this.#askIn(afterMs, { over: 0 })
  }

  #askIn(ms: number, before: { readonly over: number; readonly unreachableSince?: number }): void {
    const turn = this.#turn
    this.#timer = setTimeout(() => {
      const asked = performance.now()
      void this.#of
        .ask()
        .catch((): FoundBeside => 'unknown')
        .then((found) => {
          if (this.#turn === turn) this.#judge(found, asked, before)
        })
    }, ms).unref()
  }

  #judge(
    found: FoundBeside,
    asked: number,
    { over, unreachableSince = asked }: { over: number; unreachableSince?: number },
  ): void {
    const { afterMs, giveUp } = this.#of
    const next: { readonly [F in FoundBeside]: () => void } = {
      busy: () => this.#askIn(afterMs, { over: 0 }),
      unknown: () => this.#askIn(afterMs, { over: 0 }),
      // Once is no proof: the answer may just be on its way.
      over: () => {
        if (over === 0) this.#askIn(afterMs / 6, { over: 1 })
        else giveUp(new Error('no answer came, and the server says that it is not at this statement'))
      },
      unreachable: () => {
        if (performance.now() - unreachableSince < patience * afterMs)
          this.#askIn(afterMs, { over: 0, unreachableSince })
        else giveUp(new Error('no answer came, and the server cannot be reached on another connection either'))
      },
    }
    next[found]()
  }
}
