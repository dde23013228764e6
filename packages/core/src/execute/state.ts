import type { Session } from '../dialect/session.ts'
import { findEdited } from './edited.ts'
import type { MigratorState } from './migrator-types.ts'
import type { Settled } from './options.ts'
import { readPosition } from './readiness.ts'
import { countKept } from './records.ts'

/** Where the database stands, read without a lock and without writing. */
export async function readState(settled: Settled, session: Session): Promise<MigratorState> {
  const { look: found, graphs, state, ...position } = await readPosition(settled, session)
  return {
    ...position,
    state,
    database: settled.dialect.database,
    edited: await findEdited(settled, session, graphs, found.present.has(settled.names.history)),
    begun: found.open.map(({ tier, revision, direction, startedAt }) => ({ tier, revision, direction, startedAt })),
    kept: found.present.has(settled.names.kept) ? await countKept(settled, session) : 0,
  }
}
