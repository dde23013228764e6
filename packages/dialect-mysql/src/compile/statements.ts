import {
  join,
  MigrateError,
  type SqlFragment,
  type Statement,
  type StatementExtras,
  sql,
  statement,
  type TableModel,
  type TableRef,
  verbatim,
} from '@org/migrate-core/dialect'
import { quote, quotedString } from '../sql/quote.ts'

export { columnOf, notInSchema, refText, statement, tableOf } from '@org/migrate-core/dialect'

/** DDL, which commits before and after itself: https://dev.mysql.com/doc/refman/8.4/en/implicit-commit.html */
export function ddl(text: SqlFragment | string, tables: readonly TableRef[], extra: StatementExtras = {}): Statement {
  return statement(text, tables, { commits: true, ...extra })
}

/** Several changes stand in one ALTER TABLE only where the server must do all of them or none. */
export function alterTable(table: TableRef, changes: readonly SqlFragment[], extra: StatementExtras = {}): Statement {
  return ddl(sql`ALTER TABLE ${quote.table(table)} ${join(changes)}`, [table], extra)
}

/** Where a column stands in a table. */
export function positionClause(table: TableModel, name: string): SqlFragment {
  const at = table.columns.findIndex((column) => column.name === name)
  const previous = table.columns[at - 1]
  return previous === undefined ? verbatim('FIRST') : sql`AFTER ${quote.identifier(previous.name)}`
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

export function invalid(operation: string, why: string, remedy?: string): MigrateError {
  const message = `${operation}: ${why}`
  return new MigrateError('INVALID_OPERATION', { operation, why }, message, { remedy })
}
