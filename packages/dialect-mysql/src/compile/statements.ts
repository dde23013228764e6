import {
  type ColumnModel,
  findColumn,
  findTable,
  join,
  MigrateError,
  type SchemaModel,
  type SqlFragment,
  type Statement,
  sql,
  type TableModel,
  type TableRef,
} from '@org/migrate-core/dialect'
import { quote, quotedString } from '../sql/quote.ts'

type StatementExtras = Omit<Statement, 'sql' | 'transaction' | 'tables'>

/** One statement about `tables` that belongs to the transaction it stands in: rows, queries. */
export function statement(
  text: SqlFragment | string,
  tables: readonly TableRef[],
  extra: StatementExtras = {},
): Statement {
  return { sql: typeof text === 'string' ? text : text.text, transaction: 'any', tables, ...extra }
}

/** DDL, which commits before and after itself: https://dev.mysql.com/doc/refman/8.4/en/implicit-commit.html */
export function ddl(text: SqlFragment | string, tables: readonly TableRef[], extra: StatementExtras = {}): Statement {
  return statement(text, tables, { commits: true, ...extra })
}

/** Several changes stand in one ALTER TABLE only where the server must do all of them or none. */
export function alterTable(table: TableRef, changes: readonly SqlFragment[], extra: StatementExtras = {}): Statement {
  return ddl(sql`ALTER TABLE ${quote.table(table)} ${join(changes)}`, [table], extra)
}

/**
 * What a view or a trigger keeps of the session that made it, set for its CREATE and put back after it.
 * https://dev.mysql.com/doc/refman/8.4/en/charset-metadata.html, https://dev.mysql.com/doc/refman/8.4/en/create-trigger.html
 */
export function underSettings(
  settings: { readonly [setting: string]: string } | undefined,
): Pick<Statement, 'settings'> {
  const names = Object.keys(settings ?? {}).filter((name) => /^[a-z_]+$/.test(name))
  if (settings === undefined || names.length === 0) return {}
  const saved = names.map((name) => `@migrate_${name} = @@${name}`)
  const set = names.map((name) => `${name} = ${quotedString(settings[name] ?? '')}`)
  const reset = names.map((name) => `${name} = @migrate_${name}`)
  return { settings: { set: [`SET ${[...saved, ...set].join(', ')}`], reset: [`SET ${reset.join(', ')}`] } }
}

export function refText(ref: TableRef): string {
  return ref.schema === undefined ? ref.name : `${ref.schema}.${ref.name}`
}

export function notInSchema(object: string): MigrateError {
  return new MigrateError('INTERNAL', { where: 'compile' }, `${object} is not in the schema it is compiled against`)
}

export function invalid(operation: string, why: string, remedy?: string): MigrateError {
  const message = `${operation}: ${why}`
  return new MigrateError('INVALID_OPERATION', { operation, why }, message, remedy === undefined ? {} : { remedy })
}

/** The table, which `applyToModel` has found already. */
export function tableOf(model: SchemaModel, ref: TableRef): TableModel {
  const table = findTable(model, ref)
  if (table !== undefined) return table
  throw notInSchema(`table ${refText(ref)}`)
}

export function columnOf(table: TableModel, name: string): ColumnModel {
  const column = findColumn(table, name)
  if (column !== undefined) return column
  throw notInSchema(`column ${refText(table.ref)}.${name}`)
}
