/**
 * The promise of one call of `db`. It knows whether anybody waited for it: `await` on an instance of a subclass goes
 * through `then`, which a native promise would skip.
 */
export class StepCall<T> extends Promise<T> {
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
