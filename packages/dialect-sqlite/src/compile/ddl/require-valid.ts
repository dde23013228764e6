import { findTable, MigrateError, type SchemaModel, type TableModel, type TableRef } from '@org/migrate-core/dialect'
import { parseTable } from '../../ddl/parse-table.ts'
import { unsupported } from '../../ddl/unsupported.ts'
import { hasOption, primaryKeyOf, rowidAlias, typeTextOf } from '../../introspect/columns.ts'
import { isStrictName } from '../../types/types.ts'
import { sourceOf } from '../statements.ts'

/**
 * Refuses a table that SQLite would refuse to create by the name that a rebuild gives it: https://www.sqlite.org/withoutrowid.html,
 * https://www.sqlite.org/autoinc.html, https://www.sqlite.org/stricttables.html.
 */
export function requireValidTable(table: TableModel): void {
  const parsed = parseTable(sourceOf(table))
  const { name } = table.ref
  const hasKey = primaryKeyOf(parsed) !== undefined
  if (hasOption(parsed, 'withoutRowid') && !hasKey)
    unsupported(`table ${name} without a primary key`, 'it is a WITHOUT ROWID table, which needs one')
  const counter = table.columns.find(({ identity }) => identity !== undefined)
  if (counter !== undefined && rowidAlias(parsed) === undefined) {
    const why = 'AUTOINCREMENT needs an INTEGER PRIMARY KEY of a table with rowids: set `identity: null` first'
    unsupported(`identity of ${name}.${counter.name}`, why)
  }
  if (!hasOption(parsed, 'strict')) return
  for (const column of parsed.columns) {
    const type = typeTextOf(parsed, column)
    if (isStrictName(type)) continue
    const why = 'a STRICT table has columns of INT, INTEGER, REAL, TEXT, BLOB and ANY only: change the type first'
    unsupported(`type ${type === '' ? '(none)' : type} of ${name}.${column.name.name} in a STRICT table`, why)
  }
}

/** SQLite has AUTOINCREMENT inside the primary key, and it would go with the key without a word. */
export function requireUncounted(before: SchemaModel, after: SchemaModel, table: TableRef): void {
  const counter = findTable(before, table)?.columns.find(({ identity }) => identity !== undefined)
  const left = findTable(after, table)?.columns.find(({ name }) => name === counter?.name)
  if (counter === undefined || left?.identity !== undefined) return
  const operation = `drop primary key of ${table.name}`
  const why = `the column ${counter.name} counts by itself (AUTOINCREMENT), and then it has to be the primary key: set \`identity: null\` first`
  throw new MigrateError('INVALID_OPERATION', { operation, why }, `${operation}: ${why}`)
}
