import { nameOfKey } from '../../../model/edit.ts'
import type { RestoreContext } from '../pages/restore-context.ts'
import type { PreservedRestored, PreservedSelect, RestoreSelection } from '../preserved-types.ts'
import { conditionKey } from '../rows.ts'
import { leftStep } from '../store.ts'
import { restoreTo, type WriteResult, writeEach } from '../write-preserved.ts'
import type { PresentNames } from './present-names.ts'

const countOf: { readonly [R in WriteResult['reason']]: 'restored' | 'missing' | 'refused' } = {
  restored: 'restored',
  missing: 'missing',
  refused: 'refused',
  occupied: 'refused',
  superseded: 'refused',
}

/** A table or a column is chosen by the name that `preserved` lists, or by the one that it has in the present schema. */
const isChosen = (
  { table, column }: RestoreSelection,
  names: readonly { readonly table: string; readonly column: string }[],
): boolean =>
  (table === undefined || names.some((each) => nameOfKey(each.table) === table)) &&
  (column === undefined || names.some((each) => each.column === column))

/** What all that is chosen has in common: the server reads no other value. Of several tables the newest value of a cell is found among all. */
function selectionOf(chosen: readonly { readonly table: string; readonly column: string }[]): PreservedSelect {
  const [first] = chosen
  if (first === undefined || chosen.some(({ table }) => table !== first.table)) return { step: leftStep }
  const isOneColumn = chosen.every(({ column }) => column === first.column)
  return { step: leftStep, table: first.table, ...(isOneColumn ? { column: first.column } : {}) }
}

/**
 * Writes the values that no run restored over what is there now, the newest of each cell. Older ones, what is of a table or column that is
 * not there, of a row that is gone, or refused by a constraint stays preserved.
 */
export async function restoreByHand(
  context: RestoreContext,
  selection: RestoreSelection,
  names: PresentNames,
): Promise<PreservedRestored> {
  const counts = { restored: 0, missing: 0, refused: 0 }
  const absent = new Set<string>()
  let [older, replaced] = [0, 0]
  const { preserved, owner } = context
  const chosen = (await preserved.preservedColumns(owner, { step: leftStep })).filter((each) =>
    isChosen(selection, [each, ...names.locations(each.table, each.column)]),
  )
  const written = chosen.flatMap(({ table, column, values }) =>
    names
      .locations(table, column)
      .filter((present) => isChosen(selection, [{ table, column }, present]))
      .map((present) => ({ ...present, values })),
  )
  await restoreTo(context, written, async (tableContext) => {
    const cells = new Set<string>()
    for await (const page of preserved.pages(owner, selectionOf(chosen), { descending: true })) {
      await context.breathe()
      const newest = page.flatMap((value) => {
        const present = names.value(value)
        if (!isChosen(selection, present === undefined ? [value] : [value, present])) return []
        if (present === undefined) {
          counts.missing += 1
          return []
        }
        const cell = `${present.table} ${conditionKey(present.key)} ${present.column}`
        if (cells.has(cell)) {
          older += 1
          return []
        }
        cells.add(cell)
        return [present]
      })
      await writeEach(
        tableContext,
        newest,
        () => undefined,
        (_, result) => {
          counts[countOf[result.reason]] += 1
          if (result.reason === 'restored' && result.replaced) replaced += 1
          if (result.reason === 'missing') for (const object of result.absent ?? []) absent.add(object)
        },
      )
    }
  })
  return {
    ...counts,
    ...(replaced === 0 ? {} : { replaced }),
    ...(older === 0 ? {} : { older }),
    ...(absent.size === 0 ? {} : { absent: [...absent].toSorted() }),
  }
}
