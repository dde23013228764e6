import type { ColumnModel, ColumnType, DefaultValue } from '@org/migrate-core/dialect'
import { canonicaliseDefault, readExpressionDefault, types } from '@org/migrate-dialect-sqlite/internal'
import type { Column, SQL } from 'drizzle-orm'
import type { SQLiteColumn } from 'drizzle-orm/sqlite-core'
import { defaultFrom, generatedFrom, type ValueReading } from '../read/column.ts'
import { autoIncrements } from './internals.ts'
import { bare } from './sql-text.ts'

export type Reader = ValueReading<Column, SQL>

function defaultOf(column: SQLiteColumn, reading: Reader, type: ColumnType): DefaultValue | undefined {
  const { default: given } = column
  // Stored it is 0 or 1. drizzle-kit writes it as the word, and compares the text of a default with that in the database.
  if (typeof given === 'boolean' && type.kind === 'integer') return { kind: 'literal', value: given }
  return defaultFrom<Column, SQL>(
    column,
    reading,
    (text) => canonicaliseDefault(readExpressionDefault(bare(text)), type),
    (literal) => canonicaliseDefault(literal, type),
  )
}

export function columnFrom(column: SQLiteColumn, reading: Reader): ColumnModel {
  const type = types.fromSql(column.getSQLType())
  const defaultValue = defaultOf(column, reading, type)
  const generated = generatedFrom<Column, SQL>(column, reading, 'virtual')
  return {
    name: reading.nameOf(column),
    type,
    nullable: !column.notNull,
    ...(defaultValue === undefined ? {} : { default: defaultValue }),
    ...(generated && { generated: { ...generated, expression: bare(generated.expression) } }),
    ...(autoIncrements(column) ? { identity: { mode: 'autoIncrement' } } : {}),
  }
}
