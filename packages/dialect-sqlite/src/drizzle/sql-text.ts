import { type ChunkTexts, chunkTexts } from '@org/migrate-core/dialect'
import { type SQL, sql } from 'drizzle-orm'
import { SQLiteSyncDialect } from 'drizzle-orm/sqlite-core'
import { significant, tokenize } from '../ddl/tokenize.ts'
import { literalText } from '../quote.ts'

export const { sqlText, queryText }: ChunkTexts<SQL> = chunkTexts({
  dialect: 'sqlite',
  sql,
  literal: literalText,
  write: (chunk, bare, casing) =>
    // 'indexes' is what leaves the tables out; its type is not published.
    new SQLiteSyncDialect(casing === undefined ? {} : { casing }).sqlToQuery(
      chunk.inlineParams(),
      bare ? 'indexes' : undefined,
    ).sql,
})

/** Without the parentheses that stand around all of it: SQLite keeps `DEFAULT (x)` as `x`. */
export function bare(text: string): string {
  const tokens = significant(tokenize(text))
  let depth = 0
  for (const [at, token] of tokens.entries()) {
    if (token.text === '(') depth += 1
    if (token.text === ')') depth -= 1
    if (depth === 0)
      return at === tokens.length - 1 && tokens[0]?.text === '(' ? bare(text.trim().slice(1, -1)) : text.trim()
  }
  return text.trim()
}
