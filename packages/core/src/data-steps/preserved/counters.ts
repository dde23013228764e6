import { isNonTransactional } from '../../compile/parts.ts'
import type { Dialect } from '../../dialect/dialect.ts'
import type { Session } from '../../dialect/session.ts'
import { emptySchema, findColumn, findTable, refOfKey, tableKey } from '../../model/edit.ts'
import type { TableModel } from '../../model/schema-model.ts'
import type { Statement } from '../../sql/statement.ts'
import type { DroppedObject } from './drops.ts'
import { valueHash } from './encode.ts'
import type { RestoreContext } from './pages/restore-context.ts'
import { makeWritable } from './silence.ts'
import { counterStep, type PreservedOwner, type PreservedStore, type PreservedValue } from './store.ts'

interface CounterContext {
  readonly dialect: Dialect
  readonly session: Session
  readonly preserved: PreservedStore
  readonly owner: PreservedOwner
}

type CounterOwner = Pick<RestoreContext, 'preserved' | 'owner'>

async function allCounters({ preserved, owner }: CounterOwner): Promise<readonly PreservedValue[]> {
  const values: PreservedValue[] = []
  for await (const value of preserved.each(owner, { step: counterStep })) values.push(value)
  return values
}

/** Of what took them away: the label of an operation of an upgrade; absent: a downgrade. */
export const storedCounters = async (context: CounterOwner, label?: string): Promise<readonly PreservedValue[]> =>
  (await allCounters(context)).filter(({ key }) => key.get('removed') === label)

/** Those that any operation of an upgrade took away. */
export const takenCounters = async (context: CounterOwner): Promise<readonly PreservedValue[]> =>
  (await allCounters(context)).filter(({ key }) => key.has('removed'))

/**
 * Preserves where the counters stand that are dropped, also of tables without rows, in the place of what the same preserved earlier.
 *
 * @param label of an operation of an upgrade; absent: a downgrade drops them
 */
export async function preserveCounters(
  { dialect, session, preserved, owner }: CounterContext,
  drops: readonly DroppedObject[],
  label?: string,
): Promise<void> {
  const { counters } = dialect.rows ?? {}
  if (counters === undefined) return
  const stored = await storedCounters({ preserved, owner }, label)
  if (label === undefined) for (const { id } of stored) await preserved.remove(id)
  for (const { table, column } of drops) {
    if (!table.columns.some(({ identity, default: value }) => identity !== undefined || value !== undefined)) continue
    for (const [name, last] of await counters.read(session, table)) {
      if (column !== undefined && column !== name) continue
      const cell = { step: counterStep, table: tableKey(table.ref), column: name }
      // An earlier operation may have switched the counter of a column off that is dropped here: then that one's stays.
      if (label !== undefined)
        for (const each of stored)
          if (each.table === cell.table && each.column === name) await preserved.remove(each.id)
      const key = { counter: name, ...(label === undefined ? {} : { removed: label }) }
      await preserved.put(owner, { ...cell, key, value: last, writtenHash: valueHash(null) })
    }
  }
}

/** A preserved counter, and what moves the one that stands now on to it. */
export interface CounterMove {
  readonly value: PreservedValue
  /** Absent: the table is not there. */
  readonly table: TableModel | undefined
  readonly statements: readonly Statement[]
}

/** @param values preserved counters, by the names that stand now */
export async function counterMoves(
  { dialect, session }: Pick<RestoreContext, 'dialect' | 'session'>,
  values: readonly PreservedValue[],
): Promise<readonly CounterMove[]> {
  const { counters } = dialect.rows ?? {}
  if (counters === undefined || values.length === 0) return []
  const tables = [...new Set(values.map((each) => each.table))].map(refOfKey)
  const model = await dialect.introspection.schema(session, { tables, only: 'tables' })
  return values.map((each) => {
    const { table: key, column, value } = each
    const table = findTable(model, refOfKey(key))
    const isThere = table !== undefined && findColumn(table, column) !== undefined && typeof value === 'bigint'
    return { value: each, table, statements: isThere ? counters.set(table, column, value) : [] }
  })
}

/**
 * Gives the rows of columns that were added just now numbers behind those that their counters had given out: what came while a column was
 * away must not have the number of a row that is still to be restored. The counters stay preserved.
 */
export async function renumber(context: RestoreContext, moves: readonly CounterMove[]): Promise<void> {
  const { dialect, session } = context
  const tables = new Map(moves.flatMap(({ table }) => (table === undefined ? [] : [[tableKey(table.ref), table]])))
  const writable = await makeWritable({ ...context, model: { ...emptySchema, tables } }, [])
  for (const { value, table, statements } of moves) {
    const renumbering = table && dialect.rows?.counters?.renumber?.(table.ref, value.column)
    for (const { sql, params } of renumbering === undefined ? [] : [...statements, renumbering])
      await session.execute(sql, params)
  }
  await writable.restore()
}

/** Moves counters on where a transaction may hold that. One that is not there stays preserved: its column may have none yet. */
export async function moveInside(
  { dialect, session, preserved }: Pick<RestoreContext, 'dialect' | 'session' | 'preserved'>,
  moves: readonly CounterMove[],
  report: (value: PreservedValue) => void = () => undefined,
): Promise<void> {
  for (const { value, table, statements } of moves) {
    for (const { sql, params } of statements.filter((each) => !isNonTransactional(each)))
      await session.execute(sql, params)
    const now = table && (await dialect.rows?.counters?.read(session, table))
    if (now?.has(value.column)) await preserved.remove(value.id)
    else report(value)
  }
}
