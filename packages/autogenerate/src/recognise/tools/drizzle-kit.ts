import { findColumn } from '@org/migrate-core/dialect'
import { ownTable, rowsOf, textOf, timestampOf } from '../own-tables.ts'
import type { Recogniser } from '../recogniser.ts'

const name = '__drizzle_migrations'
const columns = ['hash', 'created_at']

/**
 * drizzle-orm's migrator. `created_at` is the time in the journal, or in the name of the folder, not that of the run; on SQLite the
 * column `id` is NULL in every row. On PostgreSQL the table has a schema of its own by default.
 */
export const drizzleKit: Recogniser = {
  tool: 'drizzle-kit',
  tables: [name],
  async recognise(inspection) {
    const table =
      ownTable(inspection, name, columns, { schema: 'drizzle', name }) ?? ownTable(inspection, name, columns)
    if (table === undefined) return undefined
    const named = findColumn(table, 'name') !== undefined
    const rows = await rowsOf(inspection, table, 'created_at')
    return {
      tool: 'drizzle-kit',
      version: named ? '1.0' : '0.x',
      tables: [table.ref],
      records: named ? 'each' : 'mark',
      applied: rows.map((row) => {
        const hash = textOf(row.hash)
        const folder = textOf(row.name)
        return { name: folder === '' ? hash : folder, ...timestampOf(row.created_at), ...(hash === '' ? {} : { hash }) }
      }),
      problems: [],
    }
  },
}
