import type { Session } from '../dialect/session.ts'
import { remedies } from '../errors/codes.ts'
import { MigrateError } from '../errors/migrate-error.ts'
import type { BookkeepingInspection } from '../history/inspect-bookkeeping.ts'
import type { UnloadedOptions } from '../options/resolve-options.ts'
import { readRecorded } from './edited-revisions.ts'

/** A graph tier whose table is gone, while the history has revisions of it that are applied. */
export interface UnversionedTier {
  readonly tier: string
  readonly table: string
  readonly revisions: readonly string[]
  readonly why: string
}

/** Reads the history only where a table is gone. */
export async function findUnversioned(
  resolved: UnloadedOptions,
  session: Session,
  inspection: BookkeepingInspection,
): Promise<readonly UnversionedTier[]> {
  const missingTiers = resolved.tiers.filter(
    ({ kind, store }) => kind === 'graph' && !inspection.present.has(store.table.ref.name),
  )
  if (missingTiers.length === 0) return []
  const { hashes } = await readRecorded(resolved, session, inspection)
  const recorded = [...hashes.keys()].map((key) => key.split('\n'))
  return missingTiers.flatMap(({ name, store }): readonly UnversionedTier[] => {
    const revisions = recorded.flatMap(([tier, revision = '']) => (tier === name ? [revision] : []))
    const why = `it is gone, and by ${resolved.names.history} these are applied: ${revisions.join(', ')}`
    return revisions.length === 0 ? [] : [{ tier: name, table: store.table.ref.name, revisions, why }]
  })
}

export const unversionedRemedy = remedies.BOOKKEEPING_INVALID

export const unversionedText = ({ table, why }: UnversionedTier): string => `Table ${table}: ${why}.`

/** A run would begin at the first revision again. Throws BOOKKEEPING_INVALID. */
export async function refuseUnversioned(
  resolved: UnloadedOptions,
  session: Session,
  inspection: BookkeepingInspection,
): Promise<void> {
  const [first] = await findUnversioned(resolved, session, inspection)
  if (first === undefined) return
  const { table, why } = first
  throw new MigrateError('BOOKKEEPING_INVALID', { table, why }, unversionedText(first))
}
