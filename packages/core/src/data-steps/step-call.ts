import { MigrateError } from '../errors/migrate-error.ts'
import { createYield } from '../lock/create-yield.ts'
import { requireStepCall, type StepMethod } from './call-forms.ts'

/**
 * The promise of one call of `db`. It knows whether anybody waited for it: `await` on an instance of a subclass goes
 * through `then`, which a native promise would skip.
 */
class StepCall<T> extends Promise<T> {
  /** The promises that `then` itself makes are plain ones. */
  static override get [Symbol.species](): PromiseConstructor {
    return Promise
  }

  awaited = false

  // biome-ignore lint/suspicious/noThenProperty: noticing `then` is what this class is for
  override then<A = T, B = never>(
    onFulfilled?: ((value: T) => A | PromiseLike<A>) | null,
    onRejected?: ((reason: unknown) => B | PromiseLike<B>) | null,
  ): Promise<A | B> {
    this.awaited = true
    return super.then(onFulfilled, onRejected)
  }
}

/** The calls of one data step: counted, refused after its end, and remembered until they are awaited. */
export class StepCalls {
  readonly #title: string
  readonly #signal: AbortSignal | undefined
  readonly #calls = new Set<StepCall<unknown>>()
  readonly #breathe = createYield()
  #running = 0
  #lastEnd = performance.now()
  #closed = false

  constructor(title: string, signal: AbortSignal | undefined) {
    this.#title = title
    this.#signal = signal
  }

  /** Throws SESSION_CLOSED. */
  requireOpen(what: string): void {
    if (!this.#closed) return
    const message = `${what} was called after the ${this.#title} had ended.`
    throw new MigrateError('SESSION_CLOSED', { what }, message)
  }

  async pause(): Promise<void> {
    await this.#breathe(this.#signal)
    this.requireOpen('db')
  }

  /** Throws INVALID_OPTION for arguments that the method does not take. */
  call<T>(method: StepMethod, args: readonly unknown[], work: () => Promise<T>): Promise<T> {
    const runCall = async (): Promise<T> => {
      this.requireOpen(`db.${method}`)
      requireStepCall(method, args)
      this.#running += 1
      try {
        await this.pause()
        return await work()
      } finally {
        this.#running -= 1
        this.#lastEnd = performance.now()
      }
    }
    const promise = new StepCall<T>((resolve, reject) => {
      runCall().then(resolve, reject)
    })
    // Only those not awaited yet stay in the set: a step of a million calls must not keep a million promises.
    for (const each of this.#calls) if (each.awaited) this.#calls.delete(each)
    this.#calls.add(promise)
    return promise
  }

  /** Milliseconds since the last call ended; 0 while one is under way. */
  idleMs(): number {
    return this.#running > 0 ? 0 : performance.now() - this.#lastEnd
  }

  /** Every later call is refused. Gives the number of calls that were not awaited or still run. */
  close(): number {
    this.#closed = true
    const forgotten = [...this.#calls].filter((each) => !each.awaited)
    // An unhandled rejection would end the process of a service.
    for (const each of forgotten) each.then(undefined, () => undefined)
    return forgotten.length + (this.#running > 0 && forgotten.length === 0 ? this.#running : 0)
  }
}
