import { authoredStatements, isSignificant, lexSql } from '@org/migrate-core/dialect'
import { classify } from '../sql/classify.ts'
import { grammar } from '../sql/grammar.ts'
import { quote } from '../sql/quote.ts'

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

export const opaqueStatements = authoredStatements('postgres', { quote, grammar, classify }, (sql, nonTransactional) =>
  !nonTransactional && addsEnumValue(sql) ? { commitAfter: true } : {},
)
