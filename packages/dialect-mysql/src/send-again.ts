import { isSignificant, lexSql, type RerunOutcome } from '@org/migrate-core/dialect'
import { classify, grammar } from './classify.ts'

/** They are read back from the server: that one was made, changed or taken away shows. */
const shown = new Set(['TABLE', 'VIEW', 'INDEX', 'TRIGGER', 'SEQUENCE'])
const unshown = new Set(['FUNCTION', 'PROCEDURE', 'USER', 'ROLE', 'SERVER', 'DATABASE', 'SCHEMA'])

/** Of ALTER TABLE: each time they do something more, or the opposite, and no table looks different for it. */
const adding = new Set(['PARTITION', 'PARTITIONS', 'PARTITIONING', 'TABLESPACE'])

const harmless = new Set(['GRANT', 'REVOKE', 'ANALYZE', 'OPTIMIZE', 'REPAIR', 'CHECK', 'CACHE', 'FLUSH'])

function created(words: readonly string[]): RerunOutcome | undefined {
  const kind = words.find((word) => shown.has(word) || unshown.has(word) || word === 'EVENT')
  // An event may have done its work and be gone.
  if (kind === undefined || kind === 'EVENT') return undefined
  const replaces = words[1] === 'OR' && words[2] === 'REPLACE'
  if (shown.has(kind)) return kind === 'TABLE' && (replaces || words.includes('IF')) ? undefined : 'harmless'
  return replaces ? 'harmless' : 'exists'
}

/**
 * What it means to send DDL of an author again where the schema stands as it did before it. Undefined where it may have run all
 * the same and would do more the second time: two tables that change names, a partition more, rows that are gone.
 */
export function classifyRerun(sql: string): RerunOutcome | undefined {
  if (classify(sql) !== 'ddl') return undefined
  const tokens = lexSql(sql, grammar).filter(isSignificant)
  const words = tokens.map(({ kind, text }) => (kind === 'word' ? text.toUpperCase() : text))
  const [first = '', second = ''] = words
  if (harmless.has(first)) return 'harmless'
  if (first === 'CREATE') return created(words)
  // Several are taken away one after the other: those that are left would be forgotten for one that is gone.
  if (first === 'DROP') return words.includes(',') ? undefined : 'missing'
  if (first === 'RENAME') return second.startsWith('TABLE') && !words.includes(',') ? 'missing' : undefined
  if (first === 'ALTER' && words.includes('TABLE')) {
    return words.slice(0, 3).includes('TABLE') && !words.some((word) => adding.has(word)) ? 'harmless' : undefined
  }
  return first === 'ALTER' && second === 'VIEW' ? 'harmless' : undefined
}
