/** A name as SQL writes it, quoted or folded to lower case, and what makes it that of a schema: one pass each, whatever the text is. */
const written = /"((?:[^"]|"")*)"|[\p{L}_][\p{L}\p{N}_$]*/gu
const dot = /\s*\./y

function isBeforeDot(text: string, at: number): boolean {
  dot.lastIndex = at
  return dot.test(text)
}

/** The values of rows name nothing, and SQL of an author does not either: the schema after it is read again. */
const passedOver: ReadonlySet<string> = new Set(['rows', 'text'])

function addTo(names: Set<string>, value: unknown): void {
  if (typeof value === 'string') {
    for (const { 0: name, 1: quoted, index } of value.matchAll(written)) {
      if (!isBeforeDot(value, index + name.length)) continue
      names.add(quoted === undefined ? name.toLowerCase() : quoted.replaceAll('""', '"'))
    }
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
