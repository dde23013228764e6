import { assign, type ColumnModel, type ColumnType, type Row, type Session } from '@org/migrate-core/dialect'
import { isJsonCheck } from '../ddl/canonical-expression.ts'
import type { Server } from '../flavour.ts'
import { isText, typesFor } from '../types.ts'
import { type Asked, among, cell, read, text } from './catalog.ts'
import { readDefault, storedExpression } from './defaults.ts'

export function readColumnRows(session: Session, asked: Asked): Promise<readonly Row[]> {
  return read(
    session,
    `SELECT TABLE_NAME AS table_name, COLUMN_NAME AS name, COLUMN_TYPE AS type, IS_NULLABLE AS nullable,
 COLUMN_DEFAULT AS \`default\`, EXTRA AS extra, GENERATION_EXPRESSION AS expression, COLLATION_NAME AS collation,
 COLUMN_COMMENT AS comment
 FROM information_schema.COLUMNS WHERE TABLE_SCHEMA = DATABASE()${among('TABLE_NAME', asked)}
 ORDER BY TABLE_NAME, ORDINAL_POSITION`,
    asked,
  )
}

function typeOf(server: Server, row: Row, jsonChecks: readonly string[]): ColumnType {
  const type = typesFor(server).fromSql(text(row, 'type'))
  const collation = cell(row, 'collation')
  if (type.kind === 'char' && type.length === 36 && collation === 'ascii_bin') return { kind: 'uuid' }
  // https://mariadb.com/kb/en/json-data-type/: an alias for LONGTEXT COLLATE utf8mb4_bin with that check.
  const json = server.flavour === 'mariadb' && type.kind === 'text' && collation === 'utf8mb4_bin'
  return json && jsonChecks.some((check) => isJsonCheck(check, text(row, 'name'))) ? { kind: 'json' } : type
}

/** A column as the catalog has it, with its collation; whether that has to be said is for the whole table to decide. */
export function readColumn(server: Server, row: Row, jsonChecks: readonly string[]): ColumnModel {
  const type = typeOf(server, row, jsonChecks)
  const extra = text(row, 'extra')
  const generated = /\b(STORED|VIRTUAL|PERSISTENT) GENERATED\b|^(STORED|VIRTUAL|PERSISTENT)\b/i.exec(extra)
  let column: ColumnModel = { name: text(row, 'name'), type, nullable: text(row, 'nullable') === 'YES' }
  if (generated === null) column = assign(column, 'default', readDefault(server, type, cell(row, 'default'), extra))
  else {
    const expression = storedExpression(server, text(row, 'expression'))
    column = { ...column, generated: { expression, stored: !/VIRTUAL/i.test(generated[0]) } }
  }
  if (/\bauto_increment\b/i.test(extra)) column = { ...column, identity: { mode: 'autoIncrement' } }
  const collation = cell(row, 'collation')?.toLowerCase()
  if (collation !== undefined && isText(type)) column = { ...column, collation }
  return text(row, 'comment') === '' ? column : { ...column, comment: text(row, 'comment') }
}
