import { isSet, lockTable, ownTable, rowsOf, textOf, timestampOf } from '../own-tables.ts'
import type { Recogniser } from '../recogniser.ts'

export const knex: Recogniser = {
  tool: 'Knex',
  tables: ['knex_migrations', 'knex_migrations_lock'],
  async recognise(inspection) {
    const table = ownTable(inspection, 'knex_migrations', ['id', 'name', 'batch', 'migration_time'])
    if (table === undefined) return undefined
    const lock = lockTable(inspection, 'knex_migrations_lock', table)
    const locks = lock === undefined ? [] : await rowsOf(inspection, lock, 'index')
    const rows = await rowsOf(inspection, table, 'id')
    return {
      tool: 'Knex',
      tables: [table.ref, ...(lock === undefined ? [] : [lock.ref])],
      records: 'each',
      applied: rows.map((row) => ({ name: textOf(row.name), ...timestampOf(row.migration_time) })),
      problems: locks.some((row) => isSet(row.is_locked))
        ? [`${lock?.ref.name} says that a run of Knex is under way, or was stopped: \`knex migrate:unlock\` frees it.`]
        : [],
    }
  },
}
