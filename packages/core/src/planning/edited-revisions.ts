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
import type { UnrecordedHeads } from './moved-revisions.ts'
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
  const { hasFunctions, recordingHash, recordUpgrade } = await import('./recording/record-file.ts')
  try {
    const dialect = await resolved.dialect.load()
    const { operations } = await recordUpgrade(dialect, each, revision)
    const hashes = inEachFormat(operations).map((formatted) => recordingHash({ operations: formatted }))
    if (!hashes.includes(operationsHash)) return 'operations differ'
    return hasFunctions(dialect, await each.tier.source.module(revision), operations) ? 'same operations' : 'only text'
  } catch (error) {
    // A file that no longer loads has certainly been edited; what it would do now cannot be said.
    if (isMigrateError(error)) return 'cannot be compared'
    throw error
  }
}

/** Heads of which the history has no row. Rows of a sequential tier may be another tool's. */
export async function findUnrecorded(
  { names }: UnloadedOptions,
  tiers: readonly TierGraph[],
  { hashes, rows }: RecordedPresent,
): Promise<readonly UnrecordedHeads[]> {
  const missing = tiers.flatMap((each) => {
    const waiting = new Set(each.squashed?.unrecorded.map(({ revision }) => revision))
    const heads = each.applied.filter((id) => !hashes.has(historyKey(each.tier.name, id)) && !waiting.has(id))
    return each.tier.kind === 'graph' && heads.length > 0 ? [{ ...each, heads }] : []
  })
  if (missing.length === 0) return []
  return (await import('./moved-revisions.ts')).unrecordedHeads(missing, rows, names.history)
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

export async function unrecordedWarning(...found: Parameters<typeof findUnrecorded>): Promise<readonly string[]> {
  return (await findUnrecorded(...found)).map(({ what, next }) => `${what} ${next}`)
}

export const editedText = (edited: readonly EditedRevision[]): readonly string[] =>
  edited.map(({ tier, revision, what }) => `Revision ${revision} (${tier}) was edited after it was applied: ${what}.`)

/** Without those of which only the text differs: a compiled revision does the same. */
export const editedWarning = (edited: readonly EditedRevision[]): readonly string[] =>
  editedText(edited.filter(({ what }) => what !== 'only text'))

/** Throws EDITED_REVISION where there are some. */
export function refuseEdited(edited: readonly EditedRevision[]): void {
  if (edited.length === 0) return
  const revisions = edited.map((each) => each.revision)
  throw new MigrateError('EDITED_REVISION', { revisions }, editedText(edited).join('\n'))
}
