import { join, sql } from '../../compile/sql-tag.ts'
import type { Dialect } from '../../dialect/dialect.ts'
import type { Session } from '../../dialect/session.ts'
import { findColumn, findTable } from '../../model/edit.ts'
import type { SchemaModel } from '../../model/schema-model.ts'
import type { SqlValue } from '../../model/sql-value.ts'
import type { RestoreResult } from '../../operations/step-database.ts'
import { keyCondition } from './conditions.ts'
import { valueHash } from './encode.ts'
import { downgradeStep, type KeptOwner, type KeptStore, type KeptValue } from './store.ts'

const pageSize = 500

export interface RestoreContext {
  readonly dialect: Dialect
  readonly session: Session
  readonly kept: KeptStore
  readonly owner: KeptOwner
  readonly report: (what: string, key?: string) => void
  readonly breathe: () => Promise<void>
}

export function keyText(key: ReadonlyMap<string, SqlValue>): string {
  return [...key.values()]
    .map((value) => (value instanceof Uint8Array ? `x'${Buffer.from(value).toString('hex')}'` : String(value)))
    .join(', ')
}

async function insertRow(context: RestoreContext, table: string, row: ReadonlyMap<string, SqlValue>): Promise<void> {
  const { dialect, session } = context
  const columns = join([...row.keys()].map((column) => dialect.quote.identifier(column)))
  const places = join([...row.keys()].map(() => sql`?`))
  const text = sql`INSERT INTO ${dialect.quote.table({ name: table })} (${columns}) VALUES (${places})`
  await session.execute(text.text, [...row.values()])
}

type Ending = 'restored' | 'changed' | 'missing'

async function restoreCell(context: RestoreContext, kept: KeptValue): Promise<Ending> {
  const { dialect, session } = context
  const target = dialect.quote.table({ name: kept.table })
  const column = dialect.quote.identifier(kept.column)
  const where = keyCondition(dialect, kept.key)
  const [present] = await session.query(sql`SELECT ${column} FROM ${target} WHERE ${where.text}`.text, where.params)
  if (present === undefined) return 'missing'
  if (valueHash(present[kept.column] ?? null) !== kept.writtenHash) return 'changed'
  await session.execute(sql`UPDATE ${target} SET ${column} = ? WHERE ${where.text}`.text, [kept.value, ...where.params])
  return 'restored'
}

async function restoreRow(context: RestoreContext, kept: KeptValue): Promise<Ending> {
  const { dialect, session } = context
  const where = keyCondition(dialect, kept.key)
  const target = dialect.quote.table({ name: kept.table })
  const present = await session.query(sql`SELECT 1 FROM ${target} WHERE ${where.text}`.text, where.params)
  if (present.length > 0) return 'changed'
  await insertRow(context, kept.table, kept.row)
  return 'restored'
}

const endings: { readonly [E in Exclude<Ending, 'restored'>]: (place: string) => string } = {
  changed: (place) => `${place}: changed since, so the present value stays and the old one stays kept`,
  missing: (place) => `${place}: the row is gone, so the old value stays kept`,
}

/**
 * Gives back what a step of this revision kept of one column, or, without `column`, of whole rows. Newest first: where
 * several cells of a row were kept, the key that was changed first is changed back last.
 */
export async function restoreKept(
  context: RestoreContext,
  what: { readonly table: string; readonly column?: string },
): Promise<RestoreResult> {
  const counts: { [E in Ending]: number } = { restored: 0, changed: 0, missing: 0 }
  const select = { table: what.table, column: what.column ?? '', otherThan: downgradeStep }
  let after: bigint | undefined
  for (;;) {
    const options = { descending: true, limit: pageSize, ...(after === undefined ? {} : { after }) }
    const page = await context.kept.page(context.owner, select, options)
    for (const kept of page) {
      await context.breathe()
      const ending = kept.column === '' ? await restoreRow(context, kept) : await restoreCell(context, kept)
      counts[ending] += 1
      if (ending === 'restored') await context.kept.remove(kept.id)
      else {
        const place = kept.column === '' ? `rows of ${kept.table}` : `${kept.table}.${kept.column}`
        context.report(endings[ending](place), keyText(kept.key))
      }
    }
    after = page.at(-1)?.id
    if (page.length < pageSize) return counts
  }
}

/** The (table, column) pairs of which a step kept something, newest first: what `down: 'restore'` gives back. */
export async function keptPlaces(
  context: RestoreContext,
  step: string,
): Promise<readonly { readonly table: string; readonly column: string }[]> {
  const places = new Map<string, { readonly table: string; readonly column: string }>()
  let after: bigint | undefined
  for (;;) {
    const options = { descending: true, limit: pageSize, ...(after === undefined ? {} : { after }) }
    const page = await context.kept.page(context.owner, { step }, options)
    for (const kept of page)
      places.set(JSON.stringify([kept.table, kept.column]), { table: kept.table, column: kept.column })
    after = page.at(-1)?.id
    if (page.length < pageSize) return [...places.values()]
  }
}

/**
 * After a revision was upgraded again: gives back, by key, what its downgrade had to drop. A row that the upgrade made anew
 * takes the kept values; how many of them differed from what the upgrade computed is reported.
 */
export async function giveBack(context: RestoreContext, model: SchemaModel): Promise<number> {
  const { dialect, session, kept: store } = context
  const stands = (kept: KeptValue): boolean => {
    const table = findTable(model, { name: kept.table })
    return table !== undefined && (kept.column === '' || findColumn(table, kept.column) !== undefined)
  }
  let given = 0
  for (const wholeRows of [true, false]) {
    let after: bigint | undefined
    for (;;) {
      const select = { step: downgradeStep, ...(wholeRows ? { column: '' } : {}) }
      const options = { limit: pageSize, ...(after === undefined ? {} : { after }) }
      const page = await store.page(context.owner, select, options)
      for (const kept of page) {
        await context.breathe()
        const place = kept.column === '' ? `rows of ${kept.table}` : `${kept.table}.${kept.column}`
        if (!stands(kept)) {
          context.report(`${place}: not there any more, so the old values stay kept`, keyText(kept.key))
          continue
        }
        const target = dialect.quote.table({ name: kept.table })
        const where = keyCondition(dialect, kept.key)
        const cells = kept.column === '' ? kept.row : new Map([[kept.column, kept.value]])
        const columns = join([...cells.keys()].map((column) => dialect.quote.identifier(column)))
        const [present] = await session.query(
          sql`SELECT ${columns} FROM ${target} WHERE ${where.text}`.text,
          where.params,
        )
        if (present === undefined && kept.column !== '') {
          context.report(endings.missing(place), keyText(kept.key))
          continue
        }
        if (present === undefined) await insertRow(context, kept.table, kept.row)
        else {
          const differing = [...cells].filter(
            ([column, value]) => valueHash(present[column] ?? null) !== valueHash(value),
          )
          if (differing.length > 0) {
            const sets = join(differing.map(([column]) => sql`${dialect.quote.identifier(column)} = ?`))
            const values = differing.map(([, value]) => value)
            await session.execute(sql`UPDATE ${target} SET ${sets} WHERE ${where.text}`.text, [
              ...values,
              ...where.params,
            ])
            const computed = differing.some(([column]) => (present[column] ?? null) !== null)
            if (computed)
              context.report(
                `${place}: given back as it was before the downgrade, not as computed now`,
                keyText(kept.key),
              )
          }
        }
        await store.remove(kept.id)
        given += 1
      }
      after = page.at(-1)?.id
      if (page.length < pageSize) break
    }
  }
  return given
}
