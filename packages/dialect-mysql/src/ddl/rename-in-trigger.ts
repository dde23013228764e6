import { lexSql } from '@org/migrate-core/dialect'
import { quote } from '../sql/quote.ts'
import { grammar, isWord } from '../sql/tokens.ts'

/**
 * A trigger's text under the new name of its table, which the server writes behind ON. What the body says of tables is its author's.
 * https://dev.mysql.com/doc/refman/8.4/en/rename-table.html
 */
export function renamedInTrigger(definition: string, to: string): string {
  const tokens = lexSql(definition, grammar)
  const on = tokens.findIndex((token) => isWord(token, 'ON'))
  const means = (at: number): boolean => tokens[at]?.kind !== 'space' && tokens[at]?.kind !== 'comment'
  const next = (from: number): number => tokens.findIndex((_, at) => at > from && means(at))
  let name = on === -1 ? -1 : next(on)
  // Before it there may be the database.
  while (name !== -1 && tokens[next(name)]?.text === '.') name = next(next(name))
  return tokens.map(({ text }, at) => (at === name ? quote.identifier(to).text : text)).join('')
}
