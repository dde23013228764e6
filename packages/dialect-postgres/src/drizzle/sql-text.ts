import { type ChunkTexts, chunkTexts } from '@org/migrate-core/dialect'
import { type SQL, sql } from 'drizzle-orm'
import { PgDialect } from 'drizzle-orm/pg-core'
import { quote } from '../quote.ts'

export const { sqlText, queryText }: ChunkTexts<SQL> = chunkTexts({
  dialect: 'postgres',
  sql,
  literal: (value) => quote.literal(value).text,
  write: (chunk, bare, casing) =>
    // 'indexes' is what leaves the tables out; its type is not published.
    new PgDialect(casing === undefined ? {} : { casing }).sqlToQuery(chunk.inlineParams(), bare ? 'indexes' : undefined)
      .sql,
})
