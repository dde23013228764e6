import { join, sql } from '../../compile/sql-tag.ts'
import type { Dialect } from '../../dialect/dialect.ts'
import type { Session } from '../../dialect/session.ts'
import { nameOfKey, refOfKey } from '../../model/edit.ts'
import type { TableModel } from '../../model/schema-model.ts'
import type { Row } from '../../model/sql-value.ts'
import { keyCondition, placed } from './conditions.ts'
import { type ExactValue, isRawText } from './encode.ts'
import type { KeptOwner, KeptStore, KeptValue } from './store.ts'

export interface RestoreContext {
  readonly dialect: Dialect
  readonly session: Session
  readonly kept: KeptStore
  readonly owner: KeptOwner
  readonly report: (what: string, key?: string) => void
  readonly breathe: () => Promise<void>
}

export function keyText(key: ReadonlyMap<string, ExactValue>): string {
  return [...key.values()]
    .map((value) => (typeof value === 'object' && value !== null && isRawText(value) ? value.rawText : value))
    .map((value) => (value instanceof Uint8Array ? `x'${Buffer.from(value).toString('hex')}'` : String(value)))
    .join(', ')
}

/** What a kept value is of, for people. */
export function placeOf(kept: KeptValue): string {
  const table = nameOfKey(kept.table)
  return kept.column === '' ? `rows of ${table}` : `${table}.${kept.column}`
}

export async function readCells(
  { dialect, session }: RestoreContext,
  kept: KeptValue,
  columns: Iterable<string>,
): Promise<Row | undefined> {
  const where = keyCondition(dialect, kept.key)
  const list = join([...columns].map((column) => dialect.quote.identifier(column)))
  const text = sql`SELECT ${list} FROM ${dialect.quote.table(refOfKey(kept.table))} WHERE ${where.text}`
  const [present] = await session.query(text.text, where.params)
  return present
}

export async function writeCells(
  { dialect, session }: RestoreContext,
  kept: KeptValue,
  cells: Iterable<readonly [string, ExactValue]>,
): Promise<void> {
  const where = keyCondition(dialect, kept.key)
  const values = [...cells].map(([column, value]) => ({ column, ...placed(dialect, value) }))
  const sets = join(values.map(({ column, text }) => sql`${dialect.quote.identifier(column)} = ${text}`))
  const text = sql`UPDATE ${dialect.quote.table(refOfKey(kept.table))} SET ${sets} WHERE ${where.text}`
  await session.execute(text.text, [...values.map(({ param }) => param), ...where.params])
}

/** After rows came back with their numbers: the next number that the server gives is not one of them. */
export async function countOn({ dialect, session }: RestoreContext, tables: Iterable<TableModel>): Promise<void> {
  for (const table of tables) {
    for (const { sql: text, params } of dialect.afterNumbers?.(table) ?? []) await session.query(text, params)
  }
}

export async function insertKept({ dialect, session }: RestoreContext, kept: KeptValue): Promise<void> {
  const values = [...kept.row].map(([column, value]) => ({ column, ...placed(dialect, value) }))
  const columns = join(values.map(({ column }) => dialect.quote.identifier(column)))
  const target = dialect.quote.table(refOfKey(kept.table))
  const given = dialect.ownNumbers === undefined ? sql`` : sql`${dialect.ownNumbers.insert} `
  const text = sql`INSERT INTO ${target} (${columns}) ${given}VALUES (${join(values.map((each) => each.text))})`
  await session.execute(
    text.text,
    values.map(({ param }) => param),
  )
}
