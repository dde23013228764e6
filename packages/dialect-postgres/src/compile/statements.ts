import {
  type ColumnModel,
  type EnumModel,
  findColumn,
  findTable,
  MigrateError,
  type SchemaModel,
  type SqlFragment,
  type Statement,
  sql,
  type TableModel,
  type TableRef,
  tableKey,
} from '@org/migrate-core/dialect'
import { quote } from '../sql/quote.ts'

type Extra = Omit<Statement, 'sql' | 'transaction' | 'tables'>

/** One statement about `tables` that may stand in a transaction, as nearly all may. */
export function statement(text: SqlFragment | string, tables: readonly TableRef[], extra: Extra = {}): Statement {
  return { sql: typeof text === 'string' ? text : text.text, transaction: 'any', tables, ...extra }
}

/** One that a transaction block refuses: https://www.postgresql.org/docs/current/sql-createindex.html */
export function asNonTransactional(of: Statement): Statement {
  return { ...of, transaction: 'none' }
}

export function alterTable(table: TableRef, change: SqlFragment, extra: Extra = {}): Statement {
  return statement(sql`ALTER TABLE ${quote.table(table)} ${change}`, [table], extra)
}

export function refText(ref: TableRef): string {
  return ref.schema === undefined ? ref.name : `${ref.schema}.${ref.name}`
}

export function notInSchema(object: string): MigrateError {
  return new MigrateError('INTERNAL', { where: 'compile' }, `${object} is not in the schema it is compiled against`)
}

/** The table, which `applyToModel` has found already. */
export function tableOf(model: SchemaModel, ref: TableRef): TableModel {
  const table = findTable(model, ref)
  if (table !== undefined) return table
  throw notInSchema(`table ${refText(ref)}`)
}

export function enumOf(model: SchemaModel, ref: TableRef): EnumModel {
  const enumModel = model.enums.get(tableKey(ref))
  if (enumModel !== undefined) return enumModel
  throw notInSchema(`enum ${refText(ref)}`)
}

export function columnOf(table: TableModel, name: string): ColumnModel {
  const column = findColumn(table, name)
  if (column !== undefined) return column
  throw notInSchema(`column ${refText(table.ref)}.${name}`)
}

export function sameRef(a: TableRef, b: TableRef): boolean {
  return a.name === b.name && a.schema === b.schema
}
