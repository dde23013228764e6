import type { Operation, OperationOf } from '@org/migrate-core'
import { canonicalJson, type TableRef, tableKey } from '@org/migrate-core/dialect'
import { renamedTable } from '@org/migrate-core/internal'

type Rows = OperationOf<'insertRows'>

const isOf = (table: TableRef, { table: own }: Rows): boolean => tableKey(table) === tableKey(own)

function withoutColumn({ columns, rows, key, ...insert }: Rows, column: string): Rows {
  const at = columns.indexOf(column)
  if (at === -1) return { columns, rows, ...insert, ...(key === undefined ? {} : { key }) }
  const left = <T>(list: readonly T[]): readonly T[] => list.filter((_, index) => index !== at)
  // Without a column of its key the rows can't be told apart.
  const remaining = key?.includes(column) ? {} : key === undefined ? {} : { key }
  return { ...insert, columns: left(columns), rows: rows.map(left), ...remaining }
}

function withoutRows(insert: Rows, { key, rows }: OperationOf<'deleteRows'>): Rows {
  const positions = key.map((column) => insert.columns.indexOf(column))
  const removed = new Set(rows.map((row) => canonicalJson(row)))
  return {
    ...insert,
    rows: insert.rows.filter((row) => !removed.has(canonicalJson(positions.map((at) => row[at] ?? null)))),
  }
}

/** The rows of `insertRows` as later operations leave them: renamed, moved, without dropped columns, without deleted ones. */
export function referenceRows(operations: readonly Operation[]): readonly Rows[] {
  let inserts: readonly Rows[] = []
  const change = (table: TableRef, of: (insert: Rows) => Rows): void => {
    inserts = inserts.map((each) => (isOf(table, each) ? of(each) : each))
  }
  const follow = (operation: Operation): void => {
    const renamed = renamedTable(operation)
    if (renamed !== undefined) change(renamed.from, (each) => ({ ...each, table: renamed.to }))
    else if (operation.kind === 'sql') for (const effect of operation.effects ?? []) follow(effect)
    else if (operation.kind === 'insertRows') inserts = [...inserts, operation]
    else if (operation.kind === 'deleteRows') change(operation.table, (each) => withoutRows(each, operation))
    else if (operation.kind === 'dropTable') inserts = inserts.filter((each) => !isOf(operation.table, each))
    else if (operation.kind === 'dropColumn') change(operation.table, (each) => withoutColumn(each, operation.column))
    else if (operation.kind === 'renameColumn') {
      const renamed = (names: readonly string[]) =>
        names.map((name) => (name === operation.column ? operation.to : name))
      change(operation.table, ({ key, ...each }) => ({
        ...each,
        columns: renamed(each.columns),
        ...(key === undefined ? {} : { key: renamed(key) }),
      }))
    }
  }
  for (const operation of operations) follow(operation)
  return inserts.filter(({ rows, columns }) => rows.length > 0 && columns.length > 0)
}
