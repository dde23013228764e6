import { classifySql, isSignificant, lexSql } from '@org/migrate-core/connection'
import type { SqlClass } from '@org/migrate-core/dialect'
import { grammar } from './grammar.ts'

/**
 * Statements by their first word: https://www.postgresql.org/docs/current/sql-commands.html
 * DO, CALL, EXECUTE and COPY are left out: what they do is not to be seen in their text.
 */
const byKeyword: ReadonlyMap<string, SqlClass> = new Map<string, SqlClass>([
  ['SELECT', 'query'],
  ['VALUES', 'query'],
  ['TABLE', 'query'],
  ['SHOW', 'query'],
  ['INSERT', 'dml'],
  ['UPDATE', 'dml'],
  ['DELETE', 'dml'],
  ['MERGE', 'dml'],
  ['CREATE', 'ddl'],
  ['DROP', 'ddl'],
  ['ALTER', 'ddl'],
  ['COMMENT', 'ddl'],
  ['GRANT', 'ddl'],
  ['REVOKE', 'ddl'],
  ['REASSIGN', 'ddl'],
  ['SECURITY', 'ddl'],
  ['IMPORT', 'ddl'],
  ['TRUNCATE', 'ddl'],
  ['REINDEX', 'ddl'],
  ['CLUSTER', 'ddl'],
  ['VACUUM', 'ddl'],
  ['ANALYZE', 'ddl'],
  ['ANALYSE', 'ddl'],
  ['REFRESH', 'ddl'],
  ['REPACK', 'ddl'],
  ['BEGIN', 'transaction'],
  ['START', 'transaction'],
  ['COMMIT', 'transaction'],
  ['END', 'transaction'],
  ['ROLLBACK', 'transaction'],
  ['ABORT', 'transaction'],
  ['SAVEPOINT', 'transaction'],
  ['RELEASE', 'transaction'],
  ['PREPARE', 'transaction'],
  ['SET', 'setting'],
  ['RESET', 'setting'],
  ['DISCARD', 'setting'],
  ['DEALLOCATE', 'setting'],
  ['DECLARE', 'setting'],
  ['LISTEN', 'setting'],
  ['UNLISTEN', 'setting'],
  ['NOTIFY', 'setting'],
  ['LOAD', 'setting'],
  ['LOCK', 'setting'],
])

/** Words outside parentheses, and the rest of the text after the first of `words` among them. */
function topLevelKeywords(sql: string): readonly string[] {
  let depth = 0
  const keywords: string[] = []
  for (const { kind, text } of lexSql(sql, grammar).filter(isSignificant)) {
    if (text === '(') depth += 1
    else if (text === ')') depth -= 1
    else if (depth === 0) keywords.push(kind === 'word' ? text.toUpperCase() : '')
  }
  return keywords
}

/** EXPLAIN of a change runs it with ANALYZE, which may stand in its options. */
function explained(sql: string): SqlClass {
  const tokens = lexSql(sql, grammar).filter(isSignificant)
  const at = tokens.findIndex(({ kind, text }) => kind === 'word' && explainableKeywords.has(text.toUpperCase()))
  if (at === -1) return 'unknown'
  const analyzes = tokens.slice(0, at).some(({ text }) => /^analy[sz]e$/i.test(text))
  const rest = tokens.slice(at)
  const kind = classify(rest.map(({ text }) => text).join(' '))
  return kind === 'unknown' ? 'unknown' : analyzes ? kind : 'query'
}

/** What EXPLAIN takes. */
const explainableKeywords = new Set([
  'SELECT',
  'INSERT',
  'UPDATE',
  'DELETE',
  'MERGE',
  'VALUES',
  'WITH',
  'CREATE',
  'REFRESH',
  'TABLE',
  'DECLARE',
])

const releasing = /^pg_advisory_unlock(?:_shared|_all)?$/i

/** https://www.postgresql.org/docs/current/functions-admin.html#FUNCTIONS-ADVISORY-LOCKS */
export function releasesLocks(sql: string): boolean {
  return lexSql(sql, grammar).some(({ text }) => releasing.test(text.replace(/^"(.*)"$/, '$1')))
}

/** What kind of statement a text is. What only running it would tell (DO, CALL, several statements) is `unknown`. */
export function classify(sql: string): SqlClass {
  const keywords = topLevelKeywords(sql)
  if (keywords[0] === 'EXPLAIN') return explained(sql)
  const kind = classifySql(sql, grammar, byKeyword)
  // SELECT … INTO makes a table; INSERT INTO and MERGE INTO do not.
  const makesTable = kind === 'query' && keywords[0] !== 'SHOW' && keywords.includes('INTO')
  return makesTable ? 'ddl' : kind
}

/**
 * CONCURRENTLY and VACUUM: "cannot be executed inside a transaction block". Not DETACH PARTITION … CONCURRENTLY, which adds a check too.
 * https://www.postgresql.org/docs/current/sql-createindex.html, sql-reindex.html, sql-vacuum.html
 */
export function withinTransaction(sql: string): string | undefined {
  const keywords = topLevelKeywords(sql).join(' ')
  if (/^VACUUM\b|^REINDEX\b.* CONCURRENTLY\b/.test(keywords)) return ''
  const isIndex = /^(CREATE( UNIQUE)?|DROP) INDEX CONCURRENTLY\b/.test(keywords)
  return isIndex ? sql.replace(/\bINDEX\s+CONCURRENTLY\b/i, 'INDEX') : undefined
}
