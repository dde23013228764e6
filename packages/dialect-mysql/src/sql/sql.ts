import { sql, touchedObjects } from '@org/migrate-core/connection'
import type { DialectSql } from '@org/migrate-core/dialect'
import { classify, grammar, releasesLocks } from './classify.ts'
import { portable } from './portable.ts'
import { quote } from './quote.ts'
import { classifyRerun } from './rerun.ts'

export const dialectSql: DialectSql = {
  quote,
  grammar,
  classify,
  classifyRerun,
  // No trigger and no function runs DDL here (error 1422). A view's columns are those of the tables below it.
  touchedTables: (text) => {
    const touched = touchedObjects(text, grammar)
    if (touched === undefined || touched.kind === 'view') return undefined
    return touched.kind === 'table' ? touched.names : []
  },
  portable,
  releasesLocks,
  // InnoDB's manual, consistent nonlocking reads: the first plain SELECT makes the snapshot, by which information_schema is read too.
  lockingRead: (query) => sql`${query} LOCK IN SHARE MODE`,
  // NOW() stands still within a statement only; SYSDATE() would move on within one as well, and is not replicated safely.
  clock: sql`CAST(UNIX_TIMESTAMP(NOW(3)) * 1000 AS SIGNED)`,
}
