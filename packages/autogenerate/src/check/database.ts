import type { EditedRevision } from '@org/migrate-core'
import type { Session } from '@org/migrate-core/dialect'
import { someOf } from '@org/migrate-core/dialect'
import {
  type BookkeepingInspection,
  findEdited,
  findMoved,
  findUnrecorded,
  findUnversioned,
  hasFileOf,
  historySource,
  inspectBookkeeping,
  interruptedLoadRemedy,
  interruptedLoadText,
  interruptedRemedy,
  interruptedText,
  overlapsOf,
  pendingOf,
  type ResolvedOptions,
  readRecorded,
  readTierGraphs,
  remedies,
  resumedElsewhere,
  type TierGraph,
  type UnversionedTier,
  unversionedRemedy,
  unversionedText,
} from '@org/migrate-core/internal'
import type { CheckFinding, EditKind, EditLimit } from './types.ts'

function foreign({ foreign: inspection }: BookkeepingInspection): readonly CheckFinding[] {
  if (inspection === undefined) return []
  return [
    {
      kind: 'foreign history',
      level: 'problem',
      revisions: inspection.stamp,
      what: inspection.message,
      next: inspection.remedy ?? remedies.FOREIGN_HISTORY,
    },
  ]
}

function interruptedFindings(
  { interrupted }: BookkeepingInspection,
  graphs: readonly TierGraph[],
): readonly CheckFinding[] {
  return interrupted.map((each) => ({
    kind: 'interrupted',
    level: 'problem',
    tier: each.tier,
    revisions: [each.revision],
    what: interruptedText(each),
    next: hasFileOf(graphs, each) ? interruptedRemedy : resumedElsewhere,
  }))
}

/** What a push that no revision has recorded means. */
export const pushedFinding = (pushed: NonNullable<BookkeepingInspection['pushed']>) =>
  pushed.isLoad
    ? { what: interruptedLoadText(pushed), next: interruptedLoadRemedy }
    : {
        what: `The database was pushed at ${pushed.at}, and no revision is recorded in it.`,
        next: 'Write the revision with `migrate revision --autogenerate`; then `migrate upgrade` records it where it makes the same schema.',
      }

function pushedFindings({ pushed }: BookkeepingInspection): readonly CheckFinding[] {
  if (pushed === undefined) return []
  return [{ kind: 'pushed', level: pushed.isLoad ? 'problem' : 'information', revisions: [], ...pushedFinding(pushed) }]
}

/** Applied, and no file has it: of a graph the rows, and what they stand on as the history tells it. */
function missingFileFindings({ tier, graph, applied, unknown }: TierGraph): readonly CheckFinding[] {
  if (tier.kind === 'sequential') {
    if (unknown.length === 0) return []
    const what = `Tier ${tier.name} has applied ${someOf(unknown)}, which no file has; it is left as it is.`
    const next = 'Nothing has to be done: the rows stay, and nothing is run for them.'
    return [{ kind: 'file missing', level: 'information', tier: tier.name, revisions: unknown, what, next }]
  }
  const revisionsInGraph = applied.filter((revision) => graph.has(revision))
  const recorded = [...graph.ancestorsOf(revisionsInGraph)].filter(
    (revision) => graph.get(revision).source === historySource,
  )
  const lost = unknown.filter((revision) => !graph.has(revision))
  const finding = (revision: string, what: string, next: string): CheckFinding => ({
    kind: 'file missing',
    level: 'problem',
    tier: tier.name,
    revisions: [revision],
    what: `Revision ${revision} is applied, but no file has it${what}.`,
    next,
  })
  return [
    ...recorded.map((revision) =>
      finding(
        revision,
        '; the history knows what it did',
        'Bring the file back, or use the release that has it; `migrate downgrade` goes back below it by what the history kept.',
      ),
    ),
    ...lost.map((revision) =>
      finding(
        revision,
        ', and the history does not know it',
        'Use the release that has it; or find out which revision the database is at, and record that with `migrate stamp --purge <revision>`.',
      ),
    ),
  ]
}

/** Rows of the version table that cannot be right: what is pending is not known then. */
export function overlapping({ tier, graph, applied }: TierGraph): readonly CheckFinding[] {
  if (tier.kind === 'sequential') return []
  const revisions = overlapsOf(
    graph,
    applied.filter((revision) => graph.has(revision)),
  )
  if (revisions.length === 0) return []
  const table = tier.store.table.ref.name
  const what = `${table} has rows that stand on each other: ${revisions.join(', ')}. No migration writes that.`
  const next = 'Find out which revisions are really applied, then record them with `migrate stamp --purge`.'
  return [{ kind: 'rows overlap', level: 'problem', tier: tier.name, revisions, what, next }]
}

function pending(each: TierGraph): readonly CheckFinding[] {
  const revisions = pendingOf(each)
  if (revisions.length === 0) return []
  const count = revisions.length === 1 ? 'revision is' : 'revisions are'
  const what = `The database is not at the head: ${revisions.length} ${count} pending, ${someOf(revisions)}.`
  const next = 'See them with `migrate plan`, and apply them with `migrate upgrade`.'
  return [{ kind: 'not at head', level: 'problem', tier: each.tier.name, revisions, what, next }]
}

/** The edits that are a problem. */
const refused: { readonly [L in EditLimit]: readonly EditKind[] } = {
  text: ['only text', 'same operations', 'operations differ', 'cannot be compared'],
  functions: ['same operations', 'operations differ', 'cannot be compared'],
  operations: ['operations differ', 'cannot be compared'],
}

const accept = (revision: string): string => `record the file as it is with \`migrate stamp --accept-edit ${revision}\``

const editDescriptions: { readonly [K in EditKind]: readonly [what: string, next: (revision: string) => string] } = {
  'only text': ['only its text differs', (revision) => `Nothing was lost: ${accept(revision)}.`],
  'same operations': [
    'its operations are the same, its functions may be others',
    (revision) => `Look at its data steps and its downgrade: take the edit back, or ${accept(revision)}.`,
  ],
  'operations differ': [
    'its operations differ from what was applied',
    (revision) =>
      `Take the edit back and write a new revision; or, where the database is as the file says, ${accept(revision)}.`,
  ],
  'cannot be compared': [
    'what it did and what it would do cannot be compared',
    (revision) => `Correct the file or take the edit back; or ${accept(revision)}.`,
  ],
}

/** What is read of a database. */
export interface DatabaseStatus {
  readonly inspection: BookkeepingInspection
  readonly graphs: readonly TierGraph[]
  readonly edited: readonly EditedRevision[]
  /** Applied, with no row in the history. */
  readonly unrecorded: Awaited<ReturnType<typeof findUnrecorded>>
  readonly moved: Awaited<ReturnType<typeof findMoved>>
  readonly unversioned: readonly UnversionedTier[]
}

/** Reads the bookkeeping; nothing is written, no lock is taken. */
export async function readDatabaseStatus(resolved: ResolvedOptions, session: Session): Promise<DatabaseStatus> {
  const inspection = await inspectBookkeeping(resolved, session)
  const graphs = await readTierGraphs(resolved, session, inspection, 'fill', { readAll: true })
  const recorded = await readRecorded(resolved, session, inspection)
  const edited = await findEdited(resolved, graphs, recorded.hashes)
  return {
    inspection,
    graphs,
    edited,
    unrecorded: await findUnrecorded(resolved, graphs, recorded),
    moved: await findMoved(resolved, session, graphs, recorded.hashes),
    unversioned: await findUnversioned(resolved, session, inspection),
  }
}

/** What the database tells of the files. */
export function databaseFindings(
  { inspection, graphs, edited, unrecorded, moved, unversioned }: DatabaseStatus,
  limit: EditLimit,
): readonly CheckFinding[] {
  return [
    ...foreign(inspection),
    ...interruptedFindings(inspection, graphs),
    ...pushedFindings(inspection),
    // What is pending can't be said where another tool has migrated.
    ...(inspection.foreign === undefined ? graphs : []).flatMap((each) => {
      const overlaps = overlapping(each)
      // Where the rows are invalid, the pending revisions are not known.
      return [...missingFileFindings(each), ...overlaps, ...(overlaps.length === 0 ? pending(each) : [])]
    }),
    ...unrecorded.map((each): CheckFinding => ({ kind: 'history missing', level: 'problem', ...each })),
    ...moved.map(({ details: { tier, revision }, message: what, remedy: next }): CheckFinding => {
      return { kind: 'history missing', level: 'problem', tier, revisions: [revision], what, next }
    }),
    ...unversioned.map((each): CheckFinding => {
      const { tier, revisions } = each
      const what = unversionedText(each)
      return { kind: 'history missing', level: 'problem', tier, revisions, what, next: unversionedRemedy }
    }),
    ...edited.map((each): CheckFinding => {
      const { tier, revision, what: edit } = each
      const [description, next] = editDescriptions[edit]
      const what = `Revision ${revision} was edited after it was applied: ${description}.`
      const level = refused[limit].includes(edit) ? 'problem' : 'information'
      return { kind: 'edited', level, tier, revisions: [revision], edit, what, next: next(revision) }
    }),
  ]
}
