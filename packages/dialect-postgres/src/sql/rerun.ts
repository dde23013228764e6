import { isSignificant, lexSql } from '@org/migrate-core/connection'
import type { RerunOutcome } from '@org/migrate-core/dialect'
import { grammar } from './grammar.ts'

const harmless = new Set(['VACUUM', 'ANALYZE', 'ANALYSE', 'REINDEX', 'CLUSTER'])

/**
 * What it means to send a statement of an author again that cannot run in a transaction, where the schema stands as it did before
 * it. Undefined where it may have run all the same and would do more the second time: a procedure that commits by itself.
 */
export function classifyRerun(sql: string): RerunOutcome | undefined {
  const tokens = lexSql(sql, grammar).filter(isSignificant)
  const keywords = tokens.map(({ kind, text }) => (kind === 'word' ? text.toUpperCase() : text))
  const end = keywords.indexOf(';')
  if (end !== -1 && keywords.slice(end).some((word) => word !== ';')) return undefined
  const [first = '', second = '', third = ''] = keywords
  if (harmless.has(first)) return 'harmless'
  // A build that was cut leaves an index that is not shown, and IF NOT EXISTS would take it for one.
  if (first === 'CREATE' && (second === 'INDEX' || third === 'INDEX'))
    return keywords.includes('IF') ? undefined : 'harmless'
  if (first === 'CREATE' && (second === 'DATABASE' || second === 'TABLESPACE')) return 'exists'
  if (first === 'DROP') return keywords.includes(',') ? undefined : 'missing'
  return first === 'ALTER' && second === 'SYSTEM' ? 'harmless' : undefined
}
