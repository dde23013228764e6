import { readOf, selectRows } from '../compile/own-rows.ts'
import type { UnloadedDialect } from '../dialect/dialect.ts'
import type { ReadStatement, Session } from '../dialect/session.ts'
import type { Row } from '../model/sql-value.ts'
import { type BookkeepingNames, journalTable } from './tables.ts'

/** The entries of the journal in their order. Mostly there are none, and the code that reads operations is not needed. */
export function readJournalRows(
  dialect: UnloadedDialect,
  names: BookkeepingNames,
  session: Session,
): Promise<readonly Row[]> {
  const { sql, params } = journalRead(dialect, names)
  return session.query(sql, params)
}

/** Every column that this program knows: an older journal lacks some. */
export function journalRead(dialect: UnloadedDialect, names: BookkeepingNames): ReadStatement {
  const statement = selectRows(dialect, names.journal, '*', { orderBy: 'position' })
  return { ...readOf(statement, journalTable(names)), orderBy: 'position' }
}
