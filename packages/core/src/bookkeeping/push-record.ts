import { selectRows } from '../compile/own-rows.ts'
import type { UnloadedDialect } from '../dialect/dialect.ts'
import type { Session } from '../dialect/session.ts'
import { isPush, pushColumn } from './push.ts'
import { textCell } from './store.ts'

/** A push that stands: the database has what was declared then, and no revision has recorded it. */
export interface PushRecord {
  readonly at: string
  /** It was the load of a snapshot, which was interrupted: the database has a part of it. */
  readonly isLoad: boolean
}

/** What the row of a push has in the place of a revision: no revision can be called so. */
export const pushName = '(push)'
/** The same of a load, until it records its revisions. */
export const loadName = '(load)'

/** Reads when the newest row was written, which is a push. */
export async function readPush(
  dialect: UnloadedDialect,
  table: string,
  session: Session,
): Promise<PushRecord | undefined> {
  const statement = selectRows(dialect, table, [pushColumn, 'revision', 'finished_at'], {
    orderBy: 'id',
    descending: true,
    limit: 1,
  })
  const [row] = await session.query(statement.sql, statement.params)
  if (row === undefined || !isPush(row)) return undefined
  return { at: textCell(row, 'finished_at', table), isLoad: row.revision === loadName }
}
