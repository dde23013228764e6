import type { Statement } from '../../compile/statement.ts'
import { isMigrateError } from '../../errors/migrate-error.ts'
import { findColumn, findTable, refOfKey, tableKey } from '../../model/edit.ts'
import { uniqueKeyOf } from '../../model/keys.ts'
import {
  countOn,
  insertPreserved,
  keyText,
  locationOf,
  type RestoreContext,
  type Restoring,
  readCells,
  writeCells,
} from './cells.ts'
import { sameValue, valueHash } from './encode.ts'
import { madeDigest } from './made.ts'
import { baseText } from './record-bases.ts'
import { change, silenceTriggers } from './silence.ts'
import { downgradeStep, type PreservedValue } from './store.ts'

/** Why a value could not be restored; `later`: another one may have to come first. */
type Refusal = { readonly id: bigint; readonly what: string; readonly key: string; readonly later?: true }

function stands({ model }: Restoring, preserved: PreservedValue): boolean {
  const table = findTable(model, refOfKey(preserved.table))
  return table !== undefined && (preserved.column === '' || findColumn(table, preserved.column) !== undefined)
}

/** One value. A row that the upgrade made anew takes the preserved values. */
async function restoreOne(context: Restoring, preserved: PreservedValue): Promise<Refusal | undefined> {
  const refusal = (why: string): Refusal => ({
    id: preserved.id,
    what: `${locationOf(preserved)}: ${why}`,
    key: keyText(preserved.key),
  })
  if (!stands(context, preserved)) return refusal('not there any more, so the old values stay preserved')
  const cells = preserved.column === '' ? preserved.row : new Map([[preserved.column, preserved.value]])
  const present = await readCells(context, preserved, cells.keys())
  if (
    preserved.base?.startsWith(baseText.replay('')) &&
    preserved.base !== baseText.replay(madeDigest(preserved, present))
  )
    return refusal('computed from newer data now, so the preserved value is not restored')
  if (present === undefined && preserved.column !== '')
    return refusal('the row is gone, so the old value stays preserved')
  let computed = false
  try {
    // A statement that fails must not end the transaction on servers where it would.
    await context.session.savepoint(async () => {
      if (present === undefined) return insertPreserved(context, preserved)
      const differing = [...cells].filter(([column, value]) => !sameValue(present[column] ?? null, value))
      computed = differing.some(([column, value]) => {
        const now = present[column] ?? null
        return now !== null && valueHash(now) !== valueHash(value)
      })
      if (differing.length > 0) await writeCells(context, preserved, differing)
    })
  } catch (error) {
    if (!isMigrateError(error, 'STATEMENT_FAILED') || error.details.fault !== 'constraint') throw error
    const text = error.cause instanceof Error ? error.cause.message : error.message
    return { ...refusal(`cannot be restored (${text}), so the old values stay preserved`), later: true }
  }
  if (computed)
    context.report(
      `${locationOf(preserved)}: restored as it was before the downgrade, not as computed now`,
      keyText(preserved.key),
    )
  await context.preserved.remove(preserved.id)
  return undefined
}

/** Everything preserved of whole rows or of cells, once. Gives what has to wait or stays. */
async function pass(context: Restoring, wholeRows: boolean, descending: boolean): Promise<readonly Refusal[]> {
  const refused: Refusal[] = []
  const select = { step: downgradeStep, ...(wholeRows ? { column: '' } : {}) }
  for await (const preserved of context.preserved.each(context.owner, select, { descending })) {
    await context.breathe()
    if (!wholeRows && preserved.column === '') continue
    const refusal = await restoreOne(context, preserved)
    if (refusal !== undefined) refused.push(refusal)
  }
  return refused
}

/** Columns that the server numbers by itself and of which something was preserved: the statements that let them be written. */
async function numbered({ dialect, preserved, owner, model }: Restoring) {
  const found: { readonly open: Statement; readonly close: Statement }[] = []
  for (const table of dialect.ownNumbers === undefined ? [] : model.tables.values()) {
    for (const { name, identity } of table.columns) {
      if (identity?.mode !== 'always') continue
      // A row that comes back whole is found by its key, so that only other columns of it may have to be written anew.
      const places = uniqueKeyOf(table)?.includes(name) ? [name] : [name, '']
      const select = { step: downgradeStep, table: tableKey(table.ref) }
      const held = await Promise.all(places.map((column) => preserved.has(owner, { ...select, column })))
      const statements = dialect.ownNumbers?.column(table, name)
      if (statements !== undefined && held.includes(true)) found.push(statements)
    }
  }
  return found
}

/**
 * After a revision was upgraded again: restores, by key, what its downgrade had to drop. What was dropped last comes first,
 * parents before children; what still refers to a later row waits for another round. What the database does not take (its
 * parent is gone meanwhile, another row has its unique value) stays preserved and is reported.
 */
export async function restoreDropped(context: RestoreContext): Promise<void> {
  const { dialect, session, preserved, owner } = context
  const tables = await preserved.tables(owner, downgradeStep)
  if (tables.length === 0) return
  const model = await dialect.introspect(session, { tables: tables.map(refOfKey), only: 'tables' })
  const restoring: Restoring = { ...context, model }
  const numbers = await numbered(restoring)
  await change(
    restoring,
    numbers.map(({ open }) => open),
  )
  const triggers = await silenceTriggers(restoring)
  for (const wholeRows of [true, false]) {
    let waiting = Number.POSITIVE_INFINITY
    for (let descending = true; ; descending = !descending) {
      const refused = await pass(restoring, wholeRows, descending)
      const later = refused.filter((each) => each.later).length
      if (later > 0 && later < waiting) {
        waiting = later
        continue
      }
      for (const { id, what, key } of refused) {
        await preserved.setAside(id)
        context.report(what, key)
      }
      break
    }
  }
  await triggers.restore()
  await change(
    restoring,
    numbers.map(({ close }) => close),
  )
  await countOn(context, model.tables.values())
}
