import { sha256 } from '../../model/canonical.ts'
import { findTable } from '../../model/edit.ts'
import type { Row } from '../../model/sql-value.ts'
import { valueHash } from './encode.ts'
import type { PreservedGroup } from './groups.ts'
import type { TableRestoreContext } from './pages/restore-context.ts'
import { conditionKey, rowsBy, rowsDigest } from './rows.ts'
import type { PreservedValue } from './store.ts'

const noRow = sha256('no row')

/** A digest of what the upgrade has made of a preserved cell or row. */
export function upgradeDigest(entry: PreservedValue, row: Row | undefined): string {
  if (row === undefined) return noRow
  return entry.column === '' ? rowsDigest([row], [...entry.row.keys()]) : valueHash(row[entry.column] ?? null)
}

/** What the upgrade has made of each value, by its id. */
export async function upgradeDigests(
  { dialect, session, breathe, model }: Pick<TableRestoreContext, 'dialect' | 'session' | 'breathe' | 'model'>,
  { ref, column, entries }: PreservedGroup,
): Promise<ReadonlyMap<bigint, string>> {
  const columns = column === '' ? [...(entries[0]?.row.keys() ?? [])] : [column]
  const conditions = entries.map(({ key }) => key)
  const rows = await rowsBy(dialect, session, ref, findTable(model, ref), columns, conditions, breathe)
  return new Map(entries.map((entry) => [entry.id, upgradeDigest(entry, rows.get(conditionKey(entry.key))?.[0])]))
}
