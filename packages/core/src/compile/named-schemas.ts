/** A name before a dot, as SQL writes it: quoted, or folded to lower case. */
const qualifier = /"((?:[^"\0]|"")+)"\s*\.|([\p{L}_][\p{L}\p{N}_$]*)\s*\./gu

/** The values of rows name nothing, and SQL of an author does not either: the schema after it is read again. */
const passedOver: ReadonlySet<string> = new Set(['rows', 'text'])

function addTo(names: Set<string>, value: unknown): void {
  if (typeof value === 'string') {
    for (const [, quoted, word] of value.matchAll(qualifier))
      names.add(quoted === undefined ? String(word).toLowerCase() : quoted.replaceAll('""', '"'))
    return
  }
  if (typeof value !== 'object' || value === null || ArrayBuffer.isView(value)) return
  for (const [key, each] of Object.entries(value)) {
    if (key === 'schema' && typeof each === 'string') names.add(each)
    else if (!passedOver.has(key)) addTo(names, each)
  }
}

/**
 * The schemas that operations, or texts, may name: what stands in them may be what is meant. Rather some too many; of most there is no
 * such schema.
 */
export function namedSchemas(parts: readonly unknown[]): readonly string[] {
  const names = new Set<string>()
  addTo(names, parts)
  return [...names].filter((name) => !name.includes('\0')).sort()
}
