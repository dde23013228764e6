import { refOfKey } from '../../model/edit.ts'
import type { TableRef } from '../../model/schema-model.ts'
import { sizeOf } from './pages/chunks.ts'
import type { RestoreContext } from './pages/restore-context.ts'
import { downgradeStep, type PreservedSelect, type PreservedValue } from './store.ts'

const mostEntries = 500
const mostBytes = 4 * 1024 * 1024

/** What was preserved of one table and column. */
export interface PreservedGroup {
  readonly ref: TableRef
  readonly column: string
  readonly entries: readonly PreservedValue[]
}

/** Goes through what a step of a revision preserved, its downgrade by default, oldest first, in groups of one table and column. */
export async function eachGroup(
  { preserved, owner }: Pick<RestoreContext, 'preserved' | 'owner'>,
  work: (group: PreservedGroup) => Promise<void>,
  select: PreservedSelect = {},
): Promise<void> {
  let [group, bytes]: [PreservedValue[], number] = [[], 0]
  const flush = async (): Promise<void> => {
    const [entries, first] = [group, group[0]]
    group = []
    bytes = 0
    if (first !== undefined) await work({ ref: refOfKey(first.table), column: first.column, entries })
  }
  for await (const entry of preserved.each(owner, { step: downgradeStep, ...select })) {
    const first = group[0]
    const isOther = first !== undefined && (first.table !== entry.table || first.column !== entry.column)
    if (isOther || group.length >= mostEntries || bytes > mostBytes) await flush()
    group.push(entry)
    for (const value of [entry.value, ...entry.row.values()]) bytes += sizeOf(value)
  }
  await flush()
}
