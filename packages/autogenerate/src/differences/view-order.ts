import { type SchemaModel, tableKey, type ViewModel } from '@org/migrate-core/dialect'
import { dependencyOrder } from './dependency-order.ts'

const identifiersIn = (text: string): readonly string[] => text.toLowerCase().match(/[\p{L}\p{M}\p{N}_$]+/gu) ?? []

/** Whether a text may name something, between whatever quotes: more than it names, never less. */
export function mayName(text: string): (name: string) => boolean {
  const identifiers = new Set(identifiersIn(text))
  return (name) => identifiersIn(name).every((word) => identifiers.has(word))
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
  const readBy = new Map(all.map((view) => [view, readNames(view.definition)]))
  const reads = (view: ViewModel, other: ViewModel): boolean =>
    other !== view && readBy.get(view)?.has(other.ref.name.toLowerCase()) === true
  const order = dependencyOrder(all, (view) => {
    const names = mayName(view.definition)
    return all.filter((other) => other !== view && (reads(view, other) || names(other.ref.name)))
  })
  const positions = new Map(order.map((view, at) => [tableKey(view.ref), at]))
  const positionOf = ({ ref }: ViewModel): number => positions.get(tableKey(ref)) ?? 0
  const inCircle = all.some((view) => all.some((other) => reads(view, other) && positionOf(other) > positionOf(view)))
  return inCircle ? dependencyOrder(all, (view) => all.filter((other) => reads(view, other))) : order
}
