import { refText } from '../../model/edit.ts'
import { isExact, isRounded } from '../../model/rounded-number.ts'
import type { SchemaModel, TableRef } from '../../model/schema-model.ts'
import type { OperationTable, RowValue } from '../operation.ts'
import { columnFootprint, part, tableFootprint } from './footprints.ts'
import { firstRepeated, invalid, irreversible, requireColumn, requireTable } from './objects.ts'

function checkRows(
  model: SchemaModel,
  ref: TableRef,
  columns: readonly string[],
  rows: readonly (readonly RowValue[])[],
  line: string,
): void {
  const table = requireTable(model, ref)
  if (columns.length === 0) throw invalid(line, 'no column is named')
  const repeated = firstRepeated(columns)
  if (repeated !== undefined) throw invalid(line, `the column ${repeated} is named twice`)
  const models = columns.map((column) => requireColumn(table, column))
  const at = rows.findIndex((row) => row.length !== columns.length)
  if (at >= 0) throw invalid(line, `row ${at + 1} has ${rows[at]?.length} values for ${columns.length} columns`)
  for (const [column, { name, type }] of models.entries()) {
    if (!isExact(type)) continue
    const row = rows.findIndex((values) => isRounded(values[column]))
    if (row < 0) continue
    const value = BigInt(Number(rows[row]?.[column]))
    throw invalid(
      line,
      `row ${row + 1}, ${name}: JavaScript rounds integers beyond ${Number.MAX_SAFE_INTEGER}, and it has ${value} here; write the digits that are meant as a bigint, with n behind them`,
    )
  }
}

function countText(count: number): string {
  return count === 1 ? '1 row' : `${count} rows`
}

/** A value of a key, whatever type an author has given it: a column of numbers takes 1, 1n, '1' and true for the same. */
function keyPart(value: RowValue): RowValue {
  if (typeof value === 'boolean') return String(Number(value))
  if (typeof value === 'number') return String(value)
  return typeof value === 'object' && value !== null && '$bigint' in value ? value.$bigint : value
}

/** Rows that a key tells apart meet only where the key is the same; all of them need their columns. */
function rowFootprints(
  ref: TableRef,
  columns: readonly string[],
  key: readonly string[],
  keys: readonly (readonly RowValue[])[],
): readonly string[] {
  const all = 'rows'
  const own =
    key.length === 0 ? [all] : keys.map((values) => `${all}/${part(JSON.stringify([key, values.map(keyPart)]))}`)
  return [
    ...own.map((path) => `${tableFootprint(ref)}/${path}`),
    ...columns.map((column) => `${columnFootprint(ref, column)}/${own[0] ?? all}`),
  ]
}

export const rowTraits: Pick<OperationTable, 'insertRows' | 'deleteRows'> = {
  insertRows: {
    apply(before, operation) {
      const line = rowTraits.insertRows.describe(operation)
      checkRows(before, operation.table, operation.columns, operation.rows, line)
      const unknown = (operation.key ?? []).find((column) => !operation.columns.includes(column))
      if (unknown !== undefined) throw invalid(line, `the key names ${unknown}, which the rows do not have`)
      return before
    },
    invert(_before, { table, columns, rows, key }) {
      if (key === undefined || key.length === 0) return irreversible('the rows have no key to find them by')
      const positions = key.map((column) => columns.indexOf(column))
      return [{ kind: 'deleteRows', table, key, rows: rows.map((row) => positions.map((at) => row[at] ?? null)) }]
    },
    touches({ table, columns, rows, key = [] }) {
      const positions = key.map((column) => columns.indexOf(column))
      return rowFootprints(
        table,
        columns,
        key,
        rows.map((row) => positions.map((at) => row[at] ?? null)),
      )
    },
    describe: ({ table, rows }) => `insert ${countText(rows.length)} into ${refText(table)}`,
  },

  deleteRows: {
    apply(before, operation) {
      checkRows(before, operation.table, operation.key, operation.rows, rowTraits.deleteRows.describe(operation))
      return before
    },
    invert: () => irreversible('the values of the deleted rows are not in the operation'),
    touches: ({ table, key, rows }) => rowFootprints(table, key, key, rows),
    describe: ({ table, rows }) => `delete ${countText(rows.length)} from ${refText(table)}`,
  },
}
