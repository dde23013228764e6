import { selectRows } from '../compile/own-rows.ts'
import { sql } from '../compile/sql-tag.ts'
import type { Session } from '../dialect/session.ts'
import { findTable, nameOfKey } from '../model/edit.ts'
import { directionOf } from './bookkeeping/history.ts'
import { textCell } from './bookkeeping/store.ts'
import type { HistoryRow, KeptSummary } from './migrator-types.ts'
import type { Settled } from './options.ts'

async function exists(settled: Settled, session: Session, table: string): Promise<boolean> {
  return (
    findTable(await settled.dialect.introspect(session, { tables: [{ name: table }], only: 'tables' }), {
      name: table,
    }) !== undefined
  )
}

/** Every step that ran or was stamped, oldest first. */
export async function listHistory(settled: Settled, session: Session): Promise<readonly HistoryRow[]> {
  const table = settled.names.history
  if (!(await exists(settled, session, table))) return []
  const columns = ['tier', 'revision', 'direction', 'finished_at', 'duration_ms', 'host', 'user_name']
  const statement = selectRows(settled.dialect, table, columns, { orderBy: 'id' })
  return (await session.query(statement.sql, statement.params)).map((row) => ({
    tier: textCell(row, 'tier', table),
    revision: textCell(row, 'revision', table),
    direction: directionOf(row, table),
    finishedAt: textCell(row, 'finished_at', table),
    durationMs: Number(row.duration_ms),
    host: textCell(row, 'host', table),
    user: textCell(row, 'user_name', table),
  }))
}

export async function countKept(settled: Settled, session: Session): Promise<number> {
  const [row] = await session.query(
    `SELECT COUNT(*) AS n FROM ${settled.dialect.quote.table({ name: settled.names.kept }).text}`,
  )
  return Number(row?.n ?? 0)
}

/** What is kept, summed up by revision, table and column. */
export async function listKept(settled: Settled, session: Session): Promise<readonly KeptSummary[]> {
  const table = settled.names.kept
  if (!(await exists(settled, session, table))) return []
  const { quote } = settled.dialect
  const name = quote.identifier
  const by = sql`${name('tier')}, ${name('revision')}, ${name('table_name')}, ${name('column')}`
  const text = sql`SELECT ${by}, COUNT(*) AS n, MIN(${name('kept_at')}) AS kept_at FROM ${quote.table({ name: table })} GROUP BY ${by} ORDER BY ${by}`
  return (await session.query(text.text)).map((row) => ({
    tier: textCell(row, 'tier', table),
    revision: textCell(row, 'revision', table),
    table: nameOfKey(textCell(row, 'table_name', table)),
    column: textCell(row, 'column', table),
    values: Number(row.n),
    keptAt: textCell(row, 'kept_at', table),
  }))
}

/** Empties what one revision kept. Gives the number of values. */
export async function purgeKept(settled: Settled, session: Session, revision: string): Promise<number> {
  const { quote } = settled.dialect
  const scope = await session.begin({ waitMs: settled.waitMs })
  try {
    const text = sql`DELETE FROM ${quote.table({ name: settled.names.kept })} WHERE ${quote.identifier('revision')} = ?`
    const { changes } = await session.execute(text.text, [revision])
    await scope.commit()
    return changes
  } catch (error) {
    await scope.rollback()
    throw error
  }
}
