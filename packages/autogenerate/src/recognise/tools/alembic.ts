import { hasOnly, ownTable, rowsOf, textOf } from '../own-tables.ts'
import type { Recogniser } from '../recogniser.ts'

/** One row for each head; what is before them is in Alembic's files alone. */
export const alembic: Recogniser = {
  tool: 'Alembic',
  tables: ['alembic_version'],
  async recognise(inspection) {
    const table = ownTable(inspection, 'alembic_version', ['version_num'])
    if (table === undefined || !hasOnly(table, ['version_num'])) return undefined
    const rows = await rowsOf(inspection, table, 'version_num')
    return {
      tool: 'Alembic',
      tables: [table.ref],
      records: 'last',
      applied: rows.map((row) => ({ name: textOf(row.version_num) })),
      problems: [],
    }
  },
}
