import { boundText } from '@org/migrate-dialect-mysql/internal'
import { is, Param, Placeholder, type SQL } from 'drizzle-orm'
import { type ChunkTexts, chunkTexts } from '../read/chunk-text.ts'
import { writeChunk } from './internals.ts'

export const { sqlText, queryText }: ChunkTexts<SQL> = chunkTexts({
  dialect: 'mysql',
  // Not the spelling that means the same in every mode: MariaDB stores the bytes of a CHECK as a string, and forgets its backslashes.
  literal: boundText,
  write: writeChunk,
  // A parameter comes as its value, unless that is a placeholder.
  isPlaceholder: (value) => is(value, Placeholder) || is(value, Param),
})
