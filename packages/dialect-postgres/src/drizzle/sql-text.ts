import { type ChunkTexts, chunkTexts } from '@org/migrate-core/dialect'
import { is, Param, Placeholder, type SQL } from 'drizzle-orm'
import { quote } from '../sql/quote.ts'
import { writeChunk } from './internals.ts'

export const { sqlText, queryText }: ChunkTexts<SQL> = chunkTexts({
  dialect: 'postgres',
  literal: (value) => quote.literal(value).text,
  write: writeChunk,
  // A parameter comes as its value, unless that is a placeholder.
  isPlaceholder: (value) => is(value, Placeholder) || is(value, Param),
})
