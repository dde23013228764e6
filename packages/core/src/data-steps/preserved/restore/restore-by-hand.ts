import { nameOfKey } from '../../../model/edit.ts'
import type { RestoreContext } from '../pages/restore-context.ts'
import type { PreservedRestored, RestoreSelection } from '../preserved-types.ts'
import { conditionKey } from '../rows.ts'
import { leftStep } from '../store.ts'
import { restoreTo, type WriteResult, writeEach } from '../write-preserved.ts'

const countOf: { readonly [R in WriteResult['reason']]: 'restored' | 'missing' | 'refused' } = {
  restored: 'restored',
  missing: 'missing',
  refused: 'refused',
  occupied: 'refused',
  superseded: 'refused',
}

/**
 * Writes the values that no run restored over what is there now, the newest of each cell. Older ones, what is of a table or column that is
 * not there, of a row that is gone, or refused by a constraint stays preserved.
 */
export async function restoreByHand(context: RestoreContext, selection: RestoreSelection): Promise<PreservedRestored> {
  const counts = { restored: 0, missing: 0, refused: 0 }
  const absent = new Set<string>()
  let [older, replaced] = [0, 0]
  const { preserved, owner } = context
  const written = (await preserved.preservedColumns(owner, { step: leftStep })).filter(
    ({ table, column }) =>
      (selection.table === undefined || nameOfKey(table) === selection.table) &&
      (selection.column === undefined || column === selection.column),
  )
  await restoreTo(context, written, async (tableContext) => {
    for (const table of new Set(written.map((each) => each.table))) {
      const column = selection.column === undefined ? {} : { column: selection.column }
      const cells = new Set<string>()
      for await (const page of preserved.pages(owner, { step: leftStep, table, ...column }, { descending: true })) {
        await context.breathe()
        const newest = page.filter((value) => {
          const cell = `${conditionKey(value.key)} ${value.column}`
          if (cells.has(cell)) return false
          cells.add(cell)
          return true
        })
        older += page.length - newest.length
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
    }
  })
  return {
    ...counts,
    ...(replaced === 0 ? {} : { replaced }),
    ...(older === 0 ? {} : { older }),
    ...(absent.size === 0 ? {} : { absent: [...absent].toSorted() }),
  }
}
