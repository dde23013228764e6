import { isOpaque, type Operation } from './operation.ts'
import { touches } from './table.ts'
import { namedInTexts } from './text-conflicts.ts'

export interface Conflict {
  readonly left: Operation
  readonly right: Operation
  /** Where they conflict, the narrower path of each pair. */
  readonly footprints: readonly string[]
  /** One of them is SQL that declares no effects: whether they conflict is unknown. */
  readonly unknown?: true
}

function within(path: string, of: string): boolean {
  return path === of || path.startsWith(`${of}/`)
}

function overlappingPaths(left: readonly string[], right: readonly string[]): readonly string[] {
  const overlaps = new Set<string>()
  for (const a of left) {
    for (const b of right) {
      if (within(a, b)) overlaps.add(a)
      else if (within(b, a)) overlaps.add(b)
    }
  }
  return [...overlaps].sort()
}

/**
 * The pairs of two branches' operations that speak of the same object, so that their order may matter. Opaque SQL without
 * declared effects pairs with everything but data steps and checks, as `unknown`.
 */
export function conflicts(a: readonly Operation[], b: readonly Operation[]): readonly Conflict[] {
  const right = b.map((operation) => ({ operation, paths: touches(operation) }))
  return a.flatMap((operation) => {
    const paths = touches(operation)
    return right.flatMap((other): Conflict[] => {
      if (isOpaque(operation) || isOpaque(other.operation)) {
        if ([operation, other.operation].some(({ kind }) => kind === 'run' || kind === 'expectNone')) return []
        return [{ left: operation, right: other.operation, footprints: ['sql'], unknown: true }]
      }
      const named = [...namedInTexts(operation, other.operation), ...namedInTexts(other.operation, operation)]
      const footprints = [...new Set([...overlappingPaths(paths, other.paths), ...named])].sort()
      return footprints.length === 0 ? [] : [{ left: operation, right: other.operation, footprints }]
    })
  })
}
