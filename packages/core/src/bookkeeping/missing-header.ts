import type { UnloadedDialect } from '../dialect/dialect.ts'
import type { Session } from '../dialect/session.ts'
import type { RevisionHeader } from '../graph/revision.ts'
import { historySource, nullableText, textList } from './history.ts'
import { readRevisionRows } from './revision-rows.ts'
import type { BookkeepingNames } from './tables.ts'

/** The header of an applied revision whose file is gone, as its newest row recorded it; not of one that was reverted. */
export async function readMissingHeader(
  { dialect, names }: { readonly dialect: UnloadedDialect; readonly names: BookkeepingNames },
  { present }: { readonly present: ReadonlySet<string> },
  session: Session,
  tier: string,
  revision: string,
): Promise<RevisionHeader | undefined> {
  if (!present.has(names.history)) return undefined
  const columns = ['parents', 'depends_on', 'labels', 'compatible_with', 'text_hash', 'direction']
  const rows = await readRevisionRows(dialect, names, session, { tier, revision, columns })
  const row = rows.find(({ direction }) => direction !== 'revert')
  if (row === undefined || row.direction === 'down') return undefined
  const hash = nullableText(row.text_hash)
  const [parents, dependsOn, branchLabels, compatibleWith] = columns
    .slice(0, 4)
    .map((column) => textList(row, column, names.history))
  // Written by a script, which does not know what the revision stands on.
  if (!parents || !dependsOn || !branchLabels || !compatibleWith) return undefined
  return {
    revision,
    parents,
    dependsOn,
    branchLabels,
    compatibleWith,
    message: 'its file is gone',
    source: historySource,
    ...(hash === null ? {} : { textHash: hash }),
  }
}
