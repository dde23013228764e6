import { withEffects } from '../../compile/named-tables.ts'
import { findColumn, findTable, tableKey } from '../../model/edit.ts'
import type { SchemaModel, TableModel, TableRef } from '../../model/schema-model.ts'
import { renamedTable } from '../../operations/object-moves.ts'
import type { Operation } from '../../operations/operation.ts'
import type { FillsColumn } from './bases.ts'

/** What a downgrade drops, by the names that it has when the step begins: a whole table, or one column of it. */
export interface DroppedObject {
  readonly table: TableModel
  readonly column?: string
  /** Every column of this table that the step drops: a key that holds one of them does not find the row again. */
  readonly removedColumns: ReadonlySet<string>
  /** NULL has to be preserved too: going up again would put something else there. */
  readonly withNull?: true
}

export const columnKey = (table: string, column: string): string => JSON.stringify([table, column])

/** Follows renames, so that a name can be told from before the operations; undefined for what they made themselves. */
export interface Names {
  follow(operation: Operation): void
  /** The key of the table from before. */
  table(key: string): string | undefined
  /** Takes the table's key from before. */
  column(table: string, column: string): string | undefined
}

/** @param operations what is followed from the beginning on */
export function followNames(operations: readonly Operation[] = []): Names {
  const tables = new Map<string, string | undefined>()
  const columns = new Map<string, string | undefined>()
  const table = (key: string): string | undefined => (tables.has(key) ? tables.get(key) : key)
  const column = (of: string, name: string): string | undefined =>
    columns.has(columnKey(of, name)) ? columns.get(columnKey(of, name)) : name
  const ofTable = (ref: TableRef, change: (before: string) => void): void => {
    const before = table(tableKey(ref))
    if (before !== undefined) change(before)
  }
  const names: Names = {
    table,
    column,
    follow(operation) {
      switch (operation.kind) {
        case 'sql':
          for (const effect of operation.effects ?? []) names.follow(effect)
          return
        case 'renameTable':
        case 'setSchema': {
          const renamed = renamedTable(operation)
          if (renamed === undefined) return
          tables.set(tableKey(renamed.to), table(tableKey(renamed.from)))
          tables.set(tableKey(renamed.from), undefined)
          return
        }
        case 'createTable':
          tables.set(tableKey(operation.table.ref), undefined)
          return
        case 'dropTable':
          tables.set(tableKey(operation.table), undefined)
          return
        case 'renameColumn':
          ofTable(operation.table, (before) => {
            columns.set(columnKey(before, operation.to), column(before, operation.column))
            columns.set(columnKey(before, operation.column), undefined)
          })
          return
        case 'addColumn':
          ofTable(operation.table, (before) => columns.set(columnKey(before, operation.column.name), undefined))
          return
        case 'dropColumn':
          ofTable(operation.table, (before) => columns.set(columnKey(before, operation.column), undefined))
      }
    },
  }
  for (const operation of operations) names.follow(operation)
  return names
}

/** Whether the values of a place are preserved with what is dropped later: the state from before the first operation is. */
export function isPreservedWith(
  drops: readonly DroppedObject[],
  names: Names,
  { table, column }: { readonly table: TableRef; readonly column?: string },
): boolean {
  const key = names.table(tableKey(table))
  if (key === undefined) return false
  const name = column === undefined ? undefined : names.column(key, column)
  return drops.some(
    (each) =>
      tableKey(each.table.ref) === key && (each.column === undefined || (name !== undefined && each.column === name)),
  )
}

/** Where an operation of an upgrade takes counters away, by the names that stand before it. */
export function countersTaken(before: SchemaModel, operation: Operation): readonly DroppedObject[] {
  if (operation.kind !== 'dropTable' && operation.kind !== 'dropColumn' && operation.kind !== 'alterColumn') return []
  if (operation.kind === 'alterColumn' && operation.change.identity !== null) return []
  const table = findTable(before, operation.table)
  const column = operation.kind === 'dropTable' ? {} : { column: operation.column }
  return table === undefined ? [] : [{ table, ...column, removedColumns: new Set() }]
}

/** Columns that the operations leave without a counter, by the names from before the first of them. */
export function countersLost(before: SchemaModel, operations: readonly Operation[]): readonly DroppedObject[] {
  const names = followNames()
  return withEffects(operations).flatMap((operation): readonly DroppedObject[] => {
    const isLost = operation.kind === 'alterColumn' && operation.change.identity === null
    const key = isLost ? names.table(tableKey(operation.table)) : undefined
    const column = isLost && key !== undefined ? names.column(key, operation.column) : undefined
    names.follow(operation)
    const table = key === undefined ? undefined : before.tables.get(key)
    return table === undefined || column === undefined ? [] : [{ table, column, removedColumns: new Set() }]
  })
}

/** Where a cell was before some operations; undefined: under the names that it has behind them. */
export function originsBehind(operations: readonly Operation[]): (table: string, column: string) => string | undefined {
  const names = followNames(operations)
  return (table, column) => {
    const from = names.table(table)
    const name = from === undefined || column === '' ? column : names.column(from, column)
    return from === table && name === column ? undefined : columnKey(from ?? '', name ?? '')
  }
}

/**
 * What the operations drop, in the names from before the first of them: a drop may follow a rename. Whatever the downgrade's
 * data steps do meanwhile, it is the state from before that the next upgrade restores.
 *
 * @param isFilled the upgrade may put values where rows have none
 */
export function dropsOf(
  before: SchemaModel,
  operations: readonly Operation[],
  isFilled: FillsColumn,
): readonly DroppedObject[] {
  const drops: { readonly table: TableModel; readonly column?: string; readonly withNull?: true }[] = []
  const removedColumns = new Map<string, Set<string>>()
  const names = followNames()
  for (const operation of withEffects(operations)) {
    if (operation.kind === 'dropTable' || operation.kind === 'dropColumn') {
      const key = names.table(tableKey(operation.table))
      const table = key === undefined ? undefined : before.tables.get(key)
      const name =
        operation.kind === 'dropColumn' && key !== undefined ? names.column(key, operation.column) : undefined
      const column = name === undefined ? undefined : table && findColumn(table, name)
      if (table !== undefined && key !== undefined && operation.kind === 'dropTable') drops.push({ table })
      // A generated column computes itself again.
      if (table !== undefined && key !== undefined && column !== undefined && column.generated === undefined) {
        const withNull = column.nullable && (column.default !== undefined || isFilled(table.ref, column.name))
        drops.push({ table, column: column.name, ...(withNull ? { withNull } : {}) })
        removedColumns.set(key, (removedColumns.get(key) ?? new Set()).add(column.name))
      }
    }
    names.follow(operation)
  }
  return drops.map((each) => ({
    ...each,
    removedColumns: (each.column === undefined ? undefined : removedColumns.get(tableKey(each.table.ref))) ?? new Set(),
  }))
}
