import { isSignificant, lexSql } from '@org/migrate-core/connection'
import type { RerunOutcome } from '@org/migrate-core/dialect'
import { classify, grammar } from './classify.ts'

/** They are read back from the server: that one was made, changed or taken away shows. */
const introspected = new Set(['TABLE', 'VIEW', 'INDEX', 'TRIGGER', 'SEQUENCE'])
const notIntrospected = new Set(['FUNCTION', 'PROCEDURE', 'USER', 'ROLE', 'SERVER', 'DATABASE', 'SCHEMA'])

/** Of ALTER TABLE: each time they do something more, or the opposite, and no table looks different for it. */
const adding = new Set(['PARTITION', 'PARTITIONS', 'PARTITIONING', 'TABLESPACE'])

const harmless = new Set(['GRANT', 'REVOKE', 'ANALYZE', 'OPTIMIZE', 'REPAIR', 'CHECK', 'CACHE', 'FLUSH'])

function classifyCreate(keywords: readonly string[]): RerunOutcome | undefined {
  const kind = keywords.find((word) => introspected.has(word) || notIntrospected.has(word) || word === 'EVENT')
  // An event may have done its work and be gone.
  if (kind === undefined || kind === 'EVENT') return undefined
  const replaces = keywords[1] === 'OR' && keywords[2] === 'REPLACE'
  if (introspected.has(kind)) return kind === 'TABLE' && (replaces || keywords.includes('IF')) ? undefined : 'harmless'
  return replaces ? 'harmless' : 'exists'
}

/**
 * What it means to send DDL of an author again where the schema stands as it did before it. Undefined where it may have run all
 * the same and would do more the second time: two tables that change names, a partition more, rows that are gone.
 */
export function classifyRerun(sql: string): RerunOutcome | undefined {
  if (classify(sql) !== 'ddl') return undefined
  const tokens = lexSql(sql, grammar).filter(isSignificant)
  const keywords = tokens.map(({ kind, text }) => (kind === 'word' ? text.toUpperCase() : text))
  const [first = '', second = ''] = keywords
  if (harmless.has(first)) return 'harmless'
  if (first === 'CREATE') return classifyCreate(keywords)
  // Several are taken away one after the other: those that are left would be forgotten for one that is gone.
  if (first === 'DROP') return keywords.includes(',') ? undefined : 'missing'
  if (first === 'RENAME') return second.startsWith('TABLE') && !keywords.includes(',') ? 'missing' : undefined
  if (first === 'ALTER' && keywords.includes('TABLE')) {
    return keywords.slice(0, 3).includes('TABLE') && !keywords.some((word) => adding.has(word)) ? 'harmless' : undefined
  }
  return first === 'ALTER' && second === 'VIEW' ? 'harmless' : undefined
}
