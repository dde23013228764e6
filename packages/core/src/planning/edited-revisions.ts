import { inEachFormat } from '../bookkeeping/format.ts'
import {
  type HistoryHashes,
  historyKey,
  historySource,
  presentOf,
  type RecordedPresent,
  readPresentRows,
} from '../bookkeeping/history.ts'
import type { Session } from '../dialect/session.ts'
import { isMigrateError, MigrateError } from '../errors/migrate-error.ts'
import type { BookkeepingInspection } from '../history/inspect-bookkeeping.ts'
import type { EditedRevision } from '../options/migrator-options.ts'
import type { UnloadedOptions } from '../options/resolve-options.ts'
import type { TierGraph } from './route.ts'

/** What the history says of the present; nothing where there is no history. */
export async function readRecorded(
  { dialect, names }: UnloadedOptions,
  session: Session,
  { present }: BookkeepingInspection,
): Promise<RecordedPresent> {
  return presentOf(present.has(names.history) ? await readPresentRows(dialect, names, session) : [], names)
}

/**
 * Applied revisions whose file has changed since. The text is compared first, which costs next to nothing; only a file whose
 * text differs is imported, to see whether its operations differ as well.
 */
export async function findEdited(
  resolved: UnloadedOptions,
  tiers: readonly TierGraph[],
  hashes: ReadonlyMap<string, HistoryHashes>,
): Promise<readonly EditedRevision[]> {
  const edited: EditedRevision[] = []
  for (const each of tiers) {
    // Where a squashed revision is not recorded yet, what it replaces is what was applied.
    const headers = [...each.names.map((name) => each.graph.get(name)), ...(each.squashed?.replaced ?? [])]
    for (const header of headers) {
      const { revision } = header
      const recorded = hashes.get(historyKey(each.tier.name, revision))
      if (recorded === undefined || recorded.textHash === null) continue
      if (header.source === historySource || header.textHash === undefined || header.textHash === recorded.textHash)
        continue
      edited.push({
        tier: each.tier.name,
        revision,
        what: await compare(resolved, each, revision, recorded.operationsHash),
      })
    }
  }
  return edited
}

async function compare(
  resolved: UnloadedOptions,
  each: TierGraph,
  revision: string,
  operationsHash: string | null,
): Promise<EditedRevision['what']> {
  if (operationsHash === null) return 'cannot be compared'
  const { recordingHash, recordUpgrade } = await import('./recording/record-file.ts')
  try {
    const recording = await recordUpgrade(await resolved.dialect.load(), each, revision)
    const hashes = inEachFormat(recording.operations).map((operations) => recordingHash({ operations }))
    return hashes.includes(operationsHash) ? 'same operations' : 'operations differ'
  } catch (error) {
    // A file that no longer loads has certainly been edited; what it would do now cannot be said.
    if (isMigrateError(error)) return 'cannot be compared'
    throw error
  }
}

/**
 * Heads of which the history has no row: it was emptied, or its table is gone. Rows of a sequential tier may be another tool's, and a stamp
 * records no revision below its own: a downgrade from there ends at one without a row.
 */
export function findUnrecorded(
  tiers: readonly TierGraph[],
  { hashes, rows }: RecordedPresent,
): readonly { readonly tier: string; readonly revisions: readonly string[] }[] {
  return tiers.flatMap(({ tier, applied, graph, squashed }) => {
    const waiting = new Set(squashed?.unrecorded.map(({ revision }) => revision))
    const missing = applied.filter((id) => !hashes.has(historyKey(tier.name, id)) && !waiting.has(id))
    if (tier.kind !== 'graph' || missing.length === 0) return []
    const stamped = revertedAfterStamp(rows)
    const isBelowStamp = (id: string): boolean =>
      graph.has(id) && graph.afterOf(id).some((after) => stamped.has(historyKey(tier.name, after)))
    const revisions = missing.filter((id) => !isBelowStamp(id))
    return revisions.length > 0 ? [{ tier: tier.name, revisions }] : []
  })
}

/** Reverted revisions that had come to be applied by a stamp: of their own, or of one above, where they had no row until then. */
function revertedAfterStamp(rows: RecordedPresent['rows']): ReadonlySet<string> {
  const [ran, reverted] = [new Set<string>(), new Set<string>()]
  for (const { tier, revision, direction } of rows) {
    const key = historyKey(String(tier), String(revision))
    if (direction === 'up' || direction === 'load') ran.add(key)
    else if (direction === 'stamp') ran.delete(key)
    else if (direction === 'down' && ran.delete(key)) reverted.delete(key)
    else if (direction === 'down') reverted.add(key)
  }
  return reverted
}

type MovedError = MigrateError<'REVISION_MOVED'>

/** What is applied, and has no row: it was stamped, or came before a revision that was moved since. */
const hasGaps = ({ tier, graph, applied }: TierGraph, hashes: ReadonlyMap<string, HistoryHashes>): boolean =>
  tier.kind === 'graph' &&
  [...graph.ancestorsOf(applied.filter((row) => graph.has(row)))].some((id) => !hashes.has(historyKey(tier.name, id)))

/** Applied revisions that were moved since onto what never ran here. */
export async function findMoved(
  resolved: UnloadedOptions,
  session: Session,
  tiers: readonly TierGraph[],
  hashes: ReadonlyMap<string, HistoryHashes>,
): Promise<readonly MovedError[]> {
  const gaps = tiers.filter((each) => hasGaps(each, hashes))
  if (gaps.length === 0) return []
  return (await import('./moved-revisions.ts')).movedRevisions(resolved, session, gaps, hashes)
}

/** Throws the first. */
export async function refuseMoved(...found: Parameters<typeof findMoved>): Promise<void> {
  for (const error of await findMoved(...found)) throw error
}

export const unrecordedText = (table: string, revisions: readonly string[]): string =>
  `${table} has no row of ${revisions.join(', ')}, which is applied: rows of it were deleted, or the table was.`

export const unrecordedRemedy =
  'Restore the table from a backup. Without it edits of applied files are not noticed, and a downgrade is derived from the files as they are now.'

export function unrecordedWarning(table: string, unrecorded: ReturnType<typeof findUnrecorded>): readonly string[] {
  return unrecorded.map(({ revisions }) => `${unrecordedText(table, revisions)} ${unrecordedRemedy}`)
}

export function editedWarning(edited: readonly EditedRevision[]): readonly string[] {
  return edited.map(
    ({ tier, revision, what }) => `Revision ${revision} (${tier}) was edited after it was applied: ${what}.`,
  )
}

/** Throws EDITED_REVISION where there are some. */
export function refuseEdited(edited: readonly EditedRevision[]): void {
  if (edited.length === 0) return
  const revisions = edited.map((each) => each.revision)
  throw new MigrateError('EDITED_REVISION', { revisions }, editedWarning(edited).join('\n'))
}
