import { isNonTransactional } from '../../compile/parts.ts'
import type { Dialect } from '../../dialect/dialect.ts'
import type { Session } from '../../dialect/session.ts'
import { findColumn, findTable, refOfKey, tableKey } from '../../model/edit.ts'
import type { Statement } from '../../sql/statement.ts'
import type { DroppedObject } from './drops.ts'
import { valueHash } from './encode.ts'
import type { RestoreContext } from './pages/restore-context.ts'
import { counterStep, type PreservedOwner, type PreservedStore, type PreservedValue } from './store.ts'

interface CounterContext {
  readonly dialect: Dialect
  readonly session: Session
  readonly preserved: PreservedStore
  readonly owner: PreservedOwner
}

/** Of what took them away: the label of an operation of an upgrade; absent: a downgrade. */
async function storedCounters(
  { preserved, owner }: Pick<RestoreContext, 'preserved' | 'owner'>,
  label: string | undefined,
): Promise<readonly PreservedValue[]> {
  const values: PreservedValue[] = []
  for await (const value of preserved.each(owner, { step: counterStep }))
    if (value.key.get('removed') === label) values.push(value)
  return values
}

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
  if (dialect.rows?.counters === undefined) return
  for (const { id } of await storedCounters({ preserved, owner }, label)) await preserved.remove(id)
  for (const { table, column } of drops) {
    if (!table.columns.some(({ identity, default: value }) => identity !== undefined || value !== undefined)) continue
    for (const [name, last] of await dialect.rows.counters.read(session, table)) {
      if (column !== undefined && column !== name) continue
      const key = { counter: name, ...(label === undefined ? {} : { removed: label }) }
      const cell = { step: counterStep, table: tableKey(table.ref), key, column: name }
      await preserved.put(owner, { ...cell, value: last, writtenHash: valueHash(null) })
    }
  }
}

/** What moves preserved counters on: the one ends a transaction, the other does not. */
interface CounterMoves {
  readonly nonTransactional: readonly Statement[]
  readonly transactional: readonly Statement[]
  readonly ids: readonly bigint[]
}

/**
 * @param label what preserved them, as `preserveCounters` has it
 * @param named gives a value by the names that stand now
 */
export async function counterMoves(
  { dialect, session, preserved, owner }: Pick<RestoreContext, keyof CounterContext>,
  label?: string,
  named: (value: PreservedValue) => PreservedValue = (value) => value,
): Promise<CounterMoves> {
  const nothing: CounterMoves = { nonTransactional: [], transactional: [], ids: [] }
  if (dialect.rows?.counters === undefined) return nothing
  const values = (await storedCounters({ preserved, owner }, label)).map(named)
  if (values.length === 0) return nothing
  const tables = [...new Set(values.map((each) => each.table))].map(refOfKey)
  const model = await dialect.introspection.schema(session, { tables, only: 'tables' })
  const statements = values.flatMap(({ table: key, column, value }) => {
    const table = findTable(model, refOfKey(key))
    if (table === undefined || findColumn(table, column) === undefined || typeof value !== 'bigint') return []
    return dialect.rows?.counters?.set(table, column, value) ?? []
  })
  return {
    nonTransactional: statements.filter(isNonTransactional),
    transactional: statements.filter((statement) => !isNonTransactional(statement)),
    ids: values.map(({ id }) => id),
  }
}
