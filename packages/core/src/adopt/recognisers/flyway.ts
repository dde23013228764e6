import { isSet, momentOf, ownTable, rowsOf, wordOf } from '../own-tables.ts'
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
  async recognise(look) {
    const table = ownTable(look, name, columns)
    if (table === undefined) return undefined
    const applied = new Map<string, AppliedMigration>()
    const problems: string[] = []
    for (const row of await rowsOf(look, table, 'installed_rank')) {
      const [version, script, type] = [wordOf(row.version), wordOf(row.script), wordOf(row.type).toUpperCase()]
      const key = version === '' ? script : version
      if (type === 'SCHEMA') continue
      if (!isSet(row.success)) problems.push(`The migration ${script} of Flyway failed: \`flyway repair\` settles it.`)
      else if (type.startsWith('UNDO') || type === 'DELETE') applied.delete(key)
      else {
        // A baseline has a version and no file.
        const called = type === 'BASELINE' || script === '' ? version : script
        applied.set(key, { name: called, ...momentOf(row.installed_on) })
      }
    }
    return { tool: 'Flyway', tables: [table.ref], records: 'each', applied: [...applied.values()], problems }
  },
}
