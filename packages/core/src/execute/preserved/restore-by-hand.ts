import { isMigrateError } from '../../errors/migrate-error.ts'
import { findColumn, findTable, nameOfKey, refOfKey } from '../../model/edit.ts'
import {
  countOn,
  insertPreserved,
  keyText,
  locationOf,
  type RestoreContext,
  type Restoring,
  readCells,
  writeCells,
} from './cells.ts'
import { sameValue } from './encode.ts'
import type { PreservedRestored, RestoreSelection } from './preserved-types.ts'
import { silenceTriggers } from './silence.ts'
import { leftStep, type PreservedValue } from './store.ts'

type Outcome = keyof PreservedRestored

async function restoreOne(context: Restoring, entry: PreservedValue): Promise<Outcome> {
  const cells = entry.column === '' ? entry.row : new Map([[entry.column, entry.value]])
  const present = await readCells(context, entry, cells.keys())
  if (present === undefined && entry.column !== '') return 'missing'
  try {
    await context.session.savepoint(async () => {
      if (present === undefined) return insertPreserved(context, entry)
      const differing = [...cells].filter(([column, value]) => !sameValue(present[column] ?? null, value))
      if (differing.length > 0) await writeCells(context, entry, differing)
    })
  } catch (error) {
    if (!isMigrateError(error, 'STATEMENT_FAILED') || error.details.fault !== 'constraint') throw error
    context.report(`${locationOf(entry)}: ${error.message}`, keyText(entry.key))
    return 'refused'
  }
  await context.preserved.remove(entry.id)
  return 'restored'
}

/**
 * Writes the values that no run restored over what is there now, the newest first. What is of a table or column that is not there, of a row
 * that is gone, or refused by a constraint stays preserved.
 */
export async function restoreByHand(context: RestoreContext, selection: RestoreSelection): Promise<PreservedRestored> {
  const counts: { [O in Outcome]: number } = { restored: 0, missing: 0, refused: 0 }
  const { dialect, session, preserved, owner } = context
  const tables = await preserved.tables(owner, leftStep)
  const model = await dialect.introspect(session, { tables: tables.map(refOfKey), only: 'tables' })
  const triggers = await silenceTriggers({ ...context, model })
  const wanted = tables.filter((key) => selection.table === undefined || nameOfKey(key) === selection.table)
  for (const key of wanted) {
    const table = findTable(model, refOfKey(key))
    const select = {
      step: leftStep,
      table: key,
      ...(selection.column === undefined ? {} : { column: selection.column }),
    }
    for await (const entry of preserved.each(owner, select, { descending: true })) {
      await context.breathe()
      const isThere = table !== undefined && (entry.column === '' || findColumn(table, entry.column) !== undefined)
      counts[isThere ? await restoreOne({ ...context, model }, entry) : 'missing'] += 1
    }
  }
  await triggers.restore()
  if (counts.restored > 0) await countOn(context, model.tables.values())
  return counts
}
