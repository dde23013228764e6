import { refOfKey } from '../../../model/edit.ts'
import type { Operation } from '../../../operations/operation.ts'
import { printOf } from '../base-text.ts'
import { computes, nameAfter, writersOf } from '../bases.ts'
import { type DigestContext, locateTable, readBelow, rowPrints } from '../digests.ts'
import { followNames } from '../drops.ts'
import { eachGroup, type PreservedGroup } from '../groups.ts'
import { provenRanges } from '../in-server/row-prints.ts'
import type { RestoreContext } from '../pages/restore-context.ts'
import type { IdRange } from '../preserved-types.ts'
import { isSameRow, namePrint } from '../row-print.ts'
import { downgradeStep } from '../store.ts'

/** Whether the row of a preserved value was still the same when the run began. */
export type IsProvenRow = (id: bigint) => boolean

interface BeforeContext extends Omit<RestoreContext, 'report'> {
  /** What the steps of the run do before the one that restores. */
  readonly earlier: readonly Operation[]
  /** What that one does. */
  readonly upgrade: readonly Operation[]
}

/** What the present columns of a table are called below the revision, and which of them a downgrade of the earlier steps may have rewritten. */
function columnsBelow({ dialect, earlier, upgrade }: BeforeContext, below: DigestContext, above: string) {
  const names = followNames(upgrade)
  const ref = refOfKey(names.table(above) ?? above)
  const named = (column: string): string => nameAfter(earlier, ref, column)
  const writers = writersOf(
    dialect,
    earlier.filter((operation) => operation.kind !== 'run' || operation.down !== 'none'),
  )
  const present = (locateTable(below, above)?.table.columns ?? []).map(({ name }) => named(name))
  return { named, present: new Set(present.map(namePrint)), written: present.filter((each) => writers(ref, each) > 0) }
}

/**
 * The rows of what a later step of a run restores, before its first step: what the steps in between do to them is no change of another
 * program. What they or their downgrades made of a column is left out where other columns are left. Undefined: they change no rows.
 */
export async function provenRows(context: BeforeContext): Promise<IsProvenRow | undefined> {
  const { dialect, preserved, owner, earlier, upgrade } = context
  if (!computes(dialect, earlier)) return undefined
  const tables = await preserved.tables(owner, downgradeStep)
  if (tables.length === 0) return undefined
  const below = await readBelow(context, [...earlier, ...upgrade], tables)
  const [ids, ranges]: [Set<bigint>, IdRange[]] = [new Set(), []]
  for (const of of await preserved.preservedColumns(owner, { step: downgradeStep })) {
    const { named, present, written } = columnsBelow(context, below, of.table)
    const rewritten = new Set(written.map(namePrint))
    const isSame = (before: string, now: string): boolean =>
      isSameRow(before, now) || isSameRow(before, now, (column) => present.has(column) && !rewritten.has(column))
    for await (const range of provenRanges(context, below, { ...of, step: downgradeStep })) {
      const addSame = async ({ entries }: PreservedGroup): Promise<void> => {
        const rows = entries.filter(({ base }) => printOf(base) !== undefined)
        const prints = await rowPrints(below, rows, named)
        for (const { id, base } of rows) if (isSame(printOf(base) ?? '', prints.get(id) ?? '')) ids.add(id)
      }
      if (range.isProven) ranges.push(range.ids)
      else await eachGroup(context, addSame, { ...of, ids: range.ids })
    }
  }
  return (id) => ids.has(id) || ranges.some(([first, last]) => first <= id && id <= last)
}
