import { isReadonlyMap } from '@org/migrate-core/internal'

/** Words of ours that a page chooses its form by, also where a password equals one of them. */
const ownKeys: ReadonlySet<string> = new Set([
  ...['type', 'code', 'direction', 'outcome', 'fate', 'how', 'mark', 'level', 'state', 'transaction'],
  ...['answers', 'cells', 'keys'],
])

/** A JSON-safe value with every text of it passed through `scrub`; maps stay maps. */
export function cleanValue<T>(value: T, scrub: (text: string) => string): T {
  const clean = (part: unknown): unknown => {
    if (typeof part === 'string') return scrub(part)
    if (typeof part !== 'object' || part === null) return part
    if (Array.isArray(part)) return part.map(clean)
    if (isReadonlyMap(part)) return new Map([...part].map(([key, each]) => [clean(key), clean(each)]))
    return Object.fromEntries(Object.entries(part).map(([key, each]) => [key, ownKeys.has(key) ? each : clean(each)]))
  }
  return clean(value) as T
}
