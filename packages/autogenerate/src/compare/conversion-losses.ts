import type { PlannedLoss } from '@org/migrate-core'
import { type SchemaModel, type Session, tableKey } from '@org/migrate-core/dialect'
import { forecastLosses, pendingRows, type ResolvedOptions } from '@org/migrate-core/internal'
import type { Change } from '../differences/change.ts'

/**
 * What conversions of changes take from the rows that are there, as a plan counts it. Without what the changes name themselves (`loses`), and
 * without conversions that change no value.
 */
export async function conversionLosses(
  { dialect, preserve }: ResolvedOptions,
  session: Session,
  live: SchemaModel,
  changes: readonly Change[],
): Promise<readonly PlannedLoss[]> {
  const pending = pendingRows()
  const losses: PlannedLoss[] = []
  let before = live
  for (const change of changes) {
    if (change.kind === 'fill') {
      const key = tableKey(change.table)
      pending.tables.add(pending.names.table(key) ?? key)
      continue
    }
    const { operation } = change
    const counts = ({ how }: Pick<PlannedLoss, 'how'>): boolean => how === 'converted' && change.loses === undefined
    losses.push(...(await forecastLosses(dialect, session, live, pending, [{ operation, before }], counts, preserve)))
    before = dialect.model.apply(before, operation)
  }
  return losses.filter(({ rows }) => rows !== 0)
}
