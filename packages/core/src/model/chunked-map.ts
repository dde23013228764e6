/** How many entries are copied for a change of one. Smaller maps are copied whole, which is as fast and leaves them plain. */
const chunkSize = 256

/** Of every copy of this package: a bundle of the command line has one, and its dialects have another. */
const chunksKey: unique symbol = Symbol.for('@org/migrate-core/chunks/1') as never

/**
 * The entries of a large model in the order in which they were added, in maps that versions of it share. A plan holds the schema before and after
 * each operation: with 5,000 tables, a map of its own for each took a gigabyte and most of the time.
 */
class ChunkedMap<K, V> implements ReadonlyMap<K, V> {
  readonly [chunksKey]: readonly ReadonlyMap<K, V>[]
  readonly size: number

  constructor(chunks: readonly ReadonlyMap<K, V>[]) {
    this[chunksKey] = chunks
    this.size = chunks.reduce((sum, chunk) => sum + chunk.size, 0)
  }

  get(key: K): V | undefined {
    return this[chunksKey].find((chunk) => chunk.has(key))?.get(key)
  }

  has(key: K): boolean {
    return this[chunksKey].some((chunk) => chunk.has(key))
  }

  *entries(): MapIterator<[K, V]> {
    for (const chunk of this[chunksKey]) yield* chunk.entries()
  }

  *keys(): MapIterator<K> {
    for (const chunk of this[chunksKey]) yield* chunk.keys()
  }

  *values(): MapIterator<V> {
    for (const chunk of this[chunksKey]) yield* chunk.values()
  }

  [Symbol.iterator](): MapIterator<[K, V]> {
    return this.entries()
  }

  forEach(each: (value: V, key: K, map: ReadonlyMap<K, V>) => void): void {
    for (const [key, value] of this) each(value, key, this)
  }
}

const isChunked = (map: object): map is { readonly [chunksKey]: readonly ReadonlyMap<unknown, unknown>[] } =>
  chunksKey in map

/** The maps that a map is made of, in order. They never change, and most are those of the version before. */
export function mapChunks<K, V>(map: ReadonlyMap<K, V>): readonly ReadonlyMap<K, V>[] {
  return isChunked(map) ? (map[chunksKey] as readonly ReadonlyMap<K, V>[]) : [map]
}

function split<K, V>(map: ReadonlyMap<K, V>): readonly ReadonlyMap<K, V>[] {
  if (isChunked(map)) return mapChunks(map)
  const entries = [...map]
  const starts = Array.from({ length: Math.ceil(entries.length / chunkSize) }, (_, at) => at * chunkSize)
  return starts.map((start) => new Map(entries.slice(start, start + chunkSize)))
}

/** The map after a change of what stands at one key; a new key stands at the end. */
export function changedAt<K, V>(
  map: ReadonlyMap<K, V>,
  key: K,
  change: (entries: Map<K, V>) => void,
): ReadonlyMap<K, V> {
  if (map.size <= chunkSize && !isChunked(map)) {
    const entries = new Map(map)
    change(entries)
    return entries
  }
  const chunks = [...split(map)]
  const at = chunks.findIndex((chunk) => chunk.has(key))
  const last = chunks.length - 1
  const hasRoom = (chunks[last]?.size ?? chunkSize) < chunkSize
  const position = at !== -1 ? at : hasRoom ? last : chunks.length
  const chunk = new Map(chunks[position])
  change(chunk)
  chunks[position] = chunk
  return new ChunkedMap(chunks.filter(({ size }) => size > 0))
}

/** The entries of `after` that may be others than in `before`: those that both share are left out where that is seen at once. */
export function* entriesUnshared<K, V>(before: ReadonlyMap<K, V>, after: ReadonlyMap<K, V>): Generator<[K, V]> {
  const shared = new Set(mapChunks(before))
  for (const chunk of mapChunks(after)) if (!shared.has(chunk)) yield* chunk
}

export function isReadonlyMap(value: unknown): value is ReadonlyMap<unknown, unknown> {
  return value instanceof Map || (typeof value === 'object' && value !== null && isChunked(value))
}
