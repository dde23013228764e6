import { isMigrateError } from '../../errors/migrate-error.ts'
import { findColumn, findTable, refOfKey } from '../../model/edit.ts'
import type { Row } from '../../model/sql-value.ts'
import { sameValue, valueHash } from './encode.ts'
import {
  countOn,
  insertPreserved,
  keyText,
  locationOf,
  type RestoreContext,
  readCells,
  type TableRestoreContext,
  writeCells,
} from './restore/cells.ts'
import { silenceTriggers } from './silence.ts'
import type { PreservedSelect, PreservedValue } from './store.ts'

/** Why a value was not restored. `refused`: by a constraint, so that another value may have to come first. */
interface Unrestored {
  readonly reason: 'missing' | 'occupied' | 'superseded' | 'refused'
  readonly why: string
}

/** `replaced`: another value than NULL. */
export type WriteResult = Unrestored | { readonly reason: 'restored'; readonly replaced: boolean }

/** Restores values to tables, whose triggers are off meanwhile, and whose counters then are behind the restored rows. */
export async function restoreTo(
  context: RestoreContext,
  tables: readonly string[],
  work: (tableContext: TableRestoreContext) => Promise<void>,
): Promise<void> {
  if (tables.length === 0) return
  const { dialect, session } = context
  const model = await dialect.introspection.schema(session, { tables: tables.map(refOfKey), only: 'tables' })
  const tableContext: TableRestoreContext = { ...context, model }
  const triggers = await silenceTriggers(tableContext)
  await work(tableContext)
  await triggers.restore()
  await countOn(context, model.tables.values())
}

/**
 * Writes one preserved row or cell, and forgets it when that is done.
 *
 * @param judge what is there now (undefined: no row) may be something that the value must not replace
 */
export async function writePreserved(
  context: TableRestoreContext,
  value: PreservedValue,
  judge: (present: Row | undefined) => Unrestored | undefined = () => undefined,
): Promise<WriteResult> {
  const table = findTable(context.model, refOfKey(value.table))
  const cells = value.column === '' ? value.row : new Map([[value.column, value.value]])
  const hidden = table && context.dialect.rows?.identity?.(table)
  if (
    table === undefined ||
    [...value.key.keys(), ...cells.keys()].some((name) => name !== hidden && findColumn(table, name) === undefined)
  )
    return { reason: 'missing', why: 'it is not there any more' }
  const present = await readCells(context, value, cells.keys())
  const judged = judge(present)
  if (judged !== undefined) return judged
  if (present === undefined && value.column !== '') return { reason: 'missing', why: 'the row is gone' }
  const differing = [...cells].filter(([name, cell]) => !sameValue(present?.[name] ?? null, cell))
  try {
    // A statement that fails must not end the transaction on servers where it would.
    await context.session.savepoint(async () => {
      if (present === undefined) return insertPreserved(context, value)
      if (differing.length > 0) await writeCells(context, value, differing)
    })
  } catch (error) {
    if (!isMigrateError(error, 'STATEMENT_FAILED') || error.details.fault !== 'constraint') throw error
    return {
      reason: 'refused',
      why: `cannot be restored (${error.cause instanceof Error ? error.cause.message : error.message})`,
    }
  }
  await context.preserved.remove(value.id)
  const replaced = differing.some(([name, cell]) => {
    const now = present?.[name] ?? null
    return now !== null && valueHash(now) !== valueHash(cell)
  })
  return { reason: 'restored', replaced }
}

/**
 * Restores values, each once; where others are refused, the refused ones once more in the other order, as long as that helps: a row may
 * refer to one that comes later. What then is left is set aside and reported.
 */
export async function restoreEach(
  context: TableRestoreContext,
  select: PreservedSelect,
  {
    descending,
    write,
  }: { readonly descending: boolean; readonly write: (value: PreservedValue) => Promise<WriteResult> },
): Promise<void> {
  const { preserved, owner, breathe } = context
  let waiting = Number.POSITIVE_INFINITY
  for (let newestFirst = descending; ; newestFirst = !newestFirst) {
    const remaining = new Map<bigint, { readonly what: string; readonly key: string }>()
    let refused = 0
    for await (const value of preserved.each(owner, select, { descending: newestFirst })) {
      await breathe()
      const written = await write(value)
      if (written.reason === 'restored') continue
      if (written.reason === 'refused') refused += 1
      remaining.set(value.id, {
        what: `${locationOf(value)}: ${written.why}, so the old value stays preserved`,
        key: keyText(value.key),
      })
    }
    if (refused > 0 && refused < waiting) {
      waiting = refused
      continue
    }
    for (const [id, { what, key }] of remaining) {
      await preserved.setAside(id)
      context.report(what, key)
    }
    return
  }
}
