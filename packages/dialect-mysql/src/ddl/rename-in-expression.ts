import { lexSql, type SqlToken } from '@org/migrate-core/dialect'
import { grammar, isWord, nameOf } from '../sql/tokens.ts'
import { spelledLike } from './spelling.ts'

const isMeaningful = ({ kind }: SqlToken): boolean => kind !== 'space' && kind !== 'comment'

/** Whether an expression of a table names the column. */
export function readsColumn(sql: string, column: string): boolean {
  return renamedInExpression(sql, column, `${column}_`) !== sql
}

/** An expression of a table with a column's new name in it. A name before a parenthesis is a function's, one behind AS a type's. */
export function renamedInExpression(sql: string, from: string, to: string): string {
  const tokens = lexSql(sql, grammar)
  return tokens
    .map((token, at) => {
      const next = tokens.slice(at + 1).find(isMeaningful)
      const name = token.kind === 'quoted' && !token.text.startsWith('`') ? undefined : nameOf(token)
      if (name?.toLowerCase() !== from.toLowerCase()) return token.text
      const isType = isWord(tokens.slice(0, at).findLast(isMeaningful), 'AS')
      if (token.kind === 'word' && (next?.text === '(' || isType)) return token.text
      return spelledLike(token, to)
    })
    .join('')
}
