import { ownTable, rowsOf, textOf, timestampOf } from '../own-tables.ts'
import type { Recogniser } from '../recogniser.ts'

const columns = [
  ...['id', 'checksum', 'finished_at', 'migration_name', 'logs'],
  ...['rolled_back_at', 'started_at', 'applied_steps_count'],
]

/** A migration that failed and was repeated has several rows; one that was rolled back is not applied. */
export const prisma: Recogniser = {
  tool: 'Prisma',
  tables: ['_prisma_migrations'],
  async recognise(inspection) {
    const table = ownTable(inspection, '_prisma_migrations', columns)
    if (table === undefined) return undefined
    const rows = (await rowsOf(inspection, table, 'migration_name')).filter((row) => row.rolled_back_at === null)
    const failed = rows.filter((row) => row.finished_at === null).map((row) => textOf(row.migration_name))
    return {
      tool: 'Prisma',
      tables: [table.ref],
      records: 'each',
      applied: rows
        .filter((row) => row.finished_at !== null)
        .map((row) => ({
          name: textOf(row.migration_name),
          ...timestampOf(row.finished_at),
          hash: textOf(row.checksum),
        })),
      problems: failed.map(
        (name) => `The migration ${name} of Prisma has started and not finished: run \`prisma migrate resolve\`.`,
      ),
    }
  },
}
