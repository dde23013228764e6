import { isSet, lockTable, momentOf, ownTable, rowsOf, wordOf } from '../own-tables.ts'
import type { Recogniser } from '../recogniser.ts'

export const knex: Recogniser = {
  tool: 'Knex',
  tables: ['knex_migrations', 'knex_migrations_lock'],
  async recognise(look) {
    const table = ownTable(look, 'knex_migrations', ['id', 'name', 'batch', 'migration_time'])
    if (table === undefined) return undefined
    const lock = lockTable(look, 'knex_migrations_lock', table)
    const locks = lock === undefined ? [] : await rowsOf(look, lock, 'index')
    const rows = await rowsOf(look, table, 'id')
    return {
      tool: 'Knex',
      tables: [table.ref, ...(lock === undefined ? [] : [lock.ref])],
      records: 'each',
      applied: rows.map((row) => ({ name: wordOf(row.name), ...momentOf(row.migration_time) })),
      problems: locks.some((row) => isSet(row.is_locked))
        ? [`${lock?.ref.name} says that a run of Knex is under way, or was stopped: \`knex migrate:unlock\` frees it.`]
        : [],
    }
  },
}
