import { authoredStatements, requireOneStatement } from '@org/migrate-core/dialect'
import { classify, grammar } from '../sql/classify.ts'
import { quote } from '../sql/quote.ts'
import { significant, tokenize } from '../sql/tokenize.ts'

const turnsOff = /^PRAGMA (?:\w+ \. )?foreign_keys (?:=|\() (?:off|no|false|0|'(?:off|no|false|0)')(?: |$)/i

/** In a transaction, where every statement is, this pragma does nothing: what it asks for has to be set around it. */
function disablesForeignKeys(sql: string): boolean {
  if (!/foreign_keys/i.test(sql)) return false
  const text = significant(tokenize(sql))
    .map((token) => token.text)
    .join(' ')
  return turnsOff.test(text)
}

export const opaqueStatements = authoredStatements('sqlite', { quote, grammar, classify }, (sql, nonTransactional) => {
  requireOneStatement(sql, grammar)
  return !nonTransactional && disablesForeignKeys(sql) ? { foreignKeys: 'off' } : {}
})
