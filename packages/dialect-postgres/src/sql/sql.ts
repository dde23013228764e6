import { sql } from '@org/migrate-core/connection'
import type { DialectSql } from '@org/migrate-core/dialect'
import { classify, releasesLocks, withinTransaction } from './classify.ts'
import { grammar } from './grammar.ts'
import { quote } from './quote.ts'
import { classifyRerun } from './rerun.ts'
import { touchedTables } from './touched-tables.ts'

export const dialectSql: DialectSql = {
  quote,
  grammar,
  classify,
  classifyRerun,
  withinTransaction,
  touchedTables,
  portable: (text) => text,
  releasesLocks,
  clock: sql`(extract(epoch FROM clock_timestamp()) * 1000)::bigint`,
}
