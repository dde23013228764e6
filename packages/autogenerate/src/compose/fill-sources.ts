import { isSignificant, lexSql, type SqlToken, type TableRef, tableKey } from '@org/migrate-core/dialect'
import type { Composition } from './composition.ts'
import { originalTable } from './row-checks.ts'

/** Functions of every server that compute from their arguments only. */
const pureFunctions: ReadonlySet<string> = new Set(
  'abs cast coalesce concat length lower ltrim nullif replace round rtrim substr substring trim upper'.split(' '),
)
const keywords: ReadonlySet<string> = new Set(
  'and as between case current_date current_time current_timestamp else end false in is like not null or then true when'.split(
    ' ',
  ),
)

/** A type behind the AS of a cast. */
const isType = (before: SqlToken | undefined): boolean => before?.text.toLowerCase() === 'as'

/**
 * The columns that a value of a table's rows is computed from, by their names before the revision. Undefined where that is not certain: the
 * expression has a subquery, a function or a name that is not known here, or a column that comes with the revision.
 */
export function sourcesOf(composition: Composition, ref: TableRef, value: string): readonly string[] | undefined {
  const original = originalTable(composition, ref)
  if (original === undefined || tableKey(original.ref) !== tableKey(ref)) return undefined
  const current = composition.model.tables.get(tableKey(ref))?.columns.map(({ name }) => name) ?? []
  const tokens = lexSql(value, {}).filter(isSignificant)
  const sources = new Set<string>()
  for (const [at, { kind, text }] of tokens.entries()) {
    if (kind === 'placeholder') return undefined
    if (kind !== 'word' && kind !== 'quoted') continue
    const word = text.toLowerCase()
    const isCall = tokens[at + 1]?.text === '('
    if (kind === 'word' && (isCall ? pureFunctions : keywords).has(word)) continue
    if (isType(tokens[at - 1])) continue
    const names = current.filter((name) =>
      kind === 'word' ? name.toLowerCase() === word : name === text.slice(1, -1).replaceAll('""', '"'),
    )
    const [name, ...ambiguous] = names
    const before = name === undefined ? undefined : original.columnOf(name)
    if (before === undefined || isCall || ambiguous.length > 0) return undefined
    sources.add(before)
  }
  return [...sources]
}
