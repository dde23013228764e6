import { directionOf } from '../bookkeeping/history.ts'
import { textCell } from '../bookkeeping/store.ts'
import { selectRows } from '../compile/own-rows.ts'
import type { PreservedRestored, PreservedSummary, RestoreSelection } from '../data-steps/preserved/preserved-types.ts'
import { counterStep, createPreservedStore, leftStep } from '../data-steps/preserved/store.ts'
import type { Session } from '../dialect/session.ts'
import { describedSession } from '../history/described-session.ts'
import { isMovedByScript, movedByScript } from '../history/moved-by-script.ts'
import { refuseObstacles } from '../history/obstacles.ts'
import { ownTables, readTableColumns, refuseNewer } from '../history/own-tables.ts'
import { inTransaction } from '../history/with-session.ts'
import { createYield } from '../lock/create-yield.ts'
import { nameOfKey } from '../model/edit.ts'
import type { HistoryRow } from '../options/migrator-options.ts'
import type { ResolvedOptions, UnloadedOptions } from '../options/resolve-options.ts'
import { limitStatements } from '../run/limit-statements.ts'
import { join, type SqlFragment, sql } from '../sql/tag.ts'

/** The table of the history and that of preserved values, where they are; what stands in the place of `name` is refused. */
async function existingTables(resolved: ResolvedOptions, session: Session, name: string) {
  const { dialect, names } = resolved
  const existing = await readTableColumns(dialect, session, [names.history, names.preserved])
  await refuseNewer(resolved, session, existing)
  if (!existing.has(name)) {
    const tables = ownTables(resolved).filter(({ ref }) => ref.name === name)
    await refuseObstacles(dialect, session, tables)
  }
  return existing
}

/** Every step that ran or was stamped, oldest first. */
export async function listHistory(resolved: ResolvedOptions, session: Session): Promise<readonly HistoryRow[]> {
  const table = resolved.names.history
  if (!(await existingTables(resolved, session, table)).has(table)) return []
  const columns = ['tier', 'revision', 'direction', 'finished_at', 'duration_ms', 'host', 'user_name', 'text_hash']
  const statement = selectRows(resolved.dialect, table, columns, { orderBy: 'id' })
  return (await session.query(statement.sql, statement.params)).map((row) => ({
    tier: textCell(row, 'tier', table),
    revision: textCell(row, 'revision', table),
    direction: directionOf(row, table),
    finishedAt: textCell(row, 'finished_at', table),
    durationMs: Number(row.duration_ms),
    host: textCell(row, 'host', table),
    user: textCell(row, 'user_name', table),
    ...(row.text_hash === null ? {} : { textHash: textCell(row, 'text_hash', table) }),
  }))
}

/** The number of values that no run restores. */
function countSuperseded({ dialect, names }: UnloadedOptions, isRecorded: boolean): SqlFragment {
  const name = dialect.sql.quote.identifier
  const isLeft = sql`${name('step')} = ?`
  const moved = sql`(${name('tier')}, ${name('revision')}) IN (${movedByScript({ dialect, names })})`
  return sql`SUM(CASE WHEN ${isRecorded ? join([isLeft, moved], ' OR ') : isLeft} THEN 1 ELSE 0 END)`
}

export async function countPreserved(
  resolved: UnloadedOptions,
  session: Session,
  present: ReadonlySet<string>,
): Promise<{ readonly preserved: number; readonly superseded: number }> {
  if (!present.has(resolved.names.preserved)) return { preserved: 0, superseded: 0 }
  const { quote } = resolved.dialect.sql
  const text = sql`SELECT COUNT(*) AS n, ${countSuperseded(resolved, present.has(resolved.names.history))} AS superseded FROM ${quote.table({ name: resolved.names.preserved })} WHERE ${quote.identifier('step')} <> ?`
  const [row] = await session.query(text.text, [leftStep, counterStep])
  return { preserved: Number(row?.n ?? 0), superseded: Number(row?.superseded ?? 0) }
}

/** How many counters have a preserved position, which the next upgrade gives back: also those of tables without rows. */
export async function countCounters(
  { dialect, names }: UnloadedOptions,
  session: Session,
  present: ReadonlySet<string>,
): Promise<number> {
  if (!present.has(names.preserved)) return 0
  const { quote } = dialect.sql
  const text = sql`SELECT COUNT(*) AS n FROM ${quote.table({ name: names.preserved })} WHERE ${quote.identifier('step')} = ?`
  const [row] = await session.query(text.text, [counterStep])
  return Number(row?.n ?? 0)
}

/** What is preserved, summed up by revision, table and column. */
export async function listPreserved(resolved: ResolvedOptions, session: Session): Promise<readonly PreservedSummary[]> {
  const table = resolved.names.preserved
  const existing = await existingTables(resolved, session, table)
  if (!existing.has(table)) return []
  const { quote } = resolved.dialect.sql
  const name = quote.identifier
  const by = sql`${name('tier')}, ${name('revision')}, ${name('table_name')}, ${name('column')}`
  const text = sql`SELECT ${by}, COUNT(*) AS n, ${countSuperseded(resolved, existing.has(resolved.names.history))} AS superseded, MIN(${name('preserved_at')}) AS preserved_at FROM ${quote.table({ name: table })} WHERE ${name('step')} <> ? GROUP BY ${by} ORDER BY ${by}`
  return (await session.query(text.text, [leftStep, counterStep])).map((row) => ({
    tier: textCell(row, 'tier', table),
    revision: textCell(row, 'revision', table),
    table: nameOfKey(textCell(row, 'table_name', table)),
    column: textCell(row, 'column', table),
    values: Number(row.n),
    superseded: Number(row.superseded),
    preservedAt: textCell(row, 'preserved_at', table),
  }))
}

/** Whether anything is preserved of a revision: also a counter, which is no value and not listed. */
export async function hasPreserved(resolved: ResolvedOptions, session: Session, revision: string): Promise<boolean> {
  const { dialect, names } = resolved
  const table = names.preserved
  if (!(await existingTables(resolved, session, table)).has(table)) return false
  const { sql: text, params } = selectRows(dialect, table, ['id'], {
    where: [['revision', revision]],
    orderBy: 'id',
    limit: 1,
  })
  return (await session.query(text, params)).length > 0
}

/** Empties what one revision preserved. Gives the number of values. */
export async function purgePreserved(resolved: ResolvedOptions, session: Session, revision: string): Promise<number> {
  const { quote } = resolved.dialect.sql
  return inTransaction(session, { waitMs: resolved.waitMs }, async () => {
    const text = sql`DELETE FROM ${quote.table({ name: resolved.names.preserved })} WHERE ${quote.identifier('revision')} = ?`
    const counters = sql`${text} AND ${quote.identifier('step')} = ?`
    await session.execute(counters.text, [revision, counterStep])
    return (await session.execute(text.text, [revision])).changes
  })
}

/** Writes what no run restored of a revision, in every tier that has one of this id: `purge` deletes them all, too. */
export async function restorePreservedOf(
  resolved: ResolvedOptions,
  session: Session,
  revision: string,
  selection: RestoreSelection,
): Promise<PreservedRestored> {
  const { dialect, names } = resolved
  const [{ restoreByHand }, { presentNames, runsOf }, { leaveAll, scriptMoved }] = await Promise.all([
    import('../data-steps/preserved/restore/restore-by-hand.ts'),
    import('../data-steps/preserved/restore/present-names.ts'),
    import('../data-steps/preserved/restore/leave.ts'),
  ])
  const labelledSession = describedSession(dialect, session, 'restoring preserved values')
  const yieldNow = createYield()
  const restoring = {
    dialect,
    session: labelledSession,
    preserved: createPreservedStore(dialect, labelledSession, names, true),
    owner: { revision },
    report: () => undefined,
    breathe: () => yieldNow(),
  }
  const existing = await existingTables(resolved, session, names.preserved)
  await limitStatements(session, resolved)
  return inTransaction(session, { waitMs: resolved.waitMs }, async () => {
    for (const { name: tier } of existing.has(names.history) ? resolved.tiers : []) {
      const owner = { tier, revision }
      if (await isMovedByScript(resolved, labelledSession, owner)) await leaveAll(restoring, owner, scriptMoved)
    }
    const hasHistory = existing.has(names.history)
    const runs = hasHistory ? await runsOf(dialect, labelledSession, names.history, revision) : []
    return restoreByHand(restoring, selection, presentNames(runs))
  })
}
