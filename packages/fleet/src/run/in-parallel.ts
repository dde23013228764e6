import PQueue from 'p-queue'

/**
 * Works on each item, `parallel` at a time, and takes the next one only when there is room for it. Work that throws ends the taking; what
 * runs ends first, and the first error is thrown. `mayTake` false: no further item is taken.
 */
export async function inParallel<T>(
  items: AsyncIterable<T>,
  parallel: number,
  work: (item: T) => Promise<void>,
  mayTake: () => boolean = () => true,
): Promise<void> {
  const queue = new PQueue({ concurrency: parallel })
  let failure: { readonly error: unknown } | undefined
  const takes = (): boolean => failure === undefined && mayTake()
  try {
    for await (const item of items) {
      if (!takes()) break
      void queue.add(() =>
        work(item).catch((error: unknown) => {
          failure ??= { error }
        }),
      )
      if (queue.size > 0) await queue.onSizeLessThan(1)
      if (!takes()) break
    }
  } finally {
    await queue.onIdle()
  }
  if (failure !== undefined) throw failure.error
}
