import { hasOnly, ownTable, rowsOf, textOf, timestampOf } from '../own-tables.ts'
import type { Recogniser } from '../recogniser.ts'

/** `timestamp` is that in the name of the class, in milliseconds. Laravel has a table `migrations` of another shape. */
export const typeorm: Recogniser = {
  tool: 'TypeORM',
  tables: ['migrations', 'typeorm_metadata'],
  async recognise(inspection) {
    const table = ownTable(inspection, 'migrations', ['id', 'timestamp', 'name'])
    if (table === undefined || !hasOnly(table, ['id', 'timestamp', 'name'])) return undefined
    // Where it keeps the texts of views and generated columns.
    const metadata = ownTable(inspection, 'typeorm_metadata', ['type', 'name', 'value'])
    const rows = await rowsOf(inspection, table, 'id')
    return {
      tool: 'TypeORM',
      tables: [table.ref, ...(metadata === undefined ? [] : [metadata.ref])],
      records: 'each',
      applied: rows.map((row) => ({ name: textOf(row.name), ...timestampOf(row.timestamp) })),
      problems: [],
    }
  },
}
