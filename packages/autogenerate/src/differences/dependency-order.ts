interface Visit<T> {
  readonly item: T
  readonly needs: readonly T[]
  next: number
}

/**
 * What each needs stands before it; else the order is kept. Where some need each other in a circle, one of them stands before what
 * it needs: the places tell which.
 *
 * The stack is a list: a chain of needs may be deeper than the call stack.
 */
export function dependencyOrder<T>(items: Iterable<T>, needsOf: (item: T) => readonly T[]): readonly T[] {
  const visited = new Set<T>()
  const order: T[] = []
  const stack: Visit<T>[] = []
  const enter = (item: T): void => {
    if (visited.has(item)) return
    visited.add(item)
    stack.push({ item, needs: needsOf(item), next: 0 })
  }
  for (const item of items) {
    enter(item)
    for (let visit = stack.at(-1); visit !== undefined; visit = stack.at(-1)) {
      const need = visit.needs[visit.next]
      visit.next += 1
      if (need !== undefined) enter(need)
      else order.push((stack.pop() as Visit<T>).item)
    }
  }
  return order
}
