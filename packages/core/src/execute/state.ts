import type { ServerSession } from '../dialect/dialect.ts'
import type { Session } from '../dialect/session.ts'
import { findEdited, findUnrecorded, readRecorded, unrecordedWarning } from './edited.ts'
import { look } from './look.ts'
import type { MigratorState, TierPosition } from './migrator-types.ts'
import type { Settled } from './options.ts'
import { headsOf, readTierGraphs, refuseForeign, refuseWithout } from './planning.ts'
import { appliedIn, missingIn, readPosition } from './readiness.ts'
import { countPreserved } from './records.ts'
import { selectTier } from './route.ts'
import { findUnversioned, unversionedRemedy, unversionedText } from './unversioned.ts'

/** Where the database stands, read without a lock and without writing. */
export async function readState(settled: Settled, session: ServerSession): Promise<MigratorState> {
  const { look: found, graphs, state, ...position } = await readPosition(settled, session, 'fill')
  const { reportLock } = await import('./lock-report.ts')
  const { database: _database, ...lock } = await reportLock(settled, session, found)
  const { hashes } = await readRecorded(settled, session, found)
  const unversioned = await findUnversioned(settled, session, found)
  return {
    ...position,
    state,
    ...(found.foreign === undefined ? {} : { foreign: { table: found.foreign.table, stamp: found.foreign.stamp } }),
    database: settled.dialect.database,
    edited: await findEdited(settled, graphs, hashes),
    warnings: [
      ...unrecordedWarning(settled.names.history, findUnrecorded(graphs, hashes)),
      ...unversioned.map((each) => `${unversionedText(each)} ${unversionedRemedy}`),
    ],
    begun: found.open.map(({ tier, revision, direction, startedAt }) => ({ tier, revision, direction, startedAt })),
    lock,
    ...(found.present.has(settled.names.preserved)
      ? await countPreserved(settled, session)
      : { preserved: 0, superseded: 0 }),
  }
}

/** The part of it that one tier's graph is drawn with. */
export async function readTierPosition(
  settled: Settled,
  session: Session,
  name: string | undefined,
): Promise<TierPosition> {
  const found = await look(settled, session)
  refuseWithout(found, name)
  // What of our revisions is applied can't be said: "none" would be as wrong as any other answer.
  refuseForeign(found)
  const graphs = await readTierGraphs(settled, session, found, 'fill')
  const each = selectTier(graphs, name)
  const { heads } = headsOf(each, each.applied)
  return {
    tier: each.tier.name,
    database: settled.dialect.database,
    graph: each.graph,
    heads,
    applied: appliedIn(each),
    missing: missingIn(each),
  }
}
