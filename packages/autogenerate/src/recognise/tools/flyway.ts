import { isSet, ownTable, rowsOf, textOf, timestampOf } from '../own-tables.ts'
import type { AppliedMigration, Recogniser } from '../recogniser.ts'

const name = 'flyway_schema_history'
const columns = ['installed_rank', 'version', 'description', 'type', 'script', 'checksum', 'installed_on', 'success']

/**
 * One row for each thing that it did, also for what was undone or taken out later. A repeatable migration has no version. The
 * checksum is a CRC of its own kind, which says nothing of the bytes.
 */
export const flyway: Recogniser = {
  tool: 'Flyway',
  tables: [name],
  async recognise(inspection) {
    const table = ownTable(inspection, name, columns)
    if (table === undefined) return undefined
    const applied = new Map<string, AppliedMigration>()
    const problems: string[] = []
    for (const row of await rowsOf(inspection, table, 'installed_rank')) {
      const [version, script, type] = [textOf(row.version), textOf(row.script), textOf(row.type).toUpperCase()]
      const key = version === '' ? script : version
      if (type === 'SCHEMA') continue
      if (!isSet(row.success)) problems.push(`The migration ${script} of Flyway failed: run \`flyway repair\`.`)
      else if (type.startsWith('UNDO') || type === 'DELETE') applied.delete(key)
      else {
        // A baseline has a version and no file.
        const called = type === 'BASELINE' || script === '' ? version : script
        applied.set(key, { name: called, ...timestampOf(row.installed_on) })
      }
    }
    return { tool: 'Flyway', tables: [table.ref], records: 'each', applied: [...applied.values()], problems }
  },
}
