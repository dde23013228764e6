import { selectRows } from '../compile/own-rows.ts'
import type { UnloadedDialect } from '../dialect/dialect.ts'
import type { Session } from '../dialect/session.ts'
import type { Row } from '../model/sql-value.ts'
import type { ColumnChanges } from './column-changes.ts'
import { directionOf } from './history.ts'
import { changesOf } from './recorded-columns.ts'
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

/** The columns that the newest upgrade of a revision left. Undefined: not known. Throws BOOKKEEPING_INVALID. */
export async function columnsAfterUpgrade(
  dialect: UnloadedDialect,
  names: BookkeepingNames,
  session: Session,
  of: { readonly tier: string; readonly revision: string },
): Promise<ColumnChanges | undefined> {
  const { history } = names
  const rows = await readRevisionRows(dialect, names, session, { ...of, columns: ['direction', 'columns_after'] })
  const row = rows.find((each) => directionOf(each, history) === 'up')
  return row && changesOf(row, history)
}
