import { type CompileTable, isSignificant, lexSql } from '@org/migrate-core/dialect'
import { grammar } from '../sql/grammar.ts'

/**
 * ALTER TYPE … ADD VALUE, also within DO: "the new value cannot be used until after the transaction has been committed".
 * https://www.postgresql.org/docs/current/sql-altertype.html#SQL-ALTERTYPE-NOTES
 */
function addsEnumValue(sql: string): boolean {
  if (!/\bADD\s+VALUE\b/i.test(sql)) return false
  const tokens = lexSql(sql, grammar).filter(isSignificant)
  const text = tokens.map(({ text: each }) => each).join(' ')
  return /^DO\b/i.test(text) ? /\bALTER\s+TYPE\b/i.test(text) : /^ALTER TYPE .* ADD VALUE /is.test(text)
}

export const opaqueStatements: Pick<CompileTable, 'sql' | 'run'> = {
  sql: ({ operation: { text, nonTransactional: isNonTransactional } }) => {
    const sql = typeof text === 'string' ? text : text.postgres
    const added = !isNonTransactional && addsEnumValue(sql)
    return [{ sql, transaction: isNonTransactional ? 'none' : 'any', ...(added ? { commitAfter: true } : {}) }]
  },
  // Data work is a function of the revision: it has no text.
  run: () => [],
}
