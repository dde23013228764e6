import { assign, type ColumnModel, type ColumnType, type Row, type Session } from '@org/migrate-core/dialect'
import { readDefault, storedExpression } from '../ddl/defaults.ts'
import type { Server } from '../flavour.ts'
import { isText, typesFor } from '../types/types.ts'
import { among, cell, read, type TableFilter, text, withoutDatabase } from './catalog.ts'

export function readColumnRows(session: Session, filter: TableFilter): Promise<readonly Row[]> {
  return read(
    session,
    `SELECT TABLE_NAME AS table_name, COLUMN_NAME AS name, COLUMN_TYPE AS type, IS_NULLABLE AS nullable,
 COLUMN_DEFAULT AS \`default\`, EXTRA AS extra, GENERATION_EXPRESSION AS expression, COLLATION_NAME AS collation,
 COLUMN_COMMENT AS comment, IF(LOCATE('.', COLUMN_DEFAULT) > 0, DATABASE(), NULL) AS own
 FROM information_schema.COLUMNS WHERE TABLE_SCHEMA = DATABASE()${among('TABLE_NAME', filter)}
 ORDER BY TABLE_NAME, ORDINAL_POSITION`,
    filter,
  )
}

/** Names of columns. */
type Names = Pick<ReadonlySet<string>, 'has'>

function typeOf(server: Server, row: Row, checked: Names): ColumnType {
  const type = typesFor(server).fromSql(text(row, 'type'))
  const collation = cell(row, 'collation')
  if (type.kind === 'char' && type.length === 36 && collation === 'ascii_bin') return { kind: 'uuid' }
  // https://mariadb.com/kb/en/json-data-type/: an alias for LONGTEXT COLLATE utf8mb4_bin with that check.
  const json = server.flavour === 'mariadb' && type.kind === 'text' && collation === 'utf8mb4_bin'
  return json && checked.has(text(row, 'name')) ? { kind: 'json' } : type
}

/** MariaDB gives a column that an update sets, that is NOT NULL and has no default, the time zero as one. */
function withoutZero(column: ColumnModel): ColumnModel {
  const { default: value, nullable } = column
  const zero = value?.kind === 'literal' && /^0000-00-00 00:00:00(?:\.0+)?$/.test(String(value.value))
  return zero && !nullable ? assign(column, 'default', undefined) : column
}

/** What a row says of its column, besides whose it is. */
const facts = ['type', 'nullable', 'default', 'extra', 'expression', 'collation', 'comment', 'own'] as const

export type ReadColumn = (row: Row, checked: Names) => ColumnModel

/**
 * Reads columns as the catalog has them, with their collations; whether those have to be said is for the whole table to decide. Of
 * thousands of columns most differ in nothing but their names: each kind is read once.
 */
export function columnReader(server: Server): ReadColumn {
  const columns = new Map<string, ColumnModel>()
  return (row, checked) => {
    const name = text(row, 'name')
    const key = JSON.stringify([checked.has(name), ...facts.map((fact) => cell(row, fact))])
    const known = columns.get(key)
    if (known !== undefined) return { ...known, name }
    const column = readColumn(server, row, checked)
    columns.set(key, column)
    return column
  }
}

function readColumn(server: Server, row: Row, checked: Names): ColumnModel {
  const type = typeOf(server, row, checked)
  const extra = text(row, 'extra')
  const generated = /\b(STORED|VIRTUAL|PERSISTENT) GENERATED\b|^(STORED|VIRTUAL|PERSISTENT)\b/i.exec(extra)
  let column: ColumnModel = { name: text(row, 'name'), type, nullable: text(row, 'nullable') === 'YES' }
  const fallback = cell(row, 'default')
  if (generated === null) {
    // MariaDB writes SQL, and a sequence in it with its database; MySQL writes bare values, which may look like anything.
    const isSql = server.flavour === 'mariadb' && fallback !== null && fallback.includes('`.`')
    const database = cell(row, 'own')
    const own = isSql && database !== null ? withoutDatabase(fallback, database) : fallback
    column = assign(column, 'default', readDefault(server, type, own, extra))
  } else {
    const expression = storedExpression(server, text(row, 'expression'))
    column = { ...column, generated: { expression, stored: !/VIRTUAL/i.test(generated[0]) } }
  }
  if (/\bauto_increment\b/i.test(extra)) column = { ...column, identity: { mode: 'autoIncrement' } }
  // `DEFAULT_GENERATED on update CURRENT_TIMESTAMP(6)`, always with the digits of the column.
  if (/\bon update current_timestamp\b/i.test(extra)) column = { ...withoutZero(column), onUpdate: 'now' }
  const collation = cell(row, 'collation')?.toLowerCase()
  if (collation !== undefined && isText(type)) column = { ...column, collation }
  return text(row, 'comment') === '' ? column : { ...column, comment: text(row, 'comment') }
}
