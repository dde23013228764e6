import { join, sql } from '../../compile/sql-tag.ts'
import type { Dialect } from '../../dialect/dialect.ts'
import type { Session } from '../../dialect/session.ts'
import { findTable, nameOfKey, refOfKey } from '../../model/edit.ts'
import type { SchemaModel, TableModel } from '../../model/schema-model.ts'
import type { Row } from '../../model/sql-value.ts'
import { keyCondition, placed } from './conditions.ts'
import { type ExactValue, isRawText } from './encode.ts'
import type { PreservedOwner, PreservedStore, PreservedValue } from './store.ts'

export interface RestoreContext {
  readonly dialect: Dialect
  readonly session: Session
  readonly preserved: PreservedStore
  readonly owner: PreservedOwner
  readonly report: (what: string, key?: string) => void
  readonly breathe: () => Promise<void>
}

/** With the tables that are written, as they stand. */
export interface Restoring extends RestoreContext {
  readonly model: SchemaModel
}

export function keyText(key: ReadonlyMap<string, ExactValue>): string {
  return [...key.values()]
    .map((value) => (typeof value === 'object' && value !== null && isRawText(value) ? value.rawText : value))
    .map((value) => (value instanceof Uint8Array ? `x'${Buffer.from(value).toString('hex')}'` : String(value)))
    .join(', ')
}

/** What a preserved value is of, for people. */
export function locationOf(preserved: PreservedValue): string {
  const table = nameOfKey(preserved.table)
  return preserved.column === '' ? `rows of ${table}` : `${table}.${preserved.column}`
}

export async function readCells(
  { dialect, session, model }: Restoring,
  preserved: PreservedValue,
  columns: Iterable<string>,
): Promise<Row | undefined> {
  const where = keyCondition(dialect, preserved.key, findTable(model, refOfKey(preserved.table)))
  const list = join([...columns].map((column) => dialect.quote.identifier(column)))
  const text = sql`SELECT ${list} FROM ${dialect.quote.table(refOfKey(preserved.table))} WHERE ${where.text}`
  const [present] = await session.query(text.text, where.params)
  return present
}

export async function writeCells(
  { dialect, session, model }: Restoring,
  preserved: PreservedValue,
  cells: Iterable<readonly [string, ExactValue]>,
): Promise<void> {
  const where = keyCondition(dialect, preserved.key, findTable(model, refOfKey(preserved.table)))
  const values = [...cells].map(([column, value]) => ({ column, ...placed(dialect, value) }))
  const sets = join(values.map(({ column, text }) => sql`${dialect.quote.identifier(column)} = ${text}`))
  const text = sql`UPDATE ${dialect.quote.table(refOfKey(preserved.table))} SET ${sets} WHERE ${where.text}`
  await session.execute(text.text, [...values.map(({ param }) => param), ...where.params])
}

/** After rows came back with their numbers: the next number that the server gives is not one of them. */
export async function countOn({ dialect, session }: RestoreContext, tables: Iterable<TableModel>): Promise<void> {
  for (const table of tables) {
    for (const { sql: text, params } of dialect.afterNumbers?.(table) ?? []) await session.query(text, params)
  }
}

export async function insertPreserved({ dialect, session }: RestoreContext, preserved: PreservedValue): Promise<void> {
  const values = [...preserved.row].map(([column, value]) => ({ column, ...placed(dialect, value) }))
  const columns = join(values.map(({ column }) => dialect.quote.identifier(column)))
  const target = dialect.quote.table(refOfKey(preserved.table))
  const given = dialect.ownNumbers === undefined ? sql`` : sql`${dialect.ownNumbers.insert} `
  const text = sql`INSERT INTO ${target} (${columns}) ${given}VALUES (${join(values.map((each) => each.text))})`
  await session.execute(
    text.text,
    values.map(({ param }) => param),
  )
}
