import { findColumn, findTable, type Operation, refText, type SchemaModel } from '@org/migrate-core/dialect'
import { isRowidAlias } from '../../types/canonicalise.ts'
import { toSql } from '../../types/types.ts'

/**
 * A single INTEGER PRIMARY KEY is the rowid, and SQLite gives it to each row that has none. With any other type, BIGINT too, it is a column like others:
 * https://www.sqlite.org/lang_createtable.html#rowid
 */
export function uncountedNotes(
  before: SchemaModel,
  after: SchemaModel,
  operations: readonly Operation[],
): readonly string[] {
  return operations.flatMap((operation) => {
    if (operation.kind !== 'alterColumn') return []
    const [from, to] = [findTable(before, operation.table), findTable(after, operation.table)]
    const [old, now] = [from, to].map((table) => table && findColumn(table, operation.column))
    if (from === undefined || to === undefined || old === undefined || now === undefined) return []
    if (!isRowidAlias(from, old) || isRowidAlias(to, now)) return []
    const name = `${refText(operation.table)}.${operation.column}`
    return [
      `SQLite gives ${name} to each new row while its type is INTEGER, and with ${toSql(now.type)} no more: each INSERT without it will fail; INTEGER has 64 bits, so leave it as it is with op.on()`,
    ]
  })
}
