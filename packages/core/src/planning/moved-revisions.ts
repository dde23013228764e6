import { directionOf, type HistoryHashes, historyKey, textList } from '../bookkeeping/history.ts'
import { readRevisionRows } from '../bookkeeping/revision-rows.ts'
import type { Session } from '../dialect/session.ts'
import { MigrateError } from '../errors/migrate-error.ts'
import type { RevisionGraph } from '../graph/revision-graph.ts'
import type { Row } from '../model/sql-value.ts'
import type { UnloadedOptions } from '../options/resolve-options.ts'
import type { TierGraph } from './route.ts'

/** An applied revision, with what it stands on and the history has no row of. */
interface UnrecordedParents extends Pick<RevisionGraph, 'labels'> {
  readonly tier: string
  readonly revision: string
  readonly unrecorded: readonly string[]
}

const columns = ['direction', 'parents', 'depends_on'] as const
const appliedBy: ReadonlySet<string> = new Set(['up', 'stamp', 'load'])

/** REVISION_MOVED, where the revision was applied on something else: what was stamped has no rows of what came before it, and stays as it is. */
async function movedRevision(
  { dialect, names }: UnloadedOptions,
  session: Session,
  { tier, revision, unrecorded, labels }: UnrecordedParents,
): Promise<MigrateError<'REVISION_MOVED'> | undefined> {
  const rows = await readRevisionRows(dialect, names, session, { tier, revision, columns })
  const row = rows.find((each) => appliedBy.has(directionOf(each, names.history)))
  const lists = row && ['parents', 'depends_on'].map((column) => textList(row, column, names.history))
  // Of a script the row does not say.
  const [recorded, dependsOn] = lists ?? []
  if (recorded === undefined || dependsOn === undefined) return undefined
  const before = new Set([...recorded, ...dependsOn.map((id) => labels.get(id) ?? id)])
  const parents = unrecorded.filter((id) => !before.has(id))
  if (parents.length === 0) return undefined
  const was = recorded.length === 0 ? 'as a base' : `on ${recorded.join(', ')}`
  return new MigrateError(
    'REVISION_MOVED',
    { tier, revision, parents, recorded },
    `Revision ${revision} (${tier}) stands on ${parents.join(', ')} now, which never ran here: ${revision} was applied ${was}, and moved since.`,
  )
}

/**
 * Applied revisions that were moved since onto what never ran here (`migrate rebase`, or by hand): the version table alone would pass for it.
 * What a squashed revision replaces has rows of its own.
 */
export async function movedRevisions(
  resolved: UnloadedOptions,
  session: Session,
  tiers: readonly TierGraph[],
  hashes: ReadonlyMap<string, HistoryHashes>,
): Promise<readonly MigrateError<'REVISION_MOVED'>[]> {
  const moved: MigrateError<'REVISION_MOVED'>[] = []
  for (const { tier, graph, applied } of tiers) {
    const isRecorded = (id: string): boolean => hashes.has(historyKey(tier.name, id))
    const isKnown = (id: string): boolean =>
      isRecorded(id) || (graph.has(id) && graph.get(id).replaces?.some(isRecorded) === true)
    for (const id of graph.ancestorsOf(applied.filter((row) => graph.has(row)))) {
      const unrecorded = graph.beforeOf(id).filter((each) => !isKnown(each))
      if (unrecorded.length === 0 || !isRecorded(id)) continue
      const { labels } = graph
      const error = await movedRevision(resolved, session, { tier: tier.name, revision: id, unrecorded, labels })
      if (error !== undefined) moved.push(error)
    }
  }
  return moved
}

/** Heads of a tier without a row, in a sentence, and what to do. */
export interface UnrecordedHeads {
  readonly tier: string
  readonly revisions: readonly string[]
  readonly what: string
  readonly next: string
}

/**
 * Of heads without a row those that had one: the history was emptied, or its table is gone. A stamp records nothing of what lies below its
 * revision, and a downgrade from there ends at one without a row.
 */
export function unrecordedHeads(
  tiers: readonly (TierGraph & { readonly heads: readonly string[] })[],
  history: readonly Row[],
  table: string,
): readonly UnrecordedHeads[] {
  const reverted = revertedAfterStamp(history)
  return tiers.flatMap(({ tier: { name }, graph, heads }) => {
    const isBelowStamp = (id: string): boolean =>
      graph.has(id) && graph.afterOf(id).some((after) => reverted.has(historyKey(name, after)))
    const revisions = heads.filter((id) => !isBelowStamp(id))
    if (revisions.length === 0) return []
    const what = `${table} has no row of ${revisions.join(', ')}, which is applied: rows of it were deleted, or the table was.`
    const next =
      'Restore the table from a backup. Without it edits of applied files are not noticed, and a downgrade is derived from the files as they are now.'
    return [{ tier: name, revisions, what, next }]
  })
}

/** Reverted revisions that had come to be applied by a stamp: of their own, or of one above, where they had no row until then. */
function revertedAfterStamp(history: readonly Row[]): ReadonlySet<string> {
  const [ran, reverted] = [new Set<string>(), new Set<string>()]
  for (const { tier, revision, direction } of history) {
    const key = historyKey(String(tier), String(revision))
    if (direction === 'up' || direction === 'load') ran.add(key)
    else if (direction === 'stamp') ran.delete(key)
    else if (direction === 'down' && ran.delete(key)) reverted.delete(key)
    else if (direction === 'down') reverted.add(key)
  }
  return reverted
}
