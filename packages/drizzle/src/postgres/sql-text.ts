import { quote } from '@org/migrate-dialect-postgres/internal'
import { is, Param, Placeholder, type SQL } from 'drizzle-orm'
import { type ChunkTexts, chunkTexts } from '../read/chunk-text.ts'
import { writeChunk } from './internals.ts'

export const { sqlText, queryText }: ChunkTexts<SQL> = chunkTexts({
  dialect: 'postgres',
  literal: (value) => quote.literal(value).text,
  write: writeChunk,
  // A parameter comes as its value, unless that is a placeholder.
  isPlaceholder: (value) => is(value, Placeholder) || is(value, Param),
})
