/** Values pushed by one side, read as an async sequence by the other. */
interface Channel<T> {
  push(value: T): void
  /** No more values; with an error, the reader gets it after the values. */
  end(error?: unknown): void
  readonly values: AsyncIterable<T>
}

export function createChannel<T>(): Channel<T> {
  const waiting: T[] = []
  let wake: (() => void) | undefined
  let ended: { readonly error?: unknown } | undefined
  const rouse = (): void => {
    wake?.()
    wake = undefined
  }
  async function* read(): AsyncGenerator<T> {
    for (;;) {
      for (const value of waiting.splice(0)) yield value
      if (waiting.length > 0) continue
      if (ended !== undefined) {
        if (ended.error !== undefined) throw ended.error
        return
      }
      await new Promise<void>((resolve) => {
        wake = resolve
      })
    }
  }
  return {
    push(value) {
      waiting.push(value)
      rouse()
    },
    end(error) {
      ended ??= { error }
      rouse()
    },
    values: { [Symbol.asyncIterator]: read },
  }
}
