import { itemsNamedIn, type SchemaModel, tableKey, type ViewModel } from '@org/migrate-core/dialect'

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

const part = String.raw`(?:"(?:[^"]|"")+"|${'`(?:[^`]|``)+`'}|\[[^\]]+\]|[\p{L}_][\p{L}\p{M}\p{N}_$]*)`
const read = new RegExp(String.raw`\b(?:from|join)[\s(]+(?:only\s+)?((?:${part}\s*\.\s*)*)(${part})`, 'giu')

function plain(name: string): string {
  const quote = name[0] ?? ''
  if (!'"`['.includes(quote)) return name.toLowerCase()
  const inside = name.slice(1, -1)
  return (quote === '[' ? inside : inside.replaceAll(quote + quote, quote)).toLowerCase()
}

/** The names that stand where only a table or a view can. */
function readNames(text: string): ReadonlySet<string> {
  return new Set([...text.matchAll(read)].map(([, , name = '']) => plain(name)))
}

/**
 * The views, each behind those that it reads. Their texts are in a server's words, and not parsed: a view may need every view that
 * its text may name (a column of that name counts). Where that leads in a circle, what stands behind FROM and JOIN decides.
 */
export function viewOrder({ views }: Pick<SchemaModel, 'views'>): readonly ViewModel[] {
  const all = [...views.values()]
  if (all.length < 2) return all
  const namedIn = itemsNamedIn(all, ({ ref }) => ref.name)
  const needs = new Map(all.map((view) => [view, namedIn(view.definition).filter((other) => other !== view)]))
  const needsOf = (view: ViewModel): readonly ViewModel[] => needs.get(view) ?? []
  const readsOf = (view: ViewModel): readonly ViewModel[] => {
    const names = readNames(view.definition)
    return needsOf(view).filter(({ ref }) => names.has(ref.name.toLowerCase()))
  }
  const order = dependencyOrder(all, needsOf)
  const positions = new Map(order.map((view, at) => [tableKey(view.ref), at]))
  const positionOf = ({ ref }: ViewModel): number => positions.get(tableKey(ref)) ?? 0
  const inCircle = all.some((view) => readsOf(view).some((other) => positionOf(other) > positionOf(view)))
  return inCircle ? dependencyOrder(all, readsOf) : order
}
