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
  readonly #calls = new Map<StepCall<unknown>, StepMethod>()
  readonly #breathe = createYield()
  readonly #running = new Set<{ readonly method: StepMethod }>()
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
      const running = { method }
      this.#running.add(running)
      try {
        await this.pause()
        return await work()
      } finally {
        this.#running.delete(running)
        this.#lastEnd = performance.now()
      }
    }
    const promise = new StepCall<T>((resolve, reject) => {
      runCall().then(resolve, reject)
    })
    // Only those not awaited yet stay in the set: a step of a million calls must not keep a million promises.
    for (const each of this.#calls.keys()) if (each.awaited) this.#calls.delete(each)
    this.#calls.set(promise, method)
    return promise
  }

  /** Milliseconds since the last call ended; 0 while one is under way. */
  idleMs(): number {
    return this.#running.size > 0 ? 0 : performance.now() - this.#lastEnd
  }

  /** Every later call is refused. Gives the calls that were not awaited, or still run. */
  close(): readonly StepMethod[] {
    this.#closed = true
    const forgotten = [...this.#calls].filter(([{ awaited }]) => !awaited)
    // An unhandled rejection would end the process of a service.
    for (const [each] of forgotten) each.then(undefined, () => undefined)
    return forgotten.length > 0 ? forgotten.map(([, method]) => method) : [...this.#running].map(({ method }) => method)
  }
}

/** Calls as a message names them. */
export const callsText = (calls: readonly StepMethod[]): string =>
  `${calls.length} of its calls: ${[...new Set(calls)].map((method) => `db.${method}`).join(', ')}`
