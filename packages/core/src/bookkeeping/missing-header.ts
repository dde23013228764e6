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

/** Adds what the history recorded of revisions without a file, and of what these stand on. */
export async function addMissing(
  headers: RevisionHeader[],
  headerIds: Set<string>,
  undescribed: readonly string[],
  missing: (revision: string) => Promise<RevisionHeader | undefined>,
): Promise<void> {
  const queue = [...undescribed]
  for (let revision = queue.pop(); revision !== undefined; revision = queue.pop()) {
    if (headerIds.has(revision)) continue
    const header = await missing(revision)
    if (header === undefined) continue
    headerIds.add(revision)
    headers.push(header)
    queue.push(...header.parents, ...header.dependsOn)
  }
  dropUnconnected(headers, headerIds)
}

/**
 * Takes out the headers of the history from which no line leads to files or to a base. A stamp records the revision that it names and none
 * below it: where the files of those are gone too, nothing describes it.
 */
function dropUnconnected(headers: RevisionHeader[], headerIds: Set<string>): void {
  const labels = new Set(headers.flatMap(({ branchLabels }) => branchLabels))
  const isUnconnected = ({ source, parents, dependsOn }: RevisionHeader): boolean =>
    source === historySource && [...parents, ...dependsOn].some((name) => !headerIds.has(name) && !labels.has(name))
  for (let at = headers.findIndex(isUnconnected); at !== -1; at = headers.findIndex(isUnconnected)) {
    for (const { revision } of headers.splice(at, 1)) headerIds.delete(revision)
  }
}
