import type { Session } from '../dialect/session.ts'
import { remedies } from '../errors/codes.ts'
import { MigrateError } from '../errors/migrate-error.ts'
import { readRecorded } from './edited.ts'
import type { Look } from './look.ts'
import type { Settled } from './options.ts'

/** A graph tier whose table is gone, while the history has revisions of it that are applied. */
export interface Unversioned {
  readonly tier: string
  readonly table: string
  readonly revisions: readonly string[]
  readonly why: string
}

/** Reads the history only where a table is gone. */
export async function findUnversioned(
  settled: Settled,
  session: Session,
  found: Look,
): Promise<readonly Unversioned[]> {
  const gone = settled.tiers.filter(({ kind, store }) => kind === 'graph' && !found.present.has(store.table.ref.name))
  if (gone.length === 0) return []
  const { hashes } = await readRecorded(settled, session, found)
  const recorded = [...hashes.keys()].map((key) => key.split('\n'))
  return gone.flatMap(({ name, store }): readonly Unversioned[] => {
    const revisions = recorded.flatMap(([tier, revision = '']) => (tier === name ? [revision] : []))
    const why = `it is gone, and by ${settled.names.history} these are applied: ${revisions.join(', ')}`
    return revisions.length === 0 ? [] : [{ tier: name, table: store.table.ref.name, revisions, why }]
  })
}

export const unversionedRemedy = remedies.BOOKKEEPING_INVALID

export const unversionedText = ({ table, why }: Unversioned): string => `Table ${table}: ${why}.`

/** A run would begin at the first revision again. Throws BOOKKEEPING_INVALID. */
export async function refuseUnversioned(settled: Settled, session: Session, found: Look): Promise<void> {
  const [first] = await findUnversioned(settled, session, found)
  if (first === undefined) return
  const { table, why } = first
  throw new MigrateError('BOOKKEEPING_INVALID', { table, why }, unversionedText(first))
}
