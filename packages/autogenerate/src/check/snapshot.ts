import { isMigrateError, type Migrator } from '@org/migrate-core'
import { compareSnapshot } from '../snapshot/compare-snapshot.ts'
import type { CheckFinding, CheckOptions } from './types.ts'

const next = 'Run `migrate upgrade` on a database of your own, which writes it, and commit the file.'

/** Whether the snapshot of the schema is what the revisions make. Throws ABORTED. */
export async function snapshotFindings(
  migrator: Migrator,
  { file, text, signal }: NonNullable<CheckOptions['snapshot']>,
): Promise<readonly CheckFinding[]> {
  const finding = { revisions: [], ...(text === undefined ? {} : { file }) } as const
  try {
    const compared = await compareSnapshot(migrator, text, signal === undefined ? {} : { signal })
    if (compared.isCurrent) return []
    const what = `${file} is not the schema that the revisions make.`
    return [{ ...finding, kind: 'snapshot differs', level: 'problem', what, next, differences: compared.differences }]
  } catch (error) {
    if (!isMigrateError(error) || error.code === 'ABORTED') throw error
    const what = `${file} was not compared with what the revisions make: ${error.message}`
    return [{ ...finding, kind: 'snapshot not compared', level: 'problem', what, next: error.remedy }]
  }
}
