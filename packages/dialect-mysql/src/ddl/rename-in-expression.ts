import { lexSql } from '@org/migrate-core/dialect'
import { grammar, nameOf } from '../sql/tokens.ts'
import { spelledLike } from './spelling.ts'

/** Whether an expression of a table names the column. */
export function readsColumn(sql: string, column: string): boolean {
  return renamedInExpression(sql, column, `${column}_`) !== sql
}

/** An expression of a table with a column's new name in it. A name before a parenthesis is a function's. */
export function renamedInExpression(sql: string, from: string, to: string): string {
  const tokens = lexSql(sql, grammar)
  return tokens
    .map((token, at) => {
      const next = tokens.slice(at + 1).find(({ kind }) => kind !== 'space' && kind !== 'comment')
      const name = token.kind === 'quoted' && !token.text.startsWith('`') ? undefined : nameOf(token)
      if (name?.toLowerCase() !== from.toLowerCase()) return token.text
      if (token.kind === 'word' && next?.text === '(') return token.text
      return spelledLike(token, to)
    })
    .join('')
}
