import { selectRows } from '../compile/own-rows.ts'
import type { UnloadedDialect } from '../dialect/dialect.ts'
import type { Session } from '../dialect/session.ts'
import type { Row } from '../model/sql-value.ts'
import { textCell } from './store.ts'

/** A push that stands: the database has what was declared then, and no revision has recorded it. */
export interface PushRecord {
  readonly at: string
}

/** The column of the history that says whether a row is a push. */
export const pushColumn = 'direction'

export const isPush = (row: Row): boolean => row.direction === 'push'

/** Reads when the newest row was written, which is a push. */
export async function readPush(
  dialect: UnloadedDialect,
  table: string,
  session: Session,
): Promise<PushRecord | undefined> {
  const statement = selectRows(dialect, table, [pushColumn, 'finished_at'], {
    orderBy: 'id',
    descending: true,
    limit: 1,
  })
  const [row] = await session.query(statement.sql, statement.params)
  return row !== undefined && isPush(row) ? { at: textCell(row, 'finished_at', table) } : undefined
}
