import { literalText, significant, tokenize } from '@org/migrate-dialect-sqlite/internal'
import { is, Param, Placeholder, type SQL } from 'drizzle-orm'
import { type ChunkTexts, chunkTexts } from '../read/chunk-text.ts'
import { writeChunk } from './internals.ts'

export const { sqlText, queryText }: ChunkTexts<SQL> = chunkTexts({
  dialect: 'sqlite',
  literal: literalText,
  write: writeChunk,
  // A parameter comes as its value, unless that is a placeholder.
  isPlaceholder: (value) => is(value, Placeholder) || is(value, Param),
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
