import { isNonTransactional } from '../../compile/parts.ts'
import type { Dialect } from '../../dialect/dialect.ts'
import type { Session } from '../../dialect/session.ts'
import { findColumn, findTable, refOfKey, tableKey } from '../../model/edit.ts'
import type { Statement } from '../../sql/statement.ts'
import type { DroppedObject } from './drops.ts'
import { valueHash } from './encode.ts'
import { counterStep, type PreservedOwner, type PreservedStore, type PreservedValue } from './store.ts'

interface CounterContext {
  readonly dialect: Dialect
  readonly session: Session
  readonly preserved: PreservedStore
  readonly owner: PreservedOwner
}

/** Preserves where the counters stand that a downgrade drops, also of tables without rows, in the place of an older downgrade's. */
export async function preserveCounters(
  { dialect, session, preserved, owner }: CounterContext,
  drops: readonly DroppedObject[],
): Promise<void> {
  if (dialect.rows?.counters === undefined) return
  for await (const { id } of preserved.each(owner, { step: counterStep })) await preserved.remove(id)
  for (const { table, column } of drops) {
    if (!table.columns.some(({ identity, default: value }) => identity !== undefined || value !== undefined)) continue
    for (const [name, last] of await dialect.rows.counters.read(session, table)) {
      if (column !== undefined && column !== name) continue
      const cell = { step: counterStep, table: tableKey(table.ref), key: { counter: name }, column: name }
      await preserved.put(owner, { ...cell, value: last, writtenHash: valueHash(null) })
    }
  }
}

/** What moves the counters on that the last downgrade preserved: `alone` ends a transaction, `within` does not. */
interface CounterMoves {
  readonly nonTransactional: readonly Statement[]
  readonly transactional: readonly Statement[]
  readonly ids: readonly bigint[]
}

export async function counterMoves({ dialect, session, preserved, owner }: CounterContext): Promise<CounterMoves> {
  const nothing: CounterMoves = { nonTransactional: [], transactional: [], ids: [] }
  if (dialect.rows?.counters === undefined) return nothing
  const values: PreservedValue[] = []
  for await (const value of preserved.each(owner, { step: counterStep })) values.push(value)
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
