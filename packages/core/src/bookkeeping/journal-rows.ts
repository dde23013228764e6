import { selectRows } from '../compile/own-rows.ts'
import type { UnloadedDialect } from '../dialect/dialect.ts'
import type { Session } from '../dialect/session.ts'
import type { Row } from '../model/sql-value.ts'
import type { BookkeepingNames } from './tables.ts'

/** The entries of the journal in their order. Mostly there are none, and the code that reads operations is not needed. */
export function readJournalRows(
  dialect: UnloadedDialect,
  names: BookkeepingNames,
  session: Session,
): Promise<readonly Row[]> {
  const { sql, params } = selectRows(dialect, names.journal, '*', { orderBy: 'position' })
  return session.query(sql, params)
}
