import { isSet, lockTable, ownTable, rowsOf, textOf, timestampOf } from '../own-tables.ts'
import type { Recogniser } from '../recogniser.ts'

export const kysely: Recogniser = {
  tool: 'Kysely',
  tables: ['kysely_migration', 'kysely_migration_lock'],
  async recognise(inspection) {
    const table = ownTable(inspection, 'kysely_migration', ['name', 'timestamp'])
    if (table === undefined) return undefined
    const lock = lockTable(inspection, 'kysely_migration_lock', table)
    const locks = lock === undefined ? [] : await rowsOf(inspection, lock, 'id')
    // Kysely runs them in the order of their names, whatever their times say.
    const rows = await rowsOf(inspection, table, 'name')
    return {
      tool: 'Kysely',
      tables: [table.ref, ...(lock === undefined ? [] : [lock.ref])],
      records: 'each',
      applied: rows.map((row) => ({ name: textOf(row.name), ...timestampOf(row.timestamp) })),
      problems: locks.some((row) => isSet(row.is_locked))
        ? [`${lock?.ref.name} says that a run of Kysely is under way, or was stopped.`]
        : [],
    }
  },
}
