import { directionOf } from '../../bookkeeping/history.ts'
import { textCell } from '../../bookkeeping/store.ts'
import { selectRows } from '../../compile/own-rows.ts'
import type { Session } from '../../dialect/session.ts'
import { MigrateError } from '../../errors/migrate-error.ts'
import { readTableColumns } from '../../history/own-tables.ts'
import type { Row } from '../../model/sql-value.ts'
import type { UnloadedOptions } from '../../options/resolve-options.ts'

/** The target of a downgrade that takes back what the last run applied. */
export const lastRun = 'last-run'

/** What the last run applied and no downgrade has taken back, by tier. */
export interface LastRun {
  /** Its id. A downgrade that takes it back records the same one: so the next call finishes what was stopped. */
  readonly run: string
  readonly revisions: ReadonlyMap<string, ReadonlySet<string>>
}

export function refusedLastRun(why: string, revisions: readonly string[]): MigrateError<'LAST_RUN_UNKNOWN'> {
  return new MigrateError('LAST_RUN_UNKNOWN', { why, revisions }, `The last run can't be taken back: ${why}.`)
}

const kinds = {
  stamp: 'a stamp',
  edit: 'an accepted edit',
  push: 'a push',
  load: 'a load',
  revert: 'the taking back of an interrupted revision',
}

/**
 * Reads the run of the newest row of the history. Throws LAST_RUN_UNKNOWN where that is not an upgrade, where it is taken back already, and
 * where an earlier version or a script wrote the row.
 */
export async function readLastRun({ dialect, names }: UnloadedOptions, session: Session): Promise<LastRun> {
  const table = names.history
  const columns = (await readTableColumns(dialect, session, [table])).get(table)
  if (columns === undefined) throw refusedLastRun('nothing has run on this database', [])
  const hasRun = columns.some(({ name }) => name === 'run')
  const read = ['id', 'tier', 'revision', 'direction', ...(hasRun ? ['run'] : [])]
  const newest = selectRows(dialect, table, read, { orderBy: 'id', descending: true, limit: 1 })
  const [row] = await session.query(newest.sql, newest.params)
  if (row === undefined) throw refusedLastRun('nothing has run on this database', [])
  const revision = textCell(row, 'revision', table)
  const direction = directionOf(row, table)
  if (direction !== 'up' && direction !== 'down')
    throw refusedLastRun(`the last entry of the history is ${kinds[direction]} of ${revision}`, [revision])
  const { run } = row
  if (typeof run !== 'string') {
    const why = `the history does not say with which run ${revision} was ${direction === 'up' ? 'applied' : 'reverted'}: a script or an earlier version recorded it`
    throw refusedLastRun(why, [revision])
  }
  const all = selectRows(dialect, table, read, { where: [['run', run]], orderBy: 'id' })
  const revisions = remaining(await session.query(all.sql, all.params), table)
  if (revisions.size === 0) throw refusedLastRun(`the last run was a downgrade, which reverted ${revision}`, [revision])
  return { run, revisions }
}

function remaining(rows: readonly Row[], table: string): LastRun['revisions'] {
  const revisions = new Map<string, Set<string>>()
  for (const row of rows) {
    const [tier, revision] = [textCell(row, 'tier', table), textCell(row, 'revision', table)]
    const ofTier = revisions.get(tier) ?? new Set()
    const direction = directionOf(row, table)
    if (direction === 'up') ofTier.add(revision)
    if (direction === 'down') ofTier.delete(revision)
    if (ofTier.size === 0) revisions.delete(tier)
    else revisions.set(tier, ofTier)
  }
  return revisions
}
