import {
  assign,
  type ColumnModel,
  type ColumnType,
  type DefaultValue,
  type TableModel,
} from '@org/migrate-core/dialect'
import { unsupported } from '../ddl/unsupported.ts'
import { canonicaliseDefault } from './defaults.ts'
import { fromSql, strictType, toSql } from './types.ts'

/** Of an integer column TRUE and FALSE stay as they were said: other tools compare the text of a default, not its value. */
function canonicalDefault(value: DefaultValue | undefined, declared: ColumnType, canonical: ColumnType) {
  const isWord = value?.kind === 'literal' && typeof value.value === 'boolean' && declared.kind === 'integer'
  return isWord ? value : canonicaliseDefault(value, canonical)
}

/**
 * The column as SQLite will have it: `native` folded into the type, a logical type replaced by what its text reads as,
 * booleans of defaults by the type. An identity is AUTOINCREMENT, which SQLite takes on INTEGER only.
 */
export function canonicaliseColumn(column: ColumnModel, options: { readonly strict?: boolean } = {}): ColumnModel {
  const { native, ...rest } = column
  const own = native?.sqlite === undefined ? column.type : fromSql(native.sqlite)
  let canonical: ColumnModel = { ...rest, type: own }
  if (own.kind === 'enum') canonical = { ...rest, type: { kind: 'enum', values: own.values } }
  else if (column.identity !== undefined && own.kind === 'integer') {
    canonical = { ...rest, type: { kind: 'integer', bits: 32 } }
  } else canonical = { ...rest, type: fromSql(toSql(options.strict ? strictType(own) : own)) }
  return assign(canonical, 'default', canonicalDefault(canonical.default, own, canonical.type))
}

/** Whether the model says a rowid alias: the only column of the key is INTEGER, in a rowid table. */
export function isRowidAlias(table: TableModel, column: ColumnModel): boolean {
  const key = table.constraints.find((constraint) => constraint.kind === 'primaryKey')
  return (
    table.options.withoutRowid !== true &&
    key?.kind === 'primaryKey' &&
    key.columns.length === 1 &&
    key.columns[0] === column.name &&
    column.type.kind === 'integer' &&
    column.type.bits === 32
  )
}

/** BY DEFAULT is what a rowid alias does anyway: it takes the value that is given, and makes one where none is. */
function numbersItself(table: TableModel, column: ColumnModel): boolean {
  const { identity } = column
  const plain = identity?.mode === 'byDefault' && Object.keys(identity).length === 1
  return plain && isRowidAlias(table, column)
}

/**
 * All columns in canonical form, options that are off left out. A key column that SQLite itself keeps from NULL (rowid, WITHOUT
 * ROWID, STRICT) is not nullable, whatever was declared.
 */
export function canonicaliseTable(table: TableModel): TableModel {
  const strict = table.options.strict === true
  const options = Object.fromEntries(Object.entries(table.options).filter(([, value]) => value !== false))
  const canonical = {
    ...table,
    options,
    columns: table.columns.map((column) => canonicaliseColumn(column, { strict })),
  }
  const key = table.constraints.find((constraint) => constraint.kind === 'primaryKey')
  const keyed = new Set(key?.kind === 'primaryKey' ? key.columns : [])
  const columns = canonical.columns.map((column) => {
    const never = keyed.has(column.name) && (strict || options.withoutRowid === true || isRowidAlias(canonical, column))
    const notNull = never && column.nullable ? { ...column, nullable: false } : column
    return numbersItself(canonical, column) ? assign(notNull, 'identity', undefined) : notNull
  })
  return { ...canonical, columns }
}

/**
 * The type of a column that counts is INTEGER, whatever integer was declared. Any other one would become INTEGER too, and its texts numbers:
 * '007' would be 7.
 */
export function requireCountable(subject: string, { type }: ColumnModel): void {
  if (type.kind !== 'integer' && type.kind !== 'native')
    unsupported(subject, `AUTOINCREMENT counts in a column of the type INTEGER, and this one is ${toSql(type)}`)
}
