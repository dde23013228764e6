import { selectRows } from '../compile/own-rows.ts'
import type { UnloadedDialect } from '../dialect/dialect.ts'
import type { Session } from '../dialect/session.ts'
import type { Row } from '../model/sql-value.ts'
import type { BookkeepingNames } from './tables.ts'

/** What the history holds of a revision, the newest row first. */
export function readRevisionRows(
  dialect: UnloadedDialect,
  names: BookkeepingNames,
  session: Session,
  {
    tier,
    revision,
    columns,
  }: { readonly tier: string; readonly revision: string; readonly columns: readonly string[] | '*' },
): Promise<readonly Row[]> {
  const statement = selectRows(dialect, names.history, columns, {
    where: [
      ['tier', tier],
      ['revision', revision],
    ],
    orderBy: 'id',
    descending: true,
  })
  return session.query(statement.sql, statement.params)
}
