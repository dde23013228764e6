const identifiersIn = (text: string): readonly string[] => text.toLowerCase().match(/[\p{L}\p{M}\p{N}_$]+/gu) ?? []

/** Of many items those that a text may name, in their order. An item that the text does not name costs nothing. */
export function itemsNamedIn<T>(items: readonly T[], nameOf: (item: T) => string): (text: string) => readonly T[] {
  const byPart = new Map<string, { readonly at: number; readonly parts: readonly string[] }[]>()
  for (const [at, item] of items.entries()) {
    const parts = identifiersIn(nameOf(item))
    const [first = ''] = parts
    const alike = byPart.get(first) ?? []
    byPart.set(first, alike)
    alike.push({ at, parts })
  }
  return (text) => {
    // A name without a word may stand in every text.
    const identifiers = new Set(['', ...identifiersIn(text)])
    return [...identifiers]
      .flatMap((word) => byPart.get(word) ?? [])
      .filter(({ parts }) => parts.every((word) => identifiers.has(word)))
      .sort((a, b) => a.at - b.at)
      .map(({ at }) => items[at] as T)
  }
}

/** Whether a text may name something, between whatever quotes: more than it names, never less. */
export function mayName(text: string): (name: string) => boolean {
  const identifiers = new Set(identifiersIn(text))
  return (name) => identifiersIn(name).every((word) => identifiers.has(word))
}
