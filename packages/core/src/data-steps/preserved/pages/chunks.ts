import { type ExactValue, isRawText } from '../encode.ts'

/** About how many bytes a value takes in a statement. */
export function sizeOf(value: ExactValue): number {
  if (typeof value === 'string') return value.length
  if (value instanceof Uint8Array) return value.byteLength
  return isRawText(value) ? value.rawText.byteLength : 8
}

interface ChunkLimits {
  readonly entries: number
  readonly bytes: number
}

/** Entries in their order, as many at once as one statement takes. One that is larger than that comes alone. */
export function* chunksOf<T>(
  all: readonly T[],
  valuesOf: (entry: T) => readonly ExactValue[],
  limits: ChunkLimits,
): Generator<readonly T[]> {
  let [chunk, bytes]: [T[], number] = [[], 0]
  for (const entry of all) {
    const size = valuesOf(entry).reduce<number>((sum, value) => sum + sizeOf(value), 0)
    if (chunk.length > 0 && (chunk.length >= limits.entries || bytes + size > limits.bytes)) {
      yield chunk
      chunk = []
      bytes = 0
    }
    chunk.push(entry)
    bytes += size
  }
  if (chunk.length > 0) yield chunk
}
