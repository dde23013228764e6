import type { CompileTable } from '@org/migrate-core/dialect'
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

export const opaqueStatements: Pick<CompileTable, 'sql' | 'run'> = {
  sql: ({ operation: { text, nonTransactional: isNonTransactional } }) => {
    const sql = typeof text === 'string' ? text : text.sqlite
    const off = !isNonTransactional && disablesForeignKeys(sql)
    return [{ sql, transaction: isNonTransactional ? 'none' : 'any', ...(off ? { foreignKeys: 'off' } : {}) }]
  },
  // Data work is a function of the revision: it has no text.
  run: () => [],
}
