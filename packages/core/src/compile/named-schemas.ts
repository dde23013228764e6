/** A name of a server's length before a dot, as SQL writes it. The lengths bound how often a text is read. */
const qualifier = /"((?:[^"\0]|""){1,63})"\s*\.|(?<![\p{L}\p{N}_$])([\p{L}_][\p{L}\p{N}_$]{0,62})\s*\./gu

/** Without quotes it is folded, as PostgreSQL does: https://www.postgresql.org/docs/current/sql-syntax-lexical.html */
const folded = (name: string): string => name.replaceAll(/[A-Z]/g, (letter) => letter.toLowerCase())

/** The values of rows name nothing, and SQL of an author does not either: the schema after it is read again. */
const passedOver: ReadonlySet<string> = new Set(['rows', 'text'])

function addTo(names: Set<string>, value: unknown): void {
  if (typeof value === 'string') {
    for (const [, quoted, name = ''] of value.matchAll(qualifier))
      names.add(quoted === undefined ? folded(name) : quoted.replaceAll('""', '"'))
    return
  }
  if (typeof value !== 'object' || value === null || ArrayBuffer.isView(value)) return
  for (const [key, each] of Object.entries(value)) {
    if (key === 'schema' && typeof each === 'string') names.add(each)
    else if (!passedOver.has(key)) addTo(names, each)
  }
}

/** Every name of a text that says what becomes of a schema. */
export const schemaStatementNames = (text: string): readonly string[] =>
  /\bschema\b/i.test(text) ? [...text.matchAll(/[\p{L}_][\p{L}\p{N}_$]*/gu)].map(([name]) => folded(name)) : []

/**
 * The schemas that operations, or texts, may name: what stands in them may be what is meant. Rather some too many; of most there is no
 * such schema.
 */
export function namedSchemas(parts: readonly unknown[]): readonly string[] {
  const names = new Set<string>()
  addTo(names, parts)
  return [...names].filter((name) => !name.includes('\0')).sort()
}
