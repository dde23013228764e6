import type { ServerSession } from '../dialect/dialect.ts'
import type { Hold } from '../lock/hold.ts'
import type { TableModel } from '../model/schema-model.ts'
import { historyTable, journalTable } from './bookkeeping/tables.ts'
import { type Look, look } from './look.ts'
import type { Settled } from './options.ts'
import { refuseForeign } from './planning.ts'
import { ensureTables } from './record-step.ts'
import { stampLock } from './running.ts'

/** What every run on this server needs; the table of the lock is made by whoever takes it. */
function needed({ dialect, names, tiers }: Settled): readonly TableModel[] {
  return [
    ...tiers.map(({ store }) => store.table),
    historyTable(names),
    ...(dialect.capabilities.transactionalDdl === 'implicitCommit' ? [journalTable(names)] : []),
  ]
}

function missingOf(settled: Settled, { present }: Look): readonly string[] {
  const { dialect, names } = settled
  const tables = needed(settled).map(({ ref }) => ref.name)
  return [...(dialect.clock === undefined ? [] : [names.lock]), ...tables].filter((name) => !present.has(name))
}

/** The bookkeeping tables that are not there. Throws FOREIGN_HISTORY, BOOKKEEPING_INVALID. */
export async function missingTables(settled: Settled, session: ServerSession): Promise<readonly string[]> {
  const found = await look(settled, session)
  refuseForeign(found)
  return missingOf(settled, found)
}

/** Makes the bookkeeping tables that are not there, and nothing else. Gives their names. */
export async function ensureVersion(settled: Settled, session: ServerSession, hold: Hold): Promise<readonly string[]> {
  const { dialect } = settled
  const missing = await missingTables(settled, session)
  const fence = await hold.fence(undefined)
  const make = async (): Promise<void> => {
    const { present } = await look(settled, session)
    await ensureTables(dialect, session, new Set(present), needed(settled))
  }
  if (dialect.capabilities.transactionalDdl === 'implicitCommit') {
    await make()
    return missing
  }
  const scope = await session.begin({ waitMs: settled.waitMs })
  try {
    if (fence !== undefined) await stampLock(session, fence, undefined)
    await make()
    await scope.commit()
    return missing
  } catch (error) {
    // The session's close rolls back as well: the first failure is the one to tell.
    await scope.rollback().catch(() => undefined)
    throw error
  }
}
