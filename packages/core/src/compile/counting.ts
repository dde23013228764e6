/** How a sequence, an identity or another counter counts, with what the server takes where nothing is stated. */
export interface Counting {
  readonly increment: bigint
  readonly low: bigint
  readonly high: bigint
  readonly start: bigint
  readonly cache: bigint
}

/** What its numbers may be: those of its type. */
export interface CountingLimits {
  readonly lowest: bigint
  readonly highest: bigint
}

/** Why a server refuses a counter, in words that stand behind "it cannot count: "; undefined where it counts. */
export function countingFault(
  { increment, low, high, start, cache }: Counting,
  { lowest, highest }: CountingLimits,
): string | undefined {
  if (low < lowest) return `its lowest number ${low} is below ${lowest}, the lowest of its type`
  if (high > highest) return `its highest number ${high} is above ${highest}, the highest of its type`
  if (low >= high) return `its lowest number ${low} is not below its highest, ${high}`
  if (start < low) return `it starts at ${start}, below its lowest number, ${low}`
  if (start > high) return `it starts at ${start}, above its highest number, ${high}`
  if (increment === 0n) return 'its increment is 0'
  return cache < 1n ? `its cache of ${cache} numbers holds none` : undefined
}
