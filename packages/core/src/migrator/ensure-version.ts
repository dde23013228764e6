import { historyTable, journalTable } from '../bookkeeping/tables.ts'
import type { ServerSession } from '../dialect/dialect.ts'
import { type BookkeepingInspection, inspectBookkeeping } from '../history/inspect-bookkeeping.ts'
import { inTransaction } from '../history/with-session.ts'
import { stampLock } from '../lock/fence.ts'
import type { Hold } from '../lock/hold.ts'
import type { TableModel } from '../model/schema-model.ts'
import type { ResolvedOptions } from '../options/resolve-options.ts'
import { refuseForeign } from '../planning/plan-route.ts'
import { ensureTables } from '../planning/recording/record-step.ts'
import { withLock } from '../run/with-lock.ts'
import { contextOf } from './context.ts'
import type { Migrator } from './types.ts'

/** What every run on this database needs; the table of the lock is created when the lock is taken. */
function needed(
  { dialect, names, tiers }: ResolvedOptions,
  { without }: Pick<BookkeepingInspection, 'without'>,
): readonly TableModel[] {
  return [
    ...tiers.filter(({ name }) => !without.has(name)).map(({ store }) => store.table),
    historyTable(names),
    ...(dialect.capabilities.transactionalDdl === 'implicitCommit' ? [journalTable(names)] : []),
  ]
}

function missingOf(resolved: ResolvedOptions, inspection: BookkeepingInspection): readonly string[] {
  const { dialect, names } = resolved
  const tables = needed(resolved, inspection).map(({ ref }) => ref.name)
  const all = [...(dialect.sql.clock === undefined ? [] : [names.lock]), ...tables]
  return all.filter((name) => !inspection.present.has(name))
}

/**
 * The bookkeeping tables that are not there, and those of an earlier format, which taking the lock updates. Throws FOREIGN_HISTORY,
 * BOOKKEEPING_INVALID, BOOKKEEPING_NEWER.
 */
async function requiredTables(
  resolved: ResolvedOptions,
  session: ServerSession,
): Promise<{ readonly missing: readonly string[]; readonly outdated: ReadonlySet<string> }> {
  const inspection = await inspectBookkeeping(resolved, session)
  refuseForeign(inspection)
  return { missing: missingOf(resolved, inspection), outdated: inspection.outdated }
}

/**
 * Makes the bookkeeping tables that every run needs, and nothing else; gives the names of those that were missing. Throws
 * INVALID_OPTION, FOREIGN_HISTORY, BOOKKEEPING_INVALID, LOCKED.
 */
export async function ensureVersion(migrator: Migrator): Promise<readonly string[]> {
  const { resolved, withReadOnlySession } = contextOf('ensureVersion', migrator)
  const { missing, outdated } = await withReadOnlySession((session, here) => requiredTables(here, session))
  if (missing.length === 0 && outdated.size === 0) return []
  const { waitMs } = resolved
  return withLock(resolved, { waitMs }, (session, here, hold) => makeMissing(here, session, hold))
}

async function makeMissing(resolved: ResolvedOptions, session: ServerSession, hold: Hold): Promise<readonly string[]> {
  const { dialect } = resolved
  const { missing } = await requiredTables(resolved, session)
  const fence = await hold.fence(undefined)
  const make = async (): Promise<void> => {
    const inspection = await inspectBookkeeping(resolved, session)
    await ensureTables(dialect, session, new Set(inspection.present), needed(resolved, inspection))
  }
  if (dialect.capabilities.transactionalDdl === 'implicitCommit') await make()
  else
    await inTransaction(session, { waitMs: resolved.waitMs }, async () => {
      await stampLock(session, fence)
      await make()
    })
  return missing
}
