import { MigrateError } from '../../../errors/migrate-error.ts'
import { findColumn, findTable, nameOfKey, refOfKey } from '../../../model/edit.ts'
import type { TableModel } from '../../../model/schema-model.ts'
import type { Row } from '../../../model/sql-value.ts'
import { join, type SqlFragment, sql } from '../../../sql/tag.ts'
import { type ExactValue, isRawText } from '../encode.ts'
import { keyCondition, placed } from '../pages/conditions.ts'
import type { RestoreContext, TableRestoreContext } from '../pages/restore-context.ts'
import { rowWrite } from '../pages/row-write.ts'
import type { PreservedValue } from '../store.ts'
import { isHeldIn } from './held-value.ts'

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

/** Values that stay preserved from now on, whatever runs, each reported with the reason. */
export async function setAside(
  { preserved, report }: Pick<RestoreContext, 'preserved' | 'report'>,
  values: readonly PreservedValue[],
  whyOf: (value: PreservedValue) => string,
): Promise<void> {
  await preserved.setAllAside(values.map(({ id }) => id))
  for (const value of values) report(`${locationOf(value)}: ${whyOf(value)}`, keyText(value.key))
}

/** What a value needs and the database does not have: its table, or columns of it. A cell of a row that is NULL needs no column. */
export function absentOf(context: TableRestoreContext, { table: key, ...value }: PreservedValue): readonly string[] {
  const table = findTable(context.model, refOfKey(key))
  if (table === undefined) return [`table ${nameOfKey(key)}`]
  const hidden = context.dialect.rows?.identity?.(table)
  const valued = [...value.row].flatMap(([name, cell]) => (cell === null ? [] : [name]))
  const needed = new Set([...value.key.keys(), ...(value.column === '' ? valued : [value.column])])
  const absent = [...needed].filter((name) => name !== hidden && findColumn(table, name) === undefined)
  return absent.map((name) => `column ${nameOfKey(key)}.${name}`)
}

export async function readCells(
  { dialect, session, model }: TableRestoreContext,
  preserved: PreservedValue,
  columns: Iterable<string>,
  ending: SqlFragment = sql``,
): Promise<Row | undefined> {
  const where = keyCondition(dialect, preserved.key, findTable(model, refOfKey(preserved.table)))
  const { identifier } = dialect.sql.quote
  // SQLite calls the hidden key rowid, whichever of its names is read (https://www.sqlite.org/lang_createtable.html#rowid).
  const list = join([...columns].map((column) => sql`${identifier(column)} AS ${identifier(column)}`))
  const text = sql`SELECT ${list} FROM ${dialect.sql.quote.table(refOfKey(preserved.table))} WHERE ${where.text} ${ending}`
  const [present] = await session.query(text.text, where.params)
  return present
}

/** The same of a row that is written afterwards: until then no other session changes it. */
export const readLocked = (
  context: TableRestoreContext,
  preserved: PreservedValue,
  columns: Iterable<string>,
): Promise<Row | undefined> => readCells(context, preserved, columns, context.dialect.rows?.lockRows)

export const reasonsUntaken =
  'a trigger, a rule, row security, another type, a computed column or another row with its key'

const untaken = new Error(`${reasonsUntaken} keeps the table from taking it`)

export const isUntaken = (error: unknown): boolean => error instanceof Error && error.cause === untaken

/**
 * A write that the server took and that changed nothing, or something else: a trigger, a rule, row security or a second row is in between. As a
 * constraint that refuses it would be, so that its savepoint takes it back and the value stays preserved.
 */
export function notTaken({ dialect }: TableRestoreContext, preserved: PreservedValue): MigrateError {
  return new MigrateError(
    'STATEMENT_FAILED',
    { fault: 'constraint', database: dialect.connection.database },
    `${locationOf(preserved)} was not restored: ${untaken.message}`,
    { cause: untaken },
  )
}

/** Longer texts are copied and compared within the server: to send one, or to read it back, takes three times its memory. */
const longText = 1 << 20

export const isLong = ({ value }: PreservedValue): boolean => typeof value === 'string' && value.length > longText

/** Since an edit of the revision: no server takes a value for it. */
const isComputed = (table: TableModel | undefined, name: string): boolean =>
  table !== undefined && findColumn(table, name)?.generated !== undefined

/** The value of a preserved cell: where its column is text, as the server has it already. */
function sent({ dialect, preserved: store, model }: TableRestoreContext, preserved: PreservedValue) {
  const table = findTable(model, refOfKey(preserved.table))
  const type = table && findColumn(table, preserved.column)?.type
  return isLong(preserved) && type?.kind === 'text' ? store.stored(preserved.id) : placed(dialect, preserved.value)
}

/** What was written is what stands there; text that a string cannot hold is read as another one. */
async function refuseUntaken(
  context: TableRestoreContext,
  preserved: PreservedValue,
  cells: readonly (readonly [string, ExactValue])[],
  changes: number,
): Promise<void> {
  if (changes !== 1) throw notTaken(context, preserved)
  const key = new Map([...preserved.key, ...cells.filter(([column]) => preserved.key.has(column))])
  const { dialect, model } = context
  if (isLong(preserved)) {
    const table = dialect.sql.quote.table(refOfKey(preserved.table))
    const { text: where, params } = keyCondition(dialect, key, findTable(model, refOfKey(preserved.table)))
    const cell = { table, column: dialect.sql.quote.identifier(preserved.column), where, params }
    if (await context.preserved.isHeld(preserved.id, cell)) return
    throw notTaken(context, preserved)
  }
  const names = cells.map(([column]) => column)
  const now = await readCells(context, { ...preserved, key }, names)
  const table = findTable(model, refOfKey(preserved.table))
  const taken = (column: string, value: ExactValue): boolean =>
    isRawText(value) || isHeldIn(dialect, table, { column, now: now?.[column] ?? null, value })
  if (now === undefined || !cells.every(([column, value]) => taken(column, value))) throw notTaken(context, preserved)
}

/**
 * Writes cells of a row. What the server would set by itself in an UPDATE (ON UPDATE CURRENT_TIMESTAMP) stays as it is. Throws
 * STATEMENT_FAILED where the row does not have them then.
 */
export async function writeCells(
  context: TableRestoreContext,
  preserved: PreservedValue,
  cells: readonly (readonly [string, ExactValue])[],
): Promise<void> {
  const { dialect, session, model } = context
  const table = findTable(model, refOfKey(preserved.table))
  if (cells.some(([name]) => isComputed(table, name))) throw notTaken(context, preserved)
  const where = keyCondition(dialect, preserved.key, table)
  const values = cells.map(([column, value]) => ({
    name: dialect.sql.quote.identifier(column),
    ...(column === preserved.column ? sent(context, preserved) : placed(dialect, value)),
  }))
  const written = new Set(cells.map(([column]) => column))
  const untouched = (table?.columns ?? [])
    .filter((column) => column.onUpdate !== undefined && !written.has(column.name))
    .map((column) => dialect.sql.quote.identifier(column.name))
  const sets = join([
    ...values.map(({ name, text }) => sql`${name} = ${text}`),
    ...untouched.map((name) => sql`${name} = ${name}`),
  ])
  const text = sql`${rowWrite('update', dialect, table)} ${dialect.sql.quote.table(refOfKey(preserved.table))} SET ${sets} WHERE ${where.text}`
  const { changes } = await session.execute(text.text, [...values.map(({ param }) => param), ...where.params])
  await refuseUntaken(context, preserved, cells, changes)
}

/** After rows came back with their numbers: the next number that the server gives is not one of them. */
export async function countOn({ dialect, session }: RestoreContext, tables: Iterable<TableModel>): Promise<void> {
  for (const table of tables) {
    for (const { sql: text, params } of dialect.rows?.afterNumbers?.(table) ?? []) await session.query(text, params)
  }
}

/** Throws STATEMENT_FAILED where the table does not have the row then. */
export async function insertPreserved(context: TableRestoreContext, preserved: PreservedValue): Promise<void> {
  const { dialect, session, model } = context
  const table = findTable(model, refOfKey(preserved.table))
  const verb = rowWrite('insert', dialect, table)
  // What is computed has to be the preserved value.
  const values = [...preserved.row]
    .filter(([column]) => !isComputed(table, column))
    .map(([column, value]) => ({ column, ...placed(dialect, value) }))
  const columns = join(values.map(({ column }) => dialect.sql.quote.identifier(column)))
  const target = dialect.sql.quote.table(refOfKey(preserved.table))
  const given = dialect.rows?.ownNumbers === undefined ? sql`` : sql`${dialect.rows.ownNumbers.insert} `
  const text = sql`${verb} INTO ${target} (${columns}) ${given}VALUES (${join(values.map((each) => each.text))})`
  const { changes } = await session.execute(
    text.text,
    values.map(({ param }) => param),
  )
  await refuseUntaken(context, preserved, [...preserved.row], changes)
}
