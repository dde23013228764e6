import type { ForeignFinding, ForeignHistory, ForeignInspection } from '@org/migrate-core'
import { doneAt } from './original-order.ts'

const table = 'alembic_version'
/** Histories have no place in the declared schema. */
const histories = new Set([table, 'migratehistory'].map((name) => `table ${name} is not expected`))

const remedy =
  'Take the schema as it stands as the baseline of a chain of its own: run `migrate init` in another folder, then `migrate adopt` ' +
  'there with the URL of this database. Or let our chain build a new database, and move the data there. Where the table ' +
  `${table} belongs to another program that shares this database, name it with --ignore-foreign-history or in ignoreForeignHistory.`

const unreadable =
  'It has no column version_num, so that it is not the table of the original as it is known here: what it says cannot be told.'

function meaning(stamps: readonly string[]): string {
  if (stamps.length > 1) {
    return (
      `It holds ${stamps.length} stamps (${stamps.join(', ')}), the heads of several branches; this is how a fork looks ` +
      'between its own revisions and those of the original. What is done cannot be told from it.'
    )
  }
  const [stamp = ''] = stamps
  const done = doneAt(stamp)
  if (done === undefined) {
    return `Its stamp ${stamp} is none of the 21 revisions known here; it may be of a newer original or of a fork.`
  }
  const unknownSuffix = stamp === '3af16a1c9fb6' ? ', with revisions unknown here before the last of them' : ''
  return (
    `Its stamp ${stamp} means there that ${done.length} of the 21 revisions are done${unknownSuffix}: ${done.join(', ')}. ` +
    'Our chain has the same ids in another order and with other contents, so that the stamp means something else here.'
  )
}

async function find(inspection: ForeignInspection): Promise<ForeignFinding | undefined> {
  // By all its columns: a table of this name may be another program's, and have others.
  const rows = await inspection.query('SELECT * FROM "alembic_version"')
  if (rows.length === 0) return undefined
  const stamp = rows.flatMap((row) => (row.version_num === undefined ? [] : [String(row.version_num)])).sort()
  const { modelFor } = await import('../model.ts')
  const allDifferences = await inspection.differences(modelFor(inspection.dialect))
  const differences = allDifferences.filter((line) => !histories.has(line))
  const message = [
    `This database was migrated by another program: its history is the table ${table}${stamp.length === 0 ? '' : `, stamped ${stamp.join(', ')}`}.`,
    stamp.length === 0 ? unreadable : meaning(stamp),
    differences.length === 0
      ? 'Its schema equals that of our last revision; what its data went through cannot be seen.'
      : `Its schema differs from that of our last revision:\n${differences.map((line) => `  - ${line}`).join('\n')}`,
    'Nothing was changed.',
  ].join('\n')
  return { table, stamp, message, differences, remedy }
}

/** Recognises a database that the original Open WebUI (or a fork of it) has migrated. An empty version table is no stamp. */
export const originalHistory: ForeignHistory = { tables: [table], find }
