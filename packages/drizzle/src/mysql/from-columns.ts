import type { ColumnModel, ColumnType, DefaultValue } from '@org/migrate-core/dialect'
import { grammar, newest, readSqlDefault, typesFor } from '@org/migrate-dialect-mysql/internal'
import { is } from 'drizzle-orm'
import { type MySqlColumn, MySqlEnumColumn, MySqlEnumObjectColumn } from 'drizzle-orm/mysql-core'
import { defaultFrom, generatedFrom } from '../read/column.ts'
import { bareText } from '../read/default-text.ts'
import { autoIncrements, isUpdatedNow } from '../read/internals.ts'
import type { TableReading } from '../read/table.ts'

// Types are the same on both flavours, whatever their versions.
const types = typesFor(newest.mysql)

export const bare = (text: string): string => bareText(text, grammar)

/** `serial` stands for all of `BIGINT UNSIGNED NOT NULL AUTO_INCREMENT UNIQUE`. */
export const isSerial = (column: MySqlColumn): boolean => column.getSQLType() === 'serial'

function typeFrom(column: MySqlColumn): ColumnType {
  // Drizzle does not escape the values in the text; a text column may also have values, which are TypeScript's alone.
  if (is(column, MySqlEnumColumn) || is(column, MySqlEnumObjectColumn)) {
    return { kind: 'enum', values: [...(column.enumValues ?? [])] }
  }
  return types.fromSql(isSerial(column) ? 'bigint unsigned' : column.getSQLType())
}

/** A Date of a `date` is given whole to the driver. */
function canonicaliseDate(literal: DefaultValue, type: ColumnType): DefaultValue {
  if (type.kind !== 'date' || literal.kind !== 'literal' || typeof literal.value !== 'string') return literal
  return { kind: 'literal', value: literal.value.replace(/^(\d{4}-\d\d-\d\d)T[\d:.]+Z$/, '$1') }
}

export function columnFrom(column: MySqlColumn, reading: TableReading): ColumnModel {
  const type = typeFrom(column)
  const defaultValue = defaultFrom(
    column,
    reading,
    (text) => readSqlDefault(type, text),
    (literal) => canonicaliseDate(literal, type),
  )
  const generated = generatedFrom(column, reading, 'virtual')
  return {
    name: reading.nameOf(column),
    type,
    nullable: !column.notNull && !isSerial(column),
    ...(defaultValue === undefined ? {} : { default: defaultValue }),
    ...(generated && { generated: { ...generated, expression: bare(generated.expression) } }),
    ...(autoIncrements(column) ? { identity: { mode: 'autoIncrement' } } : {}),
    ...(isUpdatedNow(column) ? { onUpdate: 'now' } : {}),
  }
}
