const identifiersIn = (text: string): readonly string[] => text.toLowerCase().match(/[\p{L}\p{M}\p{N}_$]+/gu) ?? []

/** Whether a text may name something, between whatever quotes: more than it names, never less. */
export function mayName(text: string): (name: string) => boolean {
  const identifiers = new Set(identifiersIn(text))
  return (name) => identifiersIn(name).every((word) => identifiers.has(word))
}
